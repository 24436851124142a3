#pragma once
/// A cursor over a template's text, for both halves of the parser.

#include "signalbox/result.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace signalbox::velocity {

/// Thrown inside the parser only; parse_template() makes an Error of it.
struct SyntaxFault {
  Error error;
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return position_ >= text_.size(); }
  [[nodiscard]] std::size_t position() const { return position_; }
  void seek(std::size_t position) { position_ = position; }
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0'; }
  [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }
  [[nodiscard]] std::string_view since(std::size_t start) const { return text_.substr(start, position_ - start); }
  void advance(std::size_t count = 1) { position_ = std::min(text_.size(), position_ + count); }
  bool take(std::string_view expected) {
    if (!rest().starts_with(expected)) return false;
    position_ += expected.size();
    return true;
  }
  /// A word such as `and`, not the beginning of a longer one.
  bool take_word(std::string_view word) {
    if (!rest().starts_with(word) || is_name_part(peek(word.size()))) return false;
    position_ += word.size();
    return true;
  }
  void skip_space() {
    while (!at_end() && std::isspace(static_cast<unsigned char>(peek())) != 0) ++position_;
  }
  void expect(std::string_view expected) {
    skip_space();
    if (!take(expected)) fail("'" + std::string(expected) + "' is expected before '" + fragment() + "'");
  }

  static bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
  static bool is_name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }
  /// Empty: there is none here.
  std::string name() {
    const auto start = position_;
    if (is_name_start(peek()))
      while (is_name_part(peek())) ++position_;
    return std::string(since(start));
  }

  /// What stands here, for messages.
  [[nodiscard]] std::string fragment() const {
    return at_end() ? "the end" : std::string(rest().substr(0, std::min<std::size_t>(20, rest().find('\n'))));
  }
  [[noreturn]] void fail(std::string message) const {
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(position_), '\n');
    throw SyntaxFault{error(ErrorCode::InvalidArgument, std::move(message), "line " + std::to_string(line))};
  }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace signalbox::velocity
