#include <algorithm>
#include <span>

#include "json/object_text.h"
#include "rest/explain.h"
#include "rest/history.h"
#include "rest/request.h"
#include "rest/rest_api.h"
#include "rest/waiting.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;

ObjectText summary(const ExecutionRecord& record, const std::string& arn) {
  ObjectText body;
  body.text("id", record.id.value).text("name", record.name).text("arn", arn);
  body.text("stateMachine", record.state_machine).text("status", to_string(record.status));
  body.rfc3339("startedAt", record.started_at).rfc3339("stoppedAt", record.stopped_at);
  if (record.set_aside) body.boolean("setAside", true);
  return body;
}

ObjectText summary(const Engine& engine, const ExecutionRecord& record) { return summary(record, execution_arn(engine.site(), record)); }

/// The tasks of a running execution that wait for somebody, with the tokens that answer them.
std::string waiting_tokens(const Execution& execution) {
  std::string waiting = "[";
  for (const auto& [attempt, task] : execution.tasks) {
    if (!waits_for_callback(task)) continue;
    if (waiting.size() > 1) waiting += ',';
    ObjectText body;
    if (const auto frame = execution.frames.find(task.frame); frame != execution.frames.end()) body.text("state", frame->second.state);
    body.text("token", make_task_token(execution.started.key, execution.row, attempt).value);
    body.rfc3339("since", task.scheduled_at).rfc3339("timesOutAt", task.timeout_at);
    waiting += body.take();
  }
  waiting += ']';
  return waiting;
}

ObjectText with_data(const Engine& engine, const Reader& reader, const ExecutionRecord& record) {
  ObjectText body = summary(engine, record);
  if (record.status == ExecutionStatus::Running && !record.express) {
    const Execution execution = load_execution(reader, record);
    body.json("input", execution.started.input).raw("waiting", waiting_tokens(execution));
    return body;
  }
  const auto payloads = read_payloads(reader, record);
  body.json("input", payloads.input);
  if (payloads.output) body.json("output", *payloads.output);
  body.text("error", payloads.error.error).text("cause", payloads.error.cause);
  return body;
}

Result<StartRequest> read_start(const http::Request& request) {
  auto body = read_body(request, {"name", "input"});
  if (!body) return body.error();
  auto name = text_member(*body, "name");
  if (!name) return name.error();
  StartRequest start;
  start.state_machine = std::string(request.parameter("name"));
  start.name = std::move(*name);
  if (const Json* input = body->find("input")) start.input = *input;
  return start;
}

awaitable<http::Response> start(Engine& engine, http::Request request) {
  auto wanted = read_start(request);
  if (!wanted) co_return problem(wanted.error());
  std::function<Result<StartedExecution>(EngineTransaction&)> work = [wanted = std::move(*wanted)](EngineTransaction& transaction) mutable {
    return transaction.start_execution(std::move(wanted));
  };
  const auto started = co_await transact<StartedExecution>(engine, std::move(work));
  if (!started) co_return problem(started.error());
  auto response = answer(started->existed ? 200 : 201, summary(started->record, started->arn));
  // What runs in an express machine is never a resource: it cannot be looked up.
  if (!started->record.express) response.headers.set("Location", "/v1/executions/" + started->record.id.value);
  co_return response;
}

Result<ExecutionFilter> read_filter(const http::Request& request) {
  ExecutionFilter filter;
  if (const auto machine = request.query_value("stateMachine")) filter.state_machine = std::string(*machine);
  if (const auto status = request.query_value("status")) {
    for (const auto candidate : {ExecutionStatus::Running, ExecutionStatus::Succeeded, ExecutionStatus::Failed, ExecutionStatus::TimedOut,
                                 ExecutionStatus::Aborted}) {
      if (to_string(candidate) == *status) filter.status = candidate;
    }
    if (!filter.status)
      return error(ErrorCode::InvalidArgument,
                   "status must be RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED, not '" + std::string(*status) + "'", "status");
  }
  return filter;
}

awaitable<http::Response> list(Engine& engine, const Reader& reader, http::Request request) {
  const ReadSnapshot snapshot(reader);
  const auto limit = read_limit(request);
  if (!limit) co_return problem(limit.error());
  const auto cursor = read_row_cursor(request);
  if (!cursor) co_return problem(cursor.error());
  const auto filter = read_filter(request);
  if (!filter) co_return problem(filter.error());
  const auto machine = filter->state_machine ? find_state_machine(reader, *filter->state_machine) : std::nullopt;
  if (machine && machine->type == StateMachineType::Express)
    co_return problem(
        error(ErrorCode::NotSupported,
              "executions of a machine of type EXPRESS are not stored, so that they cannot be listed; its log group has their events",
              "stateMachine"));
  const auto before = *cursor ? std::optional(ExecutionRow{**cursor}) : std::nullopt;
  const auto executions = list_executions(reader, *filter, before, *limit + 1);
  const auto shown = std::span(executions).first(std::min(executions.size(), *limit));
  ObjectText body;
  body.raw("executions", array_text(shown, [&](const ExecutionRecord& record) { return summary(engine, record).take(); }));
  if (executions.size() > *limit) body.text("cursor", std::to_string(shown.back().row.value));
  co_return answer(200, std::move(body));
}

awaitable<http::Response> get(Engine& engine, const Reader& reader, http::Request request) {
  const ReadSnapshot snapshot(reader);
  const auto record = find_execution_by_id(reader, request.parameter("id"));
  if (!record) co_return problem(record.error());
  co_return answer(200, with_data(engine, reader, *record));
}

