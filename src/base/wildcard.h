#pragma once
/// Patterns in which `*` stands for any characters.

#include <string_view>

namespace signalbox {

/// What a backslash makes stand for itself: nothing, wildcards and backslashes, whatever comes next.
enum class Escapes { None, Special, Any };

/// How a pattern is written.
struct Wildcards {
  char any = '*';   ///< stands for any characters, none too
  char one = '\0';  ///< stands for one character; NUL: nothing does
  Escapes escapes = Escapes::None;
  bool without_case = false;  ///< A-Z as a-z
};

/// Whether all of `text` fits the pattern. Time: the product of their lengths at worst, linear for one `*`.
[[nodiscard]] bool fits_wildcards(std::string_view pattern, std::string_view text, const Wildcards& wildcards = {});

}  // namespace signalbox
