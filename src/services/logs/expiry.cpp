// Retention: events that outlived it, streams that it emptied, and what deleted streams left.
#include "services/logs/records.h"

namespace signalbox::logs {

namespace {

std::vector<GroupRecord> groups_that_expire(const Reader& reader) {
  std::vector<GroupRecord> found;
  for (auto& group : list_groups(reader, {}, {}, SIZE_MAX)) {
    if (group.retention_days) found.push_back(std::move(group));
  }
  return found;
}

struct OldEvents {
  std::vector<Key> keys;
  std::int64_t stored_bytes = 0;
};

/// A stream's oldest events, as far as they are older than `before`.
OldEvents old_events(const Reader& reader, std::int64_t stream_row, std::int64_t before_ms, std::size_t limit) {
  OldEvents found;
  if (limit == 0) return found;
  reader.scan(KeyRange{.prefix = Key(events_table, stream_row)}, [&](const Key& key, std::string_view record) {
    if (key.integer(1) >= before_ms) return false;
    found.stored_bytes += stored_bytes(decode_event(key, record).message);
    found.keys.push_back(key);
    return found.keys.size() < limit;
  });
  return found;
}

std::optional<Timestamp> oldest_event(const Reader& reader, const StreamRecord& stream) {
  std::optional<Timestamp> found;
  reader.scan(KeyRange{.prefix = Key(events_table, stream.row)}, [&](const Key& key, std::string_view) {
    found = Timestamp{std::chrono::milliseconds{key.integer(1)}};
    return false;
  });
  return found;
}

/// Whether the stream may hold something older than that.
bool reaches_back(const StreamRecord& stream, Timestamp kept) { return stream.first_event_at && *stream.first_event_at < kept; }

/// Rows removed.
std::size_t expire_stream(Transaction& transaction, const GroupRecord& group, StreamRecord stream, Timestamp kept, std::size_t limit) {
  const auto [keys, bytes] = old_events(transaction, stream.row, kept.time_since_epoch().count(), limit);
  for (const auto& key : keys) transaction.erase(key);
  stream.stored_bytes -= bytes;
  if (keys.size() == limit) {
    transaction.put(Key(streams_table, group.row, stream.name), encode_stream(stream));
    return limit;
  }
  stream.first_event_at = oldest_event(transaction, stream);
  if (!stream.first_event_at) {
    transaction.erase(Key(streams_table, group.row, stream.name));
  } else {
    transaction.put(Key(streams_table, group.row, stream.name), encode_stream(stream));
  }
  return keys.size() + 1;
}

std::size_t empty_garbage(Transaction& transaction, std::size_t limit) {
  std::vector<std::int64_t> rows;
  transaction.scan(KeyRange{.prefix = Key(garbage_table)}, [&](const Key& key, std::string_view) {
    rows.push_back(key.integer(0));
    return rows.size() < limit;
  });
  std::size_t done = 0;
  for (const auto row : rows) {
    if (done >= limit) break;
    const auto keys = old_events(transaction, row, INT64_MAX, limit - done).keys;
    for (const auto& key : keys) transaction.erase(key);
    done += keys.size() + 1;
    if (done <= limit) transaction.erase(Key(garbage_table, row));
  }
  return done;
}

}  // namespace

bool expire(Transaction& transaction, std::size_t limit) {
  std::size_t done = empty_garbage(transaction, limit);
  for (const auto& group : groups_that_expire(transaction)) {
    const auto kept = *kept_since(group, transaction.now());
    for (const auto& stream : list_streams(transaction, group, {}, {}, SIZE_MAX)) {
      if (done >= limit) return true;
      if (reaches_back(stream, kept)) done += expire_stream(transaction, group, stream, kept, limit - done);
    }
  }
  return done >= limit;
}

bool needs_expiry(const Reader& reader, Timestamp now) {
  bool garbage = false;
  reader.scan(KeyRange{.prefix = Key(garbage_table)}, [&](const Key&, std::string_view) { return !(garbage = true); });
  if (garbage) return true;
  for (const auto& group : groups_that_expire(reader)) {
    const auto kept = *kept_since(group, now);
    for (const auto& stream : list_streams(reader, group, {}, {}, SIZE_MAX)) {
      if (reaches_back(stream, kept)) return true;
    }
  }
  return false;
}

}  // namespace signalbox::logs
