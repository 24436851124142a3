/// How tasks and executions end: answers by token, StopExecution, the end itself and who is told.

#include "signalbox/step.h"

#include "engine/describe_child.h"
#include "engine/execution_records.h"
#include "engine/open_transaction.h"

namespace signalbox {

namespace {

Error not_found(ExecutionRow row) { return error(ErrorCode::NotFound, "Execution Does Not Exist: '" + std::to_string(row.value) + "'"); }
Error task_closed() { return error(ErrorCode::TaskClosed, "Task Timed Out: 'Provided task does not exist anymore'"); }
Error set_aside_error() { return error(ErrorCode::Unavailable, "the execution met a bug and is set aside until it is resumed by hand"); }

}  // namespace

Result<TaskCompletion> OpenTransaction::find_waiting_task(const TaskToken& token) {
  const auto parts = parse_task_token(workshop_.master_key, token.value);
  if (!parts) return parts.error();
  return find_waiting_task(*parts);
}

Result<TaskCompletion> OpenTransaction::find_waiting_task(const TaskTokenParts& token) {
  CachedExecution* execution = load(token.row);
  if (execution && next_due(execution->state).value_or(Timestamp::max()) <= now_) {
    deliver(token.row, events::TimerFired{});  // what is overdue comes before the answer, though its timer may not have fired yet
    drain();
    execution = load(token.row);
  }
  if (!execution) {
    const auto record = find_execution(*this, token.row);
    return record && record->set_aside ? set_aside_error() : task_closed();
  }
  const auto task = execution->state.tasks.find(token.attempt);
  if (task == execution->state.tasks.end() || task->second.early_answer) return task_closed();
  return TaskCompletion{token.row, token.attempt};
}

Result<TaskCompletion> OpenTransaction::succeed_task(const TaskToken& token, Json output) {
  const auto parts = parse_task_token(workshop_.master_key, token.value);
  if (!parts) return parts.error();
  return succeed_task(*parts, std::move(output));
}

Result<TaskCompletion> OpenTransaction::succeed_task(const TaskTokenParts& token, Json output) {
  if (output.text_bytes() > payload_bytes_max) {
    return error(
        ErrorCode::TooLarge,
        "the output has " + std::to_string(output.text_bytes()) + " bytes; at most " + std::to_string(payload_bytes_max) + " are allowed",
        "output");
  }
  auto found = find_waiting_task(token);
  if (!found) return found;
  deliver(found->execution, events::CallbackSucceeded{found->attempt, std::move(output)});
  drain();
  return found;
}

Result<TaskCompletion> OpenTransaction::fail_task(const TaskToken& token, WorkflowError error) {
  auto found = find_waiting_task(token);
  if (!found) return found;
  deliver(found->execution, events::CallbackFailed{found->attempt, std::move(error)});
  drain();
  return found;
}

Result<void> OpenTransaction::heartbeat_task(const TaskToken& token) {
  const auto found = find_waiting_task(token);
  if (!found) return found.error();
  CachedExecution* execution = load(found->execution);
  if (!execution->state.tasks.at(found->attempt).scheduled.heartbeat_seconds) return {};
  execution->heartbeats[found->attempt] = now_;
  deliver(found->execution, events::Heartbeat{found->attempt});
  drain();
  return {};
}

Result<Timestamp> OpenTransaction::stop_execution(ExecutionRow row, WorkflowError error) {
  if (const auto* cached = workshop_.cache.find(row); cached && cached->express) {
    deliver(row, events::Stop{std::move(error)});
    drain();
    return now_;
  }
  const auto record = find_execution(*this, row);
  if (!record) return not_found(row);
  if (record->status != ExecutionStatus::Running) return record->stopped_at.value_or(record->started_at);
  deliver(row, events::Stop{std::move(error)});
  drain();
  return now_;
}

void OpenTransaction::close(CachedExecution& execution) {
  ExecutionRecord& record = execution.record;
  record.status = execution.state.status;
  record.stopped_at = execution.state.stopped_at;
  if (record.set_aside) --effects_.set_aside;
  record.set_aside = false;
  execution.closed = true;
  if (record.map_run) child_of_map_run_ended(execution);
  if (execution.express) return;
  if (record.parent) tell_parent(execution);
  leave_deleting_machine(record.state_machine);
}

// A parent that is set aside is told when it is resumed; until then the row of child_tasks keeps who that will be.
void OpenTransaction::tell_parent(const CachedExecution& child) {
  const ParentTask& parent = *child.record.parent;
  const CachedExecution* waiting = load(parent.execution);
  if (!waiting) {
    const auto record = find_execution(*this, parent.execution);
    if (record && record->set_aside) return;
  }
  overlay_.erase(Key(child_tasks_table, parent.execution.value, parent.attempt.value));
  if (!waiting) return;
  const auto task = waiting->state.tasks.find(parent.attempt);
  if (task == waiting->state.tasks.end()) return;
  deliver(parent.execution,
          child_answer(workshop_.site, child.record, {child.state.started.input, child.state.output, child.state.error}, task->second));
}

void OpenTransaction::leave_deleting_machine(const std::string& name) {
  const StateMachineRecord* machine = workshop_.machines.find(*this, name);
  if (!machine || machine->status != StateMachineStatus::Deleting) return;
  StateMachineRecord left = *machine;
  if (--left.running > 0) {
    put_state_machine(*this, left);
  } else {
    erase(Key(state_machines_table, name));
  }
}

// Neither loads the execution: the bug may be in the folding.
void OpenTransaction::set_aside(ExecutionRow row) {
  auto record = find_execution(*this, row);
  auto open = find_open_execution(*this, row);
  if (!record || !open || record->status != ExecutionStatus::Running || record->set_aside) return;
  record->set_aside = open->set_aside = true;
  put(Key(executions_table, row.value), encode_execution(*record));
  put(Key(open_executions_table, row.value), encode_open_execution(*open));
  ++effects_.set_aside;
}

Result<void> OpenTransaction::resume_execution(ExecutionRow row) {
  auto record = find_execution(*this, row);
  if (!record) return not_found(row);
  if (!record->set_aside) return error(ErrorCode::Conflict, "the execution is not set aside");
  record->set_aside = false;
  put(Key(executions_table, row.value), encode_execution(*record));
  --effects_.set_aside;
  workshop_.unrecovered.insert(row);
  CachedExecution* execution = load(row);
  SIGNALBOX_ASSERT(execution);
  execution->armed = std::nullopt;
  touch(*execution);
  // Children that ended while nobody could be told.
  std::vector<ExecutionRow> children;
  scan({.prefix = Key(child_tasks_table, row.value)}, [&](const Key&, std::string_view child) {
    children.push_back(ExecutionRow{decode_row(child)});
    return true;
  });
  for (ExecutionRow child : children) {
    const auto ended = find_execution(*this, child);
    if (!ended || ended->status == ExecutionStatus::Running || !ended->parent) continue;
    const auto task = execution->state.tasks.find(ended->parent->attempt);
    if (task != execution->state.tasks.end())
      deliver(row, child_answer(workshop_.site, *ended, read_payloads(*this, *ended), task->second));
    overlay_.erase(Key(child_tasks_table, row.value, ended->parent->attempt.value));
  }
  for (const auto& run : list_map_runs(*this, row, std::nullopt, SIZE_MAX)) map_runs_due_.insert(run.row);
  drain();
  return {};
}

}  // namespace signalbox
