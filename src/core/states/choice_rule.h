#pragma once
/// Spec: Choice State, Data-Test Expression.

#include "core/data_flow.h"

namespace signalbox::core {

/// Whether the rule's test holds for the state's effective input. A value of another type than the operator's makes a test false, not
/// an error; a Variable that selects nothing is an error (States.Runtime) for every operator but IsPresent.
[[nodiscard]] Evaluated<bool> holds(Scope& scope, const ChoiceExpression& expression, const Json& input);

/// StringMatches: `*` stands for any characters, `\\*` and `\\\\` (in the definition's JSON) for themselves.
[[nodiscard]] bool matches_wildcard(std::string_view text, std::string_view pattern);

}  // namespace signalbox::core
