#pragma once
/// The words of an expression, one after the other: whether `/` begins a regular expression depends on what the parser expects.

#include "jsonata/arena.h"

#include <cstdint>
#include <string_view>

namespace signalbox::jsonata::engine {

enum class TokenKind : std::uint8_t { End, Name, Variable, String, Number, Literal, Regex, Operator };

enum class Op : std::uint8_t {
  None,
  Dot,
  OpenBracket,
  CloseBracket,
  OpenBrace,
  CloseBrace,
  OpenParen,
  CloseParen,
  Comma,
  At,
  Hash,
  Semicolon,
  Colon,
  Question,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Bar,
  Equal,
  Less,
  Greater,
  Caret,
  DoubleStar,
  Range,
  Assign,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Apply,
  And,
  Or,
  In,
  Ampersand,
  Exclamation,
  Tilde
};
[[nodiscard]] std::string_view text_of(Op op);

struct Token {
  TokenKind kind = TokenKind::End;
  Op op = Op::None;
  std::uint32_t position = 0;   ///< of its end, in bytes, since JSONata reports places so
  std::string_view text;        ///< name, variable without `$`, string without escapes, pattern, digits, operator
  std::string_view flags = {};  ///< of a regular expression
  double number = 0;
};

class Lexer {
 public:
  /// Texts with escapes go to the arena, the others are parts of `source`.
  Lexer(std::string_view source, Arena& arena) : source_(source), arena_(arena) {}
  /// Errors: S01…, S03…
  Token next(bool regex_allowed);

 private:
  void skip_space_and_comments();
  Token regex();
  Token string(char quote);
  Token number();
  Token quoted_name();
  Token name();
  Token operation(Op op, std::size_t length);
  void escape(std::string& out);
  [[nodiscard]] char peek(std::size_t ahead) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  [[nodiscard]] std::uint32_t position() const { return static_cast<std::uint32_t>(at_); }

  std::string_view source_;
  Arena& arena_;
  std::size_t at_ = 0;
};

}  // namespace signalbox::jsonata::engine
