#include "services/gateway/gateway_service.h"

#include "services/gateway/access_log.h"
#include "services/gateway/admission.h"
#include "services/gateway/deployed_apis.h"
#include "services/gateway/gateway_records.h"
#include "services/gateway/gateway_response.h"
#include "services/gateway/gateway_rules.h"
#include "services/gateway/request_context.h"
#include "services/gateway/request_validation.h"
#include "services/gateway/stage_url.h"
#include "services/gateway/trial_log.h"
#include "services/routes/path_pattern.h"

#include "base/overload.h"
#include "signalbox/encoding.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace signalbox::gateway {

namespace asio = boost::asio;

namespace {

/// Source: API Gateway developer guide, "Quotas", payload size.
constexpr std::size_t body_bytes_max = 10U * 1024 * 1024;

http::Response refused(const Invocation& invocation, const Refusal& refusal) {
  return gateway_response(refusal.type, refusal.message, invocation, refusal.status);
}

/// A stage's answer bears what API Gateway adds to all of them.
void add_ids(http::Response& response, const Invocation& invocation) {
  response.headers.set("x-amz-apigw-id", text_at(invocation.context, "extendedRequestId").value_or(""));
  if (!response.headers.get("X-Amzn-Trace-Id"))
    response.headers.set("X-Amzn-Trace-Id", text_at(invocation.context, "xrayTraceId").value_or(""));
}

asio::awaitable<http::Response> not_here() {
  co_return http::json_response(404, R"({"message":"no API of this daemon is reached by that name"})");
}

/// For the access log.
void note_integration(Invocation& invocation, const IntegrationOutcome& outcome, std::chrono::steady_clock::duration time) {
  const Json latency(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
  invocation.context = invocation.context.with("integrationLatency", latency);
  const auto* response = std::get_if<http::Response>(&outcome);
  const auto* answer = std::get_if<IntegrationAnswer>(&outcome);
  if (!response && !answer) return;
  const Json status(response ? response->status : answer->status);
  invocation.context = invocation.context.with("integrationStatus", status)
                           .with("integration", json_object({{"latency", latency}, {"status", status}, {"integrationStatus", status}}));
}

asio::awaitable<http::Response> run_method(const GatewayEnvironment& environment, Invocation& invocation) {
  if (const auto fault = validate_request(invocation)) co_return gateway_response(fault->type, fault->message, invocation);
  if (!invocation.method.integration) co_return refused(invocation, configuration_error());
  IntegrationRequest request;
  if (!invocation.method.integration->is_proxy()) {
    auto made = make_integration_request(invocation);
    if (const auto* refusal = std::get_if<Refusal>(&made)) co_return refused(invocation, *refusal);
    request = std::get<IntegrationRequest>(std::move(made));
  } else {
    request = make_proxy_request(invocation);
  }
  const auto began = std::chrono::steady_clock::now();
  auto outcome = co_await call_integration(environment.integrations, invocation, std::move(request));
  note_integration(invocation, outcome, std::chrono::steady_clock::now() - began);
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) co_return refused(invocation, *refusal);
  if (auto* response = std::get_if<http::Response>(&outcome)) co_return std::move(*response);
  auto response = make_response(invocation, std::get<IntegrationAnswer>(outcome));
  if (const auto* refusal = std::get_if<Refusal>(&response)) co_return refused(invocation, *refusal);
  co_return std::get<http::Response>(std::move(response));
}

}  // namespace

struct GatewayService::Implementation {
  Engine& engine;
  GatewayEnvironment environment;
  DeployedApis apis;
  const Reader& reader;
  Admission admission;

  /// A guarded request may end at the guard.
  static asio::awaitable<http::Response> serve_guarded(Implementation& self, StagePath path, http::Request request);
  static asio::awaitable<http::Response> serve(Implementation& self, StagePath path, http::Request request);
  static asio::awaitable<http::Response> answer(Implementation& self, Invocation& invocation, const DeployedStage& stage, bool found);
  static asio::awaitable<Result<TrialOutcome>> try_method(Implementation& self, MethodTrial trial);
};

asio::awaitable<http::Response> GatewayService::Implementation::serve_guarded(Implementation& self, StagePath path, http::Request request) {
  auto verdict = self.environment.guard(request);
  if (verdict.answer && self.apis.find(path.api, path.stage)) co_return std::move(*verdict.answer);
  if (verdict.confirmed) {
    request.method = "GET";
    request.body.clear();
  }
  auto response = co_await serve(self, std::move(path), std::move(request));
  co_return response;
}

