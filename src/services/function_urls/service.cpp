#include "services/function_urls/service.h"

#include "services/gateway/request_context.h"
#include "services/http_apis/cors.h"
#include "services/http_apis/function_event.h"
#include "services/routes/function_call.h"
#include "signalbox/encoding.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::function_urls {

namespace asio = boost::asio;

namespace {

using functions::FunctionUrl;
using functions::UrlPath;

/// A call's payload, both ways. Source: Lambda developer guide, "Lambda quotas".
constexpr std::size_t payload_bytes_max = 6U * 1024 * 1024;
/// Longer than any function runs: its own time-out ends it.
constexpr std::chrono::minutes longest_call{16};

http::Response refusal(int status, const char* message, const char* error_type) {
  auto response = http::json_response(status, json_object({{"Message", message}}).text());
  response.headers.set("x-amzn-ErrorType", error_type);
  return response;
}
http::Response forbidden() { return refusal(403, "Forbidden", "AccessDeniedException"); }

http::Response failed_response() {
  http::Response response{.status = 502, .headers = {}, .body = "Internal Server Error"};
  response.headers.set("Content-Type", "text/plain");
  return response;
}

std::vector<std::string> texts_of(const Json& object, std::string_view name) {
  std::vector<std::string> texts;
  const auto* list = object.find(name);
  if (list && list->is_array())
    std::transform(list->elements().begin(), list->elements().end(), std::back_inserter(texts),
                   [](const Json& one) { return plain_text(one); });
  return texts;
}

http_apis::Cors read_cors(const Json& given) {
  http_apis::Cors cors{.origins = texts_of(given, "AllowOrigins"),
                       .methods = texts_of(given, "AllowMethods"),
                       .headers = texts_of(given, "AllowHeaders"),
                       .exposed = texts_of(given, "ExposeHeaders")};
  const auto* credentials = given.find("AllowCredentials");
  cors.credentials = credentials && *credentials == Json(true);
  if (const auto* age = given.find("MaxAge")) cors.max_age = age->as_integer();
  return cors;
}

/// A URL in the terms of an HTTP API that has one route, which is what events show.
http_apis::Snapshot snapshot_of(const FunctionUrl& url) {
  http_apis::Snapshot snapshot;
  snapshot.api = url.id;
  snapshot.routes.push_back({.key = "$default", .parts = {}, .integration = {}});
  if (url.cors) snapshot.cors = read_cors(*url.cors);
  return snapshot;
}

Json event_of(const http_apis::Call& call, const Admission& admission) {
  const auto event = http_apis::function_event(call, call.request, true);
  if (!admission.identity) return event;
  const auto context = event.find("requestContext")->with("authorizer", json_object({{"iam", *admission.identity}}));
  return event.with("requestContext", context);
}

}  // namespace

http::Response url_response(const FunctionOutcome& outcome) {
  if (outcome.kind == FunctionOutcome::Kind::Throttled) return refusal(429, "Rate Exceeded.", "TooManyRequestsException");
  if (outcome.kind == FunctionOutcome::Kind::NotFound) return forbidden();
  if (outcome.kind == FunctionOutcome::Kind::Unavailable) return refusal(503, "Service Unavailable", "ServiceException");
  if (outcome.kind != FunctionOutcome::Kind::Answered || outcome.payload.size() > payload_bytes_max) return failed_response();
  const auto answer = Json::parse(outcome.payload);
  if (answer && !(answer->is_object() && answer->find("statusCode"))) return http::json_response(200, outcome.payload);
  auto response = http_apis::function_response(outcome, true, "application/json");
  return response ? std::move(*response) : failed_response();
}

struct FunctionUrlService::Implementation {
  Engine& engine;
  Environment environment;
  const Reader& reader;

  /// May end at the guard.
  static asio::awaitable<http::Response> serve(Implementation& self, UrlPath path, http::Request request);
  static asio::awaitable<http::Response> answer(Implementation& self, const FunctionUrl& url, const UrlPath& path,
                                                const http::Request& request);
  static asio::awaitable<http::Response> call(Implementation& self, const FunctionUrl& url, const http_apis::Call& call);
};

asio::awaitable<http::Response> FunctionUrlService::Implementation::serve(Implementation& self, UrlPath path, http::Request request) {
  const auto url = functions::find_function_url_by_id(self.reader, path.id);
  if (!url) co_return forbidden();
  auto verdict = self.environment.guard(request);
  if (verdict.answer) co_return std::move(*verdict.answer);
  if (verdict.confirmed) {
    request.method = "GET";
    request.body.clear();
  }
  auto response = co_await answer(self, *url, path, request);
  co_return response;
}

asio::awaitable<http::Response> FunctionUrlService::Implementation::answer(Implementation& self, const FunctionUrl& url,
                                                                           const UrlPath& path, const http::Request& request) {
  const auto snapshot = snapshot_of(url);
  if (auto preflight = snapshot.cors ? http_apis::preflight_answer(*snapshot.cors, request) : std::nullopt) {
    preflight->status = 200;
    co_return std::move(*preflight);
  }
  const auto now = self.engine.clock().now();
  http_apis::Call asked{.request = request,
                        .snapshot = snapshot,
                        .stage = "$default",
                        .path = percent_decode(path.path, false),
                        .route = &snapshot.routes.front(),
                        .trace_id = gateway::make_trace_id(now)};
  asked.context = http_apis::call_context(asked, self.engine.site(), request.request_id, now).with("domainPrefix", Json(url.id));
  auto response = co_await call(self, url, asked);
  if (snapshot.cors) http_apis::set_cors_headers(*snapshot.cors, request, response);
  response.headers.set("X-Amzn-Trace-Id", asked.trace_id);
  co_return response;
}

asio::awaitable<http::Response> FunctionUrlService::Implementation::call(Implementation& self, const FunctionUrl& url,
                                                                         const http_apis::Call& call) {
  const auto admission = self.environment.admit(call.request, url);
  if (!admission) co_return forbidden();
  FunctionCall asked;
  asked.function = url.alias.empty() ? url.function : url.function + ":" + url.alias;
  asked.payload = event_of(call, *admission).text();
  asked.request_id = call.request.request_id;
  if (asked.payload.size() > payload_bytes_max) co_return refusal(413, "Request Entity Too Large", "RequestEntityTooLargeException");
  const auto outcome = co_await routes::call_function(self.environment.functions, std::move(asked), longest_call);
  co_return outcome ? url_response(*outcome) : failed_response();
}

FunctionUrlService::FunctionUrlService(Engine& engine, Environment environment)
    : implementation_(new Implementation{engine, std::move(environment), engine.loop_reader()}) {}
FunctionUrlService::~FunctionUrlService() = default;

http::Handler FunctionUrlService::handler(http::Handler others) {
  return [self = implementation_.get(), others = std::move(others)](http::Request&& request) {
    auto path = functions::find_url_path(request.headers.get("host").value_or(""), request.path);
    return path ? Implementation::serve(*self, std::move(*path), std::move(request)) : others(std::move(request));
  };
}

}  // namespace signalbox::function_urls
