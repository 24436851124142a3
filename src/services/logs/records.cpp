#include "services/logs/records.h"

#include "signalbox/record.h"

namespace signalbox::logs {

std::string encode_group(const GroupRecord& group) {
  RecordWriter writer(1);
  writer.integer(group.row).optional_integer(group.retention_days).timestamp(group.created_at).text(group.settings);
  writer.integer(static_cast<std::int64_t>(group.tags.size()));
  for (const auto& [key, value] : group.tags) writer.text(key).text(value);
  return writer.take();
}

GroupRecord decode_group(std::string_view name, std::string_view record) {
  RecordReader reader(record);
  GroupRecord group{.name = std::string(name)};
  group.row = reader.integer();
  group.retention_days = reader.optional_integer();
  group.created_at = reader.timestamp();
  group.settings = reader.text();
  for (auto left = reader.integer(); left > 0; --left) {
    const std::string key(reader.text());
    group.tags[key] = reader.text();
  }
  return group;
}

std::string encode_stream(const StreamRecord& stream) {
  RecordWriter writer(2);
  writer.integer(stream.row).integer(stream.next_number).timestamp(stream.created_at);
  writer.optional_timestamp(stream.first_event_at).optional_timestamp(stream.last_event_at).optional_timestamp(stream.last_ingested_at);
  writer.integer(stream.stored_bytes);
  return writer.take();
}

StreamRecord decode_stream(std::string_view name, std::string_view record) {
  RecordReader reader(record);
  StreamRecord stream{.name = std::string(name)};
  stream.row = reader.integer();
  stream.next_number = reader.integer();
  stream.created_at = reader.timestamp();
  stream.first_event_at = reader.optional_timestamp();
  stream.last_event_at = reader.optional_timestamp();
  stream.last_ingested_at = reader.optional_timestamp();
  if (reader.version() >= 2) stream.stored_bytes = reader.integer();
  return stream;
}

std::string encode_event(Timestamp ingested_at, std::string_view message) {
  return RecordWriter(1).timestamp(ingested_at).text(message).take();
}

StoredEvent decode_event(const Key& key, std::string_view record) {
  RecordReader reader(record);
  StoredEvent event{.time = Timestamp{std::chrono::milliseconds{key.integer(1)}}, .number = key.integer(2)};
  event.ingested_at = reader.timestamp();
  event.message = reader.text();
  return event;
}

std::optional<Timestamp> kept_since(const GroupRecord& group, Timestamp now) {
  if (!group.retention_days) return std::nullopt;
  return now - std::chrono::days{*group.retention_days};
}

}  // namespace signalbox::logs
