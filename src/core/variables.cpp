#include "core/data_flow.h"

namespace signalbox::core {

namespace {

/// What all variables would have after the assignment, those of the same frame being replaced.
std::size_t bytes_after(const Execution& execution, const Frame& frame, const Json& assigned) {
  std::size_t bytes = execution.variables_bytes;
  for (const auto& [name, value] : assigned.members()) {
    const Json* const old = frame.variables.find(name);
    bytes += value.text_bytes() - (old == nullptr ? 0 : old->text_bytes());
  }
  return bytes;
}

std::optional<WorkflowError> fault_of_size(const Execution& execution, const Frame& frame, const Json& assigned) {
  for (const auto& [name, value] : assigned.members())
    if (value.text_bytes() > variable_bytes_max) return variables_too_large("The size of the variable '" + name + "'", variable_bytes_max);
  if (assigned.text_bytes() > variable_bytes_max) return variables_too_large("The size of the variables assigned", variable_bytes_max);
  if (bytes_after(execution, frame, assigned) > variables_bytes_max)
    return variables_too_large("The size of all variables", variables_bytes_max);
  return std::nullopt;
}

}  // namespace

Outcome<std::optional<Json>> assigned(Scope& scope, const std::optional<Template>& assign, const Json& input) {
  if (!assign) return std::optional<Json>();
  const auto values = scope.evaluate(*assign, input);
  if (!values) return values.error();
  // Without the source texts of what was assigned whole: read from history again, the values must print as they do now.
  const Json compact = Json::from_stored(values->compact_text()).rebuilt();
  if (auto fault = fault_of_size(scope.execution(), scope.frame(), compact)) return failure_in(scope.frame(), std::move(*fault));
  return std::optional(compact);
}

}  // namespace signalbox::core
