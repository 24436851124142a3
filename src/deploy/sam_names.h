#pragma once
/// Names of what SAM makes for its author: `MyFunction.Alias`, `MyApi.Stage`. Source: SAM developer guide, Referencing generated CloudFormation resources.

#include "deploy/template.h"

#include <map>
#include <string>

namespace signalbox::deploy {

/// `RESOURCE.PROPERTY` → the logical id that it stands for.
using GeneratedNames = std::map<std::string, std::string>;

/// `value` with every Ref, Fn::GetAtt and `${…}` of Fn::Sub that has such a name made one of its logical id.
[[nodiscard]] Json with_logical_ids(const Json& value, const GeneratedNames& names);
/// The same in all resources, outputs and conditions.
void use_logical_ids(Template& source, const GeneratedNames& names);

}  // namespace signalbox::deploy
