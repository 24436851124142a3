#pragma once
/// Small closed sets of words that everybody speaks of, apart from the large types that they belong to: whoever only shows a status need not
/// know how the interpreter works.

#include <cstdint>
#include <string_view>

namespace signalbox {

enum class StateMachineType : std::uint8_t { Standard, Express };

/// As the API spells them. Stored: do not renumber.
enum class ExecutionStatus : std::uint8_t { Running, Succeeded, Failed, TimedOut, Aborted };
[[nodiscard]] std::string_view to_string(ExecutionStatus status);  ///< `RUNNING`, `TIMED_OUT`, …

}  // namespace signalbox
