#pragma once
/// The roles and permissions that SAM makes for functions, state machines and their events. Pure. Source: AWS SAM Developer Guide, "AWS SAM policy templates".

#include "deploy/template.h"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::deploy {

/// The AWS::IAM::Role `ID`Role of a SAM resource without a Role of its own. `service`: who takes it, `lambda.amazonaws.com`. `managed`: policies that it has
/// in any case. Faults: an unknown policy template, one without its parameter.
[[nodiscard]] ResourceSource sam_role(const ResourceSource& owner, std::string_view service, const std::vector<std::string_view>& managed,
                                      Faults& faults);

/// What lets `service` call a function for `source_arn`.
[[nodiscard]] ResourceSource sam_permission(ResourceSource made, Json function_name, std::string_view service, Json source_arn);
/// The role in which `service` starts executions of a machine.
[[nodiscard]] ResourceSource sam_start_role(ResourceSource made, std::string_view service, Json machine_arn);
/// The role in which `service` calls a function.
[[nodiscard]] ResourceSource sam_invoke_role(ResourceSource made, std::string_view service, Json function_arn);
/// Such a role with one permission more, in a policy of that name.
[[nodiscard]] ResourceSource with_permission(ResourceSource role, const std::string& policy, std::string_view action, Json resource_arn);

}  // namespace signalbox::deploy
