#include "core/data_flow.h"
#include "core/states/states.h"

namespace signalbox::core {

void begin_pass(Interpreter& interpreter, Frame& frame, const State& state, const PassState& pass) {
  if (!pass.result && !state.assign && is_identity(pass.flow) && interpreter.test() == nullptr)
    return interpreter.leave(frame, state, frame.input, pass.next);
  Scope scope(interpreter, frame);
  // As recorded on AWS, a Pass with a Result does not look at its input.
  const auto result = pass.result ? Outcome<Json>(*pass.result) : effective_input(scope, pass.flow);
  if (!result) return interpreter.fail(frame, result.error());
  if (pass.result) scope.show(&StateInspection::result, *pass.result);
  auto variables = assigned(scope, state.assign, *result);
  if (!variables) return interpreter.fail(frame, variables.error());
  auto output = state_output(scope, pass.flow, *result);
  if (!output) return interpreter.fail(frame, output.error());
  interpreter.leave(frame, state, std::move(*output), pass.next, std::move(*variables));
}

}  // namespace signalbox::core
