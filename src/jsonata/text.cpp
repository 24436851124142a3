#include "jsonata/text.h"

#include <algorithm>
#include <cwctype>

namespace signalbox::jsonata::engine {
namespace {

std::size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 1;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Sorts before all that follows it in UTF-16 but after it in UTF-8: astral characters against U+E000…U+FFFF.
unsigned utf16_rank(unsigned char lead) {
  if (lead >= 0xF0) return 0xED80U + lead;
  return lead == 0xEE || lead == 0xEF ? 0xEEF0U + lead : static_cast<unsigned>(lead) << 8U;
}

char32_t to_upper(char32_t code) {
  if (code < 0x80) return code >= 'a' && code <= 'z' ? code - 32 : code;
  if (code == 0xB5) return 0x39C;
  if (code == 0xFF) return 0x178;
  if (code == 0x131) return 'I';
  if (code == 0x17F) return 'S';
  if ((code >= 0xE0 && code <= 0xFE && code != 0xF7) || (code >= 0x3B1 && code <= 0x3CB && code != 0x3C2) ||
      (code >= 0x430 && code <= 0x44F))
    return code - 32;
  if (code == 0x3C2) return 0x3A3;
  if (code == 0x3AC) return 0x386;
  if (code >= 0x3AD && code <= 0x3AF) return code - 37;
  if (code == 0x3CC) return 0x38C;
  if (code == 0x3CD || code == 0x3CE) return code - 63;
  if (code >= 0x450 && code <= 0x45F) return code - 80;
  if (code >= 0x561 && code <= 0x586) return code - 48;
  const bool odd_is_lower = (code >= 0x100 && code <= 0x137) || (code >= 0x14A && code <= 0x177) || (code >= 0x1DE && code <= 0x1EF) ||
                            (code >= 0x1F8 && code <= 0x21F) || (code >= 0x222 && code <= 0x233) || (code >= 0x370 && code <= 0x373) ||
                            (code >= 0x3D8 && code <= 0x3EF) || (code >= 0x460 && code <= 0x481) || (code >= 0x48A && code <= 0x4BF) ||
                            (code >= 0x4D0 && code <= 0x52F) || (code >= 0x1E00 && code <= 0x1E95) || (code >= 0x1EA0 && code <= 0x1EFF);
  if (odd_is_lower) return code % 2 == 1 ? code - 1 : code;
  const bool even_is_lower = (code >= 0x139 && code <= 0x148) || (code >= 0x179 && code <= 0x17E) || (code >= 0x1CD && code <= 0x1DC) ||
                             (code >= 0x4C1 && code <= 0x4CE);
  if (even_is_lower) return code % 2 == 0 ? code - 1 : code;
  if (code >= 0xFF41 && code <= 0xFF5A) return code - 32;
  if (code >= 0x24D0 && code <= 0x24E9) return code - 26;
  if (code >= 0x2170 && code <= 0x217F) return code - 16;
  return code >= 0x10428 && code <= 0x1044F ? code - 40 : code;
}

char32_t to_lower(char32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z' ? code + 32 : code;
  if (code == 0x178) return 0xFF;
  if ((code >= 0xC0 && code <= 0xDE && code != 0xD7) || (code >= 0x391 && code <= 0x3AB && code != 0x3A2) ||
      (code >= 0x410 && code <= 0x42F))
    return code + 32;
  if (code == 0x386) return 0x3AC;
  if (code >= 0x388 && code <= 0x38A) return code + 37;
  if (code == 0x38C) return 0x3CC;
  if (code == 0x38E || code == 0x38F) return code + 63;
  if (code >= 0x400 && code <= 0x40F) return code + 80;
  if (code >= 0x531 && code <= 0x556) return code + 48;
  if (code == 0x1E9E) return 0xDF;
  if (code >= 0xFF21 && code <= 0xFF3A) return code + 32;
  if (code >= 0x24B6 && code <= 0x24CF) return code + 26;
  if (code >= 0x2160 && code <= 0x216F) return code + 16;
  if (code >= 0x10400 && code <= 0x10427) return code + 40;
  // The letters whose pairs stand side by side: the one whose upper form is this one.
  return code != to_upper(code + 1) || code + 1 == 0x131 ? code : code + 1;
}

}  // namespace

char32_t next_code_point(const char*& at, const char* end) {
  const auto first = static_cast<unsigned char>(*at);
  const std::size_t length = sequence_length(first);
  if (length == 1 || static_cast<std::size_t>(end - at) < length) {
    ++at;
    return first;
  }
  char32_t code = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(at[i])) {
      ++at;
      return first;
    }
    code = code << 6U | (static_cast<unsigned char>(at[i]) & 0x3FU);
  }
  at += length;
  return code;
}

