/// Stepping executions and carrying out their commands inside the open transaction.

#include "signalbox/step.h"

#include "base/overload.h"
#include "engine/bug_note.h"
#include "engine/open_transaction.h"
#include "signalbox/activities.h"
#include "signalbox/encoding.h"

namespace signalbox {

namespace {

/// Steps that one drain makes before internal calls are put off to a later transaction, so that a workflow that sends to queues in a loop
/// cannot hold up everyone else.
constexpr int steps_max = 1'000;

std::uint64_t transitions_in(const std::vector<HistoryEvent>& history) {
  std::uint64_t count = 0;
  for (const auto& event : history) count += std::holds_alternative<StateEntered>(event.fact);
  return count;
}

std::string_view activity_name(std::string_view arn) { return arn.substr(arn.rfind(':') + 1); }

/// The same for every repetition of a call.
std::string request_id(const Execution& execution, TaskAttempt attempt) {
  return uuid_v4(RandomSource(execution.started.key, "request " + std::to_string(attempt.value)).draw()).value;
}

/// What step() asked for when it scheduled the task, made again from the record of it.
std::optional<commands::InvokeTask> invocation(const StateMachine& machine, const Execution& execution, const PendingTask& task) {
  const auto frame = execution.frames.find(task.frame);
  if (frame == execution.frames.end()) return std::nullopt;
  const auto index = machine.by_name.find(frame->second.state);
  if (index == machine.by_name.end()) return std::nullopt;
  const auto* type = std::get_if<TaskState>(&machine.state(index->second).type);
  if (!type) return std::nullopt;
  return commands::InvokeTask{.attempt = task.attempt,
                              .resource = type->resource,
                              .input = task.scheduled.input,
                              .token = make_task_token(execution.started.key, execution.row, task.attempt),
                              .state_name = frame->second.state,
                              .credentials_role_arn = task.scheduled.credentials_role_arn};
}

}  // namespace

void OpenTransaction::drain() {
  if (draining_) return;
  draining_ = true;
  steps_ = 0;
  children_begun_ = 0;
  while (!worklist_.empty() || !map_runs_due_.empty()) {
    if (worklist_.empty()) {
      write_touched();  // a run looks at its children as they are stored
      advance_map_run(map_runs_due_.extract(map_runs_due_.begin()).value());
      continue;
    }
    auto [row, event] = std::move(worklist_.front());
    worklist_.pop_front();
    step_one(row, std::move(event));
  }
  write_touched();
  draining_ = false;
}

void OpenTransaction::step_one(ExecutionRow row, Event event) {
  // One that is set aside can be stopped, and nothing else.
  CachedExecution* execution = load(row, std::holds_alternative<events::Stop>(event) ? SetAside::Accepted : SetAside::Refused);
  if (!execution) return;
  ++steps_;
  Step made;
  {
    const SteppingNote note(row);
    made = step(*execution->program->machine, execution->state, std::move(event), now_, surroundings_of(*execution));
  }
  touch(*execution);
  effects_.transitions += transitions_in(made.history);
  if (execution->facts.empty()) {
    execution->facts = std::move(made.history);
  } else {
    for (auto& fact : made.history) execution->facts.push_back(std::move(fact));
  }
  carry_out(*execution, std::move(made.commands));
}

// A test case may answer for an activity that there is not; if it does not, the call fails.
Surroundings OpenTransaction::surroundings_of(const CachedExecution& execution) const {
  Surroundings surroundings;
  if (execution.record.test_case) return surroundings;
  for (const auto& arn : execution.program->activities) {
    if (!get(Key(activities_table, activity_name(arn)))) surroundings.missing_activities.push_back(arn);
  }
  return surroundings;
}

void OpenTransaction::carry_out(CachedExecution& execution, std::vector<Command> commands) {
  for (auto& command : commands) {
    std::visit(Overload{
                   [&](commands::InvokeTask& invoke_task) { invoke(execution, std::move(invoke_task)); },
                   [&](const commands::CancelTask& cancel_task) { cancel(execution, cancel_task); },
                   [&](const commands::StartMapRun& start) { start_map_run(execution, start); },
                   [&](const commands::RedriveMapRun& redrive) { redrive_map_run(execution, redrive); },
                   [&](const commands::StopMapRun& stop) { stop_map_run(execution, stop); },
                   [&](const commands::Continue&) { effects_.continues.push_back(execution.record.row); },
                   [&](const commands::Close&) { close(execution); },
               },
               command);
  }
}

void OpenTransaction::invoke(CachedExecution& execution, commands::InvokeTask command) {
  const ExecutionRow row = execution.record.row;
  if (answer_mocked(execution, command)) return;
  if (workshop_.task_guard && refused(execution, command)) return;
  if (InternalTask* task = workshop_.tasks.internal(command.resource)) {
    if (std::holds_alternative<ActivityResource>(command.resource.kind)) {
      // Its worker says when it is taken up and how it ends.
      const TaskAttempt attempt = command.attempt;
      if (auto answer = task->call(*this, task_call(execution, std::move(command))); !answer) {
        deliver(row, events::TaskRefused{attempt, TaskFailureKind::ScheduleFailed, answer.error()});
      }
    } else if (steps_ < steps_max) {
      call_internal(execution, *task, std::move(command));
    } else {
      execution.owed.insert(command.attempt);
      effects_.continues.push_back(row);
    }
    return;
  }
  deliver(row, events::TaskTaken{command.attempt, std::nullopt});
  if (ExternalTask* task = workshop_.tasks.external(command.resource)) {
    execution.owed.insert(command.attempt);
    effects_.calls.push_back({task, task_call(execution, std::move(command))});
    return;
  }
  deliver(row, events::TaskRefused{
                   command.attempt, TaskFailureKind::Failed,
                   WorkflowError{"Signalbox.NotSupported", "The service of '" + command.resource.arn + "' is not offered here"}});
}

bool OpenTransaction::refused(const CachedExecution& execution, const commands::InvokeTask& command) {
  if (std::holds_alternative<ActivityResource>(command.resource.kind)) return false;
  auto refusal = workshop_.task_guard(task_call(execution, command));
  if (!refusal) return false;
  deliver(execution.record.row, events::TaskTaken{command.attempt, std::nullopt});
  deliver(execution.record.row, events::TaskRefused{command.attempt, TaskFailureKind::Failed, std::move(*refusal)});
  return true;
}

void OpenTransaction::call_internal(CachedExecution& execution, InternalTask& task, commands::InvokeTask command) {
  const ExecutionRow row = execution.record.row;
  const TaskAttempt attempt = command.attempt;
  deliver(row, events::TaskTaken{attempt, std::nullopt});
  auto answer = task.call(*this, task_call(execution, std::move(command)));
  if (answer) {
    deliver(row, events::TaskAnswered{attempt, std::move(*answer)});
  } else {
    deliver(row, events::TaskRefused{attempt, TaskFailureKind::Failed, answer.error()});
  }
}

void OpenTransaction::cancel(CachedExecution& execution, const commands::CancelTask& command) {
  execution.owed.erase(command.attempt);
  if (InternalTask* task = workshop_.tasks.internal(command.resource)) task->cancel(*this, execution.record.row, command.attempt);
}

TaskCall OpenTransaction::task_call(const CachedExecution& execution, commands::InvokeTask command) const {
  const ExecutionStarted& started = execution.state.started;
  return {.execution = execution.record.row,
          .attempt = command.attempt,
          .execution_arn = started.execution_arn,
          .execution_name = started.name,
          .state_machine_arn = started.state_machine_arn,
          .state_name = std::move(command.state_name),
          .role_arn = std::move(command.credentials_role_arn).value_or(started.role_arn),
          .resource = std::move(command.resource),
          .input = std::move(command.input),
          .token = std::move(command.token),
          .request_id = request_id(execution.state, command.attempt),
          .machine_role_arn = workshop_.task_guard ? started.role_arn : std::string()};
}

/// Goes on with what the engine itself owes: frames that are ready, internal calls that were put off, and, after a restart, external calls.
void OpenTransaction::pay_owed(CachedExecution& execution, bool external_too) {
  const ExecutionRow row = execution.record.row;
  if (!execution.state.ready.empty()) deliver(row, events::Continue{});
  const std::set<TaskAttempt> owed = execution.owed;
  for (TaskAttempt attempt : owed) {
    const auto task = execution.state.tasks.find(attempt);
    if (task == execution.state.tasks.end()) continue;
    auto command = invocation(*execution.program->machine, execution.state, task->second);
    if (!command) continue;
    if (ExternalTask* external = workshop_.tasks.external(command->resource)) {
      if (external_too && !task->second.submitted) effects_.calls.push_back({external, task_call(execution, *command)});
    } else if (!task->second.started) {
      execution.owed.erase(attempt);
      invoke(execution, std::move(*command));
    }
  }
}

}  // namespace signalbox
