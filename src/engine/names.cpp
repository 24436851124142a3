#include "engine/names.h"

#include "signalbox/encoding.h"

#include <string>

namespace signalbox {

namespace {

constexpr std::size_t characters_max = 80;
constexpr std::string_view forbidden = " \t\n\r\v\f<>{}[]?*\"#%\\^|~`$&,;:/";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

bool is_control(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7f) return true;
  return byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) <= 0x9f;  // U+0080 to U+009F
}

}  // namespace

Result<void> check_name(std::string_view name) {
  std::size_t characters = 0;
  bool valid = !name.empty() && is_utf8(name);
  for (std::size_t i = 0; valid && i < name.size(); ++i) {
    valid = forbidden.find(name[i]) == forbidden.npos && !is_control(name, i);
    characters += !is_continuation(name[i]);
  }
  if (valid && characters <= characters_max) return {};
  return error(ErrorCode::InvalidArgument, "Invalid Name: '" + std::string(name) + "'", "name");
}

}  // namespace signalbox
