#include "asl/fields.h"

#include "asl/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::asl {

namespace {

std::string listed(std::initializer_list<std::string_view> names) { return fmt::format("[{}]", fmt::join(names, ", ")); }

}  // namespace

bool is_jsonata_text(const Json& value) {
  if (!value.is_string()) return false;
  const auto text = value.as_string();
  return text.size() >= 4 && text.starts_with("{%") && text.ends_with("%}");
}

std::string element_place(const std::string& place, std::size_t index) { return fmt::format("{}[{}]", place, index); }

const Json* Fields::any(std::string_view name) {
  known_.emplace(name);
  return object_.find(name);
}

const Json* Fields::object(std::string_view name) {
  const auto* value = any(name);
  if (!value || value->is_object()) return value;
  wrong_type(name, "[OBJECT]");
  return nullptr;
}

const Json* Fields::array(std::string_view name, bool may_be_empty) {
  const auto* value = any(name);
  if (!value) return nullptr;
  if (!value->is_array()) {
    wrong_type(name, "[ARRAY]");
    return nullptr;
  }
  if (value->size() == 0 && !may_be_empty) {
    report_.fault("Value cannot be empty", at(name));
    return nullptr;
  }
  return value;
}

std::optional<std::string> Fields::string(std::string_view name) {
  const auto* value = any(name);
  if (!value) return std::nullopt;
  if (!value->is_string()) {
    wrong_type(name, "[STRING]");
    return std::nullopt;
  }
  return std::string(value->as_string());
}

std::optional<bool> Fields::boolean(std::string_view name) {
  const auto* value = any(name);
  if (!value) return std::nullopt;
  if (!value->is_boolean()) {
    wrong_type(name, "[BOOLEAN]");
    return std::nullopt;
  }
  return value->as_boolean();
}

std::optional<std::int64_t> Fields::integer(std::string_view name, Range range) {
  const auto* value = any(name);
  if (!value) return std::nullopt;
  const auto whole = value->as_integer();
  if (!whole) {
    wrong_type(name, "Integer");
    return std::nullopt;
  }
  if (*whole < range.min) report_.fault(fmt::format("Minimum value is {}", range.min), at(name));
  if (*whole > range.max) report_.fault(fmt::format("Maximum value is {}", range.max), at(name));
  return *whole < range.min || *whole > range.max ? std::nullopt : whole;
}

std::optional<double> Fields::number(std::string_view name, double min, double max) {
  const auto* value = any(name);
  if (!value) return std::nullopt;
  if (!value->is_number()) {
    wrong_type(name, "[NUMBER]");
    return std::nullopt;
  }
  const auto number = value->as_double();
  if (number < min) report_.fault(fmt::format("Minimum value is {:.1f}", min), at(name));
  if (number > max) report_.fault(fmt::format("Maximum value is {:.1f}", max), at(name));
  return number < min || number > max ? std::nullopt : std::optional(number);
}

std::optional<PathExpression> Fields::parse_path(std::string_view name, const Json& value, bool must_be_reference) {
  if (!value.is_string()) {
    wrong_type(name, "[STRING]");
    return std::nullopt;
  }
  auto path = PathExpression::parse(value.as_string());
  if (!path) {
    report_.fault("Value must be a valid JSONPath.", at(name));  // AWS does not say why
    return std::nullopt;
  }
  if (must_be_reference && !path->is_reference()) {
    report_.fault("Value is not a Reference Path", at(name));
    return std::nullopt;
  }
  if (path->variable()) report_.reads(*path->variable());
  return std::move(*path);
}

std::optional<PathExpression> Fields::path(std::string_view name) {
  const auto* value = any(name);
  return value ? parse_path(name, *value, false) : std::nullopt;
}

std::optional<PathExpression> Fields::reference(std::string_view name) {
  const auto* value = any(name);
  return value ? parse_path(name, *value, true) : std::nullopt;
}

std::optional<PathExpression> Fields::reference_in_rule(std::string_view name) {
  const auto* value = any(name);
  if (!value || !value->is_string() || value->as_string().starts_with('$')) return reference(name);
  report_.fault("Value is not a Reference Path: Reference path didn't start with '$'", at(name));
  return std::nullopt;
}

PathOrNull Fields::path_or_null(std::string_view name) {
  const auto* value = any(name);
  if (!value) return PathExpression{};
  if (value->is_null()) return std::nullopt;
  return parse_path(name, *value, false);
}

