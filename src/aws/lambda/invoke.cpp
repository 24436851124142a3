// Invoke: how a call's answer, error and log become a response.
#include "aws/lambda/lambda.h"

#include <boost/asio/use_awaitable.hpp>

#include "services/functions/async_calls.h"
#include "services/functions/service.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::lambda {

namespace {

constexpr std::size_t payload_bytes_max = 6 * 1024 * 1024, event_bytes_max = 1024 * 1024;  // [Lambda quotas]

/// The function's outcome; it comes on the I/O thread.
asio::awaitable<FunctionOutcome> call(FunctionInvoker& functions, FunctionCall request) {
  auto initiate = [&functions](auto handler, FunctionCall asked) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    functions.invoke(std::move(asked), [shared](FunctionOutcome outcome) { (*shared)(std::move(outcome)); });
  };
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(FunctionOutcome)>(std::move(initiate), asio::use_awaitable,
                                                                                                std::move(request));
}

Answer<std::string> payload_of(const Json& request, bool event) {
  auto payload = member_text(request, "Payload");
  const auto limit = event ? event_bytes_max : payload_bytes_max;
  if (payload.size() > limit)
    return Failure{"RequestEntityTooLargeException",
                   "Request must be smaller than " + std::to_string(limit) + " bytes for the InvokeFunction operation", 413};
  if (payload.empty()) return std::string("{}");
  if (const auto parsed = Json::parse(payload); !parsed)
    return Failure{"InvalidRequestContentException", "Could not parse request body into json: " + parsed.error().message};
  return payload;
}

Answer<Json> answer_of(const OperationContext& context, const functions::FunctionReference& reference, FunctionOutcome outcome) {
  using Kind = FunctionOutcome::Kind;
  Json out = json_object({{"StatusCode", 200}, {"ExecutedVersion", Json(outcome.executed_version)}});
  switch (outcome.kind) {
    case Kind::Answered: break;
    case Kind::FunctionError: out = out.with("FunctionError", "Unhandled"); break;
    case Kind::NotFound: return function_missing(context.services.engine.site(), reference);
    case Kind::Throttled: return Failure{"TooManyRequestsException", outcome.message, 429};
    case Kind::Unavailable: return Failure{"ServiceException", outcome.message, 503};
  }
  if (!outcome.log_tail.empty()) out = out.with("LogResult", Json(base64_encode(outcome.log_tail)));
  return out.with("Payload", Json(std::move(outcome.payload)));
}

}  // namespace

asio::awaitable<Answer<Json>> invoke(OperationContext context, Json request) {
  const auto reference = reference_of(request);
  if (!reference) co_return reference.error();
  Parameters parameters(request);
  const auto type = parameters.one_of("InvocationType", {"Event", "RequestResponse", "DryRun"}).value_or("RequestResponse");
  const auto log_type = parameters.one_of("LogType", {"None", "Tail"}).value_or("None");
  if (auto fault = parameters.fault()) co_return *fault;
  auto payload = payload_of(request, type == "Event");
  if (!payload) co_return payload.error();
  const auto reader = context.services.engine.reader();
  if (auto found = qualified_function_of(context, *reader, *reference); !found) co_return found.error();
  std::string client_context;
  if (const auto given = member_text(request, "ClientContext"); !given.empty()) {
    auto decoded = functions::decode_client_context(given);
    if (!decoded) co_return Failure{"InvalidRequestContentException", decoded.error().message};
    client_context = std::move(*decoded);
  }
  if (type == "DryRun") co_return json_object({{"StatusCode", 204}});
  const auto function = reference->name + (reference->qualifier.empty() ? "" : ":" + reference->qualifier);
  if (type == "Event") {
    functions::AsyncCall later{.function = function,
                               .payload = std::move(*payload),
                               .request_id = context.request_id,
                               .client_context = std::move(client_context)};
    std::function<Answer<Json>(EngineTransaction&)> work = [calls = context.services.async_calls,
                                                            later](EngineTransaction& transaction) -> Answer<Json> {
      calls->add(transaction, later);
      return json_object({{"StatusCode", 202}, {"Payload", ""}});
    };
    auto answer = co_await write(context.services.engine, std::move(work));
    co_return answer;
  }
  FunctionCall asked{.function = function,
                     .payload = std::move(*payload),
                     .request_id = context.request_id,
                     .log_tail = log_type == "Tail",
                     .client_context = std::move(client_context)};
  auto outcome = co_await call(*context.services.functions, std::move(asked));
  co_return answer_of(context, *reference, std::move(outcome));
}

asio::awaitable<Answer<Json>> invoke_async(OperationContext context, Json request) {
  Json event = request.without("InvokeArgs").with("InvocationType", "Event").with("Payload", Json(member_text(request, "InvokeArgs")));
  const auto accepted = co_await invoke(std::move(context), std::move(event));
  if (!accepted) co_return accepted.error();
  co_return json_object({{"Status", 202}});
}

Json invoke_async_request(const Json& parameters, const http::Request& request) {
  return parameters.with("InvokeArgs", Json(request.body));
}

Json invoke_request(const Json& parameters, const http::Request& request) {
  Json out = parameters;
  const auto header = [&](const char* name, const char* member) {
    if (const auto value = request.headers.get(name)) out = out.with(member, Json(*value));
  };
  header("X-Amz-Invocation-Type", "InvocationType");
  header("X-Amz-Log-Type", "LogType");
  header("X-Amz-Client-Context", "ClientContext");
  return out.with("Payload", Json(request.body));
}

http::Response invoke_response(const Json& answer) {
  http::Response response{static_cast<int>(answer.find("StatusCode")->as_integer().value_or(200))};
  const auto header = [&](const char* member, const char* name) {
    if (const Json* value = answer.find(member)) response.headers.add(name, std::string(value->as_string()));
  };
  header("ExecutedVersion", "X-Amz-Executed-Version");
  header("FunctionError", "X-Amz-Function-Error");
  header("LogResult", "X-Amz-Log-Result");
  if (const Json* payload = answer.find("Payload")) {
    response.headers.add("Content-Type", "application/json");
    response.body = payload->as_string();
  }
  return response;
}

}  // namespace signalbox::aws::lambda
