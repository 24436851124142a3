#include "services/access/condition.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "signalbox/encoding.h"
#include "signalbox/ids.h"

namespace signalbox::access {

namespace {

struct Operator {
  std::string_view name;  ///< in lower case
  Comparison comparison;
  bool negated;
};
constexpr std::array operators{Operator{"stringequals", Comparison::StringEquals, false},
                               Operator{"stringnotequals", Comparison::StringEquals, true},
                               Operator{"stringequalsignorecase", Comparison::StringEqualsIgnoreCase, false},
                               Operator{"stringnotequalsignorecase", Comparison::StringEqualsIgnoreCase, true},
                               Operator{"stringlike", Comparison::StringLike, false},
                               Operator{"stringnotlike", Comparison::StringLike, true},
                               Operator{"arnequals", Comparison::Arn, false},
                               Operator{"arnlike", Comparison::Arn, false},
                               Operator{"arnnotequals", Comparison::Arn, true},
                               Operator{"arnnotlike", Comparison::Arn, true},
                               Operator{"numericequals", Comparison::NumericEquals, false},
                               Operator{"numericnotequals", Comparison::NumericEquals, true},
                               Operator{"numericlessthan", Comparison::NumericLess, false},
                               Operator{"numericlessthanequals", Comparison::NumericLessOrEqual, false},
                               Operator{"numericgreaterthan", Comparison::NumericGreater, false},
                               Operator{"numericgreaterthanequals", Comparison::NumericGreaterOrEqual, false},
                               Operator{"dateequals", Comparison::DateEquals, false},
                               Operator{"datenotequals", Comparison::DateEquals, true},
                               Operator{"datelessthan", Comparison::DateLess, false},
                               Operator{"datelessthanequals", Comparison::DateLessOrEqual, false},
                               Operator{"dategreaterthan", Comparison::DateGreater, false},
                               Operator{"dategreaterthanequals", Comparison::DateGreaterOrEqual, false},
                               Operator{"bool", Comparison::Bool, false},
                               Operator{"binaryequals", Comparison::Binary, false},
                               Operator{"ipaddress", Comparison::IpAddress, false},
                               Operator{"notipaddress", Comparison::IpAddress, true},
                               Operator{"null", Comparison::Null, false}};

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// ISO 8601 (a date alone is its midnight), or seconds since 1970; in milliseconds.
std::optional<double> moment(std::string_view text) {
  constexpr std::size_t date_characters = 10;
  const auto parsed =
      text.size() == date_characters && text[4] == '-' ? parse_rfc3339(std::string(text) + "T00:00:00Z") : parse_rfc3339(text);
  if (parsed) return static_cast<double>(parsed->time_since_epoch().count());
  const auto seconds = number(text);
  return seconds ? std::optional(*seconds * 1000) : std::nullopt;
}

using Address = std::array<unsigned char, 16>;
struct Network {
  Address address{};
  unsigned bits = 0, bits_max = 0;  ///< 32 or 128
};

std::optional<Network> network(std::string_view text) {
  Network out;
  const auto slash = text.find('/');
  const std::string address(text.substr(0, slash));
  if (inet_pton(AF_INET, address.c_str(), out.address.data()) == 1) out.bits_max = 32;
  else if (inet_pton(AF_INET6, address.c_str(), out.address.data()) == 1) out.bits_max = 128;
  else return std::nullopt;
  out.bits = out.bits_max;
  if (slash == std::string_view::npos) return out;
  const auto bits = number(text.substr(slash + 1));
  if (!bits || *bits < 0 || *bits > out.bits_max) return std::nullopt;
  out.bits = static_cast<unsigned>(*bits);
  return out;
}

bool is_within(std::string_view address, std::string_view range) {
  const auto one = network(address), whole = network(range);
  if (!one || !whole || one->bits_max != whole->bits_max) return false;
  for (unsigned bit = 0; bit < whole->bits; ++bit) {
    const auto mask = static_cast<unsigned char>(0x80U >> (bit % 8));
    if (((one->address[bit / 8] ^ whole->address[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

template <class Read, class Compare>
bool both(std::string_view value, std::string_view wanted, Read read, Compare compare) {
  const auto a = read(value), b = read(wanted);
  return a && b && compare(*a, *b);
}

/// Whether one value of the request fits one of the policy.
bool fits(Comparison comparison, std::string_view value, const TextPattern& pattern) {
  const auto wanted = pattern.literal();
  switch (comparison) {
    case Comparison::StringEquals:
    case Comparison::Binary: return value == wanted;
    case Comparison::StringEqualsIgnoreCase:
    case Comparison::Bool: return ascii_lower(value) == ascii_lower(wanted);
    case Comparison::StringLike: return pattern.matches(value);
    case Comparison::Arn: return pattern.matches_arn(value);
    case Comparison::NumericEquals: return both(value, wanted, number, std::equal_to<>());
    case Comparison::NumericLess: return both(value, wanted, number, std::less<>());
    case Comparison::NumericLessOrEqual: return both(value, wanted, number, std::less_equal<>());
    case Comparison::NumericGreater: return both(value, wanted, number, std::greater<>());
    case Comparison::NumericGreaterOrEqual: return both(value, wanted, number, std::greater_equal<>());
    case Comparison::DateEquals: return both(value, wanted, moment, std::equal_to<>());
    case Comparison::DateLess: return both(value, wanted, moment, std::less<>());
    case Comparison::DateLessOrEqual: return both(value, wanted, moment, std::less_equal<>());
    case Comparison::DateGreater: return both(value, wanted, moment, std::greater<>());
    case Comparison::DateGreaterOrEqual: return both(value, wanted, moment, std::greater_equal<>());
    case Comparison::IpAddress: return is_within(value, wanted);
    case Comparison::Null: return false;
  }
  return false;
}

/// Whether one value of the request satisfies the condition, all of the policy's values seen.
bool satisfies(const Condition& condition, std::string_view value, const std::vector<TextPattern>& patterns) {
  const bool any =
      std::any_of(patterns.begin(), patterns.end(), [&](const TextPattern& pattern) { return fits(condition.comparison, value, pattern); });
  return any != condition.negated;
}

/// A value of a policy whose variable the request does not have fits nothing.
std::vector<TextPattern> patterns_of(const Condition& condition, const ContextKeys& keys, bool with_variables) {
  std::vector<TextPattern> patterns;
  for (const auto& value : condition.values) {
    if (auto pattern = TextPattern::of(value, keys, with_variables)) patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

/// The operator's own parts; the key and its values come later.
std::optional<Condition> parse_operator(std::string_view name) {
  const auto lower = ascii_lower(name);
  std::string_view rest = lower;
  Condition out;
  if (take_prefix(rest, "forallvalues:")) out.set = SetOperator::ForAllValues;
  else if (take_prefix(rest, "foranyvalue:")) out.set = SetOperator::ForAnyValue;
  constexpr std::string_view if_exists = "ifexists";
  out.if_exists = rest.ends_with(if_exists);
  if (out.if_exists) rest.remove_suffix(if_exists.size());
  const auto found = std::find_if(operators.begin(), operators.end(), [&](const Operator& each) { return each.name == rest; });
  if (found == operators.end()) return std::nullopt;
  out.comparison = found->comparison;
  out.negated = found->negated;
  if (out.comparison == Comparison::Null && out.if_exists) return std::nullopt;
  return out;
}

/// Texts; numbers and booleans are as good.
std::optional<std::string> value_text(const Json& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_number() || value.is_boolean()) return value.compact_text();
  return std::nullopt;
}

Result<std::vector<std::string>> values_of(const Json& value, const std::string& key) {
  std::vector<std::string> texts;
  const auto add = [&](const Json& one) {
    auto text = value_text(one);
    if (text) texts.push_back(std::move(*text));
    return text.has_value();
  };
  const bool good = value.is_array() ? std::all_of(value.elements().begin(), value.elements().end(), add) : add(value);
  if (!good) return error(ErrorCode::InvalidArgument, "the values of the condition key " + key + " are texts");
  return texts;
}

}  // namespace

Result<std::vector<Condition>> parse_conditions(const Json& element) {
  std::vector<Condition> conditions;
  if (!element.is_object()) return error(ErrorCode::InvalidArgument, "Condition is an object");
  for (const auto& [name, block] : element.members()) {
    const auto parsed = parse_operator(name);
    if (!parsed) return error(ErrorCode::InvalidArgument, "Invalid Condition type : " + name + ".");
    if (!block.is_object()) return error(ErrorCode::InvalidArgument, "the condition " + name + " is an object of keys");
    for (const auto& [key, value] : block.members()) {
      auto values = values_of(value, key);
      if (!values) return values.error();
      auto condition = *parsed;
      condition.key = ascii_lower(key);
      condition.values = std::move(*values);
      conditions.push_back(std::move(condition));
    }
  }
  return conditions;
}

bool holds(const Condition& condition, const ContextKeys& keys, bool with_variables) {
  const auto found = keys.find(condition.key);
  const bool exists = found != keys.end() && !found->second.empty();
  if (condition.comparison == Comparison::Null) {
    return std::any_of(condition.values.begin(), condition.values.end(),
                       [&](const std::string& value) { return (ascii_lower(value) == "true") != exists; });
  }
  if (!exists) {
    if (condition.if_exists || condition.set == SetOperator::ForAllValues) return true;
    return condition.negated && condition.set == SetOperator::None;
  }
  const auto patterns = patterns_of(condition, keys, with_variables);
  const auto satisfied = [&](const std::string& value) { return satisfies(condition, value, patterns); };
  const auto& values = found->second;
  // Of several values without a set operator a negated condition wants none to fit, any other one.
  const bool all = condition.set == SetOperator::ForAllValues || (condition.set == SetOperator::None && condition.negated);
  return all ? std::all_of(values.begin(), values.end(), satisfied) : std::any_of(values.begin(), values.end(), satisfied);
}

}  // namespace signalbox::access
