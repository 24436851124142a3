/// What a Task's Resource means, and which services can be called here.

#include "asl/builder.h"

#include "signalbox/integrations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace signalbox {

namespace {

/// `text` cut at ':' into at most `parts` pieces; the last one keeps its colons.
std::vector<std::string_view> split_arn(std::string_view text, std::size_t parts) {
  std::vector<std::string_view> pieces;
  while (pieces.size() + 1 < parts) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) break;
    pieces.push_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  pieces.push_back(text);
  return pieces;
}

/// `sqs:sendMessage.waitForTaskToken`, `aws-sdk:sfn:startExecution`, `states:startExecution.sync:2`.
std::optional<ServiceResource> parse_service(std::string_view text) {
  ServiceResource service;
  const auto type_end = text.starts_with("aws-sdk:") ? text.find(':', 8) : text.find(':');
  if (type_end == std::string_view::npos || type_end == 0 || type_end + 1 == text.size()) return std::nullopt;
  service.resource_type = text.substr(0, type_end);
  service.resource = text.substr(type_end + 1);
  const auto dot = service.resource.find('.');
  service.action = service.resource.substr(0, dot);
  if (dot == std::string::npos) return service;
  const auto pattern = std::string_view(service.resource).substr(dot);
  if (pattern == ".waitForTaskToken") service.pattern = IntegrationPattern::WaitForTaskToken;
  else if (pattern == ".sync") service.pattern = IntegrationPattern::Sync;
  else if (pattern == ".sync:2") service.pattern = IntegrationPattern::Sync2;
  else return std::nullopt;
  return service;
}

}  // namespace

Result<TaskResource> parse_task_resource(const std::string& arn) {
  // arn:partition:service:region:account:resource
  const auto invalid = [] { return error(ErrorCode::InvalidArgument, "Value is not a valid resource ARN"); };
  const auto parts = split_arn(arn, 6);
  if (parts.size() != 6 || parts[0] != "arn" || !parts[1].starts_with("aws") || parts[2].empty() || parts[5].empty()) return invalid();
  const auto service = parts[2];
  const auto resource = parts[5];
  if (service == "lambda") {
    if (!resource.starts_with("function:") || resource.size() == 9) return invalid();
    return TaskResource{arn, FunctionResource{}};
  }
  if (service == "states") {
    if (resource.starts_with("activity:") && resource.size() > 9 && !parts[4].empty()) return TaskResource{arn, ActivityResource{}};
    auto integration = parse_service(resource);
    if (!integration) return invalid();
    return TaskResource{arn, std::move(*integration)};
  }
  // An ARN of another service, as the specification's own examples have them: understood, but nothing that can be called.
  return TaskResource{
      arn, ServiceResource{.resource_type = std::string(service), .action = std::string(resource), .resource = std::string(resource)}};
}

namespace asl {

namespace {

using enum IntegrationPattern;

/// `aws-sdk:` actions that are offered here; AWS does not check their parameters' names when a machine is created.
struct SdkService {
  std::string_view resource_type;
  std::vector<std::string_view> actions;
};

const std::vector<SdkService>& sdk_services() {
  static const std::vector<SdkService> offered{
      {"aws-sdk:s3",
       {"copyObject", "createBucket", "deleteBucket", "deleteObject", "deleteObjects", "getObject", "headBucket", "headObject",
        "listBuckets", "listObjects", "listObjectsV2", "putObject"}},
  };
  return offered;
}

/// Services whose operations `aws-sdk:` tasks can call here. Which operations those are, the engine knows.
bool is_offered_sdk_service(std::string_view resource_type) {
  constexpr std::array offered{std::string_view("cloudwatchlogs"),
                               std::string_view("eventbridge"),
                               std::string_view("iam"),
                               std::string_view("lambda"),
                               std::string_view("scheduler"),
                               std::string_view("sfn"),
                               std::string_view("sns"),
                               std::string_view("sqs"),
                               std::string_view("ssm"),
                               std::string_view("sts")};
  constexpr std::string_view prefix = "aws-sdk:";
  return resource_type.starts_with(prefix) &&
         std::find(offered.begin(), offered.end(), resource_type.substr(prefix.size())) != offered.end();
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_parameters(StateContext& context, const Integration& integration) {
  auto& fields = context.fields;
  const char* holder = fields.is_jsonata() ? "Arguments" : "Parameters";
  const auto* parameters = fields.source().find(holder);
  if (!parameters || !parameters->is_object()) return;  // a JSONata expression, or a fault that is reported elsewhere
  for (auto& fault : parameter_name_faults(integration, *parameters)) context.report().fault(std::move(fault), fields.at(holder));
}

/// Service integrations, unlike functions and activities, do not take the state's input as it is.
void check_has_parameters(StateContext& context, const TaskResource& resource) {
  const char* holder = context.fields.is_jsonata() ? "Arguments" : "Parameters";
  if (context.fields.has(holder) || resource.arn.find(":states:::") == std::string::npos) return;
  context.report().fault(fmt::format("{} field is required for resource ARN: {}", holder, resource.arn), context.fields.place());
}

void check_express(StateContext& context, const TaskResource& resource) {
  const auto where = context.fields.at("Resource");
  if (std::holds_alternative<ActivityResource>(resource.kind))
    context.report().fault("Express state machine does not support Activity ARN", where);
  const auto* service = std::get_if<ServiceResource>(&resource.kind);
  if (!service || service->pattern == RequestResponse) return;
  // AWS ends the one text with a blank and the other without.
  if (service->pattern == WaitForTaskToken)
    context.report().fault("Express state machine does not support '.waitForTaskToken' service integration ", where);
  else context.report().fault("Express state machine does not support '.sync' service integration", where);
}

}  // namespace

void check_resource(StateContext& context, const TaskResource& resource) {
  if (context.builder.options.type == StateMachineType::Express) check_express(context, resource);
  const auto* service = std::get_if<ServiceResource>(&resource.kind);
  if (!service) return;
  check_has_parameters(context, resource);
  const auto where = context.fields.at("Resource");
  for (const auto& sdk : sdk_services()) {
    const bool waits_for_end = service->pattern == Sync || service->pattern == Sync2;
    if (sdk.resource_type == service->resource_type && contains(sdk.actions, service->action) && !waits_for_end) return;
  }
  if (is_offered_sdk_service(service->resource_type) && service->pattern != Sync && service->pattern != Sync2) return;
  bool service_known = is_offered_sdk_service(service->resource_type);
  for (const auto& integration : offered_integrations()) {
    if (integration.resource_type != service->resource_type) continue;
    service_known = true;
    if (integration.action != service->action) continue;
    if (std::find(integration.patterns.begin(), integration.patterns.end(), service->pattern) == integration.patterns.end()) break;
    check_parameters(context, integration);
    return;
  }
  if (service_known) {
    context.report().fault(fmt::format("The resource provided {} is not recognized. The value is not a valid resource ARN, or the resource "
                                       "is not available in this region.",
                                       resource.arn),
                           where);
  } else {
    context.report().service_not_offered(where, fmt::format("{} ({})", service->resource_type, service->action));
  }
}

}  // namespace asl

}  // namespace signalbox
