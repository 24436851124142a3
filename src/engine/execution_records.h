#pragma once
/// The stored encodings of the engine's tables. docs/data_file.md says what each is for.

#include "signalbox/executions.h"
#include "signalbox/history.h"

#include <span>
#include <string>
#include <string_view>

namespace signalbox {

[[nodiscard]] std::string encode_execution(const ExecutionRecord& record);
[[nodiscard]] ExecutionRecord decode_execution(ExecutionRow row, std::string_view bytes);

[[nodiscard]] std::string encode_open_execution(const OpenExecution& open);
[[nodiscard]] OpenExecution decode_open_execution(std::string_view bytes);

/// Row of `history`: what one transaction added to one execution.
struct HistoryChunk {
  std::int64_t previous = 0;       ///< chunk before it; 0: none
  std::int64_t events_before = 0;  ///< AWS's events in all chunks before it
  std::string_view facts;          ///< encode_events(); valid as long as the record
};
[[nodiscard]] std::string encode_chunk(std::int64_t previous, std::int64_t events_before, std::span<const HistoryEvent> facts);
[[nodiscard]] HistoryChunk decode_chunk(std::string_view record);

/// Rows whose record is one number (a row of another table).
[[nodiscard]] std::string encode_row(std::int64_t row);
[[nodiscard]] std::int64_t decode_row(std::string_view bytes);

}  // namespace signalbox
