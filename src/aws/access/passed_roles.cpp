#include "aws/access/passed_roles.h"

#include "aws/access/authorizer.h"
#include "aws/access/need.h"
#include "aws/aws_api.h"
#include "services/functions/functions.h"

#include <fmt/format.h>

#include <array>

namespace signalbox::aws {

namespace {

Failure not_by_lambda() { return {"InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.", 400}; }
Failure not_by_step_functions() {
  return {"AccessDeniedException", "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.", 400};
}
Failure not_by_scheduler() { return {"ValidationException", "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.", 400}; }
Failure not_by_events(const std::string& role) { return {"ValidationException", fmt::format("Provided role '{}' cannot be assumed by principal 'events.amazonaws.com'.", role), 400}; }

/// Services are trusted by their global and by their regional name.
bool trusts(const OperationContext& context, const std::string& role, std::string_view service) {
  const std::array names{fmt::format("{}.amazonaws.com", service), fmt::format("{}.{}.amazonaws.com", service, context.services.engine.site().region)};
  return role.empty() || context.services.authorizer->is_trusted(names, role);
}

std::optional<Failure> refused_for_events(const OperationContext& context, const Json& request) {
  std::vector<std::string> roles{member_text(request, "RoleArn")};
  if (const auto* targets = request.find("Targets"); targets && targets->is_array())
    for (const auto& target : targets->elements()) roles.push_back(member_text(target, "RoleArn"));
  for (const auto& role : roles)
    if (!trusts(context, role, "events")) return not_by_events(role);
  return std::nullopt;
}

/// In the function's role Lambda reads, and empties, the queue.
std::optional<Failure> refused_source(const OperationContext& context, const Json& request) {
  const auto reference = functions::parse_function_reference(member_text(request, "FunctionName"));
  const auto function = reference ? functions::find_function(context.services.authorizer->reader(), reference->name) : std::nullopt;
  const auto queue = member_text(request, "EventSourceArn");
  Arn arn;
  if (!function || !parse_arn(queue, arn) || arn.service != "sqs") return std::nullopt;   // what is wrong with that the operation says
  for (const auto* name : {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}) {
    const auto may = context.services.authorizer->permit({.service = "lambda.amazonaws.com", .source_arn = {}, .role_arn = function->role, .session = function->name, .action = std::string("sqs:") + name, .resource = queue});
    if (!may) return Failure{"InvalidParameterValueException", fmt::format("The function execution role does not have permissions to call {} on SQS", name), 400};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Failure> refused_role(const OperationContext& context, Service service, std::string_view operation, const Json& request) {
  if (!context.services.authorizer) return std::nullopt;
  if (service == Service::Lambda && (operation == "CreateFunction" || operation == "UpdateFunctionConfiguration"))
    return trusts(context, member_text(request, "Role"), "lambda") ? std::nullopt : std::optional(not_by_lambda());
  if (service == Service::Lambda && operation == "CreateEventSourceMapping") return refused_source(context, request);
  if (service == Service::StepFunctions && (operation == "CreateStateMachine" || operation == "UpdateStateMachine"))
    return trusts(context, member_text(request, "roleArn"), "states") ? std::nullopt : std::optional(not_by_step_functions());
  if (service == Service::Events && (operation == "PutRule" || operation == "PutTargets")) return refused_for_events(context, request);
  const auto* target = request.find("Target");
  if (service != Service::Scheduler || !target || (operation != "CreateSchedule" && operation != "UpdateSchedule")) return std::nullopt;
  return trusts(context, member_text(*target, "RoleArn"), "scheduler") ? std::nullopt : std::optional(not_by_scheduler());
}

}  // namespace signalbox::aws
