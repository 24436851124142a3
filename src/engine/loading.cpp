/// Executions in and out of memory: folding them, and writing what a transaction changed.

#include "signalbox/step.h"

#include <algorithm>
#include <utility>

#include "core/timers.h"
#include "engine/execution_records.h"
#include "engine/open_transaction.h"
#include "engine/waiting_tokens.h"

namespace signalbox {

CachedExecution* OpenTransaction::load(ExecutionRow row, SetAside set_aside) {
  CachedExecution* execution = workshop_.cache.find(row);
  if (!execution) execution = read(row, set_aside);
  return execution && !execution->closed ? execution : nullptr;
}

CachedExecution* OpenTransaction::read(ExecutionRow row, SetAside set_aside) {
  auto record = find_execution(*this, row);
  if (!record || record->status != ExecutionStatus::Running || record->express)
    return nullptr;                                                         // what an express one did cannot be read again
  if (record->set_aside && set_aside == SetAside::Refused) return nullptr;  // folding it may meet the bug again
  CachedExecution loaded;
  loaded.state = load_execution(*this, *record);
  loaded.program = workshop_.machines.program(*this, record->definition, record->map_state);
  loaded.record = std::move(*record);
  if (auto open = find_open_execution(*this, row)) {
    loaded.open = std::move(*open);
    loaded.open_is_written = true;
    loaded.heartbeats = loaded.open.heartbeats;
    loaded.armed = loaded.open.due;  // or earlier
  }
  restore_heartbeats(loaded);
  for (const auto& [attempt, task] : loaded.state.tasks) {
    if (is_owed(task, *loaded.program, loaded.state)) loaded.owed.insert(attempt);
  }
  CachedExecution& cached = workshop_.cache.insert(std::move(loaded));
  if (!cached.record.set_aside && workshop_.unrecovered.erase(row) > 0) {
    operation_rows_.push_back(row);
    recovered_.push_back(row);
    pay_owed(cached, true);
  }
  return &cached;
}

// Nobody could beat while the daemon was down, so clocks that stood still then run on from its start.
void OpenTransaction::restore_heartbeats(CachedExecution& execution) const {
  for (auto& [attempt, task] : execution.state.tasks) {
    if (!task.heartbeat_due || !task.scheduled.heartbeat_seconds) continue;
    const auto beaten = execution.heartbeats.find(attempt);
    const Timestamp last = beaten != execution.heartbeats.end()
                               ? beaten->second
                               : *task.heartbeat_due - std::chrono::seconds(*task.scheduled.heartbeat_seconds);
    start_heartbeat(execution.state, task, std::max(last, workshop_.started_at));
  }
}

// An external call is owed until its answer is recorded; an internal one is answered in its own transaction unless it was put off before
// it was taken up. An activity owes nothing itself: its workers do.
bool OpenTransaction::is_owed(const PendingTask& task, const Program& program, const Execution& state) const {
  const auto& machine = *program.machine;
  const auto frame = state.frames.find(task.frame);
  if (frame == state.frames.end()) return false;
  const auto index = machine.by_name.find(frame->second.state);
  if (index == machine.by_name.end()) return false;
  const auto* type = std::get_if<TaskState>(&machine.state(index->second).type);
  if (!type || std::holds_alternative<ActivityResource>(type->resource.kind)) return false;
  if (workshop_.tasks.external(type->resource)) return !task.submitted;
  return !task.started;
}

void OpenTransaction::touch(CachedExecution& execution) {
  if (execution.touched) return;
  execution.touched = true;
  touched_.push_back(execution.record.row);
  operation_rows_.push_back(execution.record.row);
}

void OpenTransaction::write_touched() {
  for (ExecutionRow row : touched_) {
    CachedExecution* execution = workshop_.cache.find(row);
    SIGNALBOX_ASSERT(execution);
    execution->touched = false;
    if (execution->express) {
      write_express(*execution);
    } else {
      write_history(*execution);
      write_open(*execution);
      announce(*execution);
    }
    if (execution->closed) {
      if (!execution->express) effects_.changes.push_back({row, execution->record.status});
      if (execution->armed) ++effects_.closed_with_timer;
      workshop_.cache.erase(row);
    } else {
      arm(*execution);
    }
  }
  touched_.clear();
}

void OpenTransaction::write_history(CachedExecution& execution) {
  if (execution.facts.empty()) return;
  ExecutionRecord& record = execution.record;
  const std::int64_t chunk = next_row(history_table);
  std::string stored = encode_chunk(record.last_chunk, record.events, execution.facts);
  workshop_.cache.grown(execution, stored.size());
  overlay_.put(Key(history_table, chunk), std::move(stored));
  if (record.first_chunk == 0) record.first_chunk = chunk;
  record.last_chunk = chunk;
  const auto shown = std::count_if(execution.facts.begin(), execution.facts.end(), [](const HistoryEvent& event) { return event.id > 0; });
  record.events += shown;
  effects_.events += static_cast<std::uint64_t>(shown);
  overlay_.put(Key(executions_table, record.row.value), encode_execution(record));
  if (execution.program->is_logged && workshop_.history_listener) workshop_.history_listener(*this, record, execution.facts);
  execution.facts.clear();
}

void OpenTransaction::announce(CachedExecution& execution) {
  const bool began = std::exchange(execution.began, false);
  if (!workshop_.status_listener) return;
  if (began) {
    ExecutionRecord running = execution.record;
    running.status = ExecutionStatus::Running;
    running.stopped_at = std::nullopt;
    workshop_.status_listener(*this, running);
  }
  if (execution.closed) workshop_.status_listener(*this, execution.record);
}

void OpenTransaction::write_open(CachedExecution& execution) {
  const Key key(open_executions_table, execution.record.row.value);
  if (execution.closed) {
    if (execution.open_is_written) overlay_.erase(key);
    return;
  }
  const Execution& state = execution.state;
  // Both look for any one of perhaps thousands; what has ended is forgotten on the way, so that in the long run each is looked at once.
  while (!execution.owed.empty()) {
    const auto task = state.tasks.find(*execution.owed.begin());
    if (task != state.tasks.end() && is_owed(task->second, *execution.program, state)) break;
    execution.owed.erase(execution.owed.begin());
  }
  std::erase_if(execution.heartbeats, [&](const auto& beat) { return !state.tasks.contains(beat.first); });
  OpenExecution open{.due = next_due(state),
                     .pending = !execution.owed.empty() || !state.ready.empty(),
                     .waits_for_callback = execution.program->has_callbacks &&
                                           std::any_of(state.tasks.begin(), state.tasks.end(),
                                                       [](const auto& task) { return is_waiting_for_callback(task.second); }),
                     .set_aside = execution.record.set_aside,
                     .heartbeats = execution.heartbeats};
  if (execution.open_is_written && open == execution.open) return;
  overlay_.put(key, encode_open_execution(open));
  execution.open = std::move(open);
  execution.open_is_written = true;
}

void OpenTransaction::arm(CachedExecution& execution) {
  const auto due = next_due(execution.state);
  if (!due || (execution.armed && *execution.armed <= *due)) return;
  effects_.timers.push_back({*due, execution.record.row});
  execution.armed = due;
  execution.armed_for_certain = true;
}

}  // namespace signalbox
