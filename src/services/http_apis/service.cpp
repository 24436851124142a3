#include "services/http_apis/service.h"

#include "services/http_apis/cors.h"
#include "services/http_apis/deployed_apis.h"
#include "services/http_apis/integrations.h"
#include "services/http_apis/records.h"
#include "services/http_apis/rules.h"

#include "services/gateway/request_context.h"
#include "services/gateway/route_match.h"
#include "services/gateway/stage_url.h"
#include "services/gateway/token_buckets.h"
#include "signalbox/encoding.h"

#include <chrono>
#include <utility>

namespace signalbox::http_apis {

namespace asio = boost::asio;

namespace {

using std::chrono::steady_clock;

/// Source: API Gateway developer guide, "Quotas", payload size.
constexpr std::size_t body_bytes_max = 10U * 1024 * 1024;

std::int64_t milliseconds_since(steady_clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began).count();
}

std::string_view text_of_status(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 413: return "Request Entity Too Large";
    case 429: return "Too Many Requests";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
  }
}

/// What API Gateway itself answers.
http::Response refusal(Call& call, int status, const std::string& response_type) {
  const auto message = text_of_status(status);
  std::string quoted;
  append_json_string(quoted, message);
  call.context =
      call.context.with("error", json_object({{"message", message}, {"messageString", quoted}, {"responseType", response_type}}));
  return http::json_response(status, json_object({{"message", message}}).text());
}

/// For the access log.
void note_integration(Call& call, const IntegrationOutcome& outcome, std::int64_t latency) {
  const auto* response = std::get_if<http::Response>(&outcome);
  Json integration = json_object({{"latency", latency}});
  if (response) {
    integration = integration.with("status", Json(response->status)).with("integrationStatus", Json(response->status));
    call.context = call.context.with("integrationStatus", Json(response->status));
  } else {
    const Json error(std::get<IntegrationFailure>(outcome).message);
    integration = integration.with("error", error);
    call.context = call.context.with("integrationErrorMessage", error);
  }
  call.context = call.context.with("integrationLatency", Json(latency)).with("integration", integration);
}

/// Of the route, or else of all of them.
std::optional<gateway::ThrottleLimit> route_limit(const DeployedStage& stage, const std::string& key) {
  const auto* own = stage.route_settings.find(key);
  const auto limit = own ? gateway::read_throttle(*own, "throttlingRateLimit", "throttlingBurstLimit") : std::nullopt;
  return limit ? limit : gateway::read_throttle(stage.default_settings, "throttlingRateLimit", "throttlingBurstLimit");
}

asio::awaitable<http::Response> answer(const gateway::IntegrationEnvironment& environment, const DeployedStage& stage,
                                       gateway::TokenBuckets& buckets, Call& call) {
  if (!call.route) co_return refusal(call, 404, "NOT_FOUND");
  const auto limit = route_limit(stage, call.route->key);
  if (limit && !buckets.take(call.snapshot.api + " " + stage.name + " " + call.route->key, *limit, steady_clock::now()))
    co_return refusal(call, 429, "THROTTLED");
  if (call.request.body.size() > body_bytes_max) co_return refusal(call, 413, "REQUEST_TOO_LARGE");
  const auto integration = call.snapshot.integrations.find(call.route->integration);
  if (integration == call.snapshot.integrations.end()) co_return refusal(call, 500, "API_CONFIGURATION_ERROR");
  const auto began = steady_clock::now();
  auto outcome = co_await call_integration(environment, call, integration->second);
  note_integration(call, outcome, milliseconds_since(began));
  if (const auto* failure = std::get_if<IntegrationFailure>(&outcome)) co_return refusal(call, failure->status, "INTEGRATION_FAILURE");
  co_return std::get<http::Response>(std::move(outcome));
}

/// The stage that a URL names, or `$default`, and what is behind it.
struct Place {
  const DeployedStage* stage = nullptr;
  std::string path;  ///< behind the stage, as sent
};
Place find_place(const DeployedStages& stages, const gateway::StagePath& path) {
  if (const auto named = stages.find(path.stage); named != stages.end() && path.stage != default_stage) return {&named->second, path.path};
  const auto fallback = stages.find(std::string(default_stage));
  return {fallback == stages.end() ? nullptr : &fallback->second, path.full_path};
}

}  // namespace

struct HttpApiService::Implementation {
  Engine& engine;
  gateway::GatewayEnvironment environment;
  DeployedApis apis;
  gateway::TokenBuckets buckets = {};

