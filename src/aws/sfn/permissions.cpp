/// Source: Service Authorization Reference, AWS Step Functions; Developer Guide, "Authorization for versions and aliases".

#include "aws/access/permissions.h"
#include "aws/sfn/sfn.h"
#include "signalbox/executions.h"
#include "signalbox/keys.h"

#include <array>

namespace signalbox::aws::permissions {

namespace {

std::string machine_of_name(const NeedContext& context, const Json& request) {
  return context.site.state_machine_arn(member_text(request, "name"));
}
std::string all_machines(const NeedContext& context, const Json&) { return context.site.state_machine_arn("*"); }
std::string execution(const NeedContext&, const Json& request) { return member_text(request, "executionArn"); }
std::string activity(const NeedContext&, const Json& request) { return member_text(request, "activityArn"); }
std::string activity_of_name(const NeedContext& context, const Json& request) {
  return context.site.activity_arn(member_text(request, "name"));
}
std::string all_activities(const NeedContext& context, const Json&) { return context.site.activity_arn("*"); }
std::string map_run(const NeedContext&, const Json& request) { return member_text(request, "mapRunArn"); }
std::string tagged(const NeedContext&, const Json& request) { return member_text(request, "resourceArn"); }

/// Whose version or alias it is: those are told apart by a condition key, not by the resource.
std::string machine_of_qualified(const NeedContext& context, const std::string& arn) {
  const auto named = sfn::machine_name(arn);
  return named ? context.site.state_machine_arn(named->name) : arn;
}
std::string machine(const NeedContext& context, const Json& request) {
  for (const auto* member : {"stateMachineArn", "stateMachineVersionArn", "stateMachineAliasArn"}) {
    if (const auto arn = member_text(request, member); !arn.empty()) return machine_of_qualified(context, arn);
  }
  return "*";
}
std::string machine_or_map_run(const NeedContext& context, const Json& request) {
  const auto run = member_text(request, "mapRunArn");
  return run.empty() ? machine(context, request) : run;
}
/// An alias is made of versions of one machine.
std::string machine_of_routing(const NeedContext& context, const Json& request) {
  const auto* routing = request.find("routingConfiguration");
  const auto* first = routing ? routing->at(0) : nullptr;
  return first ? machine_of_qualified(context, member_text(*first, "stateMachineVersionArn")) : "*";
}

constexpr std::array rows{NeedRow{"CreateActivity", "", &activity_of_name},
                          NeedRow{"CreateStateMachine", "", &machine_of_name},
                          NeedRow{"CreateStateMachineAlias", "", &machine_of_routing},
                          NeedRow{"DeleteActivity", "", &activity},
                          NeedRow{"DescribeActivity", "", &activity},
                          NeedRow{"DescribeExecution", "", &execution},
                          NeedRow{"DescribeMapRun", "", &map_run},
                          NeedRow{"DescribeStateMachineForExecution", "", &execution},
                          NeedRow{"GetActivityTask", "", &activity},
                          NeedRow{"GetExecutionHistory", "", &execution},
                          NeedRow{"ListActivities", "", &all_activities},
                          NeedRow{"ListExecutions", "", &machine_or_map_run},
                          NeedRow{"ListMapRuns", "", &execution},
                          NeedRow{"ListStateMachines", "", &all_machines},
                          NeedRow{"ListTagsForResource", "", &tagged},
                          NeedRow{"RedriveExecution", "", &execution},
                          NeedRow{"StopExecution", "", &execution},
                          NeedRow{"TagResource", "", &tagged},
                          NeedRow{"TestState", "", &any_resource},
                          NeedRow{"UntagResource", "", &tagged},
                          NeedRow{"UpdateMapRun", "", &map_run},
                          NeedRow{"ValidateStateMachineDefinition", "", &any_resource}};

/// The state machine whose execution waits with the token. Nothing for a token that means nothing here: the operation itself refuses it.
std::optional<std::string> machine_of_token(const NeedContext& context, const Json& request) {
  const auto master = find_master_key(context.reader);
  if (!master) return std::nullopt;
  const auto parts = parse_task_token(*master, member_text(request, "taskToken"));
  if (!parts) return std::nullopt;
  const auto execution = find_execution(context.reader, parts->row);
  return execution ? std::optional(context.site.state_machine_arn(execution->state_machine)) : std::nullopt;
}

Needs send_task(const NeedContext& context, std::string_view operation, const Json& request) {
  const auto resource = machine_of_token(context, request);
  if (!resource) return {};
  return {{"states:" + std::string(operation), *resource}};
}

void add_qualifier(Needs& needs, const Json& request) {
  for (const auto* member : {"stateMachineArn", "stateMachineVersionArn", "stateMachineAliasArn"}) {
    const auto named = sfn::machine_name(member_text(request, member));
    if (named && !named->qualifier.empty()) needs.front().keys["states:statemachinequalifier"] = {named->qualifier};
  }
}

}  // namespace

Needs step_functions(const NeedContext& context, std::string_view operation, const Json& request) {
  if (operation.starts_with("SendTask")) return send_task(context, operation, request);
  auto needs = needs_by(rows, "states", &machine, context, operation, request);
  add_qualifier(needs, request);
  if (const auto* publish = request.find("publish"); publish && publish->is_boolean() && publish->as_boolean())
    needs.push_back({"states:PublishStateMachineVersion", needs.front().resource});
  if (operation == "CreateStateMachine" || operation == "UpdateStateMachine" || operation == "TestState")
    add_pass_role(needs, request.find("roleArn"), "states.amazonaws.com");
  return needs;
}

}  // namespace signalbox::aws::permissions
