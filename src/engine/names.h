#pragma once
/// Names of state machines and executions.

#include "signalbox/result.h"

#include <string_view>

namespace signalbox {

/// 1 to 80 characters, none of them white space, a bracket `<>{}[]`, a wildcard `?*`, special `"#%\^|~`$&,;:/`, or a control character.
/// Errors: InvalidArgument, in AWS's words. [CreateStateMachine, name]
[[nodiscard]] Result<void> check_name(std::string_view name);

}  // namespace signalbox
