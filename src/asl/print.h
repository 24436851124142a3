#pragma once
/// A printed form of the parsed machine, for tests and for people who wonder how a definition was understood.

#include "signalbox/state_machine.h"

#include <string>

namespace signalbox::asl {

/// One line per state, indented by nesting; fields that hold their defaults are left out.
[[nodiscard]] std::string print(const StateMachine& machine);
/// `($.a StringEquals "x" and not ($.b IsPresent true))`
[[nodiscard]] std::string print(const ChoiceExpression& expression);

}  // namespace signalbox::asl
