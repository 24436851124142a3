#pragma once
/// Integers by a picture: digits, letters, Roman numerals, English words. Spec: XPath and XQuery Functions and Operators 3.1,
/// fn:format-integer.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::jsonata::engine {

struct IntegerFormat {
  enum class Primary : std::uint8_t { Decimal, Letters, Roman, Words };
  enum class Case : std::uint8_t { Lower, Upper, Title };

  /// Errors: D3130, D3131.
  [[nodiscard]] static IntegerFormat of(std::string_view picture);

  Primary primary = Primary::Decimal;
  Case letter_case = Case::Lower;
  bool ordinal = false;
  char32_t zero = U'0';
  std::size_t mandatory = 0;           ///< digits
  std::size_t optional = 0;            ///< `#`
  std::vector<std::size_t> positions;  ///< digits to the right of each separator
  std::u32string separators;
};

[[nodiscard]] std::string format_integer(double value, const IntegerFormat& format);
/// Not a number if the text says none.
[[nodiscard]] double parse_integer(std::string_view text, const IntegerFormat& format);

/// "twelve", "Twelfth". Precondition: whole and not negative.
[[nodiscard]] std::string to_words(double value, bool ordinal);
/// A regular expression for such words, in any order.
[[nodiscard]] std::string words_pattern();
/// Not a number if a word is unknown. Expects lower case.
[[nodiscard]] double from_words(std::string_view text);

}  // namespace signalbox::jsonata::engine
