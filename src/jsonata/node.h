#pragma once
/// A compiled expression: paths flattened, names numbered, tail calls marked, `%` resolved to the variable that a step binds for it.

#include "jsonata/arena.h"
#include "jsonata/cells.h"
#include "jsonata/lexer.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace signalbox::jsonata::engine {

class Signature;
class Regex;

enum class NodeKind : std::uint8_t {
  Constant,
  Name,
  Wildcard,
  Descendants,
  Parent,
  Variable,
  Context,
  Path,
  Field,
  And,
  Or,
  Equality,
  Inclusion,
  Comparison,
  Arithmetic,
  Concat,
  Range,
  Negate,
  Array,
  Object,
  Condition,
  Block,
  Bind,
  Call,
  Partial,
  Placeholder,
  Lambda,
  Apply,
  Sort,
  Regex,
  Transform
};

struct Node;

/// A filter in brackets, or `#$i` behind one.
struct Stage {
  const Node* filter = nullptr;  ///< null: an index
  Symbol index = 0;
};

struct Pair {
  const Node* name;
  const Node* value;
};

struct Group {
  std::span<Pair> pairs;
  std::uint32_t position;
};

inline constexpr Symbol no_symbol = 0xFFFFFFFFU;

/// What may stand behind an operand or a step.
struct Decoration {
  std::span<Stage> predicates = {};  ///< of what is no step
  std::span<Stage> stages = {};      ///< of a step
  const Group* group = nullptr;
  Symbol focus = no_symbol;     ///< @$name
  Symbol index = no_symbol;     ///< #$name
  Symbol ancestor = no_symbol;  ///< what a `%` further on calls the item that this step starts from
};

struct Node {
  NodeKind kind;
  bool keep_array = false;
  bool constructed = false;  ///< an array in brackets at an end of a path
  bool tuple = false;        ///< a step that binds, or carries what steps inside it bind
  bool tail = false;         ///< a call whose result is the function's
  std::uint32_t position = 0;
  Decoration* decoration = nullptr;
};

struct ConstantNode : Node {
  Type type;          ///< Null, Boolean, Number or String
  double number = 0;  ///< of a Boolean 0 or 1
  std::string_view text = {};
};
struct NameNode : Node {
  std::string_view name;
};
struct VariableNode : Node {
  Symbol name;
};
struct ParentNode : Node {
  Symbol label;
};
/// Field is a path of names only, with at most a variable in front.
struct PathNode : Node {
  std::span<Node*> steps;
  std::size_t capacity = 0;
  bool keep_singleton = false;
};
struct BinaryNode : Node {
  Op op;
  const Node* left;
  const Node* right;
};
/// `a & b & c`: parts from left to right.
struct ListNode : Node {
  std::span<Node*> items;
  std::span<Symbol> declared = {};  ///< Block: names bound in it; none: needs no frame
};
struct ObjectNode : Node {
  const Group* group;
};
struct ConditionNode : Node {
  const Node* condition;
  const Node* then;
  const Node* otherwise;  ///< may be null
};
struct BindNode : Node {
  Symbol name;
  const Node* value;
};
struct CallNode : Node {
  const Node* procedure;
  std::span<Node*> arguments;
  std::string_view name;     ///< how it is called in messages
  Symbol meant = no_symbol;  ///< `sum(…)`: the variable that may have been meant
};
struct LambdaNode : Node {
  std::span<Symbol> parameters;
  const Signature* signature;  ///< may be null
  const Node* body;
};
struct SortTerm {
  const Node* expression;
  bool descending;
};
struct SortNode : Node {
  std::span<SortTerm> terms;
};
struct RegexNode : Node {
  const Regex* regex;
  std::string_view pattern;
};
struct TransformNode : Node {
  const Node* pattern;
  const Node* update;
  const Node* removal;  ///< may be null
};

template <class T>
const T& as(const Node& node) {
  return static_cast<const T&>(node);
}

}  // namespace signalbox::jsonata::engine
