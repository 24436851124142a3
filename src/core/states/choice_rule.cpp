#include "core/states/choice_rule.h"

#include "base/overload.h"
#include "base/wildcard.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <compare>

namespace signalbox::core {
namespace {

using Operator = ComparisonOperator;

WorkflowError invalid_reference(const PathExpression& path) {
  return WorkflowError{error_names::Runtime,
                       fmt::format("Invalid path '{}': The choice state's condition path references an invalid value.", path.text())};
}

std::optional<Timestamp> as_timestamp(const Json& value) { return value.is_string() ? parse_rfc3339(value.as_string()) : std::nullopt; }

/// How two values of the operator's type stand to each other; nothing if one is of another type.
std::optional<std::partial_ordering> compare(Operator comparison, const Json& a, const Json& b) {
  if (comparison <= Operator::StringGreaterThanEquals) {
    if (!a.is_string() || !b.is_string()) return std::nullopt;
    return a.as_string() <=> b.as_string();
  }
  if (comparison <= Operator::NumericGreaterThanEquals) {
    if (!a.is_number() || !b.is_number()) return std::nullopt;
    return a.as_double() <=> b.as_double();
  }
  if (comparison == Operator::BooleanEquals) {
    if (!a.is_boolean() || !b.is_boolean()) return std::nullopt;
    return a.as_boolean() <=> b.as_boolean();
  }
  const auto left = as_timestamp(a), right = as_timestamp(b);
  if (!left || !right) return std::nullopt;
  return *left <=> *right;
}

bool is_of_kind(Operator comparison, const Json& value) {
  switch (comparison) {
    case Operator::IsNull: return value.is_null();
    case Operator::IsNumeric: return value.is_number();
    case Operator::IsString: return value.is_string();
    case Operator::IsBoolean: return value.is_boolean();
    case Operator::IsTimestamp: return as_timestamp(value).has_value();
    default: SIGNALBOX_ASSERT(!"not an operator that asks for a type");
  }
  return false;
}

bool is_satisfied(Operator comparison, std::partial_ordering order) {
  switch (comparison) {
    case Operator::StringEquals:
    case Operator::NumericEquals:
    case Operator::BooleanEquals:
    case Operator::TimestampEquals: return order == 0;
    case Operator::StringLessThan:
    case Operator::NumericLessThan:
    case Operator::TimestampLessThan: return order < 0;
    case Operator::StringGreaterThan:
    case Operator::NumericGreaterThan:
    case Operator::TimestampGreaterThan: return order > 0;
    case Operator::StringLessThanEquals:
    case Operator::NumericLessThanEquals:
    case Operator::TimestampLessThanEquals: return order <= 0;
    case Operator::StringGreaterThanEquals:
    case Operator::NumericGreaterThanEquals:
    case Operator::TimestampGreaterThanEquals: return order >= 0;
    default: SIGNALBOX_ASSERT(!"not an operator that compares");
  }
  return false;
}

/// `IsNull: false` asks for the opposite, as do the other Is… operators.
bool wanted(const Comparison& test) { return std::get<Json>(test.operand).as_boolean(); }

Evaluated<bool> compare_values(Scope& scope, const Comparison& test, const Json& value, const Json& input) {
  if (test.comparison >= Operator::IsNull) return is_of_kind(test.comparison, value) == wanted(test);
  Json operand;
  if (const auto* path = std::get_if<PathExpression>(&test.operand)) {
    auto found = scope.find(*path, input);
    if (!found) return invalid_reference(*path);
    operand = std::move(*found);
  } else {
    operand = std::get<Json>(test.operand);
  }
  if (test.comparison == Operator::StringMatches)
    return value.is_string() && operand.is_string() && matches_wildcard(value.as_string(), operand.as_string());
  const auto order = compare(test.comparison, value, operand);
  return order && is_satisfied(test.comparison, *order);
}

Evaluated<bool> holds(Scope& scope, const Comparison& test, const Json& input) {
  const auto value = scope.find(test.variable, input);
  if (test.comparison == Operator::IsPresent) return value.has_value() == wanted(test);
  if (!value) return invalid_reference(test.variable);
  return compare_values(scope, test, *value, input);
}

/// And and Or look no further than they must.
Evaluated<bool> holds_until(Scope& scope, const std::vector<ChoiceExpression>& operands, bool decisive, const Json& input) {
  for (const auto& operand : operands) {
    const auto result = holds(scope, operand, input);
    if (!result || *result == decisive) return result;
  }
  return !decisive;
}

}  // namespace

bool matches_wildcard(std::string_view text, std::string_view pattern) {
  return fits_wildcards(pattern, text, {.escapes = Escapes::Special});
}

Evaluated<bool> holds(Scope& scope, const ChoiceExpression& expression, const Json& input) {
  return std::visit(Overload{
                        [&](const Comparison& test) { return holds(scope, test, input); },
                        [&](const AllOf& all) { return holds_until(scope, all.operands, false, input); },
                        [&](const AnyOf& any) { return holds_until(scope, any.operands, true, input); },
                        [&](const NotOf& negation) -> Evaluated<bool> {
                          const auto result = holds(scope, *negation.operand, input);
                          if (!result) return result;
                          return !*result;
                        },
                    },
                    expression.test);
}

}  // namespace signalbox::core
