#pragma once
/// The Condition element. Pure. Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".

#include "services/access/text_pattern.h"
#include "signalbox/json.h"
#include "signalbox/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::access {

/// How a key's values are compared with a policy's; the operators' negations are apart.
enum class Comparison : std::uint8_t {
  StringEquals,
  StringEqualsIgnoreCase,
  StringLike,
  Arn,
  NumericEquals,
  NumericLess,
  NumericLessOrEqual,
  NumericGreater,
  NumericGreaterOrEqual,
  DateEquals,
  DateLess,
  DateLessOrEqual,
  DateGreater,
  DateGreaterOrEqual,
  Bool,
  Binary,
  IpAddress,
  Null
};

/// What becomes of several values in the request.
enum class SetOperator : std::uint8_t { None, ForAllValues, ForAnyValue };

/// One key under one operator: `"ForAnyValue:StringNotLikeIfExists": {"aws:TagKeys": ["a*"]}`.
struct Condition {
  Comparison comparison = Comparison::StringEquals;
  bool negated = false, if_exists = false;
  SetOperator set = SetOperator::None;
  std::string key;                  ///< in lower case
  std::vector<std::string> values;  ///< any of them; of a negated one none of them
};

/// Errors: InvalidArgument naming the operator or key.
[[nodiscard]] Result<std::vector<Condition>> parse_conditions(const Json& element);

[[nodiscard]] bool holds(const Condition& condition, const ContextKeys& keys, bool with_variables);

}  // namespace signalbox::access
