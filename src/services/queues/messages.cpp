// Sending, receiving and deleting: the message operations of Queues.

#include "signalbox/encoding.h"

#include "services/queues/message_attributes.h"
#include "services/queues/message_storage.h"
#include "services/queues/queue_errors.h"
#include "services/queues/queue_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace signalbox {

using namespace queues;

namespace {

constexpr std::chrono::minutes deduplication_interval{5};
constexpr std::int64_t visibility_seconds_max = 43'200;

// ---- sending ----

Error not_for_this_type(std::string_view value, std::string_view parameter) {
  return invalid_value(value, parameter, "The request include parameter that is not valid for this queue type");
}

/// MessageGroupId, MessageDeduplicationId: 1 to 128 alphanumeric and punctuation characters. [SendMessage]
Result<void> check_fifo_id(std::string_view parameter, std::string_view value) {
  const bool good =
      !value.empty() && value.size() <= 128 && std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (good) return {};
  return invalid_value(value, parameter,
                       fmt::format("{} can only include alphanumeric and punctuation characters. 1 to 128 in length.", parameter));
}

Result<void> check_order(const QueueRecord& queue, const SendMessage& message) {
  if (message.group_id) {
    if (auto checked = check_fifo_id("MessageGroupId", *message.group_id); !checked) return checked;
  }
  if (message.deduplication_id) {
    if (!queue.fifo) return not_for_this_type(*message.deduplication_id, "MessageDeduplicationId");
    if (auto checked = check_fifo_id("MessageDeduplicationId", *message.deduplication_id); !checked) return checked;
  }
  if (!queue.fifo) return {};  // a group on a standard queue (a fair queue) is kept and shown, and has no effect
  if (!message.group_id) return missing_parameter("MessageGroupId");
  if (message.delay_seconds.value_or(0) != 0) return not_for_this_type(std::to_string(*message.delay_seconds), "DelaySeconds");
  if (!message.deduplication_id && !queue.content_based_deduplication) {
    return invalid_parameter(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly");
  }
  return {};
}

Result<void> check(const QueueRecord& queue, const SendMessage& message) {
  if (message.body.empty()) return missing_parameter("MessageBody");
  if (const auto bytes = size_bytes(message.body, message.attributes); bytes > static_cast<std::size_t>(queue.message_bytes_max)) {
    return queue_error(
        ErrorCode::TooLarge, "InvalidParameterValue",
        fmt::format("One or more parameters are invalid. Reason: Message must be shorter than {} bytes.", queue.message_bytes_max));
  }
  if (!has_allowed_characters(message.body)) {
    return queue_error(
        ErrorCode::InvalidArgument, "InvalidMessageContents",
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF");
  }
  if (const auto delay = message.delay_seconds.value_or(0); delay < 0 || delay > 900) {
    return invalid_value(std::to_string(delay), "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.");
  }
  if (auto checked = check_attributes(message.attributes); !checked) return checked;
  return check_order(queue, message);
}

MessageAttributes trace_attributes(const std::string& header) { return {{"AWSTraceHeader", {"String", header}}}; }

SentMessage sent(const SendMessage& message, std::string message_id) {
  SentMessage sent{.message_id = std::move(message_id),
                   .md5_of_body = md5_hex(message.body),
                   .md5_of_attributes = md5_of_attributes(message.attributes)};
  if (message.trace_header) sent.md5_of_system_attributes = md5_of_attributes(trace_attributes(*message.trace_header));
  return sent;
}

/// The part of the key after the row. An id contains no line feed, so the two parts cannot be mistaken.
std::string deduplication_key(const QueueRecord& queue, const std::string& group_id, const std::string& id) {
  return queue.deduplication_per_group ? group_id + "\n" + id : id;
}

std::optional<Deduplication> find_duplicate(const Transaction& transaction, const QueueRecord& queue, const std::string& key) {
  const auto record = transaction.get(Key(queue_deduplication_table, queue.row, key));
  if (!record) return std::nullopt;
  auto earlier = decode_deduplication(*record);
  if (earlier.sent_at + deduplication_interval <= transaction.now()) return std::nullopt;
  return earlier;
}

void remember(Transaction& transaction, const QueueRecord& queue, const std::string& key, const Deduplication& deduplication) {
  transaction.put(Key(queue_deduplication_table, queue.row, key), encode(deduplication));
  transaction.put(Key(queue_deduplication_order_table, queue.row, deduplication.number), key);
}

}  // namespace

Result<SentMessage> Queues::send(Transaction& transaction, std::string_view name, SendMessage message) const {
  const auto queue = find(transaction, name);
  if (!queue) return queue.error();
  if (resolve_) message.body = resolve_(message.body);
  if (auto checked = check(*queue, message); !checked) return checked.error();

  auto deduplication_id = message.deduplication_id;
  std::string key;
  if (queue->fifo) {
    if (!deduplication_id) deduplication_id = hex_encode(digest(DigestAlgorithm::Sha256, message.body));
    key = deduplication_key(*queue, *message.group_id, *deduplication_id);
    if (const auto earlier = find_duplicate(transaction, *queue, key)) {
      auto answer = sent(message, earlier->message_id);
      answer.sequence_number = sequence_number(earlier->number);
      return answer;
    }
  }
  const auto delay = message.delay_seconds ? std::chrono::seconds{*message.delay_seconds} : queue->delay;
  auto answer = sent(message, transaction.new_uuid().value);
  const auto number = insert(transaction, *queue,
                             Message{.message_id = answer.message_id,
                                     .sent_at = transaction.now(),
                                     .delayed_until = delay.count() > 0 ? std::optional(transaction.now() + delay) : std::nullopt,
                                     .body = std::move(message.body),
                                     .attributes = std::move(message.attributes),
                                     .group_id = std::move(message.group_id),
                                     .deduplication_id = std::move(deduplication_id),
                                     .trace_header = std::move(message.trace_header)});
  if (queue->fifo) {
    answer.sequence_number = sequence_number(number);
    remember(transaction, *queue, key, Deduplication{transaction.now(), answer.message_id, number});
  }
  transaction.on_commit([signals = &signals_, id = queue->id] { signals->notify(id); });
  return answer;
}

// ---- receiving ----

namespace {

ReceivedMessage received(const QueueRecord& queue, Leased leased) {
  auto& message = leased.message;
  ReceivedMessage out{.message_id = std::move(message.message_id),
                      .receipt_handle = encode(ReceiptHandle{queue.id, queue.row, leased.number, leased.delivery.leases}),
                      .body = std::move(message.body),
                      .attributes = std::move(message.attributes),
                      .sent_at = message.sent_at,
                      .first_received_at = leased.delivery.first_received_at,
                      .receive_count = message.earlier_receives + leased.delivery.receives,
                      .group_id = std::move(message.group_id),
                      .deduplication_id = std::move(message.deduplication_id),
                      .trace_header = std::move(message.trace_header),
                      .dead_letter_source = std::move(message.dead_letter_source)};
  out.md5_of_body = md5_hex(out.body);
  if (queue.fifo) out.sequence_number = sequence_number(leased.number);
  return out;
}

std::vector<ReceivedMessage> lease_and_notify(Transaction& transaction, const Queues& queues, const QueueRecord& queue,
                                              LeaseRequest request) {
  std::optional<QueueRecord> dead_letters;
  if (queue.dead_letter_queue) {
    if (auto found = queues.find(transaction, *queue.dead_letter_queue)) dead_letters = std::move(*found);
  }
  request.dead_letter_queue = dead_letters ? &*dead_letters : nullptr;
  request.source_arn = queues.site().queue_arn(queue.name);
  auto result = lease(transaction, queue, request);
  if (result.moved) transaction.on_commit([signals = &queues.signals(), id = dead_letters->id] { signals->notify(id); });
  std::vector<ReceivedMessage> messages;
  for (auto& leased : result.leased) messages.push_back(received(queue, std::move(leased)));
  return messages;
}

}  // namespace

Result<std::vector<ReceivedMessage>> Queues::receive(Transaction& transaction, std::string_view name,
                                                     const ReceiveMessages& request) const {
  const auto queue = find(transaction, name);
  if (!queue) return queue.error();
  if (request.max_messages < 1 || request.max_messages > 10) {
    return invalid_value(std::to_string(request.max_messages), "MaxNumberOfMessages", "Must be between 1 and 10, if provided.");
  }
  const auto visibility = request.visibility_timeout.value_or(queue->visibility_timeout.count());
  if (visibility < 0 || visibility > visibility_seconds_max) {
    return invalid_value(std::to_string(visibility), "VisibilityTimeout", "Must be >= 0 and <= 43200, if provided.");
  }
  return lease_and_notify(transaction, *this, *queue,
                          LeaseRequest{.messages_max = static_cast<std::size_t>(request.max_messages),
                                       .bytes_max = static_cast<std::size_t>(-1),
                                       .visibility_timeout = std::chrono::seconds{visibility},
                                       .by_trigger = false,
                                       .dead_letter_queue = nullptr,
                                       .source_arn = {}});
}

Result<std::vector<ReceivedMessage>> Queues::lease(Transaction& transaction, std::string_view name, const LeaseMessages& request) const {
  const auto queue = find(transaction, name);
  if (!queue) return queue.error();
  const auto limit = std::max<std::int64_t>(1, queue->fifo ? std::min<std::int64_t>(10, request.max_messages) : request.max_messages);
  return lease_and_notify(transaction, *this, *queue,
                          LeaseRequest{.messages_max = static_cast<std::size_t>(limit),
                                       .bytes_max = request.bytes_max,
                                       .visibility_timeout = request.visibility_timeout,
                                       .by_trigger = true,
                                       .dead_letter_queue = nullptr,
                                       .source_arn = {}});
}

std::optional<Timestamp> Queues::next_receivable(const Reader& reader, const QueueRecord& queue, Timestamp now) const {
  std::optional<Timestamp> due;
  reader.scan(KeyRange{.prefix = Key(queue_due_table, queue.row)}, [&](const Key& key, std::string_view) {
    due = from_ms(key.integer(1));
    return false;
  });
  if (queue.fifo || (due && *due <= now)) return due;
  const auto state = load_state(reader, queue.row);
  std::size_t visited = 0;
  bool fresh = false;
  reader.scan(
      KeyRange{.prefix = Key(queue_messages_table, queue.row), .after = Key(queue_messages_table, queue.row, state.received_through)},
      [&](const Key&, std::string_view record) {
        // Delayed messages among the fresh ones are found by queue_due. After many of them a receive has to move on.
        fresh = !decode_message(record).delayed_until || ++visited >= 1'000;
        return !fresh;
      });
  return fresh ? std::optional(now) : due;
}

// ---- what is done with a received message ----

namespace {

struct InFlight {
  ReceiptHandle handle;
  std::optional<Delivery> delivery;  ///< nothing: the message is gone
  std::optional<std::string> group_id;
};

Result<InFlight> find_received(const Transaction& transaction, const QueueRecord& queue, std::string_view text) {
  if (text.empty()) return missing_parameter("ReceiptHandle");
  const auto handle = decode_receipt_handle(text);
  if (!handle || handle->queue_id != queue.id) {
    return queue_error(ErrorCode::InvalidArgument, "ReceiptHandleIsInvalid",
                       fmt::format("The input receipt handle \"{}\" is not a valid receipt handle.", text));
  }
  InFlight found{.handle = *handle, .delivery = std::nullopt, .group_id = std::nullopt};
  if (handle->row != queue.row) return found;  // purged since
  found.delivery = find_delivery(transaction, queue.row, handle->number);
  if (found.delivery && queue.fifo) {
    if (const auto record = transaction.get(Key(queue_messages_table, queue.row, handle->number)))
      found.group_id = decode_message(*record).group_id;
  }
  return found;
}

Result<void> delete_received(Transaction& transaction, const QueueRecord& queue, std::string_view text) {
  const auto found = find_received(transaction, queue, text);
  if (!found) return found.error();
  if (!found->delivery) return {};
  // A FIFO queue's order would suffer if somebody who has lost his lease could still delete; a standard queue takes any handle of the message.
  if (queue.fifo && (found->handle.leases != found->delivery->leases || found->delivery->visible_at <= transaction.now())) {
    return invalid_value(text, "ReceiptHandle", "The receipt handle has expired.");
  }
  forget(transaction, queue, found->handle.number, found->delivery, found->group_id);
  return {};
}

Result<void> change_received(Transaction& transaction, const QueueRecord& queue, const VisibilityChange& change) {
  if (change.seconds < 0 || change.seconds > visibility_seconds_max) {
    return invalid_value(std::to_string(change.seconds), "VisibilityTimeout", "Must be >= 0 and <= 43200, if provided.");
  }
  const auto found = find_received(transaction, queue, change.receipt_handle);
  if (!found) return found.error();
  if (!found->delivery)
    return invalid_value(change.receipt_handle, "ReceiptHandle",
                         "Message does not exist or is not available for visibility timeout change.");
  if (found->delivery->visible_at <= transaction.now() || found->delivery->receives == 0) {
    return queue_error(ErrorCode::Conflict, "MessageNotInflight",
                       fmt::format("Value {} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available "
                                   "for visibility timeout change.",
                                   change.receipt_handle));
  }
  auto after = *found->delivery;
  after.visible_at = transaction.now() + std::chrono::seconds{change.seconds};
  set_delivery(transaction, queue, found->handle.number, found->delivery, after);
  if (found->group_id) refresh_group(transaction, queue, *found->group_id);
  return {};
}

void release(Transaction& transaction, const QueueRecord& queue, std::int64_t number, const Delivery& before,
             const std::optional<std::string>& group_id, std::chrono::milliseconds delay) {
  auto after = before;
  after.receives = std::max<std::int64_t>(0, after.receives - 1);
  after.visible_at = transaction.now() + delay;
  after.by_trigger = false;
  set_delivery(transaction, queue, number, before, after);
  if (group_id) refresh_group(transaction, queue, *group_id);
}

void notify_after_commit(Transaction& transaction, QueueSignals& signals, const QueueRecord& queue) {
  transaction.on_commit([&signals, id = queue.id] { signals.notify(id); });
}

}  // namespace

Result<void> Queues::delete_message(Transaction& transaction, std::string_view name, std::string_view receipt_handle) const {
  const auto queue = find(transaction, name);
  if (!queue) return queue.error();
  if (queue->fifo) notify_after_commit(transaction, signals_, *queue);  // its group may go on
  return delete_received(transaction, *queue, receipt_handle);
}

Result<void> Queues::change_visibility(Transaction& transaction, std::string_view name, const VisibilityChange& change) const {
  const auto queue = find(transaction, name);
  if (!queue) return queue.error();
  notify_after_commit(transaction, signals_, *queue);
  return change_received(transaction, *queue, change);
}

Result<void> Queues::give_back(Transaction& transaction, std::string_view name, const std::vector<std::string>& receipt_handles,
                               std::chrono::milliseconds delay) const {
  const auto queue = find(transaction, name);
  if (!queue) return queue.error();
  for (const auto& text : receipt_handles) {
    const auto found = find_received(transaction, *queue, text);
    if (!found || !found->delivery || found->delivery->leases != found->handle.leases) continue;
    release(transaction, *queue, found->handle.number, *found->delivery, found->group_id, delay);
  }
  notify_after_commit(transaction, signals_, *queue);
  return {};
}

Result<void> Queues::set_visibility(Transaction& transaction, std::string_view name, const std::vector<std::string>& receipt_handles,
                                    std::chrono::milliseconds delay, bool still_held) const {
  const auto queue = find(transaction, name);
  if (!queue) return queue.error();
  for (const auto& text : receipt_handles) {
    const auto found = find_received(transaction, *queue, text);
    if (!found || !found->delivery || found->delivery->leases != found->handle.leases) continue;
    auto after = *found->delivery;
    after.visible_at = transaction.now() + delay;
    after.by_trigger = still_held;
    set_delivery(transaction, *queue, found->handle.number, found->delivery, after);
    if (found->group_id) refresh_group(transaction, *queue, *found->group_id);
  }
  notify_after_commit(transaction, signals_, *queue);
  return {};
}

Result<void> Queues::release_trigger_leases(Transaction& transaction, std::string_view name) const {
  const auto queue = find(transaction, name);
  if (!queue) return queue.error();
  std::vector<std::pair<std::int64_t, Delivery>> leased;
  transaction.scan(KeyRange{.prefix = Key(queue_deliveries_table, queue->row)}, [&](const Key& key, std::string_view record) {
    auto delivery = decode_delivery(record);
    if (delivery.by_trigger && delivery.visible_at > transaction.now()) leased.emplace_back(key.integer(1), delivery);
    return true;
  });
  for (const auto& [number, delivery] : leased) {
    std::optional<std::string> group_id;
    if (queue->fifo) {
      if (const auto record = transaction.get(Key(queue_messages_table, queue->row, number))) group_id = decode_message(*record).group_id;
    }
    release(transaction, *queue, number, delivery, group_id, std::chrono::milliseconds{0});
  }
  if (!leased.empty()) notify_after_commit(transaction, signals_, *queue);
  return {};
}

// ---- batches ----

namespace {

bool is_entry_id(std::string_view id) {
  return !id.empty() && id.size() <= 80 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

template <class T>
Result<void> check_entries(const BatchEntries<T>& entries) {
  constexpr std::size_t entries_max = 10;
  const auto fault = [](const char* shape, std::string message) {
    return queue_error(ErrorCode::InvalidArgument, shape, std::move(message));
  };
  if (entries.empty()) return fault("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (entries.size() > entries_max) {
    return fault("TooManyEntriesInBatchRequest",
                 fmt::format("Maximum number of entries per request are {}. You have sent {}.", entries_max, entries.size()));
  }
  std::set<std::string_view> ids;
  for (const auto& [id, entry] : entries) {
    if (!is_entry_id(id))
      return fault(
          "InvalidBatchEntryId",
          "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.");
    if (!ids.insert(id).second) return fault("BatchEntryIdsNotDistinct", fmt::format("Id {} repeated.", id));
  }
  return {};
}

}  // namespace

Result<std::vector<BatchAnswer<SentMessage>>> Queues::send_batch(Transaction& transaction, std::string_view name,
                                                                 const BatchEntries<SendMessage>& entries) const {
  constexpr std::size_t batch_bytes_max = 1'048'576;
  if (const auto queue = find(transaction, name); !queue) return queue.error();
  if (auto checked = check_entries(entries); !checked) return checked.error();
  std::size_t bytes = 0;
  for (const auto& [id, message] : entries) bytes += size_bytes(message.body, message.attributes);
  if (bytes > batch_bytes_max) {
    return queue_error(ErrorCode::TooLarge, "BatchRequestTooLong",
                       fmt::format("Batch requests cannot be longer than {} bytes. You have sent {} bytes.", batch_bytes_max, bytes));
  }
  std::vector<BatchAnswer<SentMessage>> answers;
  for (const auto& [id, message] : entries) answers.push_back({id, send(transaction, name, message)});
  return answers;
}

Result<std::vector<BatchAnswer<void>>> Queues::delete_batch(Transaction& transaction, std::string_view name,
                                                            const BatchEntries<std::string>& receipt_handles) const {
  const auto queue = find(transaction, name);
  if (!queue) return queue.error();
  if (auto checked = check_entries(receipt_handles); !checked) return checked.error();
  std::vector<BatchAnswer<void>> answers;
  for (const auto& [id, handle] : receipt_handles) answers.push_back({id, delete_received(transaction, *queue, handle)});
  if (queue->fifo) notify_after_commit(transaction, signals_, *queue);
  return answers;
}

Result<std::vector<BatchAnswer<void>>> Queues::change_visibility_batch(Transaction& transaction, std::string_view name,
                                                                       const BatchEntries<VisibilityChange>& changes) const {
  const auto queue = find(transaction, name);
  if (!queue) return queue.error();
  if (auto checked = check_entries(changes); !checked) return checked.error();
  std::vector<BatchAnswer<void>> answers;
  for (const auto& [id, change] : changes) answers.push_back({id, change_received(transaction, *queue, change)});
  notify_after_commit(transaction, signals_, *queue);
  return answers;
}

}  // namespace signalbox
