#include "services/http_apis/service_actions.h"

#include "services/gateway/gateway_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace signalbox::http_apis {

namespace {

using gateway::bad_request;

/// How a parameter, which is a text, stands in the operation's request.
enum class Form { Text, Number, Document };

struct Parameter {
  std::string_view name;
  bool is_required = false;
  Form form = Form::Text;
  std::string_view member = {};  ///< of the request, where it is spelled otherwise
};

struct Action {
  std::string_view subtype, scope, target, type;
  std::span<const Parameter> parameters;
  bool is_entry = false;  ///< the parameters are those of the one element of `Entries`
};

constexpr std::array put_events{Parameter{"Detail", true}, Parameter{"DetailType", true}, Parameter{"Source", true},
                                Parameter{"Time"},         Parameter{"EventBusName"},     Parameter{"Resources", false, Form::Document},
                                Parameter{"TraceHeader"}};
constexpr std::array send_message{Parameter{"QueueUrl", true},
                                  Parameter{"MessageBody", true},
                                  Parameter{"DelaySeconds", false, Form::Number},
                                  Parameter{"MessageAttributes", false, Form::Document},
                                  Parameter{"MessageDeduplicationId"},
                                  Parameter{"MessageGroupId"},
                                  Parameter{"MessageSystemAttributes", false, Form::Document}};
constexpr std::array receive_message{Parameter{"QueueUrl", true},
                                     Parameter{"AttributeNames", false, Form::Document},
                                     Parameter{"MaxNumberOfMessages", false, Form::Number},
                                     Parameter{"MessageAttributeNames", false, Form::Document},
                                     Parameter{"ReceiveRequestAttemptId"},
                                     Parameter{"VisibilityTimeout", false, Form::Number},
                                     Parameter{"WaitTimeSeconds", false, Form::Number}};
constexpr std::array delete_message{Parameter{"QueueUrl", true}, Parameter{"ReceiptHandle", true}};
constexpr std::array purge_queue{Parameter{"QueueUrl", true}};
constexpr std::array start_execution{Parameter{"StateMachineArn", true, Form::Text, "stateMachineArn"},
                                     Parameter{"Name", false, Form::Text, "name"}, Parameter{"Input", false, Form::Text, "input"},
                                     Parameter{"TraceHeader", false, Form::Text, "traceHeader"}};
constexpr std::array stop_execution{Parameter{"ExecutionArn", true, Form::Text, "executionArn"},
                                    Parameter{"Cause", false, Form::Text, "cause"}, Parameter{"Error", false, Form::Text, "error"}};

constexpr std::string_view json_10 = "application/x-amz-json-1.0", json_11 = "application/x-amz-json-1.1";
constexpr std::array actions{
    Action{"EventBridge-PutEvents", "events", "AWSEvents.PutEvents", json_11, put_events, true},
    Action{"SQS-SendMessage", "sqs", "AmazonSQS.SendMessage", json_10, send_message},
    Action{"SQS-ReceiveMessage", "sqs", "AmazonSQS.ReceiveMessage", json_10, receive_message},
    Action{"SQS-DeleteMessage", "sqs", "AmazonSQS.DeleteMessage", json_10, delete_message},
    Action{"SQS-PurgeQueue", "sqs", "AmazonSQS.PurgeQueue", json_10, purge_queue},
    Action{"StepFunctions-StartExecution", "states", "AWSStepFunctions.StartExecution", json_10, start_execution},
    Action{"StepFunctions-StartSyncExecution", "states", "AWSStepFunctions.StartSyncExecution", json_10, start_execution},
    Action{"StepFunctions-StopExecution", "states", "AWSStepFunctions.StopExecution", json_10, stop_execution}};

/// There is one region here, so every action's `Region` means nothing.
constexpr std::string_view ignored = "Region";

const Action* find_action(std::string_view subtype) {
  const auto found = std::find_if(actions.begin(), actions.end(), [&](const Action& action) { return action.subtype == subtype; });
  return found == actions.end() ? nullptr : &*found;
}

const std::string* mapping_of(const Integration& integration, std::string_view name) {
  const auto found =
      std::find_if(integration.parameters.begin(), integration.parameters.end(), [&](const auto& pair) { return pair.first == name; });
  return found == integration.parameters.end() ? nullptr : &found->second;
}

Result<Json> as_member(const Parameter& parameter, const std::string& text) {
  if (parameter.form == Form::Text) return Json(text);
  auto value = Json::parse(text);
  if (!value) return bad_request(fmt::format("the value of {} is no JSON", parameter.name));
  if (parameter.form == Form::Number && !value->is_number())
    return bad_request(fmt::format("the value of {} is no number", parameter.name));
  return value;
}

http::Request to_service(const Action& action, std::string body, const std::string& request_id) {
  http::Request asked;
  asked.method = "POST";
  asked.path = asked.target = "/";
  asked.body = std::move(body);
  asked.request_id = request_id;
  asked.listener = http::Listener::Admin;
  // Who it is for stands in the signature that API Gateway makes.
  asked.headers.set("Authorization",
                    "AWS4-HMAC-SHA256 Credential=apigateway/00000000/us-east-1/" + std::string(action.scope) + "/aws4_request");
  asked.headers.set("X-Amz-Target", std::string(action.target));
  asked.headers.set("Content-Type", std::string(action.type));
  return asked;
}

}  // namespace

Result<void> check_action(const Integration& integration) {
  const auto* action = find_action(integration.subtype);
  if (!action) return bad_request(fmt::format("the integration subtype {} is not offered here", integration.subtype));
  if (integration.credentials.empty()) return bad_request("Credentials must not be null when integration subtype is specified");
  for (const auto& parameter : action->parameters)
    if (parameter.is_required && !mapping_of(integration, parameter.name))
      return bad_request(fmt::format("Parameter: {} is required for integration subtype: {}", parameter.name, integration.subtype));
  for (const auto& [name, mapping] : integration.parameters) {
    const bool is_known = name == ignored || std::any_of(action->parameters.begin(), action->parameters.end(),
                                                         [&name = name](const Parameter& parameter) { return parameter.name == name; });
    if (!is_known) return bad_request(fmt::format("Parameter: {} does not fit schema for Operation: {}.", name, integration.subtype));
  }
  return {};
}

Result<http::Request> action_request(const Integration& integration, const std::string& request_id,
                                     const std::function<std::optional<std::string>(std::string_view mapping)>& value_of) {
  const auto* action = find_action(integration.subtype);
  SIGNALBOX_ASSERT(action);
  Json members = Json::empty_object();
  for (const auto& parameter : action->parameters) {
    const auto* mapping = mapping_of(integration, parameter.name);
    const auto text = mapping ? value_of(*mapping) : std::nullopt;
    if (!text) continue;
    auto value = as_member(parameter, *text);
    if (!value) return value.error();
    members = members.with(parameter.member.empty() ? parameter.name : parameter.member, std::move(*value));
  }
  if (action->is_entry) members = json_object({{"Entries", json_array({members})}});
  return to_service(*action, members.compact_text(), request_id);
}

}  // namespace signalbox::http_apis
