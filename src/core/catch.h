#pragma once
/// Spec: Errors, Fallback states.

#include "core/failure.h"
#include "core/interpreter.h"

namespace signalbox::core {

/// The first catcher that matches; null if none does.
[[nodiscard]] const Catcher* find_catcher(const State& state, const Failure& failure);

/// Leaves the state for the catcher's Next, with the error output put into the raw input by ResultPath, or with its Output. OutputPath plays
/// no part. Gives what the catcher itself raises; then the state is not left.
[[nodiscard]] std::optional<Failure> catch_failure(Interpreter& interpreter, Frame& frame, const State& state, const Catcher& catcher,
                                                   const Failure& failure);

}  // namespace signalbox::core
