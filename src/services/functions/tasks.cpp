#include "services/functions/tasks.h"

#include "services/functions/async_calls.h"
#include "services/functions/failures.h"
#include "services/functions/functions.h"
#include "services/functions/service.h"
#include "signalbox/encoding.h"
#include "signalbox/history.h"

#include <fmt/format.h>

#include <optional>

namespace signalbox::functions {

namespace {

using Kind = FunctionOutcome::Kind;

/// Errors of Lambda's own as Step Functions reports them. [recorded]
WorkflowError service_error(const char* name, int status, const std::string& message, const std::string& request_id) {
  return {.error = fmt::format("Lambda.{}", name),
          .cause = fmt::format("{} (Service: AWSLambda; Status Code: {}; Error Code: {}; Request ID: {}; Proxy: null)", message, status,
                               name, request_id)};
}

/// Step Functions writes a function's error object anew, without white space between its members, whatever the runtime sent.
std::string compact(const std::string& payload) {
  const auto error_object = Json::parse(payload);
  return error_object ? error_object->compact_text() : payload;
}

std::optional<WorkflowError> error_of(const FunctionOutcome& outcome, const std::string& request_id) {
  switch (outcome.kind) {
    case Kind::Answered: return std::nullopt;
    case Kind::FunctionError: {
      auto type = error_type_of(outcome.payload);
      return WorkflowError{.error = type.empty() ? "Lambda.Unknown" : type, .cause = compact(outcome.payload)};
    }
    case Kind::NotFound: return service_error("ResourceNotFoundException", 404, outcome.message, request_id);
    case Kind::Throttled: return service_error("TooManyRequestsException", 429, outcome.message, request_id);
    case Kind::Unavailable: return service_error("ServiceException", 500, outcome.message, request_id);
  }
  return std::nullopt;
}

WorkflowError data_limit_exceeded(const std::string& what) {
  return {
      .error = "States.DataLimitExceeded",
      .cause = fmt::format("The state/task '{}' returned a result with a size exceeding the maximum number of bytes service limit.", what)};
}

WorkflowError bad_parameters(std::string cause) { return {.error = "States.Runtime", .cause = std::move(cause)}; }

/// The daemon ends: nobody is answered, and the next start makes the call again.
bool is_stopping(const FunctionOutcome& outcome) {
  return outcome.kind == Kind::Unavailable && outcome.message == FunctionService::stopping_message;
}

/// A value that Lambda's API does not take.
WorkflowError violation(const std::string& value, std::string_view place, std::string_view constraint, const std::string& request_id) {
  return {.error = "Lambda.AWSLambdaException",
          .cause = fmt::format(
              "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: {} (Service: AWSLambda; Status Code: 400; "
              "Error Code: ValidationException; Request ID: {}; Proxy: null)",
              value, place, constraint, request_id)};
}

/// What of the parameters is wrong, or not offered.
std::optional<WorkflowError> faults(const Json& parameters, const std::string& request_id) {
  for (const char* name : {"ClientContext", "FunctionName", "Qualifier", "InvocationType", "LogType"}) {
    const auto* value = parameters.find(name);
    if (value && !value->is_string()) return bad_parameters(fmt::format("The value for the field '{}' must be a STRING", name));
  }
  if (!parameters.find("FunctionName")) return bad_parameters("The field 'FunctionName' is required but was missing");
  const auto function = *find_text(parameters, "FunctionName");
  if (!parse_function_reference(function)) return violation(function, "functionName", not_a_function_reference, request_id);
  const auto type = find_text(parameters, "InvocationType").value_or("RequestResponse");
  if (type != "RequestResponse" && type != "DryRun" && type != "Event")
    return violation(type, "invocationType", "Member must satisfy enum value set: [Event, RequestResponse, DryRun]", request_id);
  const auto log = find_text(parameters, "LogType").value_or("None");
  if (log != "None" && log != "Tail") return violation(log, "logType", "Member must satisfy enum value set: [None, Tail]", request_id);
  return std::nullopt;
}

/// A string is the body as it stands, JSON text; anything else is written as JSON; nothing is `{}`. [recorded]
Result<std::string> payload_of(const Json* payload) {
  if (!payload || payload->is_null()) return std::string("{}");  // null is no payload, as recorded on AWS
  if (!payload->is_string()) return payload->text();
  const auto parsed = Json::parse(std::string(payload->as_string()));
  if (!parsed) return parsed.error();
  return parsed->text();
}

/// AllHttpHeaders and HttpHeaders as AWS shows them: the same headers, as lists and as single texts.
Json http_metadata(const std::vector<std::pair<std::string, std::string>>& headers, int status) {
  Json::Object lists, texts;
  for (const auto& [name, value] : headers) {
    lists.push_back({name, json_array({Json(value)})});
    texts.push_back({name, Json(value)});
  }
  return json_object({{"AllHttpHeaders", Json(std::move(lists))}, {"HttpHeaders", Json(std::move(texts))}, {"HttpStatusCode", status}});
}

std::string trace_header(const std::string& request_id) {
  std::string digits;
  for (char c : request_id)
    if (c != '-') digits += c;
  digits.resize(32, '0');
  return fmt::format("Root=1-{}-{};Parent={};Sampled=0;Lineage=1:{}:0", digits.substr(0, 8), digits.substr(8), digits.substr(16),
                     digits.substr(0, 8));
}

}  // namespace

TaskAnswer function_answer(const FunctionOutcome& outcome, const std::string& function, const std::string& request_id) {
  if (auto failure = error_of(outcome, request_id)) return *failure;
  if (outcome.payload.size() > payload_bytes_max) return data_limit_exceeded(function);
  auto answer = Json::parse(outcome.payload);
  if (!answer) return WorkflowError{.error = "Lambda.Unknown", .cause = answer.error().message};
  return std::move(*answer);
}

TaskAnswer invoke_answer(const FunctionOutcome& outcome, const std::string& request_id, const std::string& date, bool log_tail) {
  if (auto failure = error_of(outcome, request_id)) return *failure;
  if (outcome.payload.size() > payload_bytes_max) return data_limit_exceeded("lambda");
  auto payload = Json::parse(outcome.payload);
  if (!payload) return WorkflowError{.error = "Lambda.Unknown", .cause = payload.error().message};
  std::vector<std::pair<std::string, std::string>> headers{{"X-Amz-Executed-Version", outcome.executed_version},
                                                           {"x-amzn-Remapped-Content-Length", "0"},
                                                           {"Connection", "keep-alive"},
                                                           {"x-amzn-RequestId", request_id},
                                                           {"Content-Length", std::to_string(outcome.payload.size())},
                                                           {"Date", date},
                                                           {"X-Amzn-Trace-Id", trace_header(request_id)},
                                                           {"Content-Type", "application/json"}};
  Json::Object result;
  result.push_back({"ExecutedVersion", Json(outcome.executed_version)});
  if (log_tail) result.push_back({"LogResult", Json(base64_encode(outcome.log_tail))});
  result.push_back({"Payload", std::move(*payload)});
  result.push_back({"SdkHttpMetadata", http_metadata(headers, 200)});
  result.push_back({"SdkResponseMetadata", json_object({{"RequestId", Json(request_id)}})});
  result.push_back({"StatusCode", 200});
  return Json(std::move(result));
}

/// What Lambda says to an Event.
static TaskAnswer accepted_answer(const std::string& request_id, const std::string& date) {
  const std::vector<std::pair<std::string, std::string>> headers{{"x-amzn-Remapped-Content-Length", "0"},
                                                                 {"Connection", "keep-alive"},
                                                                 {"x-amzn-RequestId", request_id},
                                                                 {"Content-Length", "0"},
                                                                 {"Date", date},
                                                                 {"X-Amzn-Trace-Id", trace_header(request_id)}};
  return json_object({{"Payload", ""},
                      {"SdkHttpMetadata", http_metadata(headers, 202)},
                      {"SdkResponseMetadata", json_object({{"RequestId", Json(request_id)}})},
                      {"StatusCode", 202}});
}

void FunctionTask::call(const TaskCall& call, std::function<void(TaskAnswer)> done) {
  FunctionCall function{.function = call.resource.arn, .payload = call.input.text(), .request_id = call.request_id};
  functions_.invoke(std::move(function),
                    [done = std::move(done), arn = call.resource.arn, id = call.request_id](const FunctionOutcome& outcome) {
                      if (!is_stopping(outcome)) done(function_answer(outcome, arn, id));
                    });
}

/// Accepted once it is durable.
void LambdaInvokeTask::call_later(FunctionCall function, std::function<void(TaskAnswer)> done) const {
  if (!calls_) return done(bad_parameters("The InvocationType 'Event' of lambda:invoke is not supported here"));
  const auto reference = parse_function_reference(function.function);
  if (!reference) return done(service_error("ValidationException", 400, reference.error().message, function.request_id));
  AsyncCall later{.function = reference->name + (reference->qualifier.empty() ? "" : ":" + reference->qualifier),
                  .payload = function.payload,
                  .request_id = function.request_id,
                  .client_context = function.client_context};
  std::function<Result<void>(EngineTransaction&)> work = [calls = calls_, reference = *reference,
                                                          later](EngineTransaction& transaction) -> Result<void> {
    const auto arn = transaction.site().function_arn(reference.name) + (reference.qualifier.empty() ? "" : ":" + reference.qualifier);
    if (!find_qualified(transaction, reference.name, reference.qualifier)) return error(ErrorCode::NotFound, "Function not found: " + arn);
    calls->add(transaction, later);
    return {};
  };
  engine_->transact<void>(std::move(work), [done = std::move(done), id = function.request_id](Result<void> accepted) {
    if (accepted) return done(accepted_answer(id, format_http_date(SystemClock().now())));
    const bool missing = accepted.error().code == ErrorCode::NotFound;
    done(service_error(missing ? "ResourceNotFoundException" : "ServiceException", missing ? 404 : 500, accepted.error().message, id));
  });
}

void LambdaInvokeTask::call(const TaskCall& call, std::function<void(TaskAnswer)> done) {
  if (auto fault = faults(call.input, call.request_id)) return done(std::move(*fault));
  if (find_text(call.input, "InvocationType") == "DryRun") return done(json_object({{"StatusCode", 204}}));
  auto payload = payload_of(call.input.find("Payload"));
  if (!payload)
    return done(service_error("InvalidRequestContentException", 400, "Could not parse request body into json: " + payload.error().message,
                              call.request_id));
  bool log_tail = find_text(call.input, "LogType") == "Tail";
  FunctionCall function{.function = *find_text(call.input, "FunctionName"),
                        .payload = std::move(*payload),
                        .request_id = call.request_id,
                        .log_tail = log_tail};
  if (auto qualifier = find_text(call.input, "Qualifier")) function.function += ":" + *qualifier;
  if (const auto given = find_text(call.input, "ClientContext")) {
    auto context = decode_client_context(*given);
    if (!context) return done(service_error("InvalidRequestContentException", 400, context.error().message, call.request_id));
    function.client_context = std::move(*context);
  }
  if (find_text(call.input, "InvocationType") == "Event") return call_later(std::move(function), std::move(done));
  functions_.invoke(std::move(function), [done = std::move(done), id = call.request_id, log_tail](const FunctionOutcome& outcome) {
    if (!is_stopping(outcome)) done(invoke_answer(outcome, id, format_http_date(SystemClock().now()), log_tail));
  });
}

}  // namespace signalbox::functions
