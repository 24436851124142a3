#pragma once
/// Spec: Errors, Retrying after error.

#include "core/failure.h"
#include "core/interpreter.h"

#include <chrono>
#include <optional>

namespace signalbox::core {

/// Whether one of the names matches the failure. States.ALL matches everything but States.Runtime (recorded on AWS:
/// States.DataLimitExceeded too); States.TaskFailed everything but time-outs and States.Runtime; an expired heartbeat answers to two names.
[[nodiscard]] bool matches(const std::vector<std::string>& error_equals, const Failure& failure);

/// Wait before retry `attempt` (1 = the first), at most MaxDelaySeconds; counted per retrier, not per state. `fraction` in [0, 1)
/// is where full jitter puts it.
[[nodiscard]] std::chrono::milliseconds retry_delay(const Retrier& retrier, std::int64_t attempt, double fraction);

struct RetryDecision {
  std::int64_t retrier = 0;
  std::chrono::milliseconds delay{};
};
/// The first matching retrier decides; nothing if there is none or it is used up.
[[nodiscard]] std::optional<RetryDecision> find_retry(Interpreter& interpreter, const Frame& frame, const State& state,
                                                      const Failure& failure);

}  // namespace signalbox::core
