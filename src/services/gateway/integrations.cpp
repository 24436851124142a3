#include "services/gateway/integrations.h"

#include "services/gateway/forwarding.h"
#include "services/gateway/proxy_event.h"

#include "http/within.h"
#include "services/routes/function_call.h"
#include "signalbox/encoding.h"

#include <algorithm>
#include <array>

namespace signalbox::gateway {

namespace {

namespace asio = boost::asio;

Refusal timed_out() { return {"INTEGRATION_TIMEOUT", "Endpoint request timed out"}; }
/// A function behind a proxy failed, or its answer is no response.
Refusal malformed() { return {"DEFAULT_5XX", "Internal server error", 502}; }
Refusal unreachable() { return {"INTEGRATION_FAILURE", "Network error communicating with endpoint"}; }

// ---- functions -------------------------------------------------------------------------------------------------------------------------

/// `NAME-OR-ARN` of `2015-03-31/functions/NAME-OR-ARN/invocations`; empty: it is no such path.
std::string function_of(std::string_view path) {
  constexpr std::string_view begin = "2015-03-31/functions/", end = "/invocations";
  if (!path.starts_with(begin) || !path.ends_with(end) || path.size() <= begin.size() + end.size()) return {};
  return std::string(path.substr(begin.size(), path.size() - begin.size() - end.size()));
}

std::string error_message_of(const std::string& payload) {
  const auto error = Json::parse(payload);
  return error ? text_at(*error, "errorMessage").value_or("") : std::string();
}

IntegrationOutcome function_answer(const FunctionOutcome& outcome) {
  using Kind = FunctionOutcome::Kind;
  if (outcome.kind == Kind::NotFound || outcome.kind == Kind::Throttled || outcome.kind == Kind::Unavailable) return configuration_error();
  IntegrationAnswer answer{.status = 200, .headers = {}, .body = outcome.payload, .is_function = true, .error_message = std::nullopt};
  if (outcome.kind == Kind::FunctionError) answer.error_message = error_message_of(outcome.payload);
  return answer;
}

/// In the integration's role, or as API Gateway itself for this method of this stage, if the function's policy lets it in. [Control access to invoking an API]
bool may_call(const IntegrationEnvironment& environment, const Invocation& invocation, const std::string& function) {
  if (!environment.permits) return true;
  const auto& role = invocation.method.integration->credentials;
  const auto source = environment.site.arn("execute-api", text_at(invocation.context, "apiId").value_or("") + "/" +
                                                              text_at(invocation.context, "stage").value_or("") + "/" +
                                                              invocation.request.method + invocation.resource.path);
  const auto target = function.starts_with("arn:") ? function : environment.site.function_arn(function);
  const auto permitted = environment.permits({.service = "apigateway.amazonaws.com",
                                              .source_arn = source,
                                              .role_arn = role,
                                              .session = "BackplaneAssumeRoleSession",
                                              .action = "lambda:InvokeFunction",
                                              .resource = target});
  return permitted.has_value();
}

asio::awaitable<IntegrationOutcome> call_function(const IntegrationEnvironment& environment, const Invocation& invocation,
                                                  std::string function, std::string payload) {
  if (!may_call(environment, invocation, function)) co_return configuration_error();
  FunctionCall call;
  call.function = std::move(function);
  call.payload = std::move(payload);
  call.request_id = random_uuid();
  const auto outcome = co_await routes::call_function(environment.functions, std::move(call), invocation.method.integration->timeout);
  if (!outcome) co_return timed_out();
  if (invocation.method.integration->type == Integration::Type::Aws) co_return function_answer(*outcome);
  auto response = proxy_response(invocation, *outcome);
  if (!response) co_return malformed();
  co_return std::move(*response);
}

// ---- AWS and HTTP ----------------------------------------------------------------------------------------------------------------------

IntegrationOutcome answer_of(const Integration& integration, http::Response response) {
  if (integration.is_proxy()) return response;
  return IntegrationAnswer{.status = response.status,
                           .headers = std::move(response.headers),
                           .body = std::move(response.body),
                           .is_function = false,
                           .error_message = std::nullopt};
}

asio::awaitable<IntegrationOutcome> call_service(const IntegrationEnvironment& environment, const Invocation& invocation,
                                                 const ServiceUri& uri, IntegrationRequest request) {
  const auto& integration = *invocation.method.integration;
  auto asked = service_request(uri, integration.http_method, std::move(request), invocation.request.request_id);
  auto work = environment.call_aws(std::move(asked), integration.credentials);
  auto response = co_await http::within(integration.timeout, std::move(work));
  if (!response) co_return timed_out();
  response->body = environment.resolve(response->body);
  co_return answer_of(integration, std::move(*response));
}

/// A proxy passes on what the client sent; mapped parameters come on top.
void add_clients_parts(const http::Request& client, IntegrationRequest& request) {
  auto headers = forwarded_headers(client.headers);
  for (const auto& [name, value] : request.headers.all()) headers.set(name, value);
  request.headers = std::move(headers);
  Pairs query = client.query;
  query.insert(query.end(), request.query.begin(), request.query.end());
  request.query = std::move(query);
  request.body = client.body;
}

asio::awaitable<IntegrationOutcome> call_server(const IntegrationEnvironment& environment, const Invocation& invocation,
                                                IntegrationRequest request) {
  const auto& integration = *invocation.method.integration;
  auto url = environment.resolve(resolve_uri(invocation, request));
  if (integration.is_proxy()) add_clients_parts(invocation.request, request);
  http::ClientRequest sent;
  sent.method = integration.http_method.empty() || integration.http_method == "ANY" ? invocation.request.method : integration.http_method;
  sent.url = with_query(std::move(url), request.query);
  sent.headers = std::move(request.headers);
  sent.body = std::move(request.body);
  sent.timeout = std::chrono::ceil<std::chrono::seconds>(integration.timeout);
  sent.response_bytes_max = 10U * 1024 * 1024;
  auto work = http::send(std::move(sent));
  auto response = co_await http::within(integration.timeout, std::move(work));
  if (!response) co_return timed_out();
  if (!*response) co_return unreachable();
  auto answer = std::move(**response);
  answer.headers = forwarded_headers(answer.headers);
  co_return answer_of(integration, std::move(answer));
}

/// Which of AWS's services have JSON operations that are named by a header, and how.
struct JsonService {
  std::string_view service, target, type;
};
constexpr std::array json_services{JsonService{"states", "AWSStepFunctions", "application/x-amz-json-1.0"},
                                   JsonService{"events", "AWSEvents", "application/x-amz-json-1.1"},
                                   JsonService{"logs", "Logs_20140328", "application/x-amz-json-1.1"},
                                   JsonService{"ssm", "AmazonSSM", "application/x-amz-json-1.1"}};

}  // namespace

std::optional<ServiceUri> parse_service_uri(std::string_view uri) {
  constexpr std::string_view begin = "arn:";
  const auto service = uri.find(":apigateway:");
  if (!uri.starts_with(begin) || service == std::string_view::npos) return std::nullopt;
  uri.remove_prefix(service + std::string_view(":apigateway:").size());
  const auto region = uri.find(':');
  const auto name = region == std::string_view::npos ? region : uri.find(':', region + 1);
  if (name == std::string_view::npos) return std::nullopt;
  ServiceUri parsed;
  parsed.service = uri.substr(region + 1, name - region - 1);
  parsed.service = parsed.service.substr(parsed.service.rfind('.') + 1);  // `subdomain.service`
  uri.remove_prefix(name + 1);
  parsed.is_action = uri.starts_with("action/");
  if (!parsed.is_action && !uri.starts_with("path/")) return std::nullopt;
  parsed.rest = uri.substr(uri.find('/') + 1);
  return parsed;
}

http::Request service_request(const ServiceUri& uri, const std::string& http_method, IntegrationRequest request,
                              const std::string& request_id) {
  http::Request asked;
  asked.method = http_method.empty() ? "POST" : http_method;
  asked.headers = std::move(request.headers);
  asked.query = std::move(request.query);
  asked.body = std::move(request.body);
  asked.request_id = request_id;
  asked.listener = http::Listener::Admin;
  const auto rest = uri.is_action ? std::string() : uri.rest.substr(std::min(uri.rest.find_first_not_of('/'), uri.rest.size()));
  asked.path = asked.target = "/" + rest;
  // Who it is for stands in the signature that API Gateway makes; Query services answer in JSON to what accepts it.
  asked.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=apigateway/00000000/us-east-1/" + uri.service + "/aws4_request");
  if (!asked.headers.get("Accept")) asked.headers.set("Accept", "application/json");
  const auto json =
      std::find_if(json_services.begin(), json_services.end(), [&](const JsonService& one) { return one.service == uri.service; });
  if (json != json_services.end()) {
    if (uri.is_action) asked.headers.set("X-Amz-Target", std::string(json->target) + "." + uri.rest);
    asked.headers.set("Content-Type", std::string(json->type));
  } else if (uri.is_action) {
    asked.query.emplace_back("Action", uri.rest);
  }
  if (!asked.headers.get("Content-Type")) asked.headers.set("Content-Type", "application/json");
  return asked;
}

asio::awaitable<IntegrationOutcome> call_integration(const IntegrationEnvironment& environment, const Invocation& invocation,
                                                     IntegrationRequest request) {
  const auto& integration = *invocation.method.integration;
  if (integration.type == Integration::Type::Mock) {
    const auto status = mock_status(request.body);
    if (!status) co_return configuration_error();
    co_return IntegrationAnswer{.status = *status, .headers = {}, .body = {}, .is_function = false, .error_message = std::nullopt};
  }
  if (integration.type == Integration::Type::Http || integration.type == Integration::Type::HttpProxy)
    co_return co_await call_server(environment, invocation, std::move(request));
  const auto uri = parse_service_uri(resolve_uri(invocation, request));
  if (!uri) co_return configuration_error();
  if (uri->service != "lambda") co_return co_await call_service(environment, invocation, *uri, std::move(request));
  const auto function = function_of(uri->rest);
  if (function.empty()) co_return configuration_error();
  if (integration.type == Integration::Type::AwsProxy)
    co_return co_await call_function(environment, invocation, function, proxy_event(invocation).text());
  // An asynchronous call is the service's own affair.
  const auto kind = request.headers.get("X-Amz-Invocation-Type");
  if (kind && *kind != "RequestResponse") co_return co_await call_service(environment, invocation, *uri, std::move(request));
  auto payload = request.body.empty() ? std::string("{}") : std::move(request.body);
  if (!Json::parse(payload)) co_return configuration_error();
  co_return co_await call_function(environment, invocation, function, std::move(payload));
}

}  // namespace signalbox::gateway
