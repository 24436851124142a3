/// Map runs inside the open transaction: begun by a step's command, gone on with whenever something of them changed.

#include "base/overload.h"
#include "engine/execution_records.h"
#include "engine/map_runs/map_run_records.h"
#include "engine/map_runs/map_run_rules.h"
#include "engine/open_transaction.h"
#include "signalbox/step.h"

namespace signalbox {

namespace {

/// Children that one transaction starts or stops of one run, so that a long run cannot hold up everyone else.
constexpr std::int64_t children_max = 100;

std::string id_of(const std::string& arn) { return arn.substr(arn.rfind(':') + 1); }

MapRunRecord new_run(const CachedExecution& execution, const commands::StartMapRun& command, MapRunRow row, Timestamp now) {
  const MapRunPlan& plan = command.plan;
  MapRunRecord run;
  run.row = row;
  run.id = id_of(command.map_run_arn);
  run.machine = plan.machine;
  run.label = plan.label;
  run.state_name = plan.state_name;
  run.definition = execution.record.definition;
  run.role_arn = execution.state.started.role_arn;
  run.execution = execution.record.row;
  run.attempt = command.attempt;
  run.express = plan.express;
  run.exports = plan.writer && plan.writer->parameters;
  run.started_at = now;
  run.max_concurrency = plan.max_concurrency;
  run.tolerated_failure_count = plan.tolerated_failure_count;
  run.tolerated_failure_percentage = plan.tolerated_failure_percentage;
  return run;
}

/// Items as they are given in the state's input, an object's members with their names.
std::vector<MapRunStorage::Item> items_of(const Json& items) {
  std::vector<MapRunStorage::Item> list;
  list.reserve(items.size());
  if (items.is_array()) {
    for (const auto& item : items.elements()) list.push_back({item, std::nullopt});
  } else {
    for (const auto& [name, value] : items.members()) list.push_back({value, name});
  }
  return list;
}

/// Where the items come from, as the context object's Map.Item.Source says it. Spec [aws]: Context object for Map states.
std::string source_of(const MapRunPlan& plan) {
  if (!plan.reader) return "STATE_DATA";
  std::string source = "S3://" + member_text(plan.reader->parameters, "Bucket");
  if (const auto key = member_text(plan.reader->parameters, "Key"); !plan.reader->lists && !key.empty()) source.append("/").append(key);
  return source;
}

}  // namespace

void OpenTransaction::start_map_run(CachedExecution& execution, const commands::StartMapRun& command) {
  auto run = new_run(execution, command, MapRunRow{next_row(map_runs_table)}, now_);
  MapRunPlan plan = command.plan;
  const auto items = std::exchange(plan.items, std::nullopt);
  put(Key(map_run_plans_table, run.row.value), to_json(plan).text());
  put(Key(map_run_ids_table, run.id), encode_row(run.row.value));
  put(Key(execution_map_runs_table, run.execution.value, run.row.value), "");
  put(Key(open_map_runs_table, run.row.value), "");
  if (items) bring_items(execution, run, plan, items_of(*items), true);
  put_map_run(*this, run);
  map_runs_due_.insert(run.row);
}

/// ItemSelector sees each item; one that it cannot take fails the run.
void OpenTransaction::bring_items(CachedExecution& parent, MapRunRecord& run, const MapRunPlan& plan,
                                  const std::vector<MapRunStorage::Item>& items, bool at_end) {
  std::vector<Json> inputs;
  inputs.reserve(items.size());
  auto index = run.read;
  const std::string source = source_of(plan);
  for (const auto& [value, key] : items) {
    const BroughtItem item{.index = index++, .value = value, .key = key, .source = source};
    auto input = map_run_item(*parent.program->machine, parent.state, run.attempt, item, now_);
    if (!input) return signalbox::stop_map_run(run, MapRunStatus::Failed, input.error());
    inputs.push_back(std::move(*input));
  }
  take_items(*this, run, plan, inputs, at_end);
}

std::optional<MapRunRecord> OpenTransaction::map_run_of(const CachedExecution& execution, TaskAttempt attempt) const {
  for (auto& run : list_map_runs(*this, execution.record.row, std::nullopt, SIZE_MAX)) {
    if (run.attempt == attempt) return std::move(run);
  }
  return std::nullopt;
}

void OpenTransaction::stop_map_run(CachedExecution& execution, const commands::StopMapRun& command) {
  auto run = map_run_of(execution, command.attempt);
  if (!run || run->phase == MapRunPhase::Over) return;
  run->redrive_requested = false;
  signalbox::stop_map_run(*run, MapRunStatus::Aborted, {});
  put_map_run(*this, *run);
  map_runs_due_.insert(run->row);
}

// One that is still ending comes to its end first.
void OpenTransaction::redrive_map_run(CachedExecution& execution, const commands::RedriveMapRun& command) {
  auto run = map_run_of(execution, command.attempt);
  SIGNALBOX_ASSERT(run);
  if (run->phase == MapRunPhase::Over) {
    reopen_map_run(*run);
  } else {
    run->redrive_requested = true;
    put_map_run(*this, *run);
  }
}

void OpenTransaction::reopen_map_run(MapRunRecord& run) {
  signalbox::redrive_map_run(run, now_);
  put_map_run(*this, run);
  put(Key(open_map_runs_table, run.row.value), "");
  map_runs_due_.insert(run.row);
}

void OpenTransaction::go_on_map_run(MapRunRow row) {
  map_runs_due_.insert(row);
  drain();
}

void OpenTransaction::advance_map_run(MapRunRow row) {
  auto run = find_map_run(*this, row);
  if (!run || run->phase == MapRunPhase::Over) return;
  if (children_begun_ >= children_max) {
    effects_.map_run_continues.push_back(row);
    return;
  }
  begin_children(*run);
  const auto needs = needs_of(*run);
  if (needs.children_to_start > 0) effects_.map_run_continues.push_back(row);
  if (needs.write) run->phase = MapRunPhase::Writing;
  put_map_run(*this, *run);
  if (needs.read || needs.write) effects_.map_run_calls.push_back(row);
  if (needs.stop_children) stop_children(*run);
  if (needs.finish && !parent_is_set_aside(*run))
    finish_map_run(*run, gathered_results(*this, workshop_.site, *run, find_map_run_plan(*this, row)));
}

/// As many as may begin now, in one transaction.
void OpenTransaction::begin_children(MapRunRecord& run) {
  while (children_begun_ < children_max && needs_of(run).children_to_start > 0) {
    if (run.executions.pending_redrive > 0) {
      redrive_next_child(run);
    } else {
      begin_child(run);
    }
  }
}

void OpenTransaction::begin_child(MapRunRecord& run) {
  const Key place(map_run_items_table, run.row.value, run.next_child);
  auto item = decode_map_run_item(get(place).value());
  const auto parent = find_execution(*this, run.execution);
  StateMachineRecord machine;
  machine.name = run.child_machine();
  machine.definition = run.definition;
  machine.role_arn = run.role_arn;
  StartRequest request{.state_machine = machine.name, .name = std::nullopt, .input = item.input.value_or(Json()), .parent = std::nullopt};
  ExecutionRecord record = new_record(machine, request);
  const ExecutionRow row = record.row;
  record.map_run = MapRunChildLink{run.row, run.next_child};
  record.map_state = run.state_name;
  record.test_case = parent ? parent->test_case : std::nullopt;
  if (run.express) {
    begin_express_child(std::move(record), run.role_arn, std::move(request.input));
  } else {
    begin_execution(record, machine, std::move(request));
  }
  item.execution = row;
  item.input = std::nullopt;
  put(place, encode_map_run_item(item));
  ++run.next_child;
  ++children_begun_;
  --run.executions.pending;
  ++run.executions.running;
  run.items.pending -= item.items;
  run.items.running += item.items;
}

/// Looks for the next child that can be redriven, and redrives it. What cannot be redriven keeps its end.
void OpenTransaction::redrive_next_child(MapRunRecord& run) {
  while (run.executions.pending_redrive > 0 && run.phase == MapRunPhase::Working) {
    SIGNALBOX_ASSERT(run.next_redrive < run.next_child);
    const auto item = decode_map_run_item(get(Key(map_run_items_table, run.row.value, run.next_redrive++)).value());
    auto child = find_execution(*this, item.execution);
    if (child && (child->status == ExecutionStatus::Running || child->status == ExecutionStatus::Succeeded)) continue;
    if (!child || (!child->express && not_redrivable(*this, *child, now_))) {
      count_not_redrivable(run, item, child ? child->status : ExecutionStatus::Failed);  // it may be so old that it is kept no more
      continue;
    }
    count_redrive(run, item);
    ++children_begun_;
    if (child->express) return redrive_express_child(std::move(*child), run.role_arn);
    const events::Redrive event{.count = child->redrives + 1};
    return reopen_execution(std::move(*child), std::nullopt, event);
  }
}

void OpenTransaction::child_of_map_run_ended(const CachedExecution& child) {
  const auto& link = *child.record.map_run;
  auto run = find_map_run(*this, link.run);
  const auto stored = get(Key(map_run_items_table, link.run.value, link.child));
  if (!run || !stored) return;
  ExecutionRecord ended = child.record;
  ended.events = child.state.last_event_id;  // those of this transaction are not written yet
  count_child_end(*run, decode_map_run_item(*stored), ended.status, ended.express || !not_redrivable(*this, ended, now_));
  put_map_run(*this, *run);
  map_runs_due_.insert(run->row);
}

void OpenTransaction::stop_children(const MapRunRecord& run) {
  std::vector<ExecutionRow> running;
  for_each_child(*this, run.row, 0, [&](std::int64_t, const MapRunItem& item) {
    if (item.execution.value == 0) return false;
    const auto child = find_execution(*this, item.execution);
    if (child && child->status == ExecutionStatus::Running) running.push_back(item.execution);
    return static_cast<std::int64_t>(running.size()) < children_max - children_begun_;
  });
  for (const ExecutionRow child : running) deliver(child, events::Stop{});
  children_begun_ += static_cast<std::int64_t>(running.size());
  // Each that ends brings the run back here; if others are left, a later transaction stops them.
}

/// Nobody could be told of the run's end: it is gone on with when the parent is resumed.
bool OpenTransaction::parent_is_set_aside(const MapRunRecord& run) const {
  const auto parent = find_execution(*this, run.execution);
  return parent && parent->set_aside;
}

void OpenTransaction::finish_map_run(MapRunRecord& run, Evaluated<Json> result) {
  if (run.status == MapRunStatus::Running) {
    run.status = result ? MapRunStatus::Succeeded : MapRunStatus::Failed;
    if (!result) run.error = result.error();
  }
  run.phase = MapRunPhase::Over;
  run.stopped_at = now_;
  put_map_run(*this, run);
  erase(Key(open_map_runs_table, run.row.value));
  if (workshop_.map_run_storage) on_commit([storage = workshop_.map_run_storage, row = run.row] { storage->forget(row); });
  if (run.redrive_requested) return reopen_map_run(run);
  if (run.status == MapRunStatus::Aborted) return;
  if (run.status == MapRunStatus::Succeeded) {
    deliver(run.execution, events::MapRunEnded{run.attempt, std::move(*result), std::nullopt});
  } else {
    deliver(run.execution, events::MapRunEnded{run.attempt, std::nullopt, run.error});
  }
}

void OpenTransaction::map_run_items_read(MapRunRow row, std::int64_t position, Evaluated<MapRunStorage::Items> items) {
  auto run = find_map_run(*this, row);
  if (!run || run->phase != MapRunPhase::Working || run->read != position) return;  // given up meanwhile, or read twice
  CachedExecution* parent = load(run->execution);
  if (!parent) return;
  if (items) {
    bring_items(*parent, *run, find_map_run_plan(*this, row), items->items, items->at_end);
  } else {
    signalbox::stop_map_run(*run, MapRunStatus::Failed, items.error());
  }
  put_map_run(*this, *run);
  go_on_map_run(row);
}

void OpenTransaction::map_run_results_written(MapRunRow row, std::int64_t redrives, Evaluated<MapRunStorage::Written> written) {
  auto run = find_map_run(*this, row);
  if (!run || run->phase != MapRunPhase::Writing || parent_is_set_aside(*run)) return;
  if (run->redrives != redrives) return go_on_map_run(row);  // written before it was redriven: once more
  if (!written) {
    finish_map_run(*run, written.error());
  } else {
    run->results_written = written->results;
    finish_map_run(*run, json_object({{"MapRunArn", Json(run->arn(workshop_.site))}, {"ResultWriterDetails", written->details}}));
  }
  drain();
}

Result<void> OpenTransaction::update_map_run(MapRunRow row, UpdateMapRun update) {
  auto run = find_map_run(*this, row);
  if (!run) return error(ErrorCode::NotFound, "the map run does not exist");
  if (update.max_concurrency)
    run->max_concurrency =
        *update.max_concurrency == 0 ? map_run_concurrency_max : std::min(*update.max_concurrency, map_run_concurrency_max);
  if (update.tolerated_failure_count) run->tolerated_failure_count = *update.tolerated_failure_count;
  if (update.tolerated_failure_percentage) run->tolerated_failure_percentage = *update.tolerated_failure_percentage;
  put_map_run(*this, *run);
  go_on_map_run(row);
  return {};
}

}  // namespace signalbox
