#pragma once
/// RedriveExecution. Source: Step Functions Developer Guide, Restarting state machine executions with redrive.

#include "core/interpreter.h"

namespace signalbox::core {

/// Every state that had been entered and not exited does its work again; what succeeded is not repeated. The state is not entered again, its
/// retries are forgotten, a Wait waits its whole time. Precondition: `from_state`, if given, is a state of the machine.
void redrive(Interpreter& interpreter, const events::Redrive& event);

}  // namespace signalbox::core
