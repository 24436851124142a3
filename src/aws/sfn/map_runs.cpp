
#include "signalbox/map_runs.h"
#include "aws/sfn/page.h"
#include "signalbox/async.h"

namespace signalbox::aws::sfn {

namespace {

std::string counts_text(const MapRunCounts& counts, std::int64_t results_written) {
  return ObjectText()
      .number("pending", counts.pending)
      .number("running", counts.running)
      .number("succeeded", counts.succeeded)
      .number("failed", counts.failed)
      .number("timedOut", counts.timed_out)
      .number("aborted", counts.aborted)
      .number("total", counts.total())
      .number("resultsWritten", results_written)
      .number("failuresNotRedrivable", counts.failures_not_redrivable)
      .number("pendingRedrive", counts.pending_redrive)
      .take();
}

/// Without a ResultWriter a result counts as written once the run has it.
std::int64_t results_written(const MapRunRecord& run) {
  if (run.exports) return run.results_written;
  return run.phase == MapRunPhase::Over ? run.executions.succeeded : 0;
}

std::string parent_arn(const Api& api, const MapRunRecord& run) {
  const auto parent = find_execution(api.reader, run.execution);
  return parent ? api.engine.site().execution_arn(parent->state_machine, parent->name) : std::string();
}

std::string summary(const Api& api, const std::string& execution_arn, const MapRunRecord& run) {
  const auto& site = api.engine.site();
  return ObjectText()
      .text("executionArn", execution_arn)
      .text("mapRunArn", run.arn(site))
      .text("stateMachineArn", site.state_machine_arn(run.child_machine()))
      .time("startDate", run.started_at)
      .time("stopDate", run.stopped_at)
      .take();
}

}  // namespace

Answer<std::string> describe_map_run(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("mapRunArn", long_arn_length);
  if (auto fault = parameters.fault()) return *fault;
  const auto run = find_map_run_by_arn(api.reader, arn);
  if (!run) return run.error();
  const bool unlimited = run->max_concurrency == map_run_concurrency_max;
  ObjectText out;
  out.text("mapRunArn", run->arn(api.engine.site())).text("executionArn", parent_arn(api, *run)).text("status", to_string(run->status));
  out.time("startDate", run->started_at).time("stopDate", run->stopped_at).number("maxConcurrency", unlimited ? 0 : run->max_concurrency);
  out.raw("toleratedFailurePercentage", Json(run->tolerated_failure_percentage).text())
      .number("toleratedFailureCount", run->tolerated_failure_count);
  out.raw("itemCounts", counts_text(run->items, run->exports                      ? run->results_written
                                                : run->phase == MapRunPhase::Over ? run->items.succeeded
                                                                                  : 0));
  out.raw("executionCounts", counts_text(run->executions, results_written(*run)));
  return out.number("redriveCount", run->redrives).time("redriveDate", run->redriven_at).take();
}

Answer<std::string> list_map_runs_page(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("executionArn", arn_length);
  const auto limit = page_size(parameters.integer("maxResults", page_range));
  const auto token = parameters.text("nextToken", token_length);
  if (auto fault = parameters.fault()) return *fault;
  const auto execution = find_execution_by_arn(api.reader, arn);
  if (!execution) return execution.error();
  const auto scope = "ListMapRuns " + std::to_string(execution->row.value);
  const auto before = page_start_number(api, scope, token);
  if (!before) return before.error();
  auto page = list_map_runs(api.reader, execution->row, *before ? std::optional(MapRunRow{**before}) : std::nullopt, limit + 1);
  const auto next = cut_page(api, scope, page, limit, [](const MapRunRecord& run) { return std::to_string(run.row.value); });
  ObjectText out;
  const auto execution_arn = api.engine.site().execution_arn(execution->state_machine, execution->name);
  out.raw("mapRuns", array_text(page, [&](const MapRunRecord& run) { return summary(api, execution_arn, run); }));
  return out.text("nextToken", next).take();
}

asio::awaitable<Answer<std::string>> update_map_run_operation(Api api, Json request) {
  Parameters parameters(request);
  const auto arn = parameters.required("mapRunArn", long_arn_length);
  UpdateMapRun update{.max_concurrency = parameters.integer("maxConcurrency", {0, INT32_MAX}),
                      .tolerated_failure_count = parameters.integer("toleratedFailureCount", {0, INT64_MAX}),
                      .tolerated_failure_percentage = std::nullopt};
  if (const Json* percentage = request.find("toleratedFailurePercentage"); percentage && percentage->is_number())
    update.tolerated_failure_percentage = percentage->as_double();
  if (auto fault = parameters.fault()) co_return *fault;
  const auto run = find_map_run_by_arn(api.reader, arn);
  if (!run) co_return run.error();
  if (run->phase == MapRunPhase::Over)
    co_return validation_failure("CANNOT_UPDATE_COMPLETED_MAP_RUN", "Map Run is not in a state that can be updated: '" + arn + "'");
  std::function<Result<void>(EngineTransaction&)> work = [row = run->row, update](EngineTransaction& transaction) {
    return transaction.update_map_run(row, update);
  };
  const auto updated = co_await transact<void>(api.engine, std::move(work));
  if (!updated) co_return general_failure(updated.error());
  co_return std::string("{}");
}

}  // namespace signalbox::aws::sfn
