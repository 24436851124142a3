#include "signalbox/store.h"

#include <array>

/// Encoding of a key. A whole number is eight bytes, big-endian, its sign bit inverted. A text is its bytes with 0x00 written as
/// 00 FF, and 00 01 at its end: the end sorts before anything that continues, so a prefix key is a prefix of bytes.

namespace signalbox {

namespace {

constexpr std::size_t parts_max = 3;
constexpr std::size_t integer_bytes = 8;
constexpr char escape = '\0', escaped_zero = '\xff', text_end = '\x01';

/// Bytes that the text at the beginning of `bytes` takes, its end included.
std::size_t text_bytes(std::string_view bytes) {
  for (std::size_t i = bytes.find(escape); i < bytes.size() - 1; i = bytes.find(escape, i + 2)) {  // npos is not less
    if (bytes[i + 1] == text_end) return i + 2;
  }
  SIGNALBOX_ASSERT(!"a key's text has an end");
  return bytes.size();
}

std::size_t part_bytes(KeyPart kind, std::string_view bytes) { return kind == KeyPart::Integer ? integer_bytes : text_bytes(bytes); }

std::string_view part(const Table& table, std::string_view bytes, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i) bytes.remove_prefix(part_bytes(table.key[i], bytes));
  SIGNALBOX_ASSERT(!bytes.empty());
  return bytes.substr(0, part_bytes(table.key[index], bytes));
}

}  // namespace

Key& Key::add(std::int64_t part) {
  SIGNALBOX_ASSERT(parts_ < parts_max && table_->key[parts_] == KeyPart::Integer);
  const auto bits = static_cast<std::uint64_t>(part) ^ (std::uint64_t{1} << 63);
  std::array<char, integer_bytes> encoded;
  for (std::size_t i = 0; i < integer_bytes; ++i) encoded[i] = static_cast<char>(bits >> (56 - 8 * i));
  bytes_.append(encoded.data(), encoded.size());
  ++parts_;
  return *this;
}

Key& Key::add(std::string_view part) {
  SIGNALBOX_ASSERT(parts_ < parts_max && table_->key[parts_] == KeyPart::Text);
  bytes_.reserve(bytes_.size() + part.size() + integer_bytes + 2);  // with room for a number behind it
  for (auto zero = part.find(escape); zero != part.npos; zero = part.find(escape)) {
    bytes_.append(part.substr(0, zero)).push_back(escape);
    bytes_.push_back(escaped_zero);
    part.remove_prefix(zero + 1);
  }
  bytes_.append(part).push_back(escape);
  bytes_.push_back(text_end);
  ++parts_;
  return *this;
}

std::int64_t Key::integer(std::size_t index) const {
  SIGNALBOX_ASSERT(index < parts_ && table_->key[index] == KeyPart::Integer);
  std::uint64_t bits = 0;
  for (char c : part(*table_, bytes_, index)) bits = bits << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(bits ^ (std::uint64_t{1} << 63));
}

std::string Key::text(std::size_t index) const {
  SIGNALBOX_ASSERT(index < parts_ && table_->key[index] == KeyPart::Text);
  std::string_view encoded = part(*table_, bytes_, index);
  encoded.remove_suffix(2);
  std::string decoded(encoded.substr(0, encoded.find(escape)));
  for (std::size_t i = decoded.size(); i < encoded.size(); ++i) {
    decoded.push_back(encoded[i]);
    if (encoded[i] == escape) ++i;
  }
  return decoded;
}

Key Key::from_bytes(const Table& table, std::string bytes) {
  Key key(table);
  std::string_view rest = bytes;
  while (!rest.empty()) {
    SIGNALBOX_ASSERT(key.parts_ < parts_max && table.key[key.parts_] != KeyPart::None);
    rest.remove_prefix(part_bytes(table.key[key.parts_], rest));
    ++key.parts_;
  }
  key.bytes_ = std::move(bytes);
  return key;
}

std::size_t key_parts(const Table& table) {
  std::size_t count = 0;
  while (count < parts_max && table.key[count] != KeyPart::None) ++count;
  return count;
}

}  // namespace signalbox
