#include "core/data_flow.h"
#include "core/states/states.h"

namespace signalbox::core {

void begin_succeed(Interpreter& interpreter, Frame& frame, const State& state, const SucceedState& succeed) {
  Scope scope(interpreter, frame);
  const auto input = selected_input(scope, succeed.input_path);
  if (!input) return interpreter.fail(frame, input.error());
  auto output = passed_on(scope, succeed.output_path, succeed.output, *input);
  if (!output) return interpreter.fail(frame, output.error());
  interpreter.leave(frame, state, std::move(*output), std::nullopt);
}

}  // namespace signalbox::core
