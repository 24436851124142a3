#pragma once
/// The bytes of an object as a stream, unpacked if they are gzip, and its lines and CSV records.

#include "services/objects/object_files.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::objects {

/// Reads an object front to back in small pieces.
class ObjectBytes {
 public:
  explicit ObjectBytes(std::shared_ptr<ContentReader> content);
  /// Bytes that are there already, not packed.
  explicit ObjectBytes(std::string text);
  ObjectBytes(ObjectBytes&&) noexcept;
  ~ObjectBytes();

  /// The next byte; nothing at the end. Throws std::runtime_error if the bytes cannot be read or are no gzip.
  [[nodiscard]] std::optional<char> get();
  /// All that is left.
  [[nodiscard]] std::string rest();

 private:
  struct Unpacker;
  void fill();
  [[nodiscard]] std::size_t read_raw(std::span<char> into);

  std::shared_ptr<ContentReader> content_;  ///< null: all bytes are in the buffer
  std::uint64_t offset_ = 0;
  std::string buffer_;
  std::size_t place_ = 0;
  std::unique_ptr<Unpacker> unpacker_;
};

/// A line without its end (\n, \r\n); nothing at the end.
[[nodiscard]] std::optional<std::string> read_line(ObjectBytes& bytes);
/// The fields of a CSV record, quotes undone; empty lines are skipped. Nothing at the end. RFC 4180.
[[nodiscard]] std::optional<std::vector<std::string>> read_csv_record(ObjectBytes& bytes, char delimiter);

}  // namespace signalbox::objects
