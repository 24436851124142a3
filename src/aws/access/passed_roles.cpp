#include "aws/access/passed_roles.h"

#include "aws/access/authorizer.h"
#include "aws/access/need.h"
#include "aws/aws_api.h"
#include "services/functions/async_calls.h"
#include "services/functions/functions.h"

#include <fmt/format.h>

#include <array>

namespace signalbox::aws {

namespace {

Failure not_by_lambda() {
  return {"InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.", 400};
}
Failure not_by_step_functions() {
  return {"AccessDeniedException",
          "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
          400};
}
Failure not_by_scheduler() {
  return {"ValidationException", "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.", 400};
}
Failure not_by_events(const std::string& role) {
  return {"ValidationException", fmt::format("Provided role '{}' cannot be assumed by principal 'events.amazonaws.com'.", role), 400};
}

/// One request being looked at.
class PassedRoles {
 public:
  PassedRoles(Authorizer& authorizer, const Site& site, const Json& request) : authorizer_(authorizer), site_(site), request_(request) {}

  std::optional<Failure> refused(Service service, std::string_view operation) {
    switch (service) {
      case Service::Lambda: return refused_by_lambda(operation);
      case Service::StepFunctions:
        return operation == "CreateStateMachine" || operation == "UpdateStateMachine"
                   ? untrusted("roleArn", "states", state_machine(), not_by_step_functions())
                   : std::nullopt;
      case Service::Events: return operation == "PutRule" || operation == "PutTargets" ? refused_by_events() : std::nullopt;
      case Service::Scheduler:
        return operation == "CreateSchedule" || operation == "UpdateSchedule" ? refused_by_scheduler() : std::nullopt;
      default: return std::nullopt;
    }
  }

 private:
  /// Services are trusted by their global and by their regional name. `source`: what the role is for, which its trust may be limited to (aws:SourceArn).
  bool trusts(const std::string& role, std::string_view service, const std::string& source) {
    const std::array names{fmt::format("{}.amazonaws.com", service), fmt::format("{}.{}.amazonaws.com", service, site_.region)};
    return role.empty() || authorizer_.is_trusted(names, source, role);
  }

  std::optional<Failure> untrusted(std::string_view member, std::string_view service, const std::string& source, Failure failure) {
    return trusts(member_text(request_, member), service, source) ? std::nullopt : std::optional(std::move(failure));
  }

  std::string state_machine() const {
    const auto arn = member_text(request_, "stateMachineArn");
    return arn.empty() ? site_.state_machine_arn(member_text(request_, "name")) : arn;
  }

  std::string rule() const {
    const auto name = member_text(request_, "Name"), bus = member_text(request_, "EventBusName");
    const auto bus_name = bus.substr(bus.rfind('/') + 1);
    return site_.arn("events", "rule/" + (bus_name.empty() || bus_name == "default" ? std::string() : bus_name + "/") +
                                   (name.empty() ? member_text(request_, "Rule") : name));
  }

  std::optional<Failure> refused_by_lambda(std::string_view operation) {
    if (operation == "CreateEventSourceMapping") return refused_source();
    if (operation == "PutFunctionEventInvokeConfig" || operation == "UpdateFunctionEventInvokeConfig") return refused_destination();
    if (operation != "CreateFunction" && operation != "UpdateFunctionConfiguration") return std::nullopt;
    const auto reference = functions::parse_function_reference(member_text(request_, "FunctionName"));
    if (auto refused = untrusted("Role", "lambda", reference ? site_.function_arn(reference->name) : std::string(), not_by_lambda()))
      return refused;
    return refused_dead_letters();
  }

  /// The function of the request: as it is, or as it would be made.
  std::optional<functions::FunctionConfig> function() {
    const auto reference = functions::parse_function_reference(member_text(request_, "FunctionName"));
    auto found = reference ? functions::find_function(authorizer_.reader(), reference->name) : std::nullopt;
    const auto role = member_text(request_, "Role");
    if (role.empty()) return found;
    if (!found) found.emplace().name = reference ? reference->name : std::string();
    found->role = role;
    return found;
  }

