#pragma once
/// What happened in an execution: facts, in order, append-only. The state of an execution is a fold over them (step.h,
/// apply), and GetExecutionHistory shows those among them that AWS knows.
///
/// Every alternative lists its members in `members()`, once; the stored encoding (src/core/history_codec) and the API's
/// JSON are made from that list. Stored: do not renumber alternatives or reorder members; add at the end.
/// Texts that only this program reads are marked internal; an alternative marked internal is never shown and has no event
/// id of AWS's (its `id` is 0), and does not count towards the 25,000.

#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/workflow_error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace signalbox {

/// Order as in `PassStateEntered` etc. Stored: do not renumber.
enum class StateType : std::uint8_t { Pass, Task, Choice, Wait, Succeed, Fail, Parallel, Map };
[[nodiscard]] std::string_view to_string(StateType type);  ///< `Pass`, `Task`, …

#define SIGNALBOX_MEMBERS(...)                     \
  auto members() { return std::tie(__VA_ARGS__); } \
  auto members() const { return std::tie(__VA_ARGS__); }

// ---- the execution -------------------------------------------------------------------------------------------------
struct ExecutionStarted {
  Json input;
  std::string role_arn;
  std::optional<std::string> state_machine_version_arn, state_machine_alias_arn;
  std::string execution_arn, name, state_machine_arn, state_machine_name;  // internal: the context object's
  std::string key;                      // internal: 32 bytes from which tokens, UUIDs and random numbers derive
  std::optional<Timestamp> timeout_at;  // internal: the machine's TimeoutSeconds, made absolute
  SIGNALBOX_MEMBERS(input, role_arn, state_machine_version_arn, state_machine_alias_arn, execution_arn, name, state_machine_arn,
                    state_machine_name, key, timeout_at)
};
struct ExecutionSucceeded {
  Json output;
  SIGNALBOX_MEMBERS(output)
};
struct ExecutionFailed {
  WorkflowError error;
  SIGNALBOX_MEMBERS(error)
};
struct ExecutionTimedOut {
  WorkflowError error;
  SIGNALBOX_MEMBERS(error)
};
struct ExecutionAborted {
  WorkflowError error;
  SIGNALBOX_MEMBERS(error)
};

// ---- states --------------------------------------------------------------------------------------------------------
struct StateEntered {
  StateType type = StateType::Pass;
  std::string name;
  Json input;  // raw, before InputPath
  SIGNALBOX_MEMBERS(type, name, input)
};
struct StateExited {
  StateType type = StateType::Pass;
  std::string name;
  Json output;
  std::optional<Json> assigned_variables;  // an object; AWS shows each value as JSON text
  SIGNALBOX_MEMBERS(type, name, output, assigned_variables)
};

