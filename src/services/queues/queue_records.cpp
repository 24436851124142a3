#include "services/queues/queue_records.h"

#include "signalbox/encoding.h"
#include "signalbox/record.h"

#include <fmt/format.h>

namespace signalbox::queues {

namespace {

constexpr std::uint8_t version = 1;

RecordReader open(std::string_view record, const char* what) {
  RecordReader reader(record);
  if (reader.version() != version) throw StoreFailure(fmt::format("{} of unknown version {}", what, reader.version()));
  return reader;
}

void write_map(RecordWriter& writer, const QueueTextMap& map) {
  writer.integer(static_cast<std::int64_t>(map.size()));
  for (const auto& [name, value] : map) writer.text(name).text(value);
}

QueueTextMap read_map(RecordReader& reader) {
  QueueTextMap map;
  for (auto left = reader.integer(); left > 0; --left) {
    std::string name(reader.text());
    map.emplace(std::move(name), reader.text());
  }
  return map;
}

}  // namespace

std::string encode(const QueueRecord& queue) {
  RecordWriter writer(version);
  writer.text(queue.name).integer(queue.row).integer(queue.id).boolean(queue.fifo);
  for (const auto duration : {queue.visibility_timeout, queue.delay, queue.retention, queue.receive_wait}) writer.integer(duration.count());
  writer.integer(queue.message_bytes_max).optional_text(queue.dead_letter_queue).integer(queue.receive_count_max);
  writer.boolean(queue.content_based_deduplication).boolean(queue.deduplication_per_group);
  write_map(writer, queue.settings);
  write_map(writer, queue.tags);
  writer.timestamp(queue.created_at).timestamp(queue.modified_at).optional_text(queue.stack);
  return writer.take();
}

QueueRecord decode_queue(std::string_view record) {
  auto reader = open(record, "queue");
  QueueRecord queue;
  queue.name = reader.text();
  queue.row = reader.integer();
  queue.id = reader.integer();
  queue.fifo = reader.boolean();
  for (auto* duration : {&queue.visibility_timeout, &queue.delay, &queue.retention, &queue.receive_wait}) {
    *duration = std::chrono::seconds{reader.integer()};
  }
  queue.message_bytes_max = reader.integer();
  queue.dead_letter_queue = reader.optional_text();
  queue.receive_count_max = reader.integer();
  queue.content_based_deduplication = reader.boolean();
  queue.deduplication_per_group = reader.boolean();
  queue.settings = read_map(reader);
  queue.tags = read_map(reader);
  queue.created_at = reader.timestamp();
  queue.modified_at = reader.timestamp();
  queue.stack = reader.optional_text();
  return queue;
}

QueueState load_state(const Reader& reader, std::int64_t row) {
  const auto record = reader.get(Key(queue_states_table, row));
  if (!record) return {};
  auto fields = open(*record, "queue state");
  QueueState state;
  state.received_through = fields.integer();
  state.counted_through = fields.integer();
  state.counted = fields.integer();
  return state;
}

void store_state(Transaction& transaction, std::int64_t row, const QueueState& state) {
  transaction.put(Key(queue_states_table, row),
                  RecordWriter(version).integer(state.received_through).integer(state.counted_through).integer(state.counted).take());
}

std::string encode(const Message& message) {
  RecordWriter writer(version);
  writer.timestamp(message.sent_at).optional_timestamp(message.delayed_until).text(message.message_id).text(message.body);
  writer.integer(static_cast<std::int64_t>(message.attributes.size()));
  for (const auto& [name, attribute] : message.attributes) writer.text(name).text(attribute.data_type).text(attribute.value);
  writer.optional_text(message.group_id).optional_text(message.deduplication_id).optional_text(message.trace_header);
  writer.optional_text(message.dead_letter_source).integer(message.earlier_receives);
  return writer.take();
}

Message decode_message(std::string_view record) {
  auto reader = open(record, "message");
  Message message;
  message.sent_at = reader.timestamp();
  message.delayed_until = reader.optional_timestamp();
  message.message_id = reader.text();
  message.body = reader.text();
  for (auto left = reader.integer(); left > 0; --left) {
    std::string name(reader.text());
    MessageAttribute attribute;
    attribute.data_type = reader.text();
    attribute.value = reader.text();
    message.attributes.emplace(std::move(name), std::move(attribute));
  }
  message.group_id = reader.optional_text();
  message.deduplication_id = reader.optional_text();
  message.trace_header = reader.optional_text();
  message.dead_letter_source = reader.optional_text();
  message.earlier_receives = reader.integer();
  return message;
}

Timestamp decode_sent_at(std::string_view record) { return open(record, "message").timestamp(); }

std::string encode(const Delivery& delivery) {
  return RecordWriter(version)
      .timestamp(delivery.visible_at)
      .integer(delivery.receives)
      .timestamp(delivery.first_received_at)
      .integer(delivery.leases)
      .boolean(delivery.by_trigger)
      .take();
}

Delivery decode_delivery(std::string_view record) {
  auto reader = open(record, "delivery");
  Delivery delivery;
  delivery.visible_at = reader.timestamp();
  delivery.receives = reader.integer();
  delivery.first_received_at = reader.timestamp();
  delivery.leases = reader.integer();
  delivery.by_trigger = reader.boolean();
  return delivery;
}

std::optional<Delivery> find_delivery(const Reader& reader, std::int64_t row, std::int64_t number) {
  const auto record = reader.get(Key(queue_deliveries_table, row, number));
  if (!record) return std::nullopt;
  return decode_delivery(*record);
}

std::string encode(const Group& group) { return RecordWriter(version).timestamp(group.available_at).integer(group.due_number).take(); }

std::optional<Group> find_group(const Reader& reader, std::int64_t row, std::string_view group_id) {
  const auto record = reader.get(Key(queue_groups_table, row, group_id));
  if (!record) return std::nullopt;
  auto fields = open(*record, "message group");
  Group group;
  group.available_at = fields.timestamp();
  group.due_number = fields.integer();
  return group;
}

std::string encode(const Deduplication& deduplication) {
  return RecordWriter(version).timestamp(deduplication.sent_at).text(deduplication.message_id).integer(deduplication.number).take();
}

Deduplication decode_deduplication(std::string_view record) {
  auto reader = open(record, "deduplication id");
  Deduplication deduplication;
  deduplication.sent_at = reader.timestamp();
  deduplication.message_id = reader.text();
  deduplication.number = reader.integer();
  return deduplication;
}

std::string encode(const ReceiptHandle& handle) {
  return base64url_encode(
      RecordWriter(version).integer(handle.queue_id).integer(handle.row).integer(handle.number).integer(handle.leases).take());
}

std::optional<ReceiptHandle> decode_receipt_handle(std::string_view text) {
  const auto bytes = base64url_decode(text);
  if (!bytes || bytes->empty()) return std::nullopt;
  try {
    RecordReader reader(*bytes);
    if (reader.version() != version) return std::nullopt;
    ReceiptHandle handle;
    handle.queue_id = reader.integer();
    handle.row = reader.integer();
    handle.number = reader.integer();
    handle.leases = reader.integer();
    if (!reader.at_end()) return std::nullopt;
    return handle;
  } catch (const StoreFailure&) {  // RecordReader's word for bytes that end too early; these came from a caller, not from the store
    return std::nullopt;
  }
}

std::string sequence_number(std::int64_t number) {
  return fmt::format("{}", 10'000'000'000'000'000'000ULL + static_cast<std::uint64_t>(number));
}

}  // namespace signalbox::queues
