#pragma once
/// Inputs of step(). An Event is always something that reaches an execution; a record of it is a HistoryEvent.

#include "signalbox/history.h"
#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/workflow_error.h"

#include <optional>
#include <string>
#include <variant>

namespace signalbox::events {

/// The first event of every execution.
struct StartExecution {
  ExecutionStarted started;
};
/// Goes on after a Continue command.
struct Continue {};
/// Some due moment may have passed; the execution looks which ones have, by `now`.
struct TimerFired {};
/// The service or worker has taken the task up (LambdaFunctionStarted, TaskStarted, ActivityStarted).
struct TaskTaken {
  TaskAttempt attempt;
  std::optional<std::string> worker_name;
};
/// The service answered a call. For a request-response task this is its result; for .sync and .waitForTaskToken it is
/// TaskSubmitted's output, and the task waits on.
struct TaskAnswered {
  TaskAttempt attempt;
  Json output;
};
/// The call failed: the function raised, the service refused, the resource does not exist. Before submission a .sync or
/// .waitForTaskToken task fails with it too.
struct TaskRefused {
  TaskAttempt attempt;
  TaskFailureKind kind = TaskFailureKind::Failed;
  WorkflowError error;
};
/// SendTaskSuccess and SendTaskFailure, an activity worker's answer, the end of a .sync child: completes a waiting task.
/// If it comes before TaskSubmitted it is kept until then.
struct CallbackSucceeded {
  TaskAttempt attempt;
  Json output;
};
struct CallbackFailed {
  TaskAttempt attempt;
  WorkflowError error;
};
/// Restarts the task's heartbeat clock; leaves no history.
struct Heartbeat {
  TaskAttempt attempt;
};
/// A distributed Map's run has ended: with the state's result, or an error.
struct MapRunEnded {
  TaskAttempt attempt;
  std::optional<Json> output;
  std::optional<WorkflowError> error;
};
/// StopExecution.
struct Stop {
  WorkflowError error;
};
/// RedriveExecution: the only event that a closed execution takes; a running one does not. Goes on with every state that had not ended, or
/// from `from_state`, a state at the machine's top level, with `input`.
struct Redrive {
  std::int64_t count = 1;  ///< of redrives, this one included
  std::optional<std::string> from_state = {};
  Json input = {};
};

}  // namespace signalbox::events

namespace signalbox {

/// A type of its own, so that who only passes events on need not know them.
struct Event : std::variant<events::StartExecution, events::Continue, events::TimerFired, events::TaskTaken, events::TaskAnswered,
                            events::TaskRefused, events::CallbackSucceeded, events::CallbackFailed, events::Heartbeat, events::MapRunEnded,
                            events::Stop, events::Redrive> {
  using variant::variant;
};

}  // namespace signalbox
