#include "aws/sdk/sdk_shapes.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::sdk {

namespace {

/// Members that hold a text of JSON, or any text, in the services' models.
constexpr std::array text_members{"Cause",       "Definition", "Detail",  "Error",  "Input",         "Message",
                                  "MessageBody", "Output",     "Payload", "Policy", "PolicyDocument"};
/// Members whose own members are the caller's names.
constexpr std::array map_members{"Attributes", "AdditionalVersionWeights", "InputPathsMap", "MessageAttributes", "MessageSystemAttributes",
                                 "Tags",       "VariableReferences",       "Variables"};
/// Errors of the services' front, which no service's model has: the SDK gives them its general exception.
constexpr std::array general_errors{
    "AccessDenied",     "AccessDeniedException",  "IncompleteSignature", "InternalFailure",           "InvalidParameterValue",
    "MissingParameter", "SerializationException", "ServiceUnavailable",  "UnknownOperationException", "UnsupportedOperationException"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string pascal(std::string_view name) {
  std::string out(name);
  if (!out.empty()) out.front() = ascii_upper(out.front());
  return out;
}
std::string camel(std::string_view name) {
  std::string out(name);
  if (!out.empty()) out.front() = ascii_lower(out.front());
  return out;
}

bool is_time(std::string_view name) {
  return name.ends_with("Date") || name == "Timestamp" || name == "CreationTime" || name == "LastUpdatedTimestamp";
}

std::string time_text(const Json& seconds) {
  const auto ms = static_cast<std::int64_t>(seconds.as_double() * 1000 + 0.5);
  return format_rfc3339(Timestamp{std::chrono::milliseconds{ms}});
}

Json as_text(const Json& value) { return value.is_string() || value.is_null() ? value : Json(value.compact_text()); }

Json request_value(const SdkService& service, const Json& value) {
  if (value.is_array()) {
    Json::Array out;
    for (const Json& element : value.elements()) out.push_back(request_value(service, element));
    return Json(std::move(out));
  }
  if (!value.is_object()) return value;
  Json::Object out;
  for (const auto& [name, member] : value.members()) {
    const auto spelled = service.camel_case ? camel(name) : name;
    if (contains(text_members, name)) out.push_back({spelled, as_text(member)});
    else if (contains(map_members, name) && member.is_object()) out.push_back({spelled, member});
    else out.push_back({spelled, request_value(service, member)});
  }
  return Json(std::move(out));
}

Json result_value(const SdkService& service, const Json& value) {
  if (value.is_array()) {
    Json::Array out;
    for (const Json& element : value.elements()) out.push_back(result_value(service, element));
    return Json(std::move(out));
  }
  if (!value.is_object()) return value;
  Json::Object out;
  for (const auto& [name, member] : value.members()) {
    const auto spelled = pascal(name);
    // CloudWatch Logs counts milliseconds, which are plain numbers in its model.
    if (is_time(spelled) && member.is_number() && service.service != Service::Logs) out.push_back({spelled, Json(time_text(member))});
    else if (contains(map_members, spelled) && member.is_object()) out.push_back({spelled, member});
    else out.push_back({spelled, result_value(service, member)});
  }
  return Json(std::move(out));
}

std::string error_name(const SdkService& service, const std::string& code) {
  const std::string prefix(service.error_name);
  const bool knows_validation = service.service == Service::StepFunctions || service.service == Service::Scheduler;
  if (contains(general_errors, code) || (code == "ValidationException" && !knows_validation)) return prefix + "." + prefix + "Exception";
  return prefix + "." + (code.ends_with("Exception") ? code : code + "Exception");
}

}  // namespace

const std::vector<SdkService>& services() {
  static const std::vector<SdkService> table{{Service::StepFunctions, "sfn", "Sfn", true},
                                             {Service::Sqs, "sqs", "Sqs", false},
                                             {Service::Sns, "sns", "Sns", false},
                                             {Service::Lambda, "lambda", "Lambda", false},
                                             {Service::Events, "eventbridge", "EventBridge", false},
                                             {Service::Logs, "cloudwatchlogs", "CloudWatchLogs", true},
                                             {Service::Scheduler, "scheduler", "Scheduler", false},
                                             {Service::Ssm, "ssm", "Ssm", false},
                                             {Service::Sts, "sts", "Sts", false},
                                             {Service::Iam, "iam", "Iam", false}};
  return table;
}

std::string action_of(std::string_view operation) { return camel(operation); }

Json wire_request(const SdkService& service, std::string_view operation, const Json& parameters) {
  if (!parameters.is_object()) return Json::empty_object();
  Json request = request_value(service, parameters);
  // The one member that SQS's protocol spells otherwise. [SQS: CreateQueue]
  if (service.service == Service::Sqs && operation == "CreateQueue") {
    if (const Json* tags = request.find("Tags")) request = request.with("tags", *tags).without("Tags");
  }
  return request;
}

Json task_result(const SdkService& service, const Json& answer) { return result_value(service, answer); }

WorkflowError task_error(const SdkService& service, const Failure& failure, std::string_view request_id) {
  return {error_name(service, failure.code), failure.message + " (Service: " + std::string(service.error_name) +
                                                 ", Status Code: " + std::to_string(failure.status) +
                                                 ", Request ID: " + std::string(request_id) + ") (SDK Attempt Count: 1)"};
}

}  // namespace signalbox::aws::sdk
