#pragma once
/// Intrinsic functions, compiled. Private to this module.

#include "expr/path.h"
#include "signalbox/expressions.h"

#include <functional>

namespace signalbox {

namespace expr {

struct Function;

/// The pieces of a text around its `{}`; n + 1 pieces for n of them. Escapes are resolved.
struct FormatText {
  std::vector<std::string> pieces;
};

struct Argument {
  std::variant<Json, PathExpression, IntrinsicCall> value;
  std::optional<FormatText> format;  ///< of a literal: what States.Format makes of it
};

}  // namespace expr

struct IntrinsicCall::Compiled {
  std::string text;
  const expr::Function* function = nullptr;
  std::vector<expr::Argument> arguments;

  /// A call at the cursor, which stands at `States.`. Nothing with cursor.fault set.
  [[nodiscard]] static std::optional<IntrinsicCall> parse(expr::Cursor& cursor, int nesting);
  void for_each_path(const std::function<void(const PathExpression&)>& visit) const;  ///< nested calls' too
  static const Compiled& of(const IntrinsicCall& call) { return *call.compiled_; }
};

namespace expr {

/// What a function is given: its arguments' values, and randomness. A fault is what went wrong, without the words before it.
struct CallValues {
  const std::vector<Json>& values;
  const std::optional<FormatText>& format;  ///< of the first argument
  RandomSource& random;
};
struct CallFault {
  std::string message;
};
using CallResult = std::variant<Json, CallFault>;

struct Function {
  std::string_view name;  ///< without `States.`
  std::size_t arguments_min, arguments_max;
  CallResult (*call)(const CallValues&);
};

/// Null pointer if there is no such function.
[[nodiscard]] const Function* find_function(std::string_view name);
/// Splits at each `{}`; `\{` and `\}` are braces, `\\` and `\'` what stands behind the backslash.
[[nodiscard]] FormatText split_format(std::string_view text);

}  // namespace expr
}  // namespace signalbox
