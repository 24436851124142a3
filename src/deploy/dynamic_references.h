#pragma once
/// `{{resolve:ssm:NAME}}` in texts of properties. Source: CloudFormation User Guide, Get values stored in other services using dynamic references.

#include "deploy/template.h"

#include <string>

namespace signalbox::deploy {

/// `value` with every reference to a parameter of Systems Manager (`ssm`, `ssm-secure`; `NAME` or `NAME:VERSION`) replaced by what it has now. Faults, at
/// their place: a parameter that is not there, a reference to another service.
[[nodiscard]] Json with_dynamic_references(const Json& value, const SystemsManagerLookup& systems_manager, const std::string& place,
                                           Faults& faults);

}  // namespace signalbox::deploy
