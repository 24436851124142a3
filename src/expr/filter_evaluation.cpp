#include "expr/filter.h"

#include <algorithm>

namespace signalbox::expr {
namespace {

struct Sides {
  const std::optional<Json>& left;
  const std::optional<Json>& right;
};

std::optional<Json> value_of(const Operand& operand, const Json& current, const Json& root, std::size_t& visits) {
  if (const auto* value = std::get_if<Json>(&operand.value)) return *value;
  if (const auto* from = std::get_if<Operand::PathFrom>(&operand.value))
    return value_at(from->path, from->current ? current : root, root, visits);
  return std::nullopt;
}

/// A number and a text that says it are equal, as in Jayway.
bool loosely_equal(const Json& a, const Json& b) {
  if (a.is_string() && b.is_number()) return loosely_equal(b, a);
  if (!a.is_number() || !b.is_string()) return a == b;
  const auto number = Json::parse(std::string(b.as_string()));
  return number && number->is_number() && *number == a;
}

/// Numbers with numbers, strings with strings; nothing for anything else.
std::optional<int> order(const Sides& sides) {
  if (!sides.left || !sides.right) return std::nullopt;
  if (sides.left->is_number() && sides.right->is_number()) {
    const double a = sides.left->as_double(), b = sides.right->as_double();
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (!sides.left->is_string() || !sides.right->is_string()) return std::nullopt;
  const int compared = sides.left->as_string().compare(sides.right->as_string());
  return compared < 0 ? -1 : compared > 0 ? 1 : 0;
}

bool holds(const Json& array, const Json& value) {
  return std::ranges::any_of(array.elements(), [&value](const Json& element) { return loosely_equal(element, value); });
}

bool contains(const Json& left, const Json& right) {
  if (left.is_array()) return holds(left, right);
  return left.is_string() && right.is_string() && left.as_string().find(right.as_string()) != std::string_view::npos;
}

bool size_is(const Json& left, const Json& right) {
  const std::size_t size = left.is_string() ? left.as_string().size() : left.size();
  return (left.is_string() || left.is_array() || left.is_object()) && right.as_integer() == static_cast<std::int64_t>(size);
}

bool empty_is(const Json& left, const Json& right) {
  if (!right.is_boolean()) return false;
  if (left.is_string()) return left.as_string().empty() == right.as_boolean();
  return (left.is_array() || left.is_object()) && (left.size() == 0) == right.as_boolean();
}

bool all_held(const Json& elements, const Json& by) {
  return std::ranges::all_of(elements.elements(), [&by](const Json& element) { return holds(by, element); });
}

bool any_held(const Json& elements, const Json& by) {
  return std::ranges::any_of(elements.elements(), [&by](const Json& element) { return holds(by, element); });
}

bool matches(const Filter& filter, const Json& current, const Json& root, std::size_t& visits) {
  const bool regex_is_right = std::holds_alternative<std::shared_ptr<const re2::RE2>>(filter.right.value);
  const Operand& regex_side = regex_is_right ? filter.right : filter.left;
  const auto* regex = std::get_if<std::shared_ptr<const re2::RE2>>(&regex_side.value);
  const auto subject = value_of(regex_is_right ? filter.left : filter.right, current, root, visits);
  if (regex == nullptr || !subject) return false;
  const auto fits = [regex](const Json& value) {
    if (!value.is_string() && !value.is_number()) return false;
    return re2::RE2::FullMatch(re2::StringPiece(value.is_string() ? value.as_string() : value.number_text()), **regex);
  };
  return subject->is_array() ? std::ranges::any_of(subject->elements(), fits) : fits(*subject);
}

bool related(Relation relation, const Sides& sides) {
  const auto& [left, right] = sides;
  const auto compared = [&sides](auto wanted) {
    const auto result = order(sides);
    return result && wanted(*result);
  };
  const bool both = left && right;
  const bool lists = both && left->is_array() && right->is_array();
  switch (relation) {
    case Relation::Equal: return left && right ? loosely_equal(*left, *right) : !left && !right;
    case Relation::NotEqual: return !related(Relation::Equal, sides);
    case Relation::SameTypeEqual: return both && left->kind() == right->kind() && *left == *right;
    case Relation::SameTypeNotEqual: return !related(Relation::SameTypeEqual, sides);
    case Relation::Less: return compared([](int c) { return c < 0; });
    case Relation::LessEqual: return compared([](int c) { return c <= 0; });
    case Relation::Greater: return compared([](int c) { return c > 0; });
    case Relation::GreaterEqual: return compared([](int c) { return c >= 0; });
    case Relation::In: return both && right->is_array() && holds(*right, *left);
    case Relation::NotIn: return !related(Relation::In, sides);
    case Relation::Contains: return both && contains(*left, *right);
    case Relation::All: return lists && all_held(*right, *left);
    case Relation::SubsetOf: return lists && all_held(*left, *right);
    case Relation::AnyOf: return lists && any_held(*left, *right);
    case Relation::NoneOf: return lists && !any_held(*left, *right);
    case Relation::Size: return both && size_is(*left, *right);
    case Relation::Empty: return both && empty_is(*left, *right);
    case Relation::Exists:
    case Relation::Matches: break;
  }
  return false;
}

/// `@.a`, or `@.a exists false`.
bool exists(const Filter& filter, const std::optional<Json>& left, const std::optional<Json>& right) {
  const auto& from = std::get<Operand::PathFrom>(filter.left.value);
  const bool there = left && (from.path.definite || left->size() > 0);
  return right && right->is_boolean() && std::holds_alternative<Json>(filter.right.value) && !right->as_boolean() ? !there : there;
}

}  // namespace

bool accepts(const Filter& filter, const Json& current, const Json& root, std::size_t& visits) {
  const auto accepted = [&](const Filter& part) { return accepts(part, current, root, visits); };
  switch (filter.kind) {
    case Filter::Kind::Any: return std::ranges::any_of(filter.parts, accepted);
    case Filter::Kind::All: return std::ranges::all_of(filter.parts, accepted);
    case Filter::Kind::Not: return !accepted(filter.parts[0]);
    case Filter::Kind::Relation: break;
  }
  if (filter.relation == Relation::Matches) return matches(filter, current, root, visits);
  const auto left = value_of(filter.left, current, root, visits);
  const auto right = value_of(filter.right, current, root, visits);
  if (filter.relation == Relation::Exists && std::holds_alternative<Operand::PathFrom>(filter.left.value))
    return exists(filter, left, right);
  return related(filter.relation, {left, right});
}

}  // namespace signalbox::expr
