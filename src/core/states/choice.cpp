#include "core/data_flow.h"
#include "core/states/choice_rule.h"
#include "core/states/states.h"

namespace signalbox::core {
namespace {

/// `input` is the effective input.
Outcome<bool> holds(Scope& scope, const ChoiceRule& rule, const Json& input) {
  if (const auto* jsonata = std::get_if<JsonataTemplate>(&rule.condition)) {
    const auto value = scope.evaluate(*jsonata, Json::Kind::Boolean);
    if (!value) return value.error();
    return value->as_boolean();
  }
  const auto result = holds(scope, std::get<ChoiceExpression>(rule.condition), input);
  if (!result) return failure_in(scope.frame(), result.error());
  return *result;
}

/// The first rule that holds; null for Default.
Outcome<const ChoiceRule*> choose(Scope& scope, const ChoiceState& choice, const Json& input) {
  for (const auto& rule : choice.choices) {
    const auto result = holds(scope, rule, input);
    if (!result) return result.error();
    if (*result) return &rule;
  }
  if (choice.otherwise) return static_cast<const ChoiceRule*>(nullptr);
  // The specification names States.NoChoiceMatched; AWS reports States.Runtime, which nothing catches.
  return runtime_failure(scope.frame(), "Failed to transition out of the state. The state does not point to a next state.");
}

}  // namespace

void begin_choice(Interpreter& interpreter, Frame& frame, const State& state, const ChoiceState& choice) {
  Scope scope(interpreter, frame);
  const auto input = selected_input(scope, choice.input_path);
  if (!input) return interpreter.fail(frame, input.error());
  const auto chosen = choose(scope, choice, *input);
  if (!chosen) return interpreter.fail(frame, chosen.error());
  // The state's own Assign and Output belong to Default; a rule that holds has its own or none.
  const ChoiceRule* const rule = *chosen;
  auto variables = assigned(scope, rule != nullptr ? rule->assign : state.assign, *input);
  if (!variables) return interpreter.fail(frame, variables.error());
  auto output = passed_on(scope, choice.output_path, rule != nullptr ? rule->output : choice.output, *input);
  if (!output) return interpreter.fail(frame, output.error());
  interpreter.leave(frame, state, std::move(*output), rule != nullptr ? rule->next : *choice.otherwise, std::move(*variables));
}

}  // namespace signalbox::core
