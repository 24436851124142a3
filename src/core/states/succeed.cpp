#include "core/data_flow.h"
#include "core/states/states.h"

namespace signalbox::core {

void begin_succeed(Interpreter& interpreter, Frame& frame, const State& state, const SucceedState& succeed) {
  Scope scope(interpreter, frame);
  auto output = passed_through(scope, succeed.input_path, succeed.output_path, frame.input);
  if (!output) return interpreter.fail(frame, failure_in(frame, output.error()));
  interpreter.leave(frame, state, std::move(*output), std::nullopt);
}

}  // namespace signalbox::core
