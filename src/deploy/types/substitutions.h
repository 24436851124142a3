#pragma once
/// DefinitionSubstitutions: `${Name}` in a definition's texts. Source: CloudFormation, AWS::StepFunctions::StateMachine.

#include "deploy/properties.h"

#include <map>
#include <string>

namespace signalbox::deploy {

using Substitutions = std::map<std::string, Json>;

/// Texts, numbers and booleans; anything else is a fault.
[[nodiscard]] Substitutions read_substitutions(Properties& properties);

/// Every `${Name}` that is among them replaced, in members' names too; others stay, since they may be meant for the workflow itself. A text
/// that is nothing but `${Name}` becomes the value itself, so that `"TimeoutSeconds": "${Timeout}"` can be a number.
[[nodiscard]] Json substitute(const Json& definition, const Substitutions& substitutions);

}  // namespace signalbox::deploy
