#include "signalbox/integrations.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox {

namespace {

using enum IntegrationPattern;

bool contains(const std::vector<std::string_view>& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

/// `QueueUrl.$` and `QueueUrl` are the same parameter.
std::string_view parameter_name(std::string_view member) { return member.ends_with(".$") ? member.substr(0, member.size() - 2) : member; }

}  // namespace

const std::vector<Integration>& offered_integrations() {
  static const std::vector<Integration> offered{
      {"lambda",
       "invoke",
       {RequestResponse, WaitForTaskToken},
       {"FunctionName"},
       {"ClientContext", "InvocationType", "LogType", "Payload", "Qualifier"},
       {"ClientContext", "FunctionName", "InvocationType", "LogType", "Qualifier"}},
      {"sqs",
       "sendMessage",
       {RequestResponse, WaitForTaskToken},
       {"QueueUrl", "MessageBody"},
       {"DelaySeconds", "MessageAttributes", "MessageSystemAttributes", "MessageDeduplicationId", "MessageGroupId"}},
      {"sns",
       "publish",
       {RequestResponse, WaitForTaskToken},
       {"Message"},
       {"MessageAttributes", "MessageDeduplicationId", "MessageGroupId", "MessageStructure", "PhoneNumber", "Subject", "TargetArn",
        "TopicArn"}},
      {"events", "putEvents", {RequestResponse, WaitForTaskToken}, {"Entries"}, {"EndpointId"}},
      {"http",
       "invoke",
       {RequestResponse},
       {"ApiEndpoint", "Method"},
       {"Authentication", "Headers", "InvocationConfig", "QueryParameters", "RequestBody", "Transform"}},
      {"apigateway",
       "invoke",
       {RequestResponse, WaitForTaskToken},
       {"ApiEndpoint", "Method"},
       {"AllowNullValues", "AuthType", "Headers", "Path", "QueryParameters", "RequestBody", "Stage"}},
      {"states", "startExecution", {RequestResponse, Sync, Sync2, WaitForTaskToken}, {"StateMachineArn"}, {"Input", "Name", "TraceHeader"}},
  };
  return offered;
}

std::vector<std::string> parameter_name_faults(const Integration& integration, const Json& parameters) {
  std::vector<std::string> faults;
  const bool is_object = parameters.is_object();
  for (const auto name : integration.required) {
    if (is_object && (parameters.find(name) || parameters.find(std::string(name) + ".$"))) continue;
    faults.push_back(fmt::format("The field '{}' is required but was missing", name));
  }
  if (!is_object) return faults;
  for (const auto& member : parameters.members()) {
    const auto name = parameter_name(member.name);
    if (!contains(integration.required, name) && !contains(integration.optional, name))
      faults.push_back(fmt::format("The field \"{}\" is not supported by Step Functions", name));
  }
  return faults;
}

std::vector<std::string> parameter_faults(const ServiceResource& service, const Json& parameters) {
  const auto& all = offered_integrations();
  const auto found = std::ranges::find_if(
      all, [&](const Integration& each) { return each.resource_type == service.resource_type && each.action == service.action; });
  if (found == all.end()) return {};
  auto faults = parameter_name_faults(*found, parameters);
  for (const auto name : found->texts) {
    const auto* value = parameters.find(name);
    if (value && !value->is_string()) faults.push_back(fmt::format("The value for the field '{}' must be a STRING", name));
  }
  return faults;
}

}  // namespace signalbox
