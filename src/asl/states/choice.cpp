#include "asl/builder.h"
#include "asl/warnings.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox::asl {

namespace {

enum class Operand : std::uint8_t { String, Number, Boolean, Timestamp };

struct Operator {
  std::string_view name;
  ComparisonOperator comparison;
  Operand operand;
  bool has_path_form;
};

using enum ComparisonOperator;
constexpr std::array operators{
    Operator{"StringEquals", StringEquals, Operand::String, true},
    Operator{"StringLessThan", StringLessThan, Operand::String, true},
    Operator{"StringGreaterThan", StringGreaterThan, Operand::String, true},
    Operator{"StringLessThanEquals", StringLessThanEquals, Operand::String, true},
    Operator{"StringGreaterThanEquals", StringGreaterThanEquals, Operand::String, true},
    Operator{"StringMatches", StringMatches, Operand::String, false},
    Operator{"NumericEquals", NumericEquals, Operand::Number, true},
    Operator{"NumericLessThan", NumericLessThan, Operand::Number, true},
    Operator{"NumericGreaterThan", NumericGreaterThan, Operand::Number, true},
    Operator{"NumericLessThanEquals", NumericLessThanEquals, Operand::Number, true},
    Operator{"NumericGreaterThanEquals", NumericGreaterThanEquals, Operand::Number, true},
    Operator{"BooleanEquals", BooleanEquals, Operand::Boolean, true},
    Operator{"TimestampEquals", TimestampEquals, Operand::Timestamp, true},
    Operator{"TimestampLessThan", TimestampLessThan, Operand::Timestamp, true},
    Operator{"TimestampGreaterThan", TimestampGreaterThan, Operand::Timestamp, true},
    Operator{"TimestampLessThanEquals", TimestampLessThanEquals, Operand::Timestamp, true},
    Operator{"TimestampGreaterThanEquals", TimestampGreaterThanEquals, Operand::Timestamp, true},
    Operator{"IsNull", IsNull, Operand::Boolean, false},
    Operator{"IsPresent", IsPresent, Operand::Boolean, false},
    Operator{"IsNumeric", IsNumeric, Operand::Boolean, false},
    Operator{"IsString", IsString, Operand::Boolean, false},
    Operator{"IsBoolean", IsBoolean, Operand::Boolean, false},
    Operator{"IsTimestamp", IsTimestamp, Operand::Boolean, false},
};

std::optional<Json> parse_constant(Fields& fields, std::string_view name, Operand operand) {
  switch (operand) {
    case Operand::Boolean:
      if (const auto value = fields.boolean(name)) return Json(*value);
      return std::nullopt;
    case Operand::Number: {
      const auto* value = fields.any(name);
      if (value->is_number()) return *value;
      fields.report().fault("Expected value of type [NUMBER]", fields.at(name));
      return std::nullopt;
    }
    case Operand::String:
    case Operand::Timestamp: break;
  }
  const auto text = fields.string(name);
  if (!text) return std::nullopt;
  if (operand == Operand::Timestamp && !parse_rfc3339(*text)) {
    fields.report().fault("String does not match RFC3339 timestamp", fields.at(name));
    return std::nullopt;
  }
  return Json(*text);
}

/// All operators and their Path forms, as texts list them.
std::string operator_names() {
  std::string names;
  for (const auto& each : operators) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", each.name);
    if (each.has_path_form) names += fmt::format(", {}Path", each.name);
  }
  return "[" + names + "]";
}

/// The one operator of a rule, or its Path form. Spec: Choice State, Data-Test Expression.
std::optional<Comparison> parse_comparison(Fields& fields) {
  std::optional<Comparison> parsed;
  auto variable = fields.reference_in_rule("Variable");
  int found = 0;
  for (const auto& candidate : operators) {
    const auto path_name = std::string(candidate.name) + "Path";
    if (fields.has(candidate.name)) {
      ++found;
      auto constant = parse_constant(fields, candidate.name, candidate.operand);
      if (constant && constant->is_string() && candidate.has_path_form)
        warn_of_missing_path(fields.report(), constant->as_string(), fields.at(candidate.name));
      if (constant && variable) parsed = Comparison{*variable, candidate.comparison, std::move(*constant)};
    }
    if (candidate.has_path_form && fields.has(path_name)) {
      ++found;
      auto path = fields.reference_in_rule(path_name);
      if (path && variable) parsed = Comparison{*variable, candidate.comparison, std::move(*path)};
    }
  }
  if (found != 1)
    fields.report().fault(
        (found == 0 ? "This object should have only one of the following fields: " : "There should only be one of the following fields: ") +
            operator_names(),
        fields.place());
  return parsed;
}

