#include "jsonata/functions/library.h"
#include "jsonata/materialise.h"
#include "jsonata/text.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

namespace signalbox::jsonata::engine {
namespace {

constexpr std::string_view unreserved_marks = "-_.!~*'()";
constexpr std::string_view reserved_marks = ";,/?:@&=+$#";

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

[[noreturn]] void raise_malformed(const char* function, std::string_view text) {
  raise_value("D3140", Json(without_surrogates(text)), no_position, function);
}

Value encode(const Value& value, const char* function, std::string_view kept) {
  if (value.is_undefined()) return {};
  const std::string_view text = value.text();
  if (has_surrogate(text)) raise_malformed(function, text);
  std::string out;
  for (const char c : text) {
    if (is_alphanumeric(c) || unreserved_marks.find(c) != std::string_view::npos || kept.find(c) != std::string_view::npos) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return make_string(out);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// `kept`: characters whose escapes stay as they are.
Value decode(const Value& value, const char* function, std::string_view kept) {
  if (value.is_undefined()) return {};
  const std::string_view text = value.text();
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '%') {
      out += text[at++];
      continue;
    }
    const int high = at + 1 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
    if (high < 0 || low < 0) raise_malformed(function, text);
    const char byte = static_cast<char>(high * 16 + low);
    if (kept.find(byte) != std::string_view::npos) out += text.substr(at, 3);
    else out += byte;
    at += 3;
  }
  if (!has_surrogate(text) && !is_utf8(out)) raise_malformed(function, text);
  return make_string(out);
}

Value encode_url(const CallContext&, std::span<Value> arguments) { return encode(arguments[0], "encodeUrl", reserved_marks); }
Value encode_url_component(const CallContext&, std::span<Value> arguments) { return encode(arguments[0], "encodeUrlComponent", ""); }
Value decode_url(const CallContext&, std::span<Value> arguments) { return decode(arguments[0], "decodeUrl", reserved_marks); }
Value decode_url_component(const CallContext&, std::span<Value> arguments) { return decode(arguments[0], "decodeUrlComponent", ""); }

/// Each UTF-16 unit counts as the byte that its lower half is.
Value encode_base64(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  std::string bytes;
  for (const std::string& unit : split_utf16(arguments[0].text())) {
    const char* at = unit.data();
    bytes += static_cast<char>(next_code_point(at, at + unit.size()) & 0xFFU);
  }
  return make_string(base64_encode(bytes));
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

/// Passes over what is no digit; each byte is a character.
Value decode_base64(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : arguments[0].text()) {
    if (c == '=') break;
    const int digit = base64_digit(c);
    if (digit < 0) continue;
    bits = bits << 6U | static_cast<unsigned>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    append_code_point(out, bits >> static_cast<unsigned>(count) & 0xFFU);
  }
  return make_string(out);
}

}  // namespace

void list_encoding_functions(std::vector<Builtin>& table) {
  table.insert(table.end(), {{"base64encode", "<s-:s>", 1, encode_base64},
                             {"base64decode", "<s-:s>", 1, decode_base64},
                             {"encodeUrl", "<s-:s>", 1, encode_url},
                             {"encodeUrlComponent", "<s-:s>", 1, encode_url_component},
                             {"decodeUrl", "<s-:s>", 1, decode_url},
                             {"decodeUrlComponent", "<s-:s>", 1, decode_url_component}});
}

}  // namespace signalbox::jsonata::engine
