#include "core/data_flow.h"
#include "core/states/states.h"

namespace signalbox::core {

void begin_pass(Interpreter& interpreter, Frame& frame, const State& state, const PassState& pass) {
  if (!pass.result && is_identity(pass.flow)) return interpreter.leave(frame, state, frame.input, pass.next);
  Scope scope(interpreter, frame);
  auto input = effective_input(scope, pass.flow, frame.input);
  if (!input) return interpreter.fail(frame, failure_in(frame, input.error()));
  auto output = state_output(scope, pass.flow, frame.input, pass.result ? *pass.result : *input);
  if (!output) return interpreter.fail(frame, output.error());
  interpreter.leave(frame, state, std::move(*output), pass.next);
}

}  // namespace signalbox::core