// ---- tasks ---------------------------------------------------------------------------------------------------------
// The three families differ in names only on the wire: LambdaFunction*, Activity*, Task*. `attempt` (internal) says which
// attempt of which task is meant.
enum class TaskFamily : std::uint8_t { LambdaFunction, Activity, Task };
struct TaskScheduled {
  TaskFamily family = TaskFamily::Task;
  TaskAttempt attempt;        // internal
  std::string resource_type;  // Task family: `sqs`
  std::string resource;       // Task: `sendMessage.waitForTaskToken`; the others: the ARN
  Json input;                 // Task: `parameters`; the others: `input`
  std::string region;         // Task family
  std::optional<std::int64_t> timeout_seconds, heartbeat_seconds;
  std::optional<std::string> credentials_role_arn;
  std::optional<Timestamp> timeout_at;  // internal: the clock of TimeoutSeconds, made absolute
  SIGNALBOX_MEMBERS(family, attempt, resource_type, resource, input, region, timeout_seconds, heartbeat_seconds, credentials_role_arn,
                    timeout_at)
};
struct TaskStarted {
  TaskFamily family = TaskFamily::Task;
  TaskAttempt attempt;
  std::string resource_type, resource;     // Task family
  std::optional<std::string> worker_name;  // Activity family
  SIGNALBOX_MEMBERS(family, attempt, resource_type, resource, worker_name)
};
struct TaskSubmitted {  // Task family, .sync and .waitForTaskToken only: the service's own answer
  TaskAttempt attempt;
  std::string resource_type, resource;
  Json output;
  SIGNALBOX_MEMBERS(attempt, resource_type, resource, output)
};
struct TaskSucceeded {
  TaskFamily family = TaskFamily::Task;
  TaskAttempt attempt;
  std::string resource_type, resource;
  Json output;
  SIGNALBOX_MEMBERS(family, attempt, resource_type, resource, output)
};
/// How a task failed, which decides the event's name. Stored: do not renumber.
enum class TaskFailureKind : std::uint8_t { Failed, TimedOut, HeartbeatTimedOut, ScheduleFailed, StartFailed, SubmitFailed };
struct TaskFailed {
  TaskFamily family = TaskFamily::Task;
  TaskAttempt attempt;
  TaskFailureKind kind = TaskFailureKind::Failed;
  std::string resource_type, resource;
  WorkflowError error;  // HeartbeatTimedOut shows States.Timeout, and matches States.HeartbeatTimeout as well
  SIGNALBOX_MEMBERS(family, attempt, kind, resource_type, resource, error)
};

// ---- Parallel and Map ----------------------------------------------------------------------------------------------
struct ParallelStateStarted {
  SIGNALBOX_MEMBERS()
};
struct MapStateStarted {
  std::int64_t length = 0;
  SIGNALBOX_MEMBERS(length)
};
/// `ParallelStateSucceeded`, `MapStateFailed`, `WaitStateAborted`, …: how a state's own work ended.
enum class StateEnd : std::uint8_t { Succeeded, Failed, Aborted };
struct StateEnded {
  StateType type = StateType::Parallel;
  StateEnd end = StateEnd::Succeeded;
  WorkflowError error;  // Failed only
  SIGNALBOX_MEMBERS(type, end, error)
};
struct MapIterationStarted {
  std::string name;
  std::int64_t index = 0;
  SIGNALBOX_MEMBERS(name, index)
};
struct MapIterationEnded {
  StateEnd end = StateEnd::Succeeded;
  std::string name;
  std::int64_t index = 0;
  SIGNALBOX_MEMBERS(end, name, index)
};
struct EvaluationFailed {  // JSONata
  WorkflowError error;
  std::optional<std::string> location;
  std::string state;
  SIGNALBOX_MEMBERS(error, location, state)
};

// ---- internal: facts without an AWS event ----------------------------------------------------------------------------
struct FrameStarted {  // a branch or iteration begins; HistoryEvent::frame is the parent. The child's
  FrameId child;       // first StateEntered follows in the same step, so its input need not stand here
  std::int64_t index = 0;
  SIGNALBOX_MEMBERS(child, index)
};
struct FrameEnded {                    // HistoryEvent::frame is the one that ended. Succeeded: the output of the state that
  StateEnd end = StateEnd::Succeeded;  // was exited last is its result; Aborted: given up because a sibling failed
  SIGNALBOX_MEMBERS(end)
};
struct WaitStarted {
  Timestamp due;
  SIGNALBOX_MEMBERS(due)
};
struct RetryScheduled {      // after a TaskFailed, or a Parallel's or Map's failure
  std::int64_t retrier = 0;  // index into the state's Retry
  Timestamp due;
  SIGNALBOX_MEMBERS(retrier, due)
};
struct MapPrepared {                 // a Map's items and limits as evaluated, and so how its iterations are started
  Json items;                        // an array, or an object whose members are the items
  std::int64_t max_concurrency = 0;  // at least 1
  std::optional<std::int64_t> tolerated_failure_count;
  std::optional<double> tolerated_failure_percentage;
  SIGNALBOX_MEMBERS(items, max_concurrency, tolerated_failure_count, tolerated_failure_percentage)
};
struct SubmissionAwaited {  // a callback came before the sender's own answer; it is kept until then
  TaskAttempt attempt;
  std::optional<Json> output;          // either this,
  std::optional<WorkflowError> error;  // or this
  SIGNALBOX_MEMBERS(attempt, output, error)
};