ReferencePathOrNull Fields::result_path(std::string_view name) {
  const auto* value = any(name);
  if (!value) return ReferencePath{};
  if (value->is_null()) return std::nullopt;
  if (!value->is_string()) {
    wrong_type(name, "[STRING]");
    return std::nullopt;
  }
  auto path = ReferencePath::parse(value->as_string());
  if (path) return std::move(*path);
  const bool is_path = PathExpression::parse(value->as_string()).has_value();
  report_.fault(is_path ? "Value is not a Reference Path" : "Value must be a valid JSONPath.", at(name));
  return std::nullopt;
}

std::optional<PayloadTemplate> Fields::payload_template(std::string_view name) {
  const auto* value = any(name);
  if (!value) return std::nullopt;
  auto parsed = PayloadTemplate::parse(*value);
  if (parsed) {
    warn_of_missing_dollar(report_, *value, at(name));
    for (auto& variable : parsed->variables()) report_.reads(std::move(variable));
    return std::move(*parsed);
  }
  for (const auto& fault : parsed.error()) {
    // AWS gives the place of the object that holds the member, and does not say what is wrong inside of a path or call.
    const auto holder = fault.where.substr(0, std::min(fault.where.rfind('/'), fault.where.size()));
    constexpr std::string_view text_end = "must be a valid JSONPath or a valid intrinsic function call";
    const auto end = fault.message.find(text_end);
    report_.fault(end == std::string::npos ? fault.message : fault.message.substr(0, end + text_end.size()), at(name) + holder);
  }
  return std::nullopt;
}

std::optional<JsonataTemplate> Fields::jsonata(std::string_view name, const StatesMembers& offered) {
  const auto* value = any(name);
  if (!value) return std::nullopt;
  // Error texts name the field by its place below the state: `Choices[1]/Output`.
  auto parsed = JsonataTemplate::parse(*value, at(name).substr(report_.state_place().size() + 1), offered);
  if (parsed) {
    for (const auto& variable : parsed->variables()) report_.reads(variable);
    return std::move(*parsed);
  }
  for (const auto& fault : parsed.error()) report_.fault(Phase::Form, fault.code, fault.message, at(name) + fault.where);
  return std::nullopt;
}

std::optional<JsonataTemplate> Fields::expression(std::string_view name) {
  const auto* value = object_.find(name);
  if (!value || !is_jsonata() || !is_jsonata_text(*value)) return std::nullopt;
  return jsonata(name, input_and_context);
}

std::optional<Template> Fields::either_template(std::string_view name, const StatesMembers& offered) {
  if (is_jsonata()) {
    if (auto parsed = jsonata(name, offered)) return std::move(*parsed);
  } else if (auto parsed = payload_template(name)) {
    return std::move(*parsed);
  }
  return std::nullopt;
}

void Fields::only_in(QueryLanguage language, std::initializer_list<std::string_view> names) {
  const char* own = is_jsonata() ? "JSONata" : "JSONPath";
  const char* other = is_jsonata() ? "JSONPath" : "JSONata";
  for (const auto name : names) {
    known_.emplace(name);
    if (language_checked_ && language != language_ && has(name))
      report_.fault(
          fmt::format("The QueryLanguage is set to '{}', but field '{}' is only supported for the '{}' QueryLanguage", own, name, other),
          place());
  }
}

void Fields::ignore(std::initializer_list<std::string_view> names) {
  for (const auto name : names) known_.emplace(name);
}

void Fields::require(std::initializer_list<std::string_view> names) {
  std::vector<std::string_view> missing;
  std::copy_if(names.begin(), names.end(), std::back_inserter(missing), [this](std::string_view name) { return !has(name); });
  if (!missing.empty()) report_.fault(fmt::format("These fields are required: [{}]", fmt::join(missing, ", ")), place());
}

void Fields::exactly_one(std::initializer_list<std::string_view> names) {
  at_most_one(names);
  if (std::none_of(names.begin(), names.end(), [this](std::string_view name) { return has(name); }))
    report_.fault("This object should have only one of the following fields: " + listed(names), place());
}

void Fields::at_most_one(std::initializer_list<std::string_view> names) {
  const auto present = std::count_if(names.begin(), names.end(), [this](std::string_view name) { return has(name); });
  if (present > 1) report_.fault("There should only be one of the following fields: " + listed(names), place());
}

void Fields::one_of(std::string_view name, std::initializer_list<std::string_view> values) {
  const auto value = string(name);
  if (value && std::find(values.begin(), values.end(), *value) == values.end())
    report_.fault("Value should be one of the following: " + listed(values), at(name));
}

void Fields::refuse_others() {
  for (const auto& member : object_.members())
    if (!known_.contains(member.name)) report_.fault(fmt::format("Field '{}' is not supported", member.name), place());
}

void Fields::wrong_type(std::string_view name, const char* expected) {
  report_.fault(fmt::format("Expected value of type {}", expected), at(name));
}

}  // namespace signalbox::asl
