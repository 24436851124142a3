#include "signalbox/record.h"

#include "signalbox/store.h"

#include <array>

namespace signalbox {

void RecordWriter::long_integer(std::uint64_t zigzag) {
  std::array<char, 10> bytes;
  std::size_t count = 0;
  for (; zigzag >= 0x80; zigzag >>= 7) bytes[count++] = static_cast<char>(zigzag | 0x80);
  bytes[count++] = static_cast<char>(zigzag);
  bytes_.append(bytes.data(), count);
}

RecordWriter& RecordWriter::text(std::string_view value) {
  // Most records with a text fit into this; growing up to it step by step would take four allocations.
  constexpr std::size_t usual_bytes = 240;
  if (bytes_.capacity() < usual_bytes) bytes_.reserve(usual_bytes);
  integer(static_cast<std::int64_t>(value.size()));
  bytes_.append(value);
  return *this;
}

RecordWriter& RecordWriter::optional_integer(std::optional<std::int64_t> value) {
  boolean(value.has_value());
  return value ? integer(*value) : *this;
}

RecordWriter& RecordWriter::optional_text(const std::optional<std::string>& value) {
  boolean(value.has_value());
  return value ? text(*value) : *this;
}

RecordWriter& RecordWriter::optional_timestamp(std::optional<Timestamp> value) {
  boolean(value.has_value());
  return value ? timestamp(*value) : *this;
}

RecordReader::RecordReader(std::string_view bytes) : bytes_(bytes) {
  if (bytes_.empty()) throw StoreFailure("damaged record: it is empty");
  version_ = static_cast<std::uint8_t>(bytes_.front());
  bytes_.remove_prefix(1);
}

std::int64_t RecordReader::long_integer() {
  std::uint64_t zigzag = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (bytes_.empty()) break;
    const auto byte = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    zigzag |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (!(byte & 0x80)) return static_cast<std::int64_t>(zigzag >> 1) ^ -static_cast<std::int64_t>(zigzag & 1);
  }
  throw StoreFailure("damaged record: a number ends too early");
}

std::string_view RecordReader::text() {
  const auto size = integer();
  if (size < 0 || static_cast<std::uint64_t>(size) > bytes_.size()) throw StoreFailure("damaged record: a text ends too early");
  const auto value = bytes_.substr(0, static_cast<std::size_t>(size));
  bytes_.remove_prefix(static_cast<std::size_t>(size));
  return value;
}

std::optional<std::int64_t> RecordReader::optional_integer() { return boolean() ? std::optional(integer()) : std::nullopt; }
std::optional<std::string> RecordReader::optional_text() { return boolean() ? std::optional(std::string(text())) : std::nullopt; }
std::optional<Timestamp> RecordReader::optional_timestamp() { return boolean() ? std::optional(timestamp()) : std::nullopt; }

}  // namespace signalbox