  using Stages = std::shared_ptr<const DeployedStages>;
  /// A guarded request may end at the guard.
  static asio::awaitable<http::Response> serve_guarded(Implementation& self, Stages stages, gateway::StagePath path, http::Request request);
  static asio::awaitable<http::Response> serve(Implementation& self, Stages stages, gateway::StagePath path, http::Request request);
  void write_log(const DeployedStage& stage, const Call& call) const;
  [[nodiscard]] http::Handler handler(http::Handler others,
                                      asio::awaitable<http::Response> (*serve)(Implementation&, Stages, gateway::StagePath, http::Request));
};

asio::awaitable<http::Response> HttpApiService::Implementation::serve_guarded(Implementation& self, Stages stages, gateway::StagePath path,
                                                                              http::Request request) {
  auto verdict = self.environment.guard(request);
  if (verdict.answer && find_place(*stages, path).stage) co_return std::move(*verdict.answer);
  if (verdict.confirmed) {
    request.method = "GET";
    request.body.clear();
  }
  auto response = co_await serve(self, std::move(stages), std::move(path), std::move(request));
  co_return response;
}

asio::awaitable<http::Response> HttpApiService::Implementation::serve(Implementation& self, Stages stages, gateway::StagePath path,
                                                                      http::Request request) {
  const auto began = steady_clock::now();
  const auto place = find_place(*stages, path);
  if (!place.stage) co_return http::json_response(404, R"({"message":"Not Found"})");
  const auto& snapshot = *place.stage->snapshot;
  const auto shown = place.stage->name == default_stage ? place.path : path.full_path;
  Call call{.request = request,
            .snapshot = snapshot,
            .stage = place.stage->name,
            .path = percent_decode(shown, false),
            .stage_variables = place.stage->variables,
            .trace_id = gateway::make_trace_id(self.engine.clock().now())};
  auto match = select_route(snapshot, request.method, place.path);
  if (match) {
    call.route = match->route;
    call.path_parameters = std::move(match->path_parameters);
  }
  const auto id = base64url_encode(random_bytes(11)) + "=";
  call.context = call_context(call, self.engine.site(), id, self.engine.clock().now());
  auto response = snapshot.cors ? preflight_answer(*snapshot.cors, request) : std::nullopt;
  if (!response) {
    response = co_await answer(self.environment.integrations, *place.stage, self.buckets, call);
    if (snapshot.cors) set_cors_headers(*snapshot.cors, request, *response);
  }
  response->headers.set("apigw-requestid", id);
  call.context = gateway::with_response(call.context, *response, std::chrono::milliseconds(milliseconds_since(began)));
  self.write_log(*place.stage, call);
  co_return std::move(*response);
}

void HttpApiService::Implementation::write_log(const DeployedStage& stage, const Call& call) const {
  if (stage.access_log)
    gateway::write_access_log(engine, *stage.access_log, call.snapshot.api, stage.name,
                              substitute(stage.access_log->format, call.source(), "-"));
}

http::Handler HttpApiService::Implementation::handler(http::Handler others,
                                                      asio::awaitable<http::Response> (*how)(Implementation&, Stages, gateway::StagePath,
                                                                                             http::Request)) {
  return [this, others = std::move(others), how](http::Request&& request) {
    auto path = gateway::find_stage_path(request.headers.get("host").value_or(""), request.path);
    auto stages = path ? apis.find(path->api) : nullptr;
    return stages ? how(*this, std::move(stages), std::move(*path), std::move(request)) : others(std::move(request));
  };
}

HttpApiService::HttpApiService(Engine& engine, gateway::GatewayEnvironment environment)
    : implementation_(new Implementation{engine, std::move(environment), DeployedApis(engine)}) {}
HttpApiService::~HttpApiService() = default;

std::vector<std::string> HttpApiService::apis_at_root(const http::Request& request) {
  std::vector<std::string> found;
  for (const auto& [api, record] : list_apis(implementation_->engine.loop_reader())) {
    const auto path = gateway::find_stage_path("", gateway::path_in_api(api, request.path));
    const auto stages = path ? implementation_->apis.find(api) : nullptr;
    const auto place = stages ? find_place(*stages, *path) : Place{};
    const auto match = place.stage ? select_route(*place.stage->snapshot, request.method, place.path) : std::nullopt;
    if (match && match->route->key != default_stage) found.push_back(api);
  }
  return found;
}

http::Handler HttpApiService::handler(http::Handler others) {
  return implementation_->handler(std::move(others), &Implementation::serve_guarded);
}
http::Handler HttpApiService::internal_handler(http::Handler others) {
  return implementation_->handler(std::move(others), &Implementation::serve);
}

}  // namespace signalbox::http_apis
