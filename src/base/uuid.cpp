#include <algorithm>

#include "signalbox/encoding.h"

namespace signalbox {

namespace {

std::string print(const std::array<std::uint8_t, 16>& bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text(36, '-');
  char* out = text.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++out;
    *out++ = digits[bytes[i] >> 4];
    *out++ = digits[bytes[i] & 15];
  }
  return text;
}

void mark(std::array<std::uint8_t, 16>& bytes, std::uint8_t version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
}

}  // namespace

Uuid uuid_v4(std::array<std::uint8_t, 16> random) {
  mark(random, 4);
  return Uuid{print(random)};
}

Uuid uuid_v7(Timestamp time, std::array<std::uint8_t, 16> random, std::int64_t row) {
  const auto ms = static_cast<std::uint64_t>(time.time_since_epoch().count());
  for (int i = 0; i < 6; ++i) random[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  for (int i = 0; i < 5; ++i)
    random[static_cast<std::size_t>(11 + i)] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(row) >> (32 - 8 * i));
  mark(random, 7);
  return Uuid{print(random)};
}

std::optional<std::int64_t> uuid_v7_row(std::string_view text) {
  if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[14] != '7' || text[18] != '-' || text[23] != '-') return std::nullopt;
  std::int64_t row = 0;
  for (std::size_t i = 0; i < 36; ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) continue;
    const char c = text[i];
    const bool digit = c >= '0' && c <= '9';
    if (!digit && !(c >= 'a' && c <= 'f')) return std::nullopt;
    if (i >= 26) row = row * 16 + (digit ? c - '0' : c - 'a' + 10);
  }
  return row;
}

std::string random_uuid() {
  std::array<std::uint8_t, 16> bytes{};
  const auto random = random_bytes(16);
  std::copy(random.begin(), random.end(), reinterpret_cast<char*>(bytes.data()));
  return uuid_v4(bytes).value;
}

}  // namespace signalbox
