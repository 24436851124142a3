/// TestInvokeMethod.

#include "aws/apigateway/apigateway.h"

#include "services/gateway/gateway_service.h"

#include <utility>

namespace signalbox::aws::apigateway {

namespace {

/// Headers of one value and of several; the latter win where both name one.
gateway::Pairs headers_of(const Json& request) {
  gateway::Pairs headers;
  const auto* many = request.find("multiValueHeaders");
  for (const auto& [name, value] : gateway::texts_of(request, "headers"))
    if (!many || !many->find(name)) headers.emplace_back(name, value);
  if (many && many->is_object())
    for (const auto& [name, values] : many->members())
      if (values.is_array())
        for (const auto& value : values.elements()) headers.emplace_back(name, plain_text(value));
  return headers;
}

Json shown(const gateway::TrialOutcome& outcome) {
  Json headers = Json::empty_object(), many = Json::empty_object();
  for (const auto& [name, value] : outcome.response.headers.all()) {
    headers = headers.with(name, Json(value));
    const auto* before = many.find(name);
    Json::Array values = before ? before->elements() : Json::Array{};
    values.emplace_back(value);
    many = many.with(name, Json(std::move(values)));
  }
  return json_object({{"status", outcome.response.status},
                      {"body", outcome.response.body},
                      {"headers", headers},
                      {"multiValueHeaders", many},
                      {"log", outcome.log},
                      {"latency", static_cast<std::int64_t>(outcome.latency.count())}});
}

}  // namespace

asio::awaitable<Answer<Json>> test_invoke_method(OperationContext context, Json request) {
  if (context.services.gateway == nullptr) co_return Failure{"BadRequestException", "Methods cannot be tried here"};
  gateway::MethodTrial trial{.api = member_text(request, "restApiId"),
                             .resource = member_text(request, "resourceId"),
                             .method = member_text(request, "method"),
                             .target = member_text(request, "pathWithQueryString"),
                             .headers = headers_of(request),
                             .body = member_text(request, "body")};
  if (const auto* variables = request.find("stageVariables"); variables && variables->is_object()) trial.stage_variables = *variables;
  const auto outcome = co_await context.services.gateway->try_method(std::move(trial));
  if (!outcome) co_return failed(outcome.error());
  co_return shown(*outcome);
}

}  // namespace signalbox::aws::apigateway
