// How facts and statuses are spelled on the wire.

#include "signalbox/execution.h"
#include "signalbox/history.h"

#include "base/overload.h"

#include <array>

namespace signalbox {
namespace {

constexpr std::array<std::string_view, 8> state_types{"Pass", "Task", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"};
constexpr std::array<std::string_view, 3> state_ends{"Succeeded", "Failed", "Aborted"};
constexpr std::array<std::string_view, 3> task_families{"LambdaFunction", "Activity", "Task"};
constexpr std::array<std::string_view, 6> task_failures{"Failed", "TimedOut", "TimedOut", "ScheduleFailed", "StartFailed", "SubmitFailed"};

template <std::size_t count, class Enum>
std::string spelled(const std::array<std::string_view, count>& names, Enum value) {
  return std::string(names.at(static_cast<std::size_t>(value)));
}

}  // namespace

std::string_view to_string(ExecutionStatus status) {
  constexpr std::array<std::string_view, 5> names{"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"};
  return names.at(static_cast<std::size_t>(status));
}

std::string_view to_string(StateType type) { return state_types.at(static_cast<std::size_t>(type)); }

bool is_internal(const HistoryEvent& event) { return is_internal_type(event.fact.index()); }

std::string event_type_name(const HistoryEvent& event) {
  return std::visit(Overload{
                        [](const ExecutionStarted&) -> std::string { return "ExecutionStarted"; },
                        [](const ExecutionSucceeded&) -> std::string { return "ExecutionSucceeded"; },
                        [](const ExecutionFailed&) -> std::string { return "ExecutionFailed"; },
                        [](const ExecutionTimedOut&) -> std::string { return "ExecutionTimedOut"; },
                        [](const ExecutionAborted&) -> std::string { return "ExecutionAborted"; },
                        [](const StateEntered& fact) { return spelled(state_types, fact.type) + "StateEntered"; },
                        [](const StateExited& fact) { return spelled(state_types, fact.type) + "StateExited"; },
                        [](const TaskScheduled& fact) { return spelled(task_families, fact.family) + "Scheduled"; },
                        [](const TaskStarted& fact) { return spelled(task_families, fact.family) + "Started"; },
                        [](const TaskSubmitted&) -> std::string { return "TaskSubmitted"; },
                        [](const TaskSucceeded& fact) { return spelled(task_families, fact.family) + "Succeeded"; },
                        [](const TaskFailed& fact) { return spelled(task_families, fact.family) + spelled(task_failures, fact.kind); },
                        [](const ParallelStateStarted&) -> std::string { return "ParallelStateStarted"; },
                        [](const MapStateStarted&) -> std::string { return "MapStateStarted"; },
                        [](const StateEnded& fact) { return spelled(state_types, fact.type) + "State" + spelled(state_ends, fact.end); },
                        [](const MapIterationStarted&) -> std::string { return "MapIterationStarted"; },
                        [](const MapIterationEnded& fact) { return "MapIteration" + spelled(state_ends, fact.end); },
                        [](const EvaluationFailed&) -> std::string { return "EvaluationFailed"; },
                        [](const FrameStarted&) { return std::string(); },
                        [](const FrameEnded&) { return std::string(); },
                        [](const WaitStarted&) { return std::string(); },
                        [](const RetryScheduled&) { return std::string(); },
                        [](const MapPrepared&) { return std::string(); },
                        [](const SubmissionAwaited&) { return std::string(); },
                        [](const ExecutionRedriven&) -> std::string { return "ExecutionRedriven"; },
                        [](const MapRunStarted&) -> std::string { return "MapRunStarted"; },
                        [](const MapRunRedriven&) -> std::string { return "MapRunRedriven"; },
                        [](const MapRunEnded& fact) { return "MapRun" + spelled(state_ends, fact.end); },
                    },
                    event.fact);
}

}  // namespace signalbox
