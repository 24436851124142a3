#include "jsonata/integer_format.h"

#include "jsonata/failure.h"
#include "jsonata/grouping.h"
#include "jsonata/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace signalbox::jsonata::engine {
namespace {

/// Zeros of the decimal digit groups of Unicode.
constexpr std::array<char32_t, 37> zeros{0x30,   0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6,
                                         0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0,
                                         0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
                                         0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

struct Roman {
  double value;
  std::string_view letters;
};
constexpr std::array<Roman, 13> romans{{{1000, "m"},
                                        {900, "cm"},
                                        {500, "d"},
                                        {400, "cd"},
                                        {100, "c"},
                                        {90, "xc"},
                                        {50, "l"},
                                        {40, "xl"},
                                        {10, "x"},
                                        {9, "ix"},
                                        {5, "v"},
                                        {4, "iv"},
                                        {1, "i"}}};

constexpr double roman_max = 1e6;

double not_a_number() { return std::numeric_limits<double>::quiet_NaN(); }

char32_t zero_of(char32_t c) {
  const auto found = std::ranges::find_if(zeros, [c](char32_t zero) { return c >= zero && c < zero + 10; });
  return found == zeros.end() ? 0 : *found;
}

/// Digits, `#` and separators, read from the right.
void analyse_decimal(IntegerFormat& format, std::u32string_view picture) {
  char32_t zero = 0;
  for (std::size_t i = picture.size(); i-- > 0;) {
    const char32_t c = picture[i];
    if (const char32_t group = zero_of(c); group != 0) {
      if (zero != 0 && zero != group) raise("D3131");
      zero = group;
      ++format.mandatory;
    } else if (c == U'#') {
      ++format.optional;
    } else {
      format.positions.push_back(format.mandatory + format.optional);
      format.separators += c;
    }
  }
  if (format.mandatory == 0) raise_value("D3130", Json(to_utf8(picture)));
  format.zero = zero;
}

std::string letters_of(double value, char first) {
  std::string out;
  while (value > 0 && out.size() < 64) {
    out += static_cast<char>(first + static_cast<int>(std::fmod(value - 1, 26)));
    value = std::floor((value - 1) / 26);
  }
  std::ranges::reverse(out);
  return out;
}

std::string roman_of(double value) {
  std::string out;
  for (const Roman& roman : romans) {
    for (; value >= roman.value; value -= roman.value) out += roman.letters;
  }
  return out;
}

double from_roman(std::string_view text) {
  double sum = 0, highest = 1;
  for (std::size_t i = text.size(); i-- > 0;) {
    const auto found = std::ranges::find_if(romans, [&](const Roman& roman) { return roman.letters == text.substr(i, 1); });
    if (found == romans.end()) return not_a_number();
    if (found->value < highest) sum -= found->value;
    else highest = found->value, sum += found->value;
  }
  return sum;
}

/// Of the last characters as they are shown: digits of other scripts, and what a separator parts, are not looked through. [JSONata 2.0.6]
const char* ordinal_suffix(std::u32string_view text) {
  if (text.size() > 1 && text[text.size() - 2] == U'1') return "th";
  switch (text.back()) {
    case U'1': return "st";
    case U'2': return "nd";
    case U'3': return "rd";
    default: return "th";
  }
}

std::string decimal_of(double value, const IntegerFormat& format) {
  std::u32string text = to_code_points(shortest_number_text(value));
  if (text.size() < format.mandatory) text.insert(0, format.mandatory - text.size(), U'0');
  for (char32_t& c : text) {
    if (c >= U'0' && c <= U'9') c = format.zero + (c - U'0');
  }
  group_from_right(text, text.size(), format.positions, format.separators);
  return to_utf8(text) + (format.ordinal ? ordinal_suffix(text) : "");
}

/// Leading digits count, as far as they go.
double from_decimal(std::string_view text, const IntegerFormat& format) {
  std::u32string digits = to_code_points(text);
  if (format.ordinal) digits.resize(digits.size() < 2 ? 0 : digits.size() - 2);
  std::erase_if(digits, [&format](char32_t c) { return format.separators.find(c) != std::u32string::npos; });
  double value = 0;
  std::size_t at = 0;
  const bool negative = digits.starts_with(U'-');
  if (negative || digits.starts_with(U'+')) ++at;
  const std::size_t from = at;
  for (; at < digits.size() && digits[at] >= format.zero && digits[at] < format.zero + 10; ++at)
    value = value * 10 + static_cast<double>(digits[at] - format.zero);
  if (at == from) return not_a_number();
  return negative ? -value : value;
}

std::string in_case(std::string text, IntegerFormat::Case letter_case) {
  if (letter_case == IntegerFormat::Case::Title) return text;
  return letter_case == IntegerFormat::Case::Upper ? upper_case(text) : lower_case(text);
}

}  // namespace

IntegerFormat IntegerFormat::of(std::string_view picture) {
  IntegerFormat format;
  const std::size_t modifier = picture.rfind(';');
  const std::string_view primary = picture.substr(0, modifier);
  if (modifier != std::string_view::npos) format.ordinal = picture.substr(modifier + 1).starts_with('o');
  if (primary == "A" || primary == "a") format.primary = Primary::Letters;
  else if (primary == "I" || primary == "i") format.primary = Primary::Roman;
  else if (primary == "W" || primary == "w" || primary == "Ww") format.primary = Primary::Words;
  else analyse_decimal(format, to_code_points(primary));
  if (primary == "A" || primary == "I" || primary == "W") format.letter_case = Case::Upper;
  if (primary == "Ww") format.letter_case = Case::Title;
  return format;
}

std::string format_integer(double value, const IntegerFormat& format) {
  if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  const double absolute = std::abs(value);
  std::string text;
  switch (format.primary) {
    case IntegerFormat::Primary::Letters: text = letters_of(absolute, format.letter_case == IntegerFormat::Case::Upper ? 'A' : 'a'); break;
    case IntegerFormat::Primary::Roman:
      if (absolute > roman_max) raise(Raised{.failure = {.code = "D3130", .message = "Roman numerals end at one million"}});
      text = in_case(roman_of(absolute), format.letter_case);
      break;
    case IntegerFormat::Primary::Words: text = in_case(to_words(absolute, format.ordinal), format.letter_case); break;
    case IntegerFormat::Primary::Decimal: text = decimal_of(absolute, format); break;
  }
  return value < 0 ? "-" + text : text;
}

double parse_integer(std::string_view text, const IntegerFormat& format) {
  switch (format.primary) {
    case IntegerFormat::Primary::Letters: {
      double value = 0;
      const char first = format.letter_case == IntegerFormat::Case::Upper ? 'A' : 'a';
      for (const char c : text) value = value * 26 + (c - first + 1);
      return value;
    }
    case IntegerFormat::Primary::Roman:
      return format.letter_case == IntegerFormat::Case::Lower || upper_case(text) == text ? from_roman(lower_case(text)) : not_a_number();
    case IntegerFormat::Primary::Words: return text.empty() ? not_a_number() : from_words(lower_case(text));
    case IntegerFormat::Primary::Decimal: return from_decimal(text, format);
  }
  return not_a_number();
}

}  // namespace signalbox::jsonata::engine
