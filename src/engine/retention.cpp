#include "engine/retention.h"

#include <vector>

#include "engine/execution_records.h"
#include "signalbox/express.h"
#include "signalbox/map_runs.h"

namespace signalbox {

namespace {
constexpr int looked_at_max = 500, erased_max = 20;
constexpr std::chrono::minutes between_sweeps{10};
}  // namespace

void Retention::sweep(Transaction& transaction) {
  const Timestamp ended_before = transaction.now() - retention_;
  std::vector<ExecutionRecord> over;
  int looked_at = 0;
  bool more = false;
  KeyRange range{.prefix = Key(executions_table)};
  if (last_) range.after = Key(executions_table, last_->value);
  transaction.scan(range, [&](const Key& key, std::string_view bytes) {
    const ExecutionRow row{key.integer(0)};
    auto record = decode_execution(row, bytes);
    if (record.started_at > ended_before) return false;
    last_ = row;
    if (record.stopped_at && *record.stopped_at <= ended_before) over.push_back(std::move(record));
    more = ++looked_at == looked_at_max || over.size() == erased_max;
    return !more;
  });
  for (const auto& record : over) erase_execution(transaction, record);
  sweeping_ = more;
  if (more) return;
  last_ = std::nullopt;
  next_sweep_ = transaction.now() + between_sweeps;
}

void Retention::begin_again() {
  sweeping_ = false;
  last_ = std::nullopt;
  next_sweep_ = Timestamp{};
}

namespace {

/// The children are executions, and go as such.
void erase_map_runs(Transaction& transaction, ExecutionRow execution) {
  for (const auto& run : list_map_runs(transaction, execution, std::nullopt, SIZE_MAX)) {
    std::vector<std::int64_t> children;
    for_each_child(transaction, run.row, 0, [&](std::int64_t child, const MapRunItem&) {
      children.push_back(child);
      return true;
    });
    for (const auto child : children) transaction.erase(Key(map_run_items_table, run.row.value, child));
    transaction.erase(Key(map_run_plans_table, run.row.value));
    transaction.erase(Key(map_run_ids_table, run.id));
    transaction.erase(Key(execution_map_runs_table, execution.value, run.row.value));
    transaction.erase(Key(map_runs_table, run.row.value));
  }
}

}  // namespace

void erase_execution(Transaction& transaction, const ExecutionRecord& record) {
  erase_map_runs(transaction, record.row);
  for (std::int64_t chunk = record.last_chunk; chunk != 0;) {
    const Key key(history_table, chunk);
    const auto stored = transaction.get(key);
    transaction.erase(key);
    chunk = stored ? decode_chunk(*stored).previous : 0;
  }
  if (record.name != record.id.value) transaction.erase(Key(execution_names_table, record.state_machine, record.name));
  if (record.express) transaction.erase(Key(express_ends_table, record.row.value));
  transaction.erase(Key(machine_executions_table, record.state_machine, record.row.value));
  transaction.erase(Key(executions_table, record.row.value));
}

}  // namespace signalbox
