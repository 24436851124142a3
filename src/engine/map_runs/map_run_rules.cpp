#include "engine/map_runs/map_run_rules.h"

#include <algorithm>

#include "engine/map_runs/map_run_records.h"
#include "signalbox/encoding.h"
#include "signalbox/history.h"
#include "signalbox/item_batches.h"

namespace signalbox {

namespace {

/// Items are fetched while fewer than this wait: enough to keep children starting, little enough that a long file is not copied into the data file.
constexpr std::int64_t pending_max = 1'000;

WorkflowError too_many_failures() {
  return {error_names::ExceedToleratedFailureThreshold, "The specified tolerated failure threshold was exceeded"};
}

void add_child(Transaction& transaction, MapRunRecord& run, Json input, std::int64_t items) {
  const auto child = run.executions.total();
  transaction.put(Key(map_run_items_table, run.row.value, child),
                  encode_map_run_item({.items = items, .execution = {}, .input = std::move(input)}));
  ++run.executions.pending;
  run.items.pending += items;
}

/// Items that are put together into children's inputs; what no batch is made of yet waits in the store.
class StoredBatches {
 public:
  StoredBatches(Transaction& transaction, MapRunRecord& run, const MapRunPlan::Batcher& limits)
      : transaction_(transaction), run_(run), batches_(limits) {
    const auto stored = transaction.get(place());
    if (!stored) return;
    if (const auto left = decode_map_run_item(*stored).input) {
      for (const auto& item : left->elements()) add(item);
    }
    transaction.erase(place());
  }

  void add(const Json& item) {
    for (auto& batch : batches_.add(item)) add_child(transaction_, run_, std::move(batch.input), batch.items);
  }

  /// What is left waits for more items, or is the last batch.
  void end(bool at_end) {
    if (batches_.left().empty()) return;
    if (!at_end) return transaction_.put(place(), encode_map_run_item({.items = 0, .execution = {}, .input = Json(batches_.left())}));
    if (auto last = batches_.close()) add_child(transaction_, run_, std::move(last->input), last->items);
  }

 private:
  [[nodiscard]] Key place() const { return Key(map_run_items_table, run_.row.value, unbatched_items); }

