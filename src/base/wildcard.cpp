#include "base/wildcard.h"

#include "base/text.h"

#include <cstddef>
#include <optional>

namespace signalbox {

namespace {

/// Compares a pattern with texts, a piece of the pattern at a time.
class Pattern {
 public:
  Pattern(std::string_view pattern, const Wildcards& wildcards) : pattern_(pattern), wildcards_(wildcards) {}

  [[nodiscard]] bool is_any(std::size_t at) const { return at < pattern_.size() && pattern_[at] == wildcards_.any; }

  /// The place behind the piece at `at`, if it stands for `c`.
  [[nodiscard]] std::optional<std::size_t> behind(std::size_t at, char c) const {
    if (at >= pattern_.size()) return std::nullopt;
    if (wildcards_.one != '\0' && pattern_[at] == wildcards_.one) return at + 1;
    const auto literal = is_escape(at) ? at + 1 : at;
    const bool same = wildcards_.without_case ? ascii_lower(pattern_[literal]) == ascii_lower(c) : pattern_[literal] == c;
    return same ? std::optional(literal + 1) : std::nullopt;
  }

  /// Whether nothing but wildcards that may stand for nothing is left.
  [[nodiscard]] bool may_end(std::size_t at) const {
    while (is_any(at)) ++at;
    return at == pattern_.size();
  }

 private:
  [[nodiscard]] bool is_escape(std::size_t at) const {
    if (wildcards_.escapes == Escapes::None || pattern_[at] != '\\' || at + 1 == pattern_.size()) return false;
    const char next = pattern_[at + 1];
    return wildcards_.escapes == Escapes::Any || next == '\\' || next == wildcards_.any ||
           (wildcards_.one != '\0' && next == wildcards_.one);
  }

  std::string_view pattern_;
  const Wildcards& wildcards_;
};

}  // namespace

bool fits_wildcards(std::string_view text_pattern, std::string_view text, const Wildcards& wildcards) {
  // Greedy with one point to go back to: after a `*`, only the last one seen can still take more characters.
  struct Resume {
    std::size_t pattern, text;
  };
  const Pattern pattern(text_pattern, wildcards);
  std::optional<Resume> resume;
  std::size_t at = 0, in_pattern = 0;
  while (at < text.size()) {
    if (pattern.is_any(in_pattern)) {
      resume = Resume{++in_pattern, at};
    } else if (const auto behind = pattern.behind(in_pattern, text[at])) {
      in_pattern = *behind;
      ++at;
    } else if (resume) {
      in_pattern = resume->pattern;
      at = ++resume->text;
    } else {
      return false;
    }
  }
  return pattern.may_end(in_pattern);
}

}  // namespace signalbox
