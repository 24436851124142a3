#pragma once
/// Runs one state by itself through step(): its calls are answered by a mock, its waits do not wait.

#include "signalbox/site.h"
#include "signalbox/state_test.h"

#include <memory>
#include <optional>
#include <string>

namespace signalbox::aws::sfn {

/// What answers a Task's call: a result or an error.
using TaskMock = Evaluated<Json>;

struct Trial {
  std::shared_ptr<const StateMachine> machine;  ///< its first state is the one that is tried
  ExecutionStarted started;                     ///< as made by start_of_trial()
  StateTest test;
  std::optional<TaskMock> task;
};

/// Source: TestState, status.
enum class TrialStatus : std::uint8_t { Succeeded, Failed, Retriable, CaughtError };
struct TrialResult {
  TrialStatus status = TrialStatus::Failed;
  std::optional<Json> output;
  WorkflowError error;
  std::optional<std::string> next_state;
  std::optional<std::int64_t> retry_index, retry_backoff_seconds;
  Json variables;  ///< as they are afterwards
  StateInspection inspection;
};

/// Names that nobody has, and a key of its own.
[[nodiscard]] ExecutionStarted start_of_trial(const Site& site, Json input);
/// The call that the state makes, if it gets that far; to be answered by `Trial::task`.
[[nodiscard]] std::optional<commands::InvokeTask> call_of(Trial trial, Timestamp now);
[[nodiscard]] TrialResult try_state(Trial trial, Timestamp now);

}  // namespace signalbox::aws::sfn
