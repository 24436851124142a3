#pragma once
/// UTF-8 from code points.

#include <iterator>
#include <string>

namespace signalbox {

/// Writes the code point's one to four bytes and gives where the next go. What is no scalar value (a half of a surrogate pair) is written like any other.
template <class Out>
Out put_code_point(Out out, char32_t code) {
  const auto put = [&out](char32_t byte) { *out++ = static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | code >> 6U);
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3FU));
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
  return out;
}

inline void append_code_point(std::string& out, char32_t code) { put_code_point(std::back_inserter(out), code); }

}  // namespace signalbox
