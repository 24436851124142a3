#include "core/data_flow.h"
#include "core/states/states.h"

namespace signalbox::core {

void begin_pass(Interpreter& interpreter, Frame& frame, const State& state, const PassState& pass) {
  if (!pass.result && !state.assign && is_identity(pass.flow)) return interpreter.leave(frame, state, frame.input, pass.next);
  Scope scope(interpreter, frame);
  auto input = effective_input(scope, pass.flow, frame.input);
  if (!input) return interpreter.fail(frame, failure_in(frame, input.error()));
  const Json& result = pass.result ? *pass.result : *input;
  auto variables = assigned(scope, state.assign, result);
  if (!variables) return interpreter.fail(frame, variables.error());
  auto output = state_output(scope, pass.flow, frame.input, result);
  if (!output) return interpreter.fail(frame, output.error());
  interpreter.leave(frame, state, std::move(*output), pass.next, std::move(*variables));
}

}  // namespace signalbox::core
