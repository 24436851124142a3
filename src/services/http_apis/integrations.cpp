#include "services/http_apis/integrations.h"

#include "services/http_apis/function_event.h"
#include "services/http_apis/service_actions.h"

#include "http/within.h"
#include "services/gateway/forwarding.h"
#include "services/routes/function_call.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::http_apis {

namespace {

namespace asio = boost::asio;

IntegrationFailure timed_out() { return {503, "Endpoint request timed out"}; }
IntegrationFailure not_permitted() {
  return {500,
          "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the "
          "permissions and try again."};
}

// ---- functions -------------------------------------------------------------------------------------------------------------------------

IntegrationFailure function_failure(const FunctionOutcome& outcome) {
  using Kind = FunctionOutcome::Kind;
  if (outcome.kind == Kind::Throttled) return {503, "The Lambda function was throttled: " + outcome.message};
  if (outcome.kind == Kind::NotFound || outcome.kind == Kind::Unavailable) return {500, outcome.message};
  if (outcome.kind == Kind::Answered)
    return {500, "The response from the Lambda function doesn't match the format that API Gateway expects."};
  return {500, "The Lambda function returned the following error: " + outcome.payload};
}

/// In the integration's role, or as API Gateway itself for this route of this stage, if the function's policy lets it in.
bool may_call(const gateway::IntegrationEnvironment& environment, const Call& call, const Integration& integration,
              const std::string& function) {
  if (!environment.permits) return true;
  const auto& key = call.route->parts;
  const auto route = key.path.empty() ? call.route->key : call.request.method + key.path;
  const auto source = environment.site.arn("execute-api", fmt::format("{}/{}/{}", call.snapshot.api, call.stage, route));
  const auto target = function.starts_with("arn:") ? function : environment.site.function_arn(function);
  const auto permitted = environment.permits({.service = "apigateway.amazonaws.com",
                                              .source_arn = source,
                                              .role_arn = integration.credentials,
                                              .session = "BackplaneAssumeRoleSession",
                                              .action = "lambda:InvokeFunction",
                                              .resource = target});
  return permitted.has_value();
}

asio::awaitable<IntegrationOutcome> call_function(const gateway::IntegrationEnvironment& environment, const Call& call,
                                                  const Integration& integration) {
  FunctionCall asked;
  asked.function = function_of(substitute(integration.uri, call.source(), ""));
  if (!may_call(environment, call, integration, asked.function)) co_return not_permitted();
  asked.payload = function_event(call, mapped_request(integration.parameters, call.source()), integration.is_format_2).text();
  asked.request_id = random_uuid();
  const auto outcome = co_await routes::call_function(environment.functions, std::move(asked), integration.timeout);
  if (!outcome) co_return timed_out();
  auto response = function_response(*outcome, integration.is_format_2);
  if (!response) co_return function_failure(*outcome);
  co_return std::move(*response);
}

// ---- services and servers --------------------------------------------------------------------------------------------------------------

asio::awaitable<IntegrationOutcome> call_service(const gateway::IntegrationEnvironment& environment, const Call& call,
                                                 const Integration& integration) {
  const auto source = call.source();
  const std::function<std::optional<std::string>(std::string_view)> value_of =
      [&source, &environment](std::string_view mapping) -> std::optional<std::string> {
    const auto value = mapped_value(mapping, source);
    return value ? std::optional(environment.resolve(*value)) : std::nullopt;
  };
  auto request = action_request(integration, call.request.request_id, value_of);
  if (!request) co_return IntegrationFailure{400, request.error().message};
  auto work = environment.call_aws(std::move(*request), integration.credentials);
  auto response = co_await http::within(integration.timeout, std::move(work));
  if (!response) co_return timed_out();
  response->body = environment.resolve(response->body);
  co_return std::move(*response);
}

/// Where the mapping says so, the path of the request in place of the URL's own.
std::string url_of(const gateway::IntegrationEnvironment& environment, const Call& call, const Integration& integration,
                   const http::Request& request) {
  auto url = environment.resolve(server_url(substitute(integration.uri, call.source(), ""), call.path_parameters));
  if (request.path == call.request.path) return url;
  const auto host = url.find("://");
  return url.substr(0, host == std::string::npos ? host : url.find('/', host + 3)) + request.path;
}

asio::awaitable<IntegrationOutcome> call_server(const gateway::IntegrationEnvironment& environment, const Call& call,
                                                const Integration& integration) {
  const auto request = mapped_request(integration.parameters, call.source());
  http::ClientRequest sent;
  sent.method = integration.method.empty() || integration.method == "ANY" ? request.method : integration.method;
  sent.url = gateway::with_query(url_of(environment, call, integration, request), request.query);
  sent.headers = gateway::forwarded_headers(request.headers);
  sent.body = request.body;
  sent.timeout = std::chrono::ceil<std::chrono::seconds>(integration.timeout);
  sent.response_bytes_max = 10U * 1024 * 1024;
  auto work = http::send(std::move(sent));
  auto response = co_await http::within(integration.timeout, std::move(work));
  if (!response) co_return timed_out();
  if (!*response) co_return IntegrationFailure{503, response->error().message};
  auto answer = std::move(**response);
  answer.headers = gateway::forwarded_headers(answer.headers);
  co_return answer;
}

asio::awaitable<IntegrationOutcome> call_target(const gateway::IntegrationEnvironment& environment, const Call& call,
                                                const Integration& integration) {
  switch (integration.type) {
    case Integration::Type::Function: return call_function(environment, call, integration);
    case Integration::Type::Service: return call_service(environment, call, integration);
    case Integration::Type::Server: break;
  }
  return call_server(environment, call, integration);
}

}  // namespace

asio::awaitable<IntegrationOutcome> call_integration(const gateway::IntegrationEnvironment& environment, const Call& call,
                                                     const Integration& integration) {
  auto outcome = co_await call_target(environment, call, integration);
  const auto* response = std::get_if<http::Response>(&outcome);
  const auto found =
      response ? integration.response_parameters.find(std::to_string(response->status)) : integration.response_parameters.end();
  if (found == integration.response_parameters.end()) co_return outcome;
  auto source = call.source();
  co_return mapped_response(found->second, {source.request, source.path_parameters, source.context, source.stage_variables, response});
}

std::string function_of(std::string_view uri) {
  constexpr std::string_view begin = "/functions/", end = "/invocations";
  const auto at = uri.find(begin);
  if (at == std::string_view::npos) return std::string(uri);
  uri.remove_prefix(at + begin.size());
  if (uri.ends_with(end)) uri.remove_suffix(end.size());
  return std::string(uri);
}

std::string server_url(std::string_view uri, const Pairs& path_parameters) {
  std::string url(uri);
  for (const auto& [name, value] : path_parameters) {
    std::string encoded;
    for (const char c : value) encoded += c == '/' ? "/" : percent_encode(std::string_view(&c, 1));
    for (const auto& form : {"{" + name + "}", "{" + name + "+}"})
      if (const auto at = url.find(form); at != std::string::npos) url.replace(at, form.size(), encoded);
  }
  return url;
}

}  // namespace signalbox::http_apis
