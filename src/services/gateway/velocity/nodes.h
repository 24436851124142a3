#pragma once
/// The tree of a parsed template.

#include "services/gateway/velocity/value.h"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace signalbox::velocity {

struct Expression;
struct MapMember;
struct Node;

struct Block {
  std::vector<Node> nodes;
};

/// One step behind a reference's name: `.name`, `.name(arguments)`, `[argument]`.
struct Access {
  enum class Kind : std::uint8_t { Property, Method, Index };
  Kind kind = Kind::Property;
  std::string name;
  std::vector<Expression> arguments;
};

struct Reference {
  std::string name;
  std::vector<Access> path;
  bool quiet = false;  ///< `$!name`
  std::string source;  ///< as written
};

struct ListLiteral {
  std::vector<Expression> elements;
};
struct MapLiteral {
  std::vector<MapMember> members;
};
enum class Operator : std::uint8_t {
  Or,
  And,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Add,
  Subtract,
  Multiply,
  Divide,
  Remainder,
  Range
};
struct Binary {
  Operator op;
  std::unique_ptr<Expression> left, right;
};
struct Not {
  std::unique_ptr<Expression> operand;
};
struct Negative {
  std::unique_ptr<Expression> operand;
};
/// A text in double quotes, itself a template.
struct Interpolated {
  Block text;
};

struct Expression {
  std::variant<Value, Interpolated, Reference, ListLiteral, MapLiteral, Binary, Not, Negative> form;
};

struct MapMember {
  Expression name, value;
};

struct Text {
  std::string text;
};
/// `\$name`: the reference's source, without the backslash if it is defined.
struct EscapedReference {
  Reference reference;
};
struct Set {
  Reference target;
  Expression value;
};
struct If {
  struct Arm {
    std::optional<Expression> condition;  ///< nothing: #else
    Block body;
  };
  std::vector<Arm> arms;
};
struct ForEach {
  std::string variable;
  Expression items;
  Block body;
};
struct Break {};
struct Stop {};

struct Node {
  std::variant<Text, Reference, EscapedReference, Set, If, ForEach, Break, Stop> form;
};

}  // namespace signalbox::velocity