  /// A queue or topic, to which Lambda sends in the function's role.
  std::optional<Failure> refused_dead_letters() {
    const auto* config = request_.find("DeadLetterConfig");
    const auto target = config ? member_text(*config, "TargetArn") : std::string();
    const auto called = function();
    Arn arn;
    if (!called || !parse_arn(target, arn) || (arn.service != "sqs" && arn.service != "sns")) return std::nullopt;
    const auto* action = arn.service == "sqs" ? "SendMessage" : "Publish";
    if (may(*called, arn.service + ":" + action, target)) return std::nullopt;
    return Failure{
        "InvalidParameterValueException",
        fmt::format("The provided execution role does not have permissions to call {} on {}", action, arn.service == "sqs" ? "SQS" : "SNS"),
        400};
  }

  std::optional<Failure> refused_destination() {
    const auto* config = request_.find("DestinationConfig");
    const auto called = function();
    if (!config || !called) return std::nullopt;
    for (const auto* way : {"OnSuccess", "OnFailure"}) {
      const auto* told = config->find(way);
      const auto target = told ? member_text(*told, "Destination") : std::string();
      const auto action = functions::telling_action(target);
      if (action.empty() || may(*called, std::string(action), target)) continue;
      return Failure{"InvalidParameterValueException",
                     fmt::format("The function's execution role does not have permissions to call {} on {}",
                                 action.substr(action.find(':') + 1), target),
                     400};
    }
    return std::nullopt;
  }

  std::optional<Failure> refused_by_events() {
    std::vector<std::string> roles{member_text(request_, "RoleArn")};
    if (const auto* targets = request_.find("Targets"); targets && targets->is_array())
      for (const auto& target : targets->elements()) roles.push_back(member_text(target, "RoleArn"));
    for (const auto& role : roles)
      if (!trusts(role, "events", rule())) return not_by_events(role);
    return std::nullopt;
  }

  std::optional<Failure> refused_by_scheduler() {
    const auto* target = request_.find("Target");
    const auto group = member_text(request_, "GroupName");
    return !target || trusts(member_text(*target, "RoleArn"), "scheduler",
                             site_.arn("scheduler", "schedule-group/" + (group.empty() ? std::string("default") : group)))
               ? std::nullopt
               : std::optional(not_by_scheduler());
  }

  /// In the function's role Lambda reads, and empties, the queue.
  std::optional<Failure> refused_source() {
    const auto called = function();
    const auto queue = member_text(request_, "EventSourceArn");
    Arn arn;
    if (!called || !parse_arn(queue, arn) || arn.service != "sqs") return std::nullopt;  // what is wrong with that the operation says
    for (const auto* name : {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"})
      if (!may(*called, std::string("sqs:") + name, queue))
        return Failure{"InvalidParameterValueException",
                       fmt::format("The function execution role does not have permissions to call {} on SQS", name), 400};
    return std::nullopt;
  }

  bool may(const functions::FunctionConfig& function, const std::string& action, const std::string& resource) {
    return authorizer_
        .permit({.service = "lambda.amazonaws.com",
                 .source_arn = {},
                 .role_arn = function.role,
                 .session = function.name,
                 .action = action,
                 .resource = resource})
        .has_value();
  }

  Authorizer& authorizer_;
  const Site& site_;
  const Json& request_;
};

}  // namespace

std::optional<Failure> refused_role(Authorizer& authorizer, const Site& site, Service service, std::string_view operation,
                                    const Json& request) {
  return PassedRoles(authorizer, site, request).refused(service, operation);
}

std::optional<Failure> refused_role(const OperationContext& context, Service service, std::string_view operation, const Json& request) {
  auto* authorizer = context.services.authorizer;
  return authorizer ? refused_role(*authorizer, context.services.engine.site(), service, operation, request) : std::nullopt;
}

}  // namespace signalbox::aws
