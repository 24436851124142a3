#include "rest/request.h"
#include "rest/rest_api.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;

Json to_json(const WaitingToken& waiting) {
  return present_members({{"token", waiting.token.value},
                          {"executionId", waiting.execution.id.value},
                          {"executionName", waiting.execution.name},
                          {"stateMachine", waiting.execution.state_machine},
                          {"state", waiting.state_name},
                          {"since", format_rfc3339(waiting.since)},
                          {"timesOutAt", optional_time(waiting.timeout_at)}});
}

awaitable<http::Response> list(Engine& engine, const Reader& reader, http::Request request) {
  const auto limit = read_limit(request);
  if (!limit) co_return problem(limit.error());
  const auto cursor = read_row_cursor(request);
  if (!cursor) co_return problem(cursor.error());
  const auto after = *cursor ? std::optional(ExecutionRow{**cursor}) : std::nullopt;
  const auto tokens = list_waiting_tokens(reader, engine.master_key(), after, *limit);
  Json::Array items;
  for (const auto& waiting : tokens) items.push_back(to_json(waiting));
  const Json next = tokens.size() >= *limit ? Json(std::to_string(tokens.back().execution.row.value)) : Json();
  co_return answer(200, present_members({{"tokens", Json(std::move(items))}, {"cursor", next}}));
}

http::Response completed(const Reader& reader, const Result<TaskCompletion>& done) {
  if (!done) return problem(done.error());
  const auto record = find_execution(reader, done->execution);
  return answer(200, present_members({{"executionId", record ? Json(record->id.value) : Json()}}));
}

awaitable<http::Response> succeed(Engine& engine, const Reader& reader, http::Request request) {
  auto body = read_body(request, {"output"});
  if (!body) co_return problem(body.error());
  const Json* output = body->find("output");
  if (!output) co_return problem(error(ErrorCode::InvalidArgument, "'output' is missing", "/output"));
  std::function<Result<TaskCompletion>(EngineTransaction&)> work = [token = TaskToken{std::string(request.parameter("token"))},
                                                                    output = *output](EngineTransaction& transaction) {
    return transaction.succeed_task(token, output);
  };
  auto done = co_await transact<TaskCompletion>(engine, std::move(work));
  co_return completed(reader, done);
}

awaitable<http::Response> fail(Engine& engine, const Reader& reader, http::Request request) {
  auto body = read_body(request, {"error", "cause"});
  if (!body) co_return problem(body.error());
  auto error_name = text_member(*body, "error");
  if (!error_name) co_return problem(error_name.error());
  auto cause = text_member(*body, "cause");
  if (!cause) co_return problem(cause.error());
  std::function<Result<TaskCompletion>(EngineTransaction&)> work =
      [token = TaskToken{std::string(request.parameter("token"))},
       why = WorkflowError{*error_name, *cause}](EngineTransaction& transaction) { return transaction.fail_task(token, why); };
  auto done = co_await transact<TaskCompletion>(engine, std::move(work));
  co_return completed(reader, done);
}

awaitable<http::Response> heartbeat(Engine& engine, http::Request request) {
  std::function<Result<void>(EngineTransaction&)> work = [token = TaskToken{std::string(request.parameter("token"))}](
                                                             EngineTransaction& transaction) { return transaction.heartbeat_task(token); };
  auto done = co_await transact<void>(engine, std::move(work));
  if (!done) co_return problem(done.error());
  co_return http::Response{.status = 204};
}

}  // namespace

void add_token_routes(http::Router& router, Engine& engine, const Reader& reader) {
  router.on("GET", "/v1/tokens", [&](http::Request&& request) { return list(engine, reader, std::move(request)); });
  router.on("POST", "/v1/tokens/{token}/succeed", [&](http::Request&& request) { return succeed(engine, reader, std::move(request)); });
  router.on("POST", "/v1/tokens/{token}/fail", [&](http::Request&& request) { return fail(engine, reader, std::move(request)); });
  router.on("POST", "/v1/tokens/{token}/heartbeat", [&](http::Request&& request) { return heartbeat(engine, std::move(request)); });
}

}  // namespace signalbox::rest
