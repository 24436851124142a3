#include "asl/builder.h"

#include <fmt/format.h>

#include <iterator>

namespace signalbox::asl {

namespace {

constexpr std::string_view reserved_name = "states";

std::size_t count_characters(std::string_view utf8) {
  std::size_t count = 0;
  for (const char byte : utf8) count += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  return count;
}

/// A Unicode identifier that is not reserved. Spec: Variables, names.
void check_name(Fields& fields, std::string_view name) {
  const auto where = fields.at("Assign");
  const auto invalid = [&](std::string why) {
    fields.report().fault(Phase::Form, "INVALID_VARIABLE_NAME", fmt::format("Invalid variable name '{}': {}", name, why), where);
  };
  if (name == reserved_name)
    return fields.report().fault(Phase::Form, "RESERVED_VARIABLE_NAME", "Cannot assign to reserved variable '$states'.", where);
  if (!is_variable_name(name)) return invalid("the variable name contains invalid characters.");
  if (count_characters(name) > variable_name_characters_max)
    invalid(fmt::format("the variable name exceeds the {}-character limit allowed by the service", variable_name_characters_max));
}

/// `x.$` in the JSONPath dialect assigns to `x`.
std::string_view assigned_name(const Fields& fields, std::string_view member) {
  return !fields.is_jsonata() && member.ends_with(".$") ? member.substr(0, member.size() - 2) : member;
}

}  // namespace

std::optional<Template> parse_assign(Builder& builder, Fields& fields, const StatesMembers& offered) {
  const auto* source = fields.object("Assign");
  if (!source) return std::nullopt;
  auto& scope = builder.scopes.back();
  for (const auto& member : source->members()) {
    const auto name = assigned_name(fields, member.name);
    check_name(fields, name);
    scope.own.emplace(name);
    scope.assigned.push_back({std::string(name), fields.at("Assign")});
  }
  return fields.either_template("Assign", offered);
}

void close_scope(Builder& builder, OuterVariables outer) {
  auto closed = std::move(builder.scopes.back());
  builder.scopes.pop_back();
  for (const auto& [name, place] : closed.inner)
    if (closed.own.contains(name))
      builder.report.fault(fmt::format("The variable '{}' is assigned in an outer scope already", name), place);
  if (builder.scopes.empty() || outer == OuterVariables::Hidden) return;
  auto& around = builder.scopes.back().inner;
  std::move(closed.assigned.begin(), closed.assigned.end(), std::back_inserter(around));
  std::move(closed.inner.begin(), closed.inner.end(), std::back_inserter(around));
}

}  // namespace signalbox::asl

namespace signalbox {

Json variable_references(const StateMachine& machine) {
  Json::Object references;
  for (const auto& state : machine.states) {
    if (state.variables_read.empty()) continue;
    references.push_back({state.name, Json(Json::Array(state.variables_read.begin(), state.variables_read.end()))});
  }
  return Json(std::move(references));
}

}  // namespace signalbox
