#include "engine/start_execution_task.h"

#include "signalbox/encoding.h"
#include "signalbox/engine.h"

#include "engine/execution_records.h"

#include <fmt/format.h>

namespace signalbox {

namespace {

/// Internal tasks are called with the engine's own transaction.
EngineTransaction& engine_of(Transaction& transaction) { return dynamic_cast<EngineTransaction&>(transaction); }

WorkflowError refused(const TaskCall& call, const std::string& name, const std::string& message) {
  return {"StepFunctions." + name + "Exception", message + " (Service: AWSStepFunctions; Status Code: 400; Error Code: " + name +
                                                     "; Request ID: " + call.request_id + "; Proxy: null)"};
}

std::string error_name(const Error& error) {
  switch (error.code) {
    case ErrorCode::NotFound: return "StateMachineDoesNotExist";
    case ErrorCode::AlreadyExists: return "ExecutionAlreadyExists";
    case ErrorCode::Conflict: return "StateMachineDeleting";
    case ErrorCode::TooLarge: return "InvalidExecutionInput";
    case ErrorCode::InvalidArgument: return "InvalidName";
    case ErrorCode::NotSupported: return "StateMachineTypeNotSupported";
    default: return "ServiceUnavailable";
  }
}

/// The name in `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`, with the version or alias behind it, if any. Errors: what AWS says of the ARN.
Result<std::string> machine_name(const std::string& text) {
  const auto invalid = [](const std::string& why) { return error(ErrorCode::InvalidArgument, "Invalid Arn: '" + why + "'"); };
  if (!text.starts_with("arn:")) return invalid("Invalid ARN prefix: " + text);
  Arn arn;
  if (!parse_arn(text, arn)) return invalid("Invalid ARN: " + text);
  if (arn.service != "states") return invalid("Invalid service in ARN: " + arn.service);
  const auto type = arn.resource.substr(0, arn.resource.find(':'));
  if (type != "stateMachine") return invalid("Resource type not valid in this context: " + type);
  if (arn.resource.size() <= type.size() + 1) return invalid("Invalid ARN: " + text);
  return arn.resource.substr(type.size() + 1);
}

std::string as_text(const Json* value) {
  if (!value) return "";
  return plain_text(*value);
}

/// An Input that is a string holds JSON text; nothing and null stand for `{}`.
Result<Json> child_input(const Json* parameter) {
  if (!parameter || parameter->is_null()) return Json::empty_object();
  return parameter->is_string() ? Json::parse(std::string(parameter->as_string())) : *parameter;
}

bool waits_for_end(const TaskResource& resource) {
  const auto* service = std::get_if<ServiceResource>(&resource.kind);
  return service && (service->pattern == IntegrationPattern::Sync || service->pattern == IntegrationPattern::Sync2);
}

/// As AWS's SDK shows an HTTP answer, whose body has the child's ARN and when it began.
Json sdk_metadata(const TaskCall& call, const std::string& arn, Timestamp started_at) {
  const auto length =
      fmt::format(R"({{"executionArn":"{}","startDate":{:.3f}}})", arn, static_cast<double>(started_at.time_since_epoch().count()) / 1000)
          .size();
  const std::vector<std::pair<std::string, std::string>> headers{{"x-amzn-RequestId", call.request_id},
                                                                 {"connection", "keep-alive"},
                                                                 {"Content-Length", std::to_string(length)},
                                                                 {"Date", format_http_date(started_at)},
                                                                 {"Content-Type", "application/x-amz-json-1.0"}};
  Json::Object lists, texts;
  for (const auto& [name, value] : headers) lists.push_back({name, json_array({Json(value)})});
  for (const auto at : {1, 2, 4, 3, 0}) texts.push_back({headers[at].first, Json(headers[at].second)});  // in another order, as recorded
  return json_object({{"AllHttpHeaders", Json(std::move(lists))}, {"HttpHeaders", Json(std::move(texts))}, {"HttpStatusCode", Json(200)}});
}

}  // namespace

TaskAnswer StartExecutionTask::call(Transaction& transaction, const TaskCall& call) {
  const auto name = machine_name(as_text(call.input.find("StateMachineArn")));
  if (!name) return refused(call, "InvalidArn", name.error().message);
  auto input = child_input(call.input.find("Input"));
  if (!input) return refused(call, "InvalidExecutionInput", "Invalid State Machine Execution Input: '" + input.error().message + "'");
  StartRequest request{.state_machine = *name, .name = std::nullopt, .input = std::move(*input), .parent = std::nullopt};
  if (const Json* chosen = call.input.find("Name"); chosen && !chosen->is_null()) request.name = as_text(chosen);
  if (waits_for_end(call.resource)) request.parent = ParentTask{call.execution, call.attempt};
  auto started = engine_of(transaction).start_execution(std::move(request));
  if (!started) return refused(call, error_name(started.error()), started.error().message);
  return json_object({{"ExecutionArn", Json(started->arn)},
                      {"SdkHttpMetadata", sdk_metadata(call, started->arn, started->record.started_at)},
                      {"SdkResponseMetadata", json_object({{"RequestId", Json(call.request_id)}})},
                      {"StartDate", Json(started->record.started_at.time_since_epoch().count())}});
}

void StartExecutionTask::cancel(Transaction& transaction, ExecutionRow execution, TaskAttempt attempt) {
  const auto child = transaction.get(Key(child_tasks_table, execution.value, attempt.value));
  if (child) (void)engine_of(transaction).stop_execution(ExecutionRow{decode_row(*child)}, {});
}

}  // namespace signalbox