std::u32string to_code_points(std::string_view text) {
  std::u32string out;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) out += next_code_point(at, end);
  return out;
}

std::string to_utf8(std::u32string_view text) {
  std::string out;
  for (const char32_t code : text) append_code_point(out, code);
  return out;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
}

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    if (!is_continuation(c)) units += static_cast<unsigned char>(c) >= 0xF0 ? 2 : 1;
  }
  return units;
}

std::size_t offset_of_code_point(std::string_view text, std::size_t number) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (!is_continuation(text[at]) && number-- == 0) return at;
    ++at;
  }
  return at;
}

bool is_ascii(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
}

bool has_surrogate(std::string_view text) {
  for (std::size_t at = text.find('\xED'); at != std::string_view::npos; at = text.find('\xED', at + 1)) {
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
  }
  return false;
}

void append_text(std::string& out, std::string_view text) {
  const auto is_half = [](std::string_view bytes, unsigned char from, unsigned char to) {
    return bytes[0] == '\xED' && static_cast<unsigned char>(bytes[1]) >= from && static_cast<unsigned char>(bytes[1]) <= to;
  };
  if (out.size() >= 3 && text.size() >= 3 && is_half(std::string_view(out).substr(out.size() - 3), 0xA0, 0xAF) &&
      is_half(text, 0xB0, 0xBF)) {
    const char* high = out.data() + out.size() - 3;
    const char* low = text.data();
    const char32_t code = 0x10000 + ((next_code_point(high, high + 3) - 0xD800) << 10U) + (next_code_point(low, low + 3) - 0xDC00);
    out.resize(out.size() - 3);
    append_code_point(out, code);
    text.remove_prefix(3);
  }
  out.append(text);
}

std::string without_surrogates(std::string_view text) {
  std::string out;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const char32_t code = next_code_point(at, end);
    append_code_point(out, is_high_surrogate(code) || is_low_surrogate(code) ? 0xFFFD : code);
  }
  return out;
}

int compare_utf16(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(common), b.begin());
  if (in_a == a.begin() + static_cast<std::ptrdiff_t>(common)) return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
  const auto x = static_cast<unsigned char>(*in_a), y = static_cast<unsigned char>(*in_b);
  return utf16_rank(x) < utf16_rank(y) ? -1 : 1;
}

std::vector<std::string> split_utf16(std::string_view text) {
  std::vector<std::string> units;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const char32_t code = next_code_point(at, end);
    std::string unit;
    if (code >= 0x10000) {
      append_code_point(unit, 0xD800 + ((code - 0x10000) >> 10U));
      units.push_back(std::move(unit));
      unit.clear();
      append_code_point(unit, 0xDC00 + ((code - 0x10000) & 0x3FFU));
    } else {
      append_code_point(unit, code);
    }
    units.push_back(std::move(unit));
  }
  return units;
}

namespace {

/// Each character as `mapped` says; `special`, the one that becomes several, as `its_text`.
template <class Mapping>
std::string map_characters(std::string_view text, Mapping mapped, char32_t special, std::string_view its_text) {
  std::string out;
  out.reserve(text.size());
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const char32_t code = next_code_point(at, end);
    if (code == special) out += its_text;
    else append_code_point(out, mapped(code));
  }
  return out;
}

}  // namespace

std::string upper_case(std::string_view text) {
  return map_characters(
      text, [](char32_t code) { return to_upper(code); }, 0xDF, "SS");
}

std::string lower_case(std::string_view text) {
  return map_characters(
      text, [](char32_t code) { return to_lower(code); }, 0x130, "i\xCC\x87");
}

}  // namespace signalbox::jsonata::engine
