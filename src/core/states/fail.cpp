#include "base/overload.h"
#include "core/data_flow.h"
#include "core/states/states.h"

#include <fmt/format.h>

namespace signalbox::core {
namespace {

Evaluated<std::string> text_of(const Json& value, std::string_view field, const std::string& source) {
  if (value.is_string()) return evaluated(std::string(value.as_string()));
  return WorkflowError{error_names::Runtime,
                       fmt::format("The {}Path parameter does not reference a string value: {} == {}", field, source, value.text())};
}

/// `field` is `Error` or `Cause`.
Outcome<std::optional<std::string>> evaluate(Scope& scope, const std::optional<FailText>& text, std::string_view field, const Json& input) {
  using Text = Outcome<std::optional<std::string>>;
  if (!text) return std::optional<std::string>();
  const auto from = [&](const auto& expression) -> Text {
    auto value = scope.evaluate(expression, input);
    if (!value) return failure_in(scope.frame(), value.error());
    auto string = text_of(*value, field, expression.text());
    if (!string) return failure_in(scope.frame(), string.error());
    return std::optional(std::move(*string));
  };
  return std::visit(Overload{
                        [](const std::string& constant) -> Text { return std::optional(constant); },
                        [&](const JsonataTemplate& jsonata) -> Text {
                          const auto value = scope.evaluate(jsonata, Json::Kind::String);
                          if (!value) return value.error();
                          return std::optional(std::string(value->as_string()));
                        },
                        [&](const PathExpression& path) { return from(path); },
                        [&](const IntrinsicCall& call) { return from(call); },
                    },
                    *text);
}

}  // namespace

void begin_fail(Interpreter& interpreter, Frame& frame, const FailState& fail) {
  Scope scope(interpreter, frame);
  scope.show(&StateInspection::after_input_path, frame.input);
  auto error = evaluate(scope, fail.error, "Error", frame.input);
  if (!error) return interpreter.fail(frame, error.error());
  auto cause = evaluate(scope, fail.cause, "Cause", frame.input);
  if (!cause) return interpreter.fail(frame, cause.error());
  interpreter.fail(frame, Failure{.error = {std::move(*error), std::move(*cause)}});
}

}  // namespace signalbox::core
