#pragma once
/// Reads a filter pattern from left to right.

#include "signalbox/result.h"

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>

namespace signalbox::logs {

/// Where a name does not end in `_here`, blanks before it are passed over.
class FilterText {
 public:
  explicit FilterText(std::string_view text) : whole_(text), rest_(text) {}

  [[nodiscard]] bool at_end() {
    skip_blanks();
    return rest_.empty();
  }
  [[nodiscard]] bool at(char c) {
    skip_blanks();
    return rest_.starts_with(c);
  }
  bool take(char c) {
    skip_blanks();
    return take_here(c);
  }
  bool take_here(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_text(std::string_view text) {
    skip_blanks();
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  /// Up to one of `ends`, which stays.
  std::string word_here(std::string_view ends) {
    const auto length = std::min(rest_.find_first_of(ends), rest_.size());
    std::string word(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return word;
  }
  std::string word(std::string_view ends) {
    skip_blanks();
    return word_here(ends);
  }
  /// What stands between quotes, `\"` being one.
  [[nodiscard]] Result<std::string> quoted();
  /// What stands between percent signs.
  [[nodiscard]] Result<std::shared_ptr<const re2::RE2>> regular_expression();
  [[nodiscard]] Error fault(const std::string& why) const;

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  std::string_view whole_, rest_;
};

}  // namespace signalbox::logs
