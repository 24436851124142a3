#include "core/data_flow.h"
#include "core/states/gathering.h"
#include "core/states/states.h"

namespace signalbox::core {

namespace {

void leave_with(Interpreter& interpreter, Frame& frame, const State& state, const ParallelState& parallel, const Json& result) {
  const auto last_event_id = exit_of_gathering(frame);
  if (!interpreter.record(frame, StateEnded{.type = StateType::Parallel, .end = StateEnd::Succeeded, .error = {}})) return;
  Scope scope(interpreter, frame);
  scope.give_result(result);
  auto variables = assigned(scope, state.assign, result);
  if (!variables) return interpreter.fail(frame, variables.error());
  auto output = state_output(scope, parallel.flow, result);
  if (!output) return interpreter.fail(frame, output.error());
  interpreter.leave_after(last_event_id, frame, state, std::move(*output), parallel.next, std::move(*variables));
}

}  // namespace

void begin_parallel(Interpreter& interpreter, Frame& frame, const State& state, const ParallelState& parallel) {
  Scope scope(interpreter, frame);
  const auto input = effective_input(scope, parallel.flow);
  if (!input) return interpreter.fail(frame, input.error());
  if (!interpreter.record(frame, ParallelStateStarted{})) return;
  if (const auto* mocked = interpreter.mocked_children()) {
    if (mocked->error) return interpreter.fail(frame, Failure{.error = *mocked->error, .from_child = true});
    return leave_with(interpreter, frame, state, parallel, mocked->result.value_or(Json::empty_array()));
  }
  std::int64_t index = 0;
  for (const Flow& branch : parallel.branches) {
    Frame* child = start_child(interpreter, frame, index++);
    if (child == nullptr) return;
    interpreter.enter(*child, branch.start_at, *input);
  }
}

void finish_parallel(Interpreter& interpreter, Frame& frame, const State& state, const ParallelState& parallel) {
  leave_with(interpreter, frame, state, parallel, gathered(std::get<Frame::Gathering>(frame.activity)));
}

}  // namespace signalbox::core