asio::awaitable<http::Response> GatewayService::Implementation::serve(Implementation& self, StagePath path, http::Request request) {
  const auto began = std::chrono::steady_clock::now();
  const auto stage = self.apis.find(path.api, path.stage);
  if (!stage) co_return forbidden_response();
  const auto match = match_route(*stage->snapshot, request.method, path.path);
  static const ApiResource no_resource;
  static const Method no_method;
  const auto now = self.engine.clock().now();
  const ContextRequest context{request,
                               path,
                               *stage->snapshot,
                               match ? match->resource : nullptr,
                               self.engine.site(),
                               base64url_encode(random_bytes(11)) + "=",
                               make_trace_id(now),
                               now};
  Invocation invocation{request,
                        *stage->snapshot,
                        match ? *match->resource : no_resource,
                        match ? *match->method : no_method,
                        path.path,
                        match ? match->path_parameters : Pairs{},
                        stage->variables,
                        request_context(context)};
  auto response = co_await answer(self, invocation, *stage, match.has_value());
  add_ids(response, invocation);
  if (stage->access_log) {
    const auto latency = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    invocation.context = with_response(invocation.context, response, latency);
    write_access_log(self.engine, *stage->access_log, path.api, path.stage, substitute(stage->access_log->format, invocation, "-"));
  }
  co_return response;
}

asio::awaitable<http::Response> GatewayService::Implementation::answer(Implementation& self, Invocation& invocation,
                                                                       const DeployedStage& stage, bool found) {
  if (!found) co_return gateway_response("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token", invocation);
  const auto rejection = co_await Admission::admit(self.admission, invocation, stage.method_settings);
  if (rejection) co_return gateway_response(rejection->type, rejection->message, invocation);
  if (invocation.request.body.size() > body_bytes_max) co_return gateway_response("REQUEST_TOO_LARGE", "Request Too Long", invocation);
  auto response = co_await run_method(self.environment, invocation);
  co_return response;
}

asio::awaitable<Result<TrialOutcome>> GatewayService::Implementation::try_method(Implementation& self, MethodTrial trial) {
  const auto began = std::chrono::steady_clock::now();
  if (const auto found = get_method(self.reader, trial.api, trial.resource, trial.method); !found) co_return found.error();
  const auto snapshot = read_snapshot(deployment_of(self.reader, trial.api, ""));
  if (!snapshot) co_return snapshot.error();
  const auto resource = std::find_if(snapshot->resources.begin(), snapshot->resources.end(),
                                     [&](const ApiResource& one) { return one.id == trial.resource; });
  const auto method =
      std::find_if(resource->methods.begin(), resource->methods.end(), [&](const Method& one) { return one.http_method == trial.method; });
  const auto request = trial_request(trial, *resource);
  auto match = routes::match_path(resource->path, request.path);
  const StagePath path{.api = trial.api, .stage = "test-invoke-stage", .path = request.path, .full_path = request.path};
  const auto now = self.engine.clock().now();
  const ContextRequest context{
      request, path, *snapshot, &*resource, self.engine.site(), base64url_encode(random_bytes(11)) + "=", make_trace_id(now), now};
  Invocation invocation{request,
                        *snapshot,
                        *resource,
                        *method,
                        request.path,
                        match ? std::move(match->parameters) : Pairs{},
                        trial.stage_variables,
                        request_context(context)};
  TrialLog log(request.request_id, now);
  log.begin(invocation);
  auto response = co_await run_method(self.environment, invocation);
  const auto latency = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  log.end(response, invocation);
  co_return TrialOutcome{.response = std::move(response), .log = log.take(), .latency = latency};
}

GatewayService::GatewayService(Engine& engine, GatewayEnvironment environment)
    : implementation_(new Implementation{engine, std::move(environment), DeployedApis(engine), engine.loop_reader(), Admission(engine)}) {}
GatewayService::~GatewayService() = default;

http::Handler GatewayService::handler(http::Handler others) {
  return [self = implementation_.get(), others = std::move(others)](http::Request&& request) {
    auto path = find_stage_path(request.headers.get("host").value_or(""), request.path);
    return path ? Implementation::serve_guarded(*self, std::move(*path), std::move(request)) : others(std::move(request));
  };
}

asio::awaitable<Result<TrialOutcome>> GatewayService::try_method(MethodTrial trial) {
  auto outcome = co_await Implementation::try_method(*implementation_, std::move(trial));
  co_return outcome;
}

std::vector<std::string> GatewayService::apis_at_root(const http::Request& request) {
  std::vector<std::string> found;
  for (const auto& [api, record] : list_apis(implementation_->reader)) {
    const auto path = find_stage_path("", path_in_api(api, request.path));
    const auto stage = path ? implementation_->apis.find(path->api, path->stage) : nullptr;
    if (stage && match_route(*stage->snapshot, request.method, path->path)) found.push_back(api);
  }
  return found;
}

http::Handler GatewayService::internal_handler() {
  return [self = implementation_.get()](http::Request&& request) {
    auto path = find_stage_path(request.headers.get("host").value_or(""), request.path);
    return path ? Implementation::serve(*self, std::move(*path), std::move(request)) : not_here();
  };
}

}  // namespace signalbox::gateway
