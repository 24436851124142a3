#include "asl/builder.h"

namespace signalbox::asl {

SucceedState parse_succeed(StateContext& context) {
  SucceedState state;
  parse_in_and_out(context, state.input_path, state.output_path, state.output);
  context.flow.has_terminal = true;
  return state;
}

}  // namespace signalbox::asl
