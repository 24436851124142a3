#include "jsonata/lexer.h"

#include "jsonata/failure.h"
#include "jsonata/text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace signalbox::jsonata::engine {
namespace {

constexpr std::array<std::string_view, 37> operator_texts{"",   ".",  "[",  "]",  "{",  "}",   "(",  ")",  ",", "@", "#", ";",  ":",
                                                          "?",  "+",  "-",  "*",  "/",  "%",   "|",  "=",  "<", ">", "^", "**", "..",
                                                          ":=", "!=", "<=", ">=", "~>", "and", "or", "in", "&", "!", "~"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

Op single(char c) {
  switch (c) {
    case '.': return Op::Dot;
    case '[': return Op::OpenBracket;
    case ']': return Op::CloseBracket;
    case '{': return Op::OpenBrace;
    case '}': return Op::CloseBrace;
    case '(': return Op::OpenParen;
    case ')': return Op::CloseParen;
    case ',': return Op::Comma;
    case '@': return Op::At;
    case '#': return Op::Hash;
    case ';': return Op::Semicolon;
    case ':': return Op::Colon;
    case '?': return Op::Question;
    case '+': return Op::Plus;
    case '-': return Op::Minus;
    case '*': return Op::Star;
    case '/': return Op::Slash;
    case '%': return Op::Percent;
    case '|': return Op::Bar;
    case '=': return Op::Equal;
    case '<': return Op::Less;
    case '>': return Op::Greater;
    case '^': return Op::Caret;
    case '&': return Op::Ampersand;
    case '!': return Op::Exclamation;
    case '~': return Op::Tilde;
    default: return Op::None;
  }
}

Op pair(char first, char second) {
  if (first == '.' && second == '.') return Op::Range;
  if (first == ':' && second == '=') return Op::Assign;
  if (first == '!' && second == '=') return Op::NotEqual;
  if (first == '>' && second == '=') return Op::GreaterEqual;
  if (first == '<' && second == '=') return Op::LessEqual;
  if (first == '*' && second == '*') return Op::DoubleStar;
  return first == '~' && second == '>' ? Op::Apply : Op::None;
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::string_view text_of(Op op) { return operator_texts[static_cast<std::size_t>(op)]; }

Token Lexer::next(bool regex_allowed) {
  skip_space_and_comments();
  if (at_ == source_.size()) return Token{.position = position(), .text = "(end)"};
  const char c = source_[at_];
  if (regex_allowed && c == '/') return regex();
  if (const Op op = pair(c, peek(1)); op != Op::None) return operation(op, 2);
  if (const Op op = single(c); op != Op::None) return operation(op, 1);
  if (c == '"' || c == '\'') return string(c);
  if (is_digit(c)) return number();
  if (c == '`') return quoted_name();
  return name();
}

void Lexer::skip_space_and_comments() {
  for (;;) {
    while (at_ < source_.size() && is_space(source_[at_])) ++at_;
    if (peek(0) != '/' || peek(1) != '*') return;
    const std::size_t begin = at_;
    const std::size_t end = source_.find("*/", at_ + 2);
    if (end == std::string_view::npos) raise("S0106", static_cast<std::uint32_t>(begin));
    at_ = end + 2;
  }
}

Token Lexer::operation(Op op, std::size_t length) {
  at_ += length;
  return Token{.kind = TokenKind::Operator, .op = op, .position = position(), .text = text_of(op)};
}

/// Up to the first `/` outside of brackets that is not escaped, then the flags.
Token Lexer::regex() {
  const std::size_t begin = ++at_;
  int depth = 0;
  for (; at_ < source_.size(); ++at_) {
    const char c = source_[at_];
    if (c == '\\') {
      ++at_;
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      --depth;
    } else if (c == '/' && depth == 0) {
      break;
    }
  }
  if (at_ >= source_.size()) {
    at_ = source_.size();
    raise("S0302", position());
  }
  const std::string_view pattern = source_.substr(begin, at_ - begin);
  if (pattern.empty()) raise("S0301", position());
  const std::size_t flags = ++at_;
  while (peek(0) == 'i' || peek(0) == 'm') ++at_;
  return Token{.kind = TokenKind::Regex, .position = position(), .text = pattern, .flags = source_.substr(flags, at_ - flags)};
}

Token Lexer::string(char quote) {
  const std::size_t begin = ++at_;
  const char stops[] = {quote, '\\', '\0'};
  std::size_t plain = source_.find_first_of(stops, at_);
  if (plain != std::string_view::npos && source_[plain] == quote) {
    at_ = plain + 1;
    return Token{.kind = TokenKind::String, .position = position(), .text = source_.substr(begin, plain - begin)};
  }
  std::string text;
  while (plain != std::string_view::npos && source_[plain] == '\\') {
    append_text(text, source_.substr(at_, plain - at_));
    at_ = plain + 1;
    escape(text);
    plain = source_.find_first_of(stops, at_);
  }
  if (plain == std::string_view::npos) {
    at_ = source_.size();
    raise("S0101", position());
  }
  append_text(text, source_.substr(at_, plain - at_));
  at_ = plain + 1;
  return Token{.kind = TokenKind::String, .position = position(), .text = arena_.copy(text)};
}

/// What stands behind a backslash.
void Lexer::escape(std::string& out) {
  const char c = peek(0);
  switch (c) {
    case '"':
    case '\\':
    case '/': break;
    case 'b':
      ++at_;
      out.push_back('\b');
      return;
    case 'f':
      ++at_;
      out.push_back('\f');
      return;
    case 'n':
      ++at_;
      out.push_back('\n');
      return;
    case 'r':
      ++at_;
      out.push_back('\r');
      return;
    case 't':
      ++at_;
      out.push_back('\t');
      return;
    case 'u': {
      char32_t code = 0;
      for (std::size_t i = 1; i <= 4; ++i) {
        const int digit = hex_digit(peek(i));
        if (digit < 0) raise("S0104", position());
        code = code << 4U | static_cast<char32_t>(digit);
      }
      at_ += 5;
      std::string character;
      append_code_point(character, code);
      append_text(out, character);
      return;
    }
    default: {
      if (at_ >= source_.size()) raise("S0103", position());
      const char* end = source_.data() + at_;
      (void)next_code_point(end, source_.data() + source_.size());
      raise("S0103", position(), std::string(source_.data() + at_, end));
    }
  }
  out.push_back(c);
  ++at_;
}

Token Lexer::number() {
  const std::size_t begin = at_;
  if (source_[at_] == '0') {
    ++at_;
  } else {
    while (is_digit(peek(0))) ++at_;
  }
  if (peek(0) == '.' && is_digit(peek(1))) {
    ++at_;
    while (is_digit(peek(0))) ++at_;
  }
  const std::size_t sign = peek(1) == '-' || peek(1) == '+' ? 2 : 1;
  if ((peek(0) == 'e' || peek(0) == 'E') && is_digit(peek(sign))) {
    at_ += sign;
    while (is_digit(peek(0))) ++at_;
  }
  const std::string_view text = source_.substr(begin, at_ - begin);
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  // Out of range is also what rounds to zero; only the other end is an error.
  if (read.ec == std::errc::result_out_of_range) {
    value = std::strtod(std::string(text).c_str(), nullptr);
    if (std::isinf(value)) raise("S0102", position(), std::string(text));
  }
  return Token{.kind = TokenKind::Number, .position = position(), .text = text, .number = value};
}

Token Lexer::quoted_name() {
  const std::size_t end = source_.find('`', at_ + 1);
  if (end == std::string_view::npos) {
    at_ = source_.size();
    raise("S0105", position());
  }
  const std::string_view text = source_.substr(at_ + 1, end - at_ - 1);
  at_ = end + 1;
  return Token{.kind = TokenKind::Name, .position = position(), .text = text};
}

Token Lexer::name() {
  const std::size_t begin = at_;
  while (at_ < source_.size() && !is_space(source_[at_]) && single(source_[at_]) == Op::None) ++at_;
  const std::string_view text = source_.substr(begin, at_ - begin);
  if (text.starts_with('$')) return Token{.kind = TokenKind::Variable, .position = position(), .text = text.substr(1)};
  if (text == "and" || text == "or" || text == "in") {
    return Token{.kind = TokenKind::Operator,
                 .op = text == "and"  ? Op::And
                       : text == "or" ? Op::Or
                                      : Op::In,
                 .position = position(),
                 .text = text};
  }
  const bool literal = text == "true" || text == "false" || text == "null";
  return Token{.kind = literal ? TokenKind::Literal : TokenKind::Name, .position = position(), .text = text};
}

}  // namespace signalbox::jsonata::engine
