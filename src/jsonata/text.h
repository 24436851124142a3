#pragma once
/// Text inside the engine: UTF-8 that may also hold halves of surrogate pairs (WTF-8), since JSONata's strings are JavaScript's. Halves that
/// come to stand together are joined; none leaves the engine (see materialise.h).

#include "base/utf8.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::jsonata::engine {

/// The code point at `at`, which moves behind it. A byte that begins no sequence counts as one character.
[[nodiscard]] char32_t next_code_point(const char*& at, const char* end);
[[nodiscard]] std::u32string to_code_points(std::string_view text);
[[nodiscard]] std::string to_utf8(std::u32string_view text);
[[nodiscard]] std::size_t code_points(std::string_view text);
[[nodiscard]] std::size_t utf16_units(std::string_view text);
/// Byte offset of the code point with this number; the size of the text if there are fewer.
[[nodiscard]] std::size_t offset_of_code_point(std::string_view text, std::size_t number);
[[nodiscard]] bool is_ascii(std::string_view text);

[[nodiscard]] inline bool is_high_surrogate(char32_t code) { return code >= 0xD800 && code < 0xDC00; }
[[nodiscard]] inline bool is_low_surrogate(char32_t code) { return code >= 0xDC00 && code < 0xE000; }
[[nodiscard]] bool has_surrogate(std::string_view text);
/// Appends, joining a high half at the end of `out` with a low half at the start of `text`.
void append_text(std::string& out, std::string_view text);
/// With U+FFFD for every half of a surrogate pair.
[[nodiscard]] std::string without_surrogates(std::string_view text);

/// Order of JavaScript's `<`: by UTF-16 units. Negative, zero, positive.
[[nodiscard]] int compare_utf16(std::string_view a, std::string_view b);
/// The UTF-16 units of the text one by one, halves of pairs apart.
[[nodiscard]] std::vector<std::string> split_utf16(std::string_view text);

/// Case mapping of ECMAScript's toUpperCase/toLowerCase for the letters of Latin, Greek, Cyrillic, Armenian and their like.
[[nodiscard]] std::string upper_case(std::string_view text);
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace signalbox::jsonata::engine
