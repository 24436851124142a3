#pragma once
/// Log groups, streams and events: the rules of CloudWatch Logs over Reader and Transaction. Errors: `message` is AWS's text, `where` the name
/// of the API's error (`ResourceNotFoundException`, …). Source: CloudWatch Logs API Reference.

#include "signalbox/ids.h"
#include "signalbox/result.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::logs {

/// name → GroupRecord
inline constexpr Table groups_table{"log_groups", {KeyPart::Text}};
/// (group's row, name) → StreamRecord
inline constexpr Table streams_table{"log_streams", {KeyPart::Integer, KeyPart::Text}};
/// (stream's row, ms, number) → event; written once
inline constexpr Table events_table{"log_events", {KeyPart::Integer, KeyPart::Integer, KeyPart::Integer}};
/// rows of deleted streams, to be emptied
inline constexpr Table garbage_table{"log_garbage", {KeyPart::Integer}};

struct GroupRecord {
  std::string name;
  std::int64_t row = 0;
  std::optional<std::int64_t> retention_days = std::nullopt;  ///< nothing: for ever
  Timestamp created_at = {};
  std::map<std::string, std::string> tags = {};
  std::string settings = "{}";  ///< what is kept as given: kmsKeyId, logGroupClass; a JSON object
};

struct StreamRecord {
  std::string name;
  std::int64_t row = 0;
  std::int64_t next_number = 1;  ///< of its events
  Timestamp created_at = {};
  std::optional<Timestamp> first_event_at = std::nullopt, last_event_at = std::nullopt, last_ingested_at = std::nullopt;
  std::int64_t stored_bytes = 0;  ///< of its events, as stored_bytes() counts them
};

struct LogEvent {
  Timestamp time = {};
  std::string message = {};
};

/// An event as it is read: `number` tells events of one millisecond apart.
struct StoredEvent {
  Timestamp time = {}, ingested_at = {};
  std::int64_t number = 0;
  std::string message = {};
};

/// What an event counts for in storedBytes: its message in UTF-8 and 26 bytes. [CloudWatch Logs quotas, "Event size"]
[[nodiscard]] inline std::int64_t stored_bytes(std::string_view message) { return static_cast<std::int64_t>(message.size()) + 26; }

// ---- writing -------------------------------------------------------------------------------------------------------------------------
/// Errors: AlreadyExists, InvalidArgument (name). [CreateLogGroup]
[[nodiscard]] Result<GroupRecord> create_group(Transaction& transaction, GroupRecord group);
/// Errors: NotFound. Its events are removed in the background. [DeleteLogGroup]
[[nodiscard]] Result<void> delete_group(Transaction& transaction, std::string_view name);
/// Changes retention, tags, settings. Errors: NotFound.
[[nodiscard]] Result<void> update_group(Transaction& transaction, const GroupRecord& group);
/// Errors: NotFound (group), AlreadyExists, InvalidArgument (name). [CreateLogStream]
[[nodiscard]] Result<StreamRecord> create_stream(Transaction& transaction, std::string_view group, std::string_view name);
/// Errors: NotFound. [DeleteLogStream]
[[nodiscard]] Result<void> delete_stream(Transaction& transaction, std::string_view group, std::string_view name);
/// Adds events to a stream, which is made if it is missing; this is how the daemon's own services write: one row an event, one for the stream. Events
/// need no order. Errors: NotFound (group).
[[nodiscard]] Result<void> append(Transaction& transaction, std::string_view group, std::string_view stream,
                                  const std::vector<LogEvent>& events);

// ---- reading -------------------------------------------------------------------------------------------------------------------------
[[nodiscard]] std::optional<GroupRecord> find_group(const Reader& reader, std::string_view name);
/// In order of name, those after `after`; `limit` of them.
[[nodiscard]] std::vector<GroupRecord> list_groups(const Reader& reader, std::string_view prefix, std::string_view after,
                                                   std::size_t limit);
[[nodiscard]] std::optional<StreamRecord> find_stream(const Reader& reader, const GroupRecord& group, std::string_view name);
[[nodiscard]] std::vector<StreamRecord> list_streams(const Reader& reader, const GroupRecord& group, std::string_view prefix,
                                                     std::string_view after, std::size_t limit);

/// A place between events.
struct Position {
  std::int64_t ms = 0, number = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};
struct EventRange {
  std::optional<Timestamp> from = std::nullopt, until = std::nullopt;   ///< until: exclusive
  std::optional<Position> after = std::nullopt, before = std::nullopt;  ///< both exclusive
  std::size_t limit = 10'000;
  bool newest_first = false;
};
/// What has outlived the group's retention is not shown, even where it has not been removed yet.
[[nodiscard]] std::vector<StoredEvent> read_events(const Reader& reader, const GroupRecord& group, const StreamRecord& stream,
                                                   const EventRange& range, Timestamp now);

/// Removes events that outlived their retention, streams that this emptied, and what deleted streams left: at most about `limit` rows. Says
/// whether more is left.
bool expire(Transaction& transaction, std::size_t limit);
/// Whether expire() would find work.
[[nodiscard]] bool needs_expiry(const Reader& reader, Timestamp now);

}  // namespace signalbox::logs
