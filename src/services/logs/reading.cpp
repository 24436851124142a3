// Groups, streams and events, read.
#include "services/logs/records.h"

#include <algorithm>

namespace signalbox::logs {

namespace {

/// Texts that begin with `prefix`, after `after`, are contiguous: the scan begins right before them and ends behind them.
template <class Record, class Decode>
std::vector<Record> list(const Reader& reader, const Key& table, std::string_view prefix, std::string_view after, std::size_t limit,
                         std::size_t name_part, Decode decode) {
  std::vector<Record> found;
  if (limit == 0) return found;
  KeyRange range{.prefix = table};
  // A key equal to the prefix itself must be seen, so the scan begins one step before it and is filtered below.
  if (after >= prefix && !after.empty()) range.after = Key(table).add(after);
  reader.scan(range, [&](const Key& key, std::string_view record) {
    const auto name = key.text(name_part);
    if (name.compare(prefix) < 0) return true;
    if (!name.starts_with(prefix)) return false;
    found.push_back(decode(name, record));
    return found.size() < limit;
  });
  return found;
}

Timestamp at(std::int64_t ms) { return Timestamp{std::chrono::milliseconds{ms}}; }

}  // namespace

std::optional<GroupRecord> find_group(const Reader& reader, std::string_view name) {
  const auto record = reader.get(Key(groups_table, name));
  if (!record) return std::nullopt;
  return decode_group(name, *record);
}

std::vector<GroupRecord> list_groups(const Reader& reader, std::string_view prefix, std::string_view after, std::size_t limit) {
  return list<GroupRecord>(reader, Key(groups_table), prefix, after, limit, 0, &decode_group);
}

std::optional<StreamRecord> find_stream(const Reader& reader, const GroupRecord& group, std::string_view name) {
  const auto record = reader.get(Key(streams_table, group.row, name));
  if (!record) return std::nullopt;
  return decode_stream(name, *record);
}

std::vector<StreamRecord> list_streams(const Reader& reader, const GroupRecord& group, std::string_view prefix, std::string_view after,
                                       std::size_t limit) {
  return list<StreamRecord>(reader, Key(streams_table, group.row), prefix, after, limit, 1, &decode_stream);
}

std::vector<StoredEvent> read_events(const Reader& reader, const GroupRecord& group, const StreamRecord& stream, const EventRange& range,
                                     Timestamp now) {
  std::vector<StoredEvent> events;
  const auto kept = kept_since(group, now);
  auto from = range.from.value_or(at(0));
  if (kept) from = std::max(from, *kept);
  // Both ends exclusive; numbers begin with 1, so 0 stands before all events of its millisecond.
  Position after{from.time_since_epoch().count(), 0}, before{INT64_MAX, INT64_MAX};
  if (range.after) after = std::max(after, *range.after);
  if (range.until) before = {range.until->time_since_epoch().count(), 0};
  if (range.before) before = std::min(before, *range.before);
  if (range.limit == 0) return events;
  const auto& start = range.newest_first ? before : after;
  const KeyRange keys{.prefix = Key(events_table, stream.row),
                      .after = Key(events_table, stream.row, start.ms, start.number),
                      .reverse = range.newest_first};
  reader.scan(keys, [&](const Key& key, std::string_view record) {
    const Position position{key.integer(1), key.integer(2)};
    if (position <= after || position >= before) return false;
    events.push_back(decode_event(key, record));
    return events.size() < range.limit;
  });
  return events;
}

}  // namespace signalbox::logs
