#include "core/data_flow.h"
#include "core/states/choice_rule.h"
#include "core/states/states.h"

namespace signalbox::core {
namespace {

/// The first rule that holds; null for Default.
Evaluated<const ChoiceRule*> choose(Scope& scope, const ChoiceState& choice, const Json& input) {
  for (const auto& rule : choice.choices) {
    const auto result = holds(scope, rule.condition, input);
    if (!result) return result.error();
    if (*result) return &rule;
  }
  if (choice.otherwise) return static_cast<const ChoiceRule*>(nullptr);
  return WorkflowError{error_names::NoChoiceMatched, "No choice rule matched, and the state has no Default."};
}

}  // namespace

void begin_choice(Interpreter& interpreter, Frame& frame, const State& state, const ChoiceState& choice) {
  Scope scope(interpreter, frame);
  auto input = select(scope, choice.input_path, frame.input);
  if (!input) return interpreter.fail(frame, failure_in(frame, input.error()));
  const auto chosen = choose(scope, choice, *input);
  if (!chosen) return interpreter.fail(frame, failure_in(frame, chosen.error()));
  // The state's own Assign belongs to Default; a rule that holds has its own or none.
  const ChoiceRule* const rule = *chosen;
  auto variables = assigned(scope, rule != nullptr ? rule->assign : state.assign, *input);
  if (!variables) return interpreter.fail(frame, variables.error());
  auto output = select(scope, choice.output_path, *input);
  if (!output) return interpreter.fail(frame, failure_in(frame, output.error()));
  interpreter.leave(frame, state, std::move(*output), rule != nullptr ? rule->next : *choice.otherwise, std::move(*variables));
}

}  // namespace signalbox::core
