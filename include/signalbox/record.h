#pragma once
/// The compact encoding of stored records: a version byte, then fields one after another.

#include "signalbox/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

/// Whole numbers as zigzag varints, texts with their length before them, optionals with a byte before them.
class RecordWriter {
 public:
  explicit RecordWriter(std::uint8_t version) { bytes_.push_back(static_cast<char>(version)); }
  RecordWriter& integer(std::int64_t value) {
    const auto zigzag = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
    if (zigzag < 0x80) {  // most have one byte
      bytes_.push_back(static_cast<char>(zigzag));
    } else {
      long_integer(zigzag);
    }
    return *this;
  }
  RecordWriter& text(std::string_view value);
  RecordWriter& boolean(bool value) { return integer(value ? 1 : 0); }
  RecordWriter& timestamp(Timestamp value) { return integer(value.time_since_epoch().count()); }
  RecordWriter& optional_integer(std::optional<std::int64_t> value);
  RecordWriter& optional_text(const std::optional<std::string>& value);
  RecordWriter& optional_timestamp(std::optional<Timestamp> value);
  [[nodiscard]] std::string take() { return std::move(bytes_); }
  [[nodiscard]] std::string& bytes() { return bytes_; }

 private:
  void long_integer(std::uint64_t zigzag);

  std::string bytes_;
};

/// Reads what RecordWriter wrote. A record that ends too early is damage: StoreFailure is thrown.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes);
  [[nodiscard]] std::uint8_t version() const { return version_; }
  std::int64_t integer() {
    if (bytes_.empty() || (bytes_.front() & 0x80)) return long_integer();
    const auto zigzag = static_cast<std::int64_t>(bytes_.front());  // most have one byte
    bytes_.remove_prefix(1);
    return (zigzag >> 1) ^ -(zigzag & 1);
  }
  std::string_view text();  ///< valid as long as the bytes
  bool boolean() { return integer() != 0; }
  Timestamp timestamp() { return Timestamp{std::chrono::milliseconds{integer()}}; }
  std::optional<std::int64_t> optional_integer();
  std::optional<std::string> optional_text();
  std::optional<Timestamp> optional_timestamp();
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }
  [[nodiscard]] std::string_view rest() const { return bytes_; }  ///< what has not been read

 private:
  std::int64_t long_integer();

  std::string_view bytes_;
  std::uint8_t version_ = 0;
};

}  // namespace signalbox
