#pragma once
/// Encodings of the log tables.

#include "signalbox/logs.h"

namespace signalbox::logs {

[[nodiscard]] std::string encode_group(const GroupRecord& group);
[[nodiscard]] GroupRecord decode_group(std::string_view name, std::string_view record);
[[nodiscard]] std::string encode_stream(const StreamRecord& stream);
[[nodiscard]] StreamRecord decode_stream(std::string_view name, std::string_view record);
[[nodiscard]] std::string encode_event(Timestamp ingested_at, std::string_view message);
[[nodiscard]] StoredEvent decode_event(const Key& key, std::string_view record);

/// Before it nothing is kept; nothing if the group keeps everything.
[[nodiscard]] std::optional<Timestamp> kept_since(const GroupRecord& group, Timestamp now);

}  // namespace signalbox::logs