struct ExecutionRedriven {  // an execution that had failed, timed out or been stopped goes on where it ended
  std::int64_t redrive_count = 0;
  std::optional<Timestamp> timeout_at;    // internal: the machine's TimeoutSeconds, counted anew
  std::optional<std::string> from_state;  // internal: a state chosen by hand; it is entered next, with an input of its own
  SIGNALBOX_MEMBERS(redrive_count, timeout_at, from_state)
};

// ---- distributed Map -------------------------------------------------------------------------------------------------
struct MapRunStarted {
  TaskAttempt attempt;  // internal: the run's number among the execution's task attempts
  std::string map_run_arn;
  SIGNALBOX_MEMBERS(attempt, map_run_arn)
};
struct MapRunEnded {  // `MapRunSucceeded`, `MapRunFailed`, `MapRunAborted`
  StateEnd end = StateEnd::Succeeded;
  WorkflowError error;  // Failed only
  SIGNALBOX_MEMBERS(end, error)
};

struct MapRunRedriven {  // the run of an execution that is redriven goes on with its unsuccessful children
  TaskAttempt attempt;   // internal
  std::string map_run_arn;
  std::int64_t redrive_count = 0;
  SIGNALBOX_MEMBERS(attempt, map_run_arn, redrive_count)
};

/// Stored: do not renumber (the index in this variant is the stored type).
using HistoryFact =
    std::variant<ExecutionStarted, ExecutionSucceeded, ExecutionFailed, ExecutionTimedOut, ExecutionAborted, StateEntered, StateExited,
                 TaskScheduled, TaskStarted, TaskSubmitted, TaskSucceeded, TaskFailed, ParallelStateStarted, MapStateStarted, StateEnded,
                 MapIterationStarted, MapIterationEnded, EvaluationFailed, FrameStarted, FrameEnded, WaitStarted, RetryScheduled,
                 MapPrepared, SubmissionAwaited, ExecutionRedriven, MapRunStarted, MapRunEnded, MapRunRedriven>;

struct HistoryEvent {
  std::int64_t id = 0;  // from 1, without gaps; 0 for an internal fact
  std::int64_t previous_id = 0;
  Timestamp timestamp;
  FrameId frame;  // internal: which thread of control it belongs to
  HistoryFact fact;
};

/// Whether a fact of this type (its index in HistoryFact) has no event id of AWS's and is never shown. All that follow
/// FrameStarted are; what AWS adds after them is named here.
[[nodiscard]] constexpr bool is_internal_type(std::size_t type) { return type >= 18 && type <= 23; }
[[nodiscard]] bool is_internal(const HistoryEvent& event);

/// The stored type of a fact: its index in HistoryFact.
template <class Fact, std::size_t index = 0>
[[nodiscard]] consteval std::size_t fact_type() {
  if constexpr (std::is_same_v<Fact, std::variant_alternative_t<index, HistoryFact>>) {
    return index;
  } else {
    return fact_type<Fact, index + 1>();
  }
}
static_assert(fact_type<EvaluationFailed>() == 17 && fact_type<FrameStarted>() == 18 && fact_type<SubmissionAwaited>() == 23);

/// AWS's name of the event (`LambdaFunctionTimedOut`, `MapIterationStarted`); empty for an internal fact.
[[nodiscard]] std::string event_type_name(const HistoryEvent& event);

/// Most events that AWS lets a history have; the last of them is ExecutionFailed. [aws quota]
inline constexpr std::int64_t history_events_max = 25'000;
/// Most bytes of an input, output or payload, in UTF-8. [aws quota]
inline constexpr std::size_t payload_bytes_max = 262'144;

}  // namespace signalbox
