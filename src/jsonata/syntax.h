#pragma once
/// What an expression says, word for word: the tree that the parser builds, the compiler reads and the printer prints.

#include "jsonata/arena.h"
#include "jsonata/lexer.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace signalbox::jsonata::engine {

enum class SyntaxKind : std::uint8_t {
  Name,         ///< text
  String,       ///< text
  Number,       ///< text, number
  Literal,      ///< text: true, false, null
  Regex,        ///< text, flags
  Variable,     ///< text without `$`
  Wildcard,     ///< *
  Descendants,  ///< **
  Parent,       ///< %
  Placeholder,  ///< `?` among arguments
  Binary,       ///< left op right; Dot, Range, Assign, Apply, At and Hash too
  Negate,       ///< left
  Array,        ///< [items]
  Object,       ///< {items}, names and values in turn
  Group,        ///< left{items}
  Filter,       ///< left[right]
  Sort,         ///< left^(items), descending
  Condition,    ///< left ? right : third (may be null)
  Call,         ///< left(items)
  Partial,      ///< left(items), some of them placeholders
  Lambda,       ///< function(items)<text>{right}
  Block,        ///< (items)
  Transform     ///< |left|right, third|
};

struct Syntax {
  SyntaxKind kind;
  Op op = Op::None;
  bool keep_array = false;     ///< `[]` stands behind it
  std::uint16_t depth = 1;     ///< levels below, itself included
  std::uint32_t position = 0;  ///< end of the word that it begins with, in bytes
  std::uint32_t signature_position = 0;
  std::string_view text = {};
  std::string_view flags = {};
  double number = 0;
  Syntax* left = nullptr;
  Syntax* right = nullptr;
  Syntax* third = nullptr;
  std::span<Syntax*> items = {};
  std::string_view descending = {};  ///< of Sort, for each of items 1 or 0
};

/// Deeper nesting is refused, so that walks over the tree may recurse.
inline constexpr int syntax_depth_max = 1000;

/// Errors: S0… The tree lies in the arena and refers to `source`.
[[nodiscard]] Syntax* parse_syntax(std::string_view source, Arena& arena);

/// The canonical text.
[[nodiscard]] std::string print_syntax(const Syntax& syntax);

}  // namespace signalbox::jsonata::engine
