#include <fmt/format.h>

#include "http/problem.h"
#include "rest/rest_api.h"
#include "signalbox/json.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;

constexpr std::string_view openapi =
#include "embedded/openapi.json.inc"
    ;

/// Prometheus text format 0.0.4.
std::string metrics(const EngineCounters& c, std::optional<std::uint64_t> iam_denials) {
  std::string text;
  const auto counter = [&](const char* name, const char* help, auto value) {
    text += fmt::format("# HELP signalbox_{0} {1}\n# TYPE signalbox_{0} counter\nsignalbox_{0} {2}\n", name, help, value);
  };
  const auto gauge = [&](const char* name, const char* help, auto value) {
    text += fmt::format("# HELP signalbox_{0} {1}\n# TYPE signalbox_{0} gauge\nsignalbox_{0} {2}\n", name, help, value);
  };
  counter("executions_started_total", "Executions started since the daemon started.", c.executions_started);
  text +=
      "# HELP signalbox_executions_ended_total Executions ended since the daemon started, by status.\n# TYPE "
      "signalbox_executions_ended_total counter\n";
  const auto ended = [&](const char* status, auto value) {
    text += fmt::format("signalbox_executions_ended_total{{status=\"{}\"}} {}\n", status, value);
  };
  ended("SUCCEEDED", c.executions_succeeded);
  ended("FAILED", c.executions_failed);
  ended("TIMED_OUT", c.executions_timed_out);
  ended("ABORTED", c.executions_aborted);
  counter("state_transitions_total", "State transitions made.", c.transitions);
  counter("history_events_total", "History events recorded.", c.events);
  counter("commits_total", "Transactions committed; several operations share one.", c.commits);
  counter("operations_total", "Operations taken in.", c.operations);
  if (iam_denials)
    counter("iam_denials_total", "Calls that roles' policies do not permit: denied, or with --iam=warn only logged.", *iam_denials);
  gauge("open_executions", "Executions that are running or waiting.", c.open_executions);
  gauge("set_aside_executions", "Executions set aside after a bug, to be resumed by hand.", c.set_aside_executions);
  gauge("timers", "Entries in the timer heap.", c.timers);
  gauge("cached_executions", "Executions kept in memory.", c.cached_executions);
  gauge("store_failed", "1 after a failed commit, until one succeeds again.", c.store_failed ? 1 : 0);
  return text;
}

awaitable<http::Response> nothing(http::Request request) {
  co_return http::problem_response(404, "there is no route " + request.method + " " + request.path + "; see /v1/openapi.json");
}

}  // namespace

void add_status_routes(http::Router& router, Engine& engine, std::function<bool()> is_ready, std::function<std::uint64_t()> iam_denials) {
  router.on("GET", "/v1/openapi.json",
            [](http::Request) -> awaitable<http::Response> { co_return http::json_response(200, std::string(openapi)); });
  router.on("GET", "/healthz", [](http::Request) -> awaitable<http::Response> { co_return http::text_response(200, "ok\n"); });
  router.on("GET", "/readyz", [&engine, is_ready](http::Request) -> awaitable<http::Response> {
    if (!is_ready()) co_return http::text_response(503, "starting\n");
    if (engine.counters().store_failed) co_return http::text_response(503, "the data file cannot be written; see the log\n");
    co_return http::text_response(200, "ready\n");
  });
  router.on("GET", "/metrics", [&engine, iam_denials](http::Request) -> awaitable<http::Response> {
    auto response = http::text_response(200, metrics(engine.counters(), iam_denials ? std::optional(iam_denials()) : std::nullopt));
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    co_return response;
  });
}

http::Handler aws_or_nothing(http::Handler aws) {
  return [aws = std::move(aws)](http::Request&& request) {
    return request.path.starts_with("/v1/") ? nothing(std::move(request)) : aws(std::move(request));
  };
}

}  // namespace signalbox::rest