  Transaction& transaction_;
  MapRunRecord& run_;
  ItemBatches batches_;
};

std::string setting_of(const Json& config, std::string_view name, std::string_view usual) {
  const Json* value = config.find(name);
  return value && value->is_string() ? std::string(value->as_string()) : std::string(usual);
}

}  // namespace

void put_map_run(Transaction& transaction, const MapRunRecord& record) {
  transaction.put(Key(map_runs_table, record.row.value), encode_map_run(record));
}

MapRunNeeds needs_of(const MapRunRecord& run) {
  MapRunNeeds needs;
  switch (run.phase) {
    case MapRunPhase::Working:
      needs.children_to_start = std::clamp<std::int64_t>(run.max_concurrency - run.executions.running, 0,
                                                         run.executions.pending + run.executions.pending_redrive);
      needs.read = !run.all_read && run.executions.pending < pending_max;
      if (run.all_read && run.executions.pending + run.executions.pending_redrive + run.executions.running == 0)
        (run.exports ? needs.write : needs.finish) = true;
      break;
    case MapRunPhase::Stopping:
      needs.stop_children = run.executions.running > 0 && !run.express;  // express ones are waited for. [aws: Redriving Map Runs]
      if (run.executions.running == 0) (run.exports && run.status != MapRunStatus::Aborted ? needs.write : needs.finish) = true;
      break;
    case MapRunPhase::Writing: needs.write = true; break;
    case MapRunPhase::Over: break;
  }
  return needs;
}

void take_items(Transaction& transaction, MapRunRecord& run, const MapRunPlan& plan, const std::vector<Json>& inputs, bool at_end) {
  if (plan.batcher) {
    StoredBatches batches(transaction, run, *plan.batcher);
    for (const auto& input : inputs) batches.add(input);
    batches.end(at_end);
  } else {
    for (const auto& input : inputs) add_child(transaction, run, input, 1);
  }
  run.read += static_cast<std::int64_t>(inputs.size());
  run.all_read = at_end;
  if (at_end) check_tolerance(run);
}

void count_child_end(MapRunRecord& run, const MapRunItem& item, ExecutionStatus status, bool redrivable) {
  --run.executions.running;
  run.items.running -= item.items;
  ++run.executions.of(status);
  run.items.of(status) += item.items;
  if (status != ExecutionStatus::Succeeded && !redrivable) {
    ++run.executions.failures_not_redrivable;
    run.items.failures_not_redrivable += item.items;
  }
  check_tolerance(run);
}

void redrive_map_run(MapRunRecord& run, Timestamp now) {
  for (auto* counts : {&run.items, &run.executions}) {
    counts->pending_redrive = counts->unsuccessful();
    counts->failed = counts->timed_out = counts->aborted = counts->failures_not_redrivable = 0;
  }
  run.status = MapRunStatus::Running;
  run.phase = MapRunPhase::Working;
  run.stopped_at = std::nullopt;
  run.error = {};
  run.results_written = 0;
  ++run.redrives;
  run.redriven_at = now;
  run.next_redrive = 0;
  run.redrive_requested = false;
}

void count_redrive(MapRunRecord& run, const MapRunItem& item) {
  --run.executions.pending_redrive;
  ++run.executions.running;
  run.items.pending_redrive -= item.items;
  run.items.running += item.items;
}

void count_not_redrivable(MapRunRecord& run, const MapRunItem& item, ExecutionStatus status) {
  --run.executions.pending_redrive;
  ++run.executions.of(status);
  ++run.executions.failures_not_redrivable;
  run.items.pending_redrive -= item.items;
  run.items.of(status) += item.items;
  run.items.failures_not_redrivable += item.items;
  check_tolerance(run);
}

// Failures are counted in items. Whatever was set is a limit; where nothing was, no failure is tolerated. What was stopped on purpose with the run is none.
void check_tolerance(MapRunRecord& run) {
  if (run.phase != MapRunPhase::Working) return;
  const auto failed = run.items.unsuccessful();
  if (failed == 0) return;
  const bool by_count = run.tolerated_failure_count > 0, by_percentage = run.tolerated_failure_percentage > 0;
  bool exceeded = !by_count && !by_percentage;
  if (by_count && failed > run.tolerated_failure_count) exceeded = true;
  if (by_percentage && run.all_read &&
      static_cast<double>(failed) * 100 > run.tolerated_failure_percentage * static_cast<double>(run.items.total()))
    exceeded = true;
  if (exceeded) stop_map_run(run, MapRunStatus::Failed, too_many_failures());
}

void stop_map_run(MapRunRecord& run, MapRunStatus status, WorkflowError error) {
  if (run.phase == MapRunPhase::Over) return;
  run.phase = MapRunPhase::Stopping;
  run.status = status;
  run.error = std::move(error);
}

Evaluated<Json> gathered_results(const Reader& reader, const Site& site, const MapRunRecord& run, const MapRunPlan& plan) {
  const auto transformation = setting_of(plan.writer ? plan.writer->config : Json(), "Transformation", "COMPACT");
  Json::Array results;
  std::size_t bytes = 0;
  for_each_child(reader, run.row, 0, [&](std::int64_t, const MapRunItem& item) {
    const auto child = item.execution.value == 0 ? std::nullopt : find_execution(reader, item.execution);
    if (!child || (child->status != ExecutionStatus::Succeeded && transformation != "NONE")) return true;
    Json result = transformation == "NONE" ? described_result(reader, site, *child) : read_payloads(reader, *child).output.value_or(Json());
    bytes += result.text_bytes() + 1;
    if (transformation == "FLATTEN" && result.is_array()) {
      results.insert(results.end(), result.elements().begin(), result.elements().end());
    } else {
      results.push_back(std::move(result));
    }
    return bytes <= payload_bytes_max;
  });
  if (bytes <= payload_bytes_max) return Json(std::move(results));
  return WorkflowError{
      error_names::DataLimitExceeded,
      "The state/task '" + run.state_name + "' returned a result with a size exceeding the maximum number of bytes service limit."};
}

Json described_result(const Reader& reader, const Site& site, const ExecutionRecord& child) {
  const auto payloads = read_payloads(reader, child);
  const Json included = json_object({{"Included", Json(true)}});
  Json::Object members;
  if (payloads.error.cause) members.push_back({"Cause", Json(*payloads.error.cause)});
  if (payloads.error.error) members.push_back({"Error", Json(*payloads.error.error)});
  members.push_back({"ExecutionArn", Json(execution_arn(site, child))});
  members.push_back({"Input", Json(payloads.input.text())});
  members.push_back({"InputDetails", included});
  members.push_back({"Name", Json(child.name)});
  if (payloads.output) members.push_back({"Output", Json(payloads.output->text())});
  if (payloads.output) members.push_back({"OutputDetails", included});
  members.push_back({"RedriveCount", Json(child.redrives)});
  if (child.redriven_at) members.push_back({"RedriveDate", Json(format_rfc3339(*child.redriven_at))});
  const auto reason = not_redrivable(reader, child, child.stopped_at.value_or(child.started_at));
  members.push_back({"RedriveStatus", Json(reason ? "NOT_REDRIVABLE" : "REDRIVABLE_BY_MAP_RUN")});
  if (reason) members.push_back({"RedriveStatusReason", Json(*reason)});
  members.push_back({"StartDate", Json(format_rfc3339(child.started_at))});
  members.push_back({"StateMachineArn", Json(site.state_machine_arn(child.state_machine))});
  members.push_back({"Status", Json(to_string(child.status))});
  if (child.stopped_at) members.push_back({"StopDate", Json(format_rfc3339(*child.stopped_at))});
  return Json(std::move(members));
}

}  // namespace signalbox
