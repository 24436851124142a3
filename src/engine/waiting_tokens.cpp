#include "engine/waiting_tokens.h"

#include "signalbox/executions.h"

namespace signalbox {

bool is_waiting_for_callback(const PendingTask& task) {
  if (task.scheduled.family == TaskFamily::Activity) return task.started;
  return task.scheduled.resource.ends_with(".waitForTaskToken") && !task.early_answer;
}

std::vector<WaitingToken> list_waiting_tokens(const Reader& reader, const MasterKey& key, std::optional<ExecutionRow> after,
                                              std::size_t limit) {
  std::vector<WaitingToken> tokens;
  KeyRange range{.prefix = Key(open_executions_table)};
  if (after) range.after = Key(open_executions_table, after->value);
  reader.scan(range, [&](const Key& row_key, std::string_view) {
    const ExecutionRow row{row_key.integer(0)};
    const auto open = find_open_execution(reader, row);
    if (!open || !open->waits_for_callback || open->set_aside) return true;
    const auto record = find_execution(reader, row);
    if (!record || record->status != ExecutionStatus::Running) return true;
    const Execution execution = load_execution(reader, *record);
    const std::string execution_secret = execution_key(key, row);
    for (const auto& [attempt, task] : execution.tasks) {
      if (!is_waiting_for_callback(task)) continue;
      const auto frame = execution.frames.find(task.frame);
      tokens.push_back({.execution = *record,
                        .state_name = frame == execution.frames.end() ? "" : frame->second.state,
                        .token = make_task_token(execution_secret, row, attempt),
                        .since = task.scheduled_at,
                        .timeout_at = task.timeout_at});
    }
    return tokens.size() < limit;  // an execution's tokens stay together, so a page may be longer
  });
  return tokens;
}

}  // namespace signalbox
