#pragma once
/// Filters `[?(…)]` of JSONPath. Private to this module.

#include "expr/path.h"

#include <re2/re2.h>

#include <variant>

namespace signalbox::expr {

struct Operand {
  struct PathFrom {
    bool current = true;  ///< `@…`, else `$…`
    Path path;
  };
  std::variant<Json, PathFrom, std::shared_ptr<const re2::RE2>> value;
};

enum class Relation : std::uint8_t {
  Exists,
  Equal,
  NotEqual,
  SameTypeEqual,
  SameTypeNotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Matches,
  In,
  NotIn,
  Contains,
  All,
  SubsetOf,
  AnyOf,
  NoneOf,
  Size,
  Empty
};

/// A tree of `||` over `&&` over `!` over relations.
struct Filter {
  enum class Kind : std::uint8_t { Any, All, Not, Relation };
  Kind kind = Kind::Relation;
  std::vector<Filter> parts;  ///< of Any, All, Not
  Relation relation = Relation::Exists;
  Operand left, right;
};

/// From behind `?(` up to before the closing parenthesis.
[[nodiscard]] bool parse_filter(Cursor& cursor, Filter& filter, int depth);
[[nodiscard]] bool accepts(const Filter& filter, const Json& current, const Json& root, std::size_t& visits);

}  // namespace signalbox::expr
