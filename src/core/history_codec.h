#pragma once
/// The stored encoding of history: made from the facts' members(), compact, and read back without looking into payloads.
///
/// Format, version 1 (a chunk): a version byte, then per event: the fact's type (its index in HistoryFact), the frame, the
/// milliseconds since the event before; for facts that AWS shows the id (as the distance from the one expected) and the
/// distance to the previous id plus one (0: none); then the members in their order. Numbers are varints, zigzag where they may be negative.
/// A JSON payload equal to the one written before it in the chunk (a state's output and the next one's input, mostly) is
/// written as a single zero byte.

#include "signalbox/history.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace signalbox {

/// The events of one step, in order, as one chunk; chunks stand on their own.
[[nodiscard]] std::string encode_events(std::span<const HistoryEvent> events);

/// Calls `visit` for every event of a chunk, in order. Payloads are not parsed, and equal neighbours share their value.
/// Damage (a chunk that ends too early, an unknown type or version) throws StoreFailure, as RecordReader does.
void decode_events(std::string_view chunk, const std::function<void(HistoryEvent&&)>& visit);

}  // namespace signalbox
