#include "engine/start_execution_task.h"

#include "signalbox/encoding.h"
#include "signalbox/engine.h"

#include "engine/execution_records.h"

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

/// The name in `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`, with the version or alias behind it, if any.
std::optional<std::string> machine_name(const Json* parameter) {
  Arn arn;
  if (!parameter || !parameter->is_string() || !parse_arn(parameter->as_string(), arn) || arn.service != "states") return std::nullopt;
  constexpr std::string_view prefix = "stateMachine:";
  if (!arn.resource.starts_with(prefix)) return std::nullopt;
  return arn.resource.substr(prefix.size());
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

/// As AWS's SDK shows an HTTP answer.
Json sdk_metadata(const TaskCall& call) {
  return json_object({{"HttpHeaders", json_object({{"Content-Type", "application/x-amz-json-1.0"}, {"x-amzn-RequestId", Json(call.request_id)}})}, {"HttpStatusCode", Json(200)}});
}

}  // namespace

TaskAnswer StartExecutionTask::call(Transaction& transaction, const TaskCall& call) {
  const auto name = machine_name(call.input.find("StateMachineArn"));
  if (!name) return refused(call, "InvalidArn", "Invalid Arn: '" + as_text(call.input.find("StateMachineArn")) + "'");
  auto input = child_input(call.input.find("Input"));
  if (!input) return refused(call, "InvalidExecutionInput", "Invalid State Machine Execution Input: '" + input.error().message + "'");
  StartRequest request{.state_machine = *name, .name = std::nullopt, .input = std::move(*input), .parent = std::nullopt};
  if (const Json* chosen = call.input.find("Name"); chosen && !chosen->is_null()) request.name = as_text(chosen);
  if (waits_for_end(call.resource)) request.parent = ParentTask{call.execution, call.attempt};
  auto started = engine_of(transaction).start_execution(std::move(request));
  if (!started) return refused(call, error_name(started.error()), started.error().message);
  return json_object({{"ExecutionArn", Json(started->arn)},
                      {"SdkHttpMetadata", sdk_metadata(call)},
                      {"SdkResponseMetadata", json_object({{"RequestId", Json(call.request_id)}})},
                      {"StartDate", Json(started->record.started_at.time_since_epoch().count())}});
}

void StartExecutionTask::cancel(Transaction& transaction, ExecutionRow execution, TaskAttempt attempt) {
  const auto child = transaction.get(Key(child_tasks_table, execution.value, attempt.value));
  if (child) (void)engine_of(transaction).stop_execution(ExecutionRow{decode_row(*child)}, {});
}

}  // namespace signalbox
