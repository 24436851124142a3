// Groups and streams made and removed, events appended.
#include "services/logs/records.h"

#include <algorithm>

namespace signalbox::logs {

namespace {

Error group_missing() { return error(ErrorCode::NotFound, "The specified log group does not exist.", "ResourceNotFoundException"); }
Error stream_missing() { return error(ErrorCode::NotFound, "The specified log stream does not exist.", "ResourceNotFoundException"); }
Error invalid(std::string message) { return error(ErrorCode::InvalidArgument, std::move(message), "InvalidParameterException"); }

constexpr std::size_t name_length_max = 512;

bool is_group_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-/#").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= name_length_max && std::all_of(name.begin(), name.end(), fits);
}

bool is_stream_name(std::string_view name) {
  return !name.empty() && name.size() <= name_length_max && name.find_first_of(":*") == std::string_view::npos;
}

void discard(Transaction& transaction, const StreamRecord& stream) {
  if (stream.next_number > 1) transaction.put(Key(garbage_table, stream.row), "");
}

void store(Transaction& transaction, const GroupRecord& group, const StreamRecord& stream) {
  transaction.put(Key(streams_table, group.row, stream.name), encode_stream(stream));
}

StreamRecord new_stream(Transaction& transaction, std::string_view name) {
  return {.name = std::string(name), .row = transaction.next_row(events_table), .created_at = transaction.now()};
}

}  // namespace

Result<GroupRecord> create_group(Transaction& transaction, GroupRecord group) {
  if (!is_group_name(group.name))
    return invalid(
        "Invalid log group name. Log group names consist of 1 to 512 of the characters: a-z, A-Z, 0-9, '_', '-', '/', '.' and '#'.");
  const Key key(groups_table, group.name);
  if (transaction.get(key))
    return error(ErrorCode::AlreadyExists, "The specified log group already exists", "ResourceAlreadyExistsException");
  group.row = transaction.next_row(streams_table);
  group.created_at = transaction.now();
  transaction.put(key, encode_group(group));
  return group;
}

Result<void> delete_group(Transaction& transaction, std::string_view name) {
  const auto group = find_group(transaction, name);
  if (!group) return group_missing();
  for (const auto& stream : list_streams(transaction, *group, {}, {}, SIZE_MAX)) {
    discard(transaction, stream);
    transaction.erase(Key(streams_table, group->row, stream.name));
  }
  transaction.erase(Key(groups_table, name));
  return {};
}

Result<void> update_group(Transaction& transaction, const GroupRecord& group) {
  if (!find_group(transaction, group.name)) return group_missing();
  transaction.put(Key(groups_table, group.name), encode_group(group));
  return {};
}

Result<StreamRecord> create_stream(Transaction& transaction, std::string_view group_name, std::string_view name) {
  const auto group = find_group(transaction, group_name);
  if (!group) return group_missing();
  if (!is_stream_name(name)) return invalid("Invalid log stream name. Log stream names have 1 to 512 characters, without ':' and '*'.");
  if (find_stream(transaction, *group, name))
    return error(ErrorCode::AlreadyExists, "The specified log stream already exists", "ResourceAlreadyExistsException");
  const auto stream = new_stream(transaction, name);
  store(transaction, *group, stream);
  return stream;
}

Result<void> delete_stream(Transaction& transaction, std::string_view group_name, std::string_view name) {
  const auto group = find_group(transaction, group_name);
  if (!group) return group_missing();
  const auto stream = find_stream(transaction, *group, name);
  if (!stream) return stream_missing();
  discard(transaction, *stream);
  transaction.erase(Key(streams_table, group->row, name));
  return {};
}

Result<void> append(Transaction& transaction, std::string_view group_name, std::string_view name, const std::vector<LogEvent>& events) {
  const auto group = find_group(transaction, group_name);
  if (!group) return group_missing();
  auto found = find_stream(transaction, *group, name);
  auto stream = found ? std::move(*found) : new_stream(transaction, name);
  for (const auto& event : events) {
    transaction.put(Key(events_table, stream.row, event.time.time_since_epoch().count(), stream.next_number++),
                    encode_event(transaction.now(), event.message));
    stream.stored_bytes += stored_bytes(event.message);
    stream.first_event_at = std::min(stream.first_event_at.value_or(event.time), event.time);
    stream.last_event_at = std::max(stream.last_event_at.value_or(event.time), event.time);
  }
  if (!events.empty()) stream.last_ingested_at = transaction.now();
  store(transaction, *group, stream);
  return {};
}

}  // namespace signalbox::logs
