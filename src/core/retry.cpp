#include "core/retry.h"

#include "base/overload.h"
#include "signalbox/expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace signalbox::core {
namespace {

const std::vector<Retrier>& retriers_of(const State& state) {
  static const std::vector<Retrier> none;
  return std::visit(Overload{
                        [](const TaskState& task) -> const std::vector<Retrier>& { return task.retry; },
                        [](const ParallelState& parallel) -> const std::vector<Retrier>& { return parallel.retry; },
                        [](const MapState& map) -> const std::vector<Retrier>& { return map.retry; },
                        [](const PassState&) -> const std::vector<Retrier>& { return none; },
                        [](const ChoiceState&) -> const std::vector<Retrier>& { return none; },
                        [](const WaitState&) -> const std::vector<Retrier>& { return none; },
                        [](const SucceedState&) -> const std::vector<Retrier>& { return none; },
                        [](const FailState&) -> const std::vector<Retrier>& { return none; },
                    },
                    state.type);
}

/// In [0, 1), from 53 bits of the execution's own randomness.
double jitter(const Execution& execution, const Frame& frame) {
  RandomSource random(execution.started.key, fmt::format("jitter/{}/{}", frame.id.value, execution.last_event_id));
  const auto bytes = random.draw();
  std::uint64_t bits = 0;
  for (std::size_t at = 0; at < 8; ++at) bits = bits << 8 | bytes[at];
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace

bool matches(const std::vector<std::string>& error_equals, const Failure& failure) {
  if (failure.error.error == error_names::Runtime) return false;
  return std::ranges::any_of(error_equals, [&failure](const std::string& name) {
    if (name == error_names::All || name == failure.error.error) return true;
    if (name == error_names::HeartbeatTimeout) return failure.heartbeat;
    return name == error_names::TaskFailed && failure.error.error != error_names::Timeout;
  });
}

std::chrono::milliseconds retry_delay(const Retrier& retrier, std::int64_t attempt, double fraction) {
  constexpr double seconds_max = 99'999'999;
  double seconds = static_cast<double>(retrier.interval_seconds) * std::pow(retrier.backoff_rate, static_cast<double>(attempt - 1));
  seconds = std::min(seconds, static_cast<double>(retrier.max_delay_seconds.value_or(static_cast<std::int64_t>(seconds_max))));
  seconds = std::min(seconds, seconds_max);
  if (retrier.full_jitter) seconds *= fraction;
  return std::chrono::milliseconds(std::llround(seconds * 1000));
}

std::optional<RetryDecision> find_retry(Interpreter& interpreter, const Frame& frame, const State& state, const Failure& failure) {
  const auto& retriers = retriers_of(state);
  const auto found = std::ranges::find_if(retriers, [&](const Retrier& retrier) { return matches(retrier.error_equals, failure); });
  if (found == retriers.end()) return std::nullopt;
  const auto index = static_cast<std::size_t>(found - retriers.begin());
  const auto recorded = index < frame.retries.size() ? frame.retries[index] : 0;
  const auto used = interpreter.test() != nullptr ? interpreter.test()->retries_used : recorded;
  if (used >= found->max_attempts) return std::nullopt;
  const double fraction = found->full_jitter ? jitter(interpreter.execution(), frame) : 0;
  return RetryDecision{.retrier = static_cast<std::int64_t>(index), .delay = retry_delay(*found, used + 1, fraction)};
}

}  // namespace signalbox::core
