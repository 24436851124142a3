#include "base/overload.h"
#include "core/data_flow.h"
#include "core/states/states.h"

#include <fmt/format.h>

namespace signalbox::core {
namespace {

Evaluated<std::string> text_of(const Json& value, std::string_view field, const std::string& source) {
  if (value.is_string()) return evaluated(std::string(value.as_string()));
  return WorkflowError{error_names::Runtime, fmt::format("The {}Path parameter does not reference a string value: {} == {}", field, source, value.text())};
}

/// `field` is `Error` or `Cause`.
Evaluated<std::optional<std::string>> evaluate(Scope& scope, const std::optional<FailText>& text, std::string_view field, const Json& input) {
  if (!text) return evaluated(std::optional<std::string>());
  const auto from = [&](const auto& expression) -> Evaluated<std::optional<std::string>> {
    auto value = scope.evaluate(expression, input);
    if (!value) return value.error();
    auto string = text_of(*value, field, expression.text());
    if (!string) return string.error();
    return evaluated(std::optional(std::move(*string)));
  };
  return std::visit(Overload{
                        [](const std::string& constant) { return evaluated(std::optional(constant)); },
                        [&](const PathExpression& path) { return from(path); },
                        [&](const IntrinsicCall& call) { return from(call); },
                    },
                    *text);
}

}  // namespace

void begin_fail(Interpreter& interpreter, Frame& frame, const FailState& fail) {
  Scope scope(interpreter, frame);
  auto error = evaluate(scope, fail.error, "Error", frame.input);
  if (!error) return interpreter.fail(frame, failure_in(frame, error.error()));
  auto cause = evaluate(scope, fail.cause, "Cause", frame.input);
  if (!cause) return interpreter.fail(frame, failure_in(frame, cause.error()));
  interpreter.fail(frame, Failure{.error = {std::move(*error), std::move(*cause)}});
}

}  // namespace signalbox::core