awaitable<http::Response> history(const Reader& reader, http::Request request) {
  const ReadSnapshot snapshot(reader);
  const auto record = find_execution_by_id(reader, request.parameter("id"));
  if (!record) co_return problem(record.error());
  const auto limit = read_limit(request);
  if (!limit) co_return problem(limit.error());
  const auto cursor = read_row_cursor(request);
  if (!cursor) co_return problem(cursor.error());
  const bool reverse = request.query_value("order") == "newest-first";
  const std::int64_t from = cursor->value_or(reverse ? 0 : 1);
  const auto events = read_history(reader, *record, from, reverse, *limit + 1);
  Json::Array items;
  for (std::size_t i = 0; i < events.size() && i < *limit; ++i) items.push_back(history_event_json(events[i]));
  const Json next = events.size() > *limit ? Json(std::to_string(events[*limit].id)) : Json();
  co_return answer(200, present_members({{"events", Json(std::move(items))}, {"cursor", next}}));
}

awaitable<http::Response> explain_one(Engine& engine, const Reader& reader, http::Request request) {
  const ReadSnapshot snapshot(reader);
  const auto record = find_execution_by_id(reader, request.parameter("id"));
  if (!record) co_return problem(record.error());
  std::optional<Execution> execution;
  if (record->status == ExecutionStatus::Running && !record->express) execution = load_execution(reader, *record);
  const auto text = explain(*record, execution ? &*execution : nullptr, engine.clock().now());
  co_return answer(200, json_object({{"id", record->id.value}, {"status", to_string(record->status)}, {"explanation", text}}));
}

awaitable<http::Response> stop(Engine& engine, const Reader& reader, http::Request request) {
  const auto record = find_execution_by_id(reader, request.parameter("id"));
  if (!record) co_return problem(record.error());
  auto body = read_body(request, {"error", "cause"});
  if (!body) co_return problem(body.error());
  auto error_name = text_member(*body, "error");
  if (!error_name) co_return problem(error_name.error());
  auto cause = text_member(*body, "cause");
  if (!cause) co_return problem(cause.error());
  std::function<Result<Timestamp>(EngineTransaction&)> work = [row = record->row,
                                                               why = WorkflowError{*error_name, *cause}](EngineTransaction& transaction) {
    return transaction.stop_execution(row, why);
  };
  auto stopped = co_await transact<Timestamp>(engine, std::move(work));
  if (!stopped) co_return problem(stopped.error());
  const auto current = find_execution(reader, record->row);
  co_return answer(200, with_data(engine, reader, current.value_or(*record)));
}

awaitable<http::Response> redrive(Engine& engine, const Reader& reader, http::Request request) {
  const auto record = find_execution_by_id(reader, request.parameter("id"));
  if (!record) co_return problem(record.error());
  auto body = read_body(request, {"state", "input"});
  if (!body) co_return problem(body.error());
  auto state = text_member(*body, "state");
  if (!state) co_return problem(state.error());
  RedriveRequest wanted{.from_state = std::move(*state)};
  if (const Json* input = body->find("input")) wanted.input = *input;
  std::function<Result<Timestamp>(EngineTransaction&)> work = [row = record->row,
                                                               wanted = std::move(wanted)](EngineTransaction& transaction) {
    return transaction.redrive_execution(row, wanted);
  };
  auto redriven = co_await transact<Timestamp>(engine, std::move(work));
  if (!redriven) co_return problem(redriven.error());
  const auto current = find_execution(reader, record->row);
  co_return answer(200, with_data(engine, reader, current.value_or(*record)));
}

awaitable<http::Response> resume(Engine& engine, const Reader& reader, http::Request request) {
  const auto record = find_execution_by_id(reader, request.parameter("id"));
  if (!record) co_return problem(record.error());
  std::function<Result<void>(EngineTransaction&)> work = [row = record->row](EngineTransaction& transaction) {
    return transaction.resume_execution(row);
  };
  auto resumed = co_await transact<void>(engine, std::move(work));
  if (!resumed) co_return problem(resumed.error());
  const auto current = find_execution(reader, record->row);
  co_return answer(200, summary(engine, current.value_or(*record)));
}

}  // namespace

void add_execution_routes(http::Router& router, Engine& engine, const Reader& reader) {
  router.on("POST", "/v1/state-machines/{name}/executions", [&](http::Request&& request) { return start(engine, std::move(request)); });
  router.on("GET", "/v1/executions", [&](http::Request&& request) { return list(engine, reader, std::move(request)); });
  router.on("GET", "/v1/executions/{id}", [&](http::Request&& request) { return get(engine, reader, std::move(request)); });
  router.on("GET", "/v1/executions/{id}/history", [&](http::Request&& request) { return history(reader, std::move(request)); });
  router.on("GET", "/v1/executions/{id}/explain", [&](http::Request&& request) { return explain_one(engine, reader, std::move(request)); });
  router.on("POST", "/v1/executions/{id}/stop", [&](http::Request&& request) { return stop(engine, reader, std::move(request)); });
  router.on("POST", "/v1/executions/{id}/redrive", [&](http::Request&& request) { return redrive(engine, reader, std::move(request)); });
  router.on("POST", "/v1/executions/{id}/resume", [&](http::Request&& request) { return resume(engine, reader, std::move(request)); });
}

}  // namespace signalbox::rest
