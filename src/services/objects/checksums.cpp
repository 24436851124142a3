#include "services/objects/checksums.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "signalbox/encoding.h"

namespace signalbox::objects {

namespace {

/// A reflected CRC with all ones before and after. `polynomial` in reflected notation.
template <class Word, Word polynomial>
struct Crc {
  static constexpr int bits = sizeof(Word) * 8;

  static constexpr std::array<Word, 256> make_table() {
    std::array<Word, 256> table{};
    for (unsigned byte = 0; byte < 256; ++byte) {
      Word value = byte;
      for (int bit = 0; bit < 8; ++bit) value = static_cast<Word>((value & 1) ? (value >> 1) ^ polynomial : value >> 1);
      table[byte] = value;
    }
    return table;
  }

  static Word of(std::string_view bytes) {
    static constexpr auto table = make_table();
    Word value = ~Word{0};
    for (const char c : bytes) value = static_cast<Word>(table[(value ^ static_cast<unsigned char>(c)) & 0xff] ^ (value >> 8));
    return ~value;
  }

  /// a·b modulo the polynomial; the highest bit stands for x^0.
  static Word multiply(Word a, Word b) {
    Word product = 0;
    for (Word mask = Word{1} << (bits - 1); mask != 0; mask >>= 1) {
      if (a & mask) product ^= b;
      b = static_cast<Word>((b & 1) ? (b >> 1) ^ polynomial : b >> 1);
    }
    return product;
  }

  /// x^(8·bytes)
  static Word power(std::uint64_t bytes) {
    Word result = Word{1} << (bits - 1), square = Word{1} << (bits - 1 - 8);  // 1 and x^8
    for (; bytes != 0; bytes >>= 1) {
      if (bytes & 1) result = multiply(result, square);
      square = multiply(square, square);
    }
    return result;
  }

  /// Of two texts one after the other, the second of so many bytes.
  static Word combine(Word first, Word second, std::uint64_t second_bytes) { return multiply(power(second_bytes), first) ^ second; }
};
using Crc32 = Crc<std::uint32_t, 0xEDB88320u>;
using Crc32c = Crc<std::uint32_t, 0x82F63B78u>;
using Crc64Nvme = Crc<std::uint64_t, 0x9A6C9329AC4BC9B5u>;

template <class Word>
std::string big_endian(Word value) {
  std::string bytes(sizeof(Word), '\0');
  for (std::size_t i = 0; i < sizeof(Word); ++i) bytes[i] = static_cast<char>((value >> (8 * (sizeof(Word) - 1 - i))) & 0xff);
  return bytes;
}

template <class Word>
Word from_big_endian(std::string_view bytes) {
  Word value = 0;
  for (const char c : bytes) value = static_cast<Word>((value << 8) | static_cast<unsigned char>(c));
  return value;
}

std::string raw_checksum(std::string_view algorithm, std::string_view bytes) {
  if (algorithm == "CRC32") return big_endian(Crc32::of(bytes));
  if (algorithm == "CRC32C") return big_endian(Crc32c::of(bytes));
  if (algorithm == "CRC64NVME") return big_endian(Crc64Nvme::of(bytes));
  SIGNALBOX_ASSERT(algorithm == "SHA1" || algorithm == "SHA256");
  return digest(algorithm == "SHA1" ? DigestAlgorithm::Sha1 : DigestAlgorithm::Sha256, bytes);
}

template <class Sum, class Word = decltype(Sum::of(""))>
std::string combined(const std::vector<PartRecord>& parts) {
  Word all = 0;  // of no bytes at all
  for (const auto& part : parts) {
    const auto own = from_big_endian<Word>(base64_decode(part.checksum->value).value_or(""));
    all = Sum::combine(all, own, static_cast<std::uint64_t>(part.file.bytes));
  }
  return base64_encode(big_endian(all));
}

}  // namespace

const std::vector<std::string>& checksum_algorithms() {
  static const std::vector<std::string> names{"CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"};
  return names;
}

bool is_checksum_algorithm(std::string_view name) {
  const auto& names = checksum_algorithms();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string checksum_of(std::string_view algorithm, std::string_view bytes) { return base64_encode(raw_checksum(algorithm, bytes)); }

std::optional<Checksum> checksum_of_parts(const UploadRecord& upload, const std::vector<PartRecord>& parts) {
  const auto& algorithm = upload.checksum_algorithm;
  const bool all_have_one = std::all_of(parts.begin(), parts.end(), [](const PartRecord& part) { return part.checksum.has_value(); });
  if (algorithm.empty() || !all_have_one) return std::nullopt;
  if (upload.full_object_checksum) {
    if (algorithm == "CRC32") return Checksum{algorithm, combined<Crc32>(parts), false};
    if (algorithm == "CRC32C") return Checksum{algorithm, combined<Crc32c>(parts), false};
    if (algorithm == "CRC64NVME") return Checksum{algorithm, combined<Crc64Nvme>(parts), false};
    return std::nullopt;  // refused when the upload began
  }
  std::string all;
  for (const auto& part : parts) all += base64_decode(part.checksum->value).value_or("");
  return Checksum{algorithm, checksum_of(algorithm, all) + "-" + std::to_string(parts.size()), true};
}

std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned value = 0;
    const auto parsed = std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    if (parsed.ec != std::errc() || parsed.ptr != hex.data() + i + 2) return {};
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace signalbox::objects
