#include "services/gateway/velocity/utf16.h"

namespace signalbox::velocity {

namespace {

bool is_start(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }
std::size_t units_of(char start) { return static_cast<unsigned char>(start) >= 0xF0 ? 2 : 1; }

}  // namespace

std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text)
    if (is_start(c)) units += units_of(c);
  return units;
}

std::size_t byte_offset(std::string_view text, std::size_t units) {
  std::size_t before = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_start(text[i])) continue;
    if (before + units_of(text[i]) > units) return i;
    before += units_of(text[i]);
  }
  return text.size();
}

}  // namespace signalbox::velocity