/// What a rule is about.
void check_kind(Fields& fields) {
  constexpr std::array kinds{std::string_view("And"), std::string_view("Or"), std::string_view("Not"), std::string_view("Variable"),
                             std::string_view("Condition")};
  const auto found = std::count_if(kinds.begin(), kinds.end(), [&](std::string_view kind) { return fields.has(kind); });
  if (found != 1)
    fields.report().fault("The object must have only one of the following fields, [And, Or, Not, Variable, Condition]", fields.place());
}

std::optional<ChoiceExpression> parse_expression(Fields& fields);

std::optional<ChoiceExpression> parse_nested(const Json& source, std::string place, Fields& outer) {
  if (!source.is_object()) {
    outer.report().fault("Expected value of type [OBJECT]", std::move(place));
    return std::nullopt;
  }
  Fields fields(source, std::move(place), outer.language(), outer.report());
  fields.ignore({"Comment"});
  auto expression = parse_expression(fields);
  fields.refuse_others();
  return expression;
}

std::vector<ChoiceExpression> parse_operands(Fields& fields, std::string_view name) {
  std::vector<ChoiceExpression> operands;
  const auto* list = fields.array(name);
  if (!list) return operands;
  for (std::size_t i = 0; i < list->size(); ++i)
    if (auto operand = parse_nested(list->elements()[i], element_place(fields.at(name), i), fields))
      operands.push_back(std::move(*operand));
  return operands;
}

std::optional<ChoiceExpression> parse_expression(Fields& fields) {
  check_kind(fields);
  if (!fields.has("And") && !fields.has("Or") && !fields.has("Not")) {
    if (!fields.has("Variable")) return std::nullopt;
    auto comparison = parse_comparison(fields);
    if (!comparison) return std::nullopt;
    return ChoiceExpression{std::move(*comparison)};
  }
  if (fields.has("And")) return ChoiceExpression{AllOf{parse_operands(fields, "And")}};
  if (fields.has("Or")) return ChoiceExpression{AnyOf{parse_operands(fields, "Or")}};
  const auto* source = fields.any("Not");
  auto operand = parse_nested(*source, fields.at("Not"), fields);
  if (!operand) return std::nullopt;
  return ChoiceExpression{NotOf{std::make_shared<const ChoiceExpression>(std::move(*operand))}};
}

/// Condition: an expression, or true or false.
std::optional<JsonataTemplate> parse_condition(Fields& fields) {
  const auto* value = fields.any("Condition");
  if (!value) return std::nullopt;
  if (value->is_boolean() || is_jsonata_text(*value)) return fields.jsonata("Condition", input_and_context);
  fields.report().fault("Expected value of type [BOOLEAN]", fields.at("Condition"));
  return std::nullopt;
}

void parse_rule(StateContext& context, Fields& fields, ChoiceState& state) {
  ChoiceRule rule;
  fields.require({"Next"});
  if (!fields.has("Next")) context.flow.complete = false;
  if (const auto next = parse_target(context, fields, "Next")) rule.next = *next;
  fields.only_in(QueryLanguage::Jsonata, {"Condition", "Output"});
  rule.assign = parse_assign(context.builder, fields, input_and_context);
  fields.ignore({"Comment"});
  if (fields.is_jsonata()) {
    check_kind(fields);
    fields.only_in(QueryLanguage::JsonPath, {"Variable", "And", "Or", "Not"});
    rule.output = fields.jsonata("Output", input_and_context);
    if (auto condition = parse_condition(fields)) {
      rule.condition = std::move(*condition);
      state.choices.push_back(std::move(rule));
    }
  } else if (auto condition = parse_expression(fields)) {
    rule.condition = std::move(*condition);
    state.choices.push_back(std::move(rule));
  }
  fields.refuse_others();
}

}  // namespace

ChoiceState parse_choice(StateContext& context) {
  auto& fields = context.fields;
  ChoiceState state;
  fields.require({"Choices"});
  if (const auto* choices = fields.array("Choices")) {
    for (std::size_t i = 0; i < choices->size(); ++i) {
      const auto place = element_place(fields.at("Choices"), i);
      if (!choices->elements()[i].is_object()) {
        context.report().fault("Expected value of type [OBJECT]", place);
        continue;
      }
      Fields rule(choices->elements()[i], place, fields.language(), context.report());
      parse_rule(context, rule, state);
    }
  } else {
    context.flow.complete = false;
  }
  state.otherwise = parse_target(context, fields, "Default");
  parse_in_and_out(context, state.input_path, state.output_path, state.output);
  return state;
}

}  // namespace signalbox::asl
