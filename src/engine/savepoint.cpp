/// Savepoints of the open transaction: a part of an operation that is dropped alone if it fails.

#include <algorithm>

#include "engine/open_transaction.h"

namespace signalbox {

struct OpenTransaction::Savepoint {
  Effects::Mark effects;
  std::size_t worklist, touched, rows, machines, recovered;
  std::set<MapRunRow> map_runs_due;
};

bool OpenTransaction::attempt(const std::function<bool()>& work) {
  const Savepoint savepoint{effects_.mark(),   worklist_.size(), touched_.size(), operation_rows_.size(), operation_machines_.size(),
                            recovered_.size(), map_runs_due_};
  overlay_.open_savepoint();
  const bool kept = work();
  if (kept) overlay_.keep_savepoint();
  else drop_since(savepoint);
  return kept;
}

// As drop_operation(), for what came after the savepoint. While a drain is under way events are only put in line, so that the line is cut back; otherwise the
// line was empty, and is empty again. An execution that was being changed before has facts that are written nowhere yet, so it stays in memory.
void OpenTransaction::drop_since(const Savepoint& savepoint) {
  overlay_.drop_savepoint();
  workshop_.rows.operation_dropped();
  effects_.cut(savepoint.effects);
  while (worklist_.size() > savepoint.worklist) worklist_.pop_back();
  touched_.resize(savepoint.touched);
  map_runs_due_ = savepoint.map_runs_due;
  for (auto i = savepoint.rows; i < operation_rows_.size(); ++i) {
    const ExecutionRow row = operation_rows_[i];
    if (std::find(touched_.begin(), touched_.end(), row) != touched_.end()) continue;
    if (auto* execution = workshop_.cache.find(row); execution && execution->express) lose_express(*execution);
    workshop_.cache.erase(row);
  }
  for (auto i = savepoint.machines; i < operation_machines_.size(); ++i) workshop_.machines.forget(operation_machines_[i]);
  workshop_.unrecovered.insert(recovered_.begin() + static_cast<std::ptrdiff_t>(savepoint.recovered), recovered_.end());
  recovered_.resize(savepoint.recovered);
}

}  // namespace signalbox
