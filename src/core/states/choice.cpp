#include "core/data_flow.h"
#include "core/states/choice_rule.h"
#include "core/states/states.h"

namespace signalbox::core {
namespace {

/// The state that the first rule that holds names, or Default.
Evaluated<StateIndex> choose(Scope& scope, const ChoiceState& choice, const Json& input) {
  for (const auto& rule : choice.choices) {
    const auto result = holds(scope, rule.condition, input);
    if (!result) return result.error();
    if (*result) return rule.next;
  }
  if (choice.otherwise) return *choice.otherwise;
  return WorkflowError{error_names::NoChoiceMatched, "No choice rule matched, and the state has no Default."};
}

}  // namespace

void begin_choice(Interpreter& interpreter, Frame& frame, const State& state, const ChoiceState& choice) {
  Scope scope(interpreter, frame);
  auto input = select(scope, choice.input_path, frame.input);
  if (!input) return interpreter.fail(frame, failure_in(frame, input.error()));
  const auto next = choose(scope, choice, *input);
  if (!next) return interpreter.fail(frame, failure_in(frame, next.error()));
  auto output = select(scope, choice.output_path, *input);
  if (!output) return interpreter.fail(frame, failure_in(frame, output.error()));
  interpreter.leave(frame, state, std::move(*output), *next);
}

}  // namespace signalbox::core
