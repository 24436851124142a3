#include "core/states/task_events.h"

#include "core/data_flow.h"
#include "core/states/states.h"
#include "core/timers.h"

namespace signalbox::core {
namespace {

/// An attempt that has not ended, with its surroundings.
struct Attempt {
  PendingTask& pending;
  Frame& frame;
  const State& state;
  const TaskState& task;
};

std::optional<Attempt> find(Interpreter& interpreter, TaskAttempt attempt) {
  Execution& execution = interpreter.execution();
  const auto found = execution.tasks.find(attempt);
  if (!execution.running() || found == execution.tasks.end()) return std::nullopt;
  Frame& frame = execution.frames.at(found->second.frame);
  const State& state = interpreter.state_of(frame);
  return Attempt{found->second, frame, state, std::get<TaskState>(state.type)};
}

/// Texts that only the Task family's events show.
std::string resource_type_of(const TaskScheduled& scheduled) { return scheduled.resource_type; }
std::string resource_of(const TaskScheduled& scheduled) {
  return scheduled.family == TaskFamily::Task ? scheduled.resource : std::string();
}

/// `lambda` for an optimized integration, the ARN for a function or activity, as recorded on AWS.
const std::string& answerer(const TaskScheduled& scheduled) {
  return scheduled.family == TaskFamily::Task ? scheduled.resource_type : scheduled.resource;
}

bool record_started(Interpreter& interpreter, const Attempt& at, std::optional<std::string> worker_name) {
  if (at.pending.started) return true;
  const TaskScheduled& scheduled = at.pending.scheduled;
  return interpreter.record(at.frame, TaskStarted{.family = scheduled.family,
                                                  .attempt = at.pending.attempt,
                                                  .resource_type = resource_type_of(scheduled),
                                                  .resource = resource_of(scheduled),
                                                  .worker_name = std::move(worker_name)});
}

void fail(Interpreter& interpreter, const Attempt& at, TaskFailureKind kind, WorkflowError error) {
  Frame& frame = at.frame;
  const TaskScheduled& scheduled = at.pending.scheduled;
  error = shortened(std::move(error));
  // The attempt, and with it `scheduled`, is gone once the fact is applied.
  if (!interpreter.record(frame, TaskFailed{.family = scheduled.family,
                                            .attempt = at.pending.attempt,
                                            .kind = kind,
                                            .resource_type = resource_type_of(scheduled),
                                            .resource = resource_of(scheduled),
                                            .error = error})) {
    return;
  }
  interpreter.fail(frame, Failure{.error = std::move(error), .heartbeat = kind == TaskFailureKind::HeartbeatTimedOut});
}

void succeed(Interpreter& interpreter, const Attempt& at, const Json& output) {
  const TaskScheduled& scheduled = at.pending.scheduled;
  if (output.text_bytes() > payload_bytes_max)
    return fail(interpreter, at, TaskFailureKind::Failed, data_limit_exceeded(answerer(scheduled)));
  Frame& frame = at.frame;
  if (!interpreter.record(frame, TaskSucceeded{.family = scheduled.family,
                                               .attempt = at.pending.attempt,
                                               .resource_type = resource_type_of(scheduled),
                                               .resource = resource_of(scheduled),
                                               .output = output})) {
    return;
  }
  Scope scope(interpreter, frame);
  scope.give_result(output);
  scope.show(&StateInspection::result, output);
  auto variables = assigned(scope, at.state.assign, output);
  if (!variables) return interpreter.fail(frame, variables.error());
  auto result = state_output(scope, at.task.flow, output);
  if (!result) return interpreter.fail(frame, result.error());
  interpreter.leave(frame, at.state, std::move(*result), at.task.next, std::move(*variables));
}

/// The service has answered a call that waits on; a callback that was faster than the answer completes it now.
void submit(Interpreter& interpreter, const Attempt& at, const Json& output) {
  const TaskScheduled& scheduled = at.pending.scheduled;
  if (output.text_bytes() > payload_bytes_max)
    return fail(interpreter, at, TaskFailureKind::SubmitFailed, data_limit_exceeded(answerer(scheduled)));
  if (!interpreter.record(at.frame, TaskSubmitted{.attempt = at.pending.attempt,
                                                  .resource_type = resource_type_of(scheduled),
                                                  .resource = resource_of(scheduled),
                                                  .output = output})) {
    return;
  }
  if (const auto early = at.pending.early_answer) {
    if (early->output) return succeed(interpreter, at, *early->output);
    fail(interpreter, at, TaskFailureKind::Failed, early->error.value_or(WorkflowError{}));
  }
}

/// Whether a callback completes the attempt now; if it came before the service's own answer, it is kept.
bool completes(Interpreter& interpreter, const Attempt& at, SubmissionAwaited answer) {
  if (std::holds_alternative<ActivityResource>(at.task.resource.kind)) return at.pending.started;
  if (!waits_for_callback(at.task.resource)) return false;
  if (at.pending.submitted) return true;
  if (!at.pending.early_answer) interpreter.record(at.frame, std::move(answer));
  return false;
}

}  // namespace

bool waits_for_callback(const TaskResource& resource) {
  const auto* service = std::get_if<ServiceResource>(&resource.kind);
  return service != nullptr && service->pattern != IntegrationPattern::RequestResponse;
}

void task_taken(Interpreter& interpreter, const events::TaskTaken& event) {
  if (const auto at = find(interpreter, event.attempt)) record_started(interpreter, *at, event.worker_name);
}

void task_answered(Interpreter& interpreter, const events::TaskAnswered& event) {
  const auto at = find(interpreter, event.attempt);
  // Queueing an activity's task is no result; its worker's answer comes as a callback.
  if (!at || at->pending.submitted || std::holds_alternative<ActivityResource>(at->task.resource.kind)) return;
  if (!record_started(interpreter, *at, std::nullopt)) return;
  waits_for_callback(at->task.resource) ? submit(interpreter, *at, event.output) : succeed(interpreter, *at, event.output);
}

void task_refused(Interpreter& interpreter, const events::TaskRefused& event) {
  const auto at = find(interpreter, event.attempt);
  if (!at || at->pending.submitted) return;
  const bool unstarted = event.kind == TaskFailureKind::ScheduleFailed || event.kind == TaskFailureKind::StartFailed;
  if (!unstarted && !record_started(interpreter, *at, std::nullopt)) return;
  // As recorded on AWS (`The activity ARN does not exist.`), the cause of States.Runtime says where it happened; a service cannot know.
  const bool runtime = event.error.error == error_names::Runtime;
  fail(interpreter, *at, event.kind, runtime ? failure_in(at->frame, event.error).error : event.error);
}

void callback_succeeded(Interpreter& interpreter, const events::CallbackSucceeded& event) {
  const auto at = find(interpreter, event.attempt);
  if (at && completes(interpreter, *at, {.attempt = event.attempt, .output = event.output, .error = {}}))
    succeed(interpreter, *at, event.output);
}

void callback_failed(Interpreter& interpreter, const events::CallbackFailed& event) {
  const auto at = find(interpreter, event.attempt);
  if (at && completes(interpreter, *at, {.attempt = event.attempt, .output = {}, .error = event.error}))
    fail(interpreter, *at, TaskFailureKind::Failed, event.error);
}

void heartbeat(Interpreter& interpreter, const events::Heartbeat& event) {
  const auto at = find(interpreter, event.attempt);
  if (at && at->pending.started) start_heartbeat(interpreter.execution(), at->pending, interpreter.now());
}

void time_out_task(Interpreter& interpreter, Frame& frame, TaskAttempt attempt) {
  const auto at = find(interpreter, attempt);
  SIGNALBOX_ASSERT(at && at->frame.id == frame.id);
  cancel_task(interpreter, at->pending);
  const bool whole = at->pending.timeout_at && *at->pending.timeout_at <= interpreter.now();
  fail(interpreter, *at, whole ? TaskFailureKind::TimedOut : TaskFailureKind::HeartbeatTimedOut, timed_out());
}

void cancel_task(Interpreter& interpreter, const PendingTask& task) {
  const State& state = interpreter.state_of(interpreter.execution().frames.at(task.frame));
  interpreter.command(commands::CancelTask{.attempt = task.attempt, .resource = std::get<TaskState>(state.type).resource});
}

}  // namespace signalbox::core
