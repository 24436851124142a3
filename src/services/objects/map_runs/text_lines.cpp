#include "services/objects/map_runs/text_lines.h"

#include <zlib.h>

#include <stdexcept>

namespace signalbox::objects {

namespace {
constexpr std::size_t piece_bytes = 64 * 1024;
}

struct ObjectBytes::Unpacker {
  z_stream stream{};
  std::string packed = std::string(piece_bytes, '\0');

  Unpacker() {
    constexpr int gzip_only = 15 + 16;
    if (inflateInit2(&stream, gzip_only) != Z_OK) throw std::runtime_error("out of memory");
  }
  ~Unpacker() { inflateEnd(&stream); }
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;
};

ObjectBytes::ObjectBytes(std::shared_ptr<ContentReader> content) : content_(std::move(content)) {
  char magic[2] = {};
  const auto got = content_->read(0, magic);
  if (got && *got == 2 && magic[0] == '\x1f' && magic[1] == '\x8b') unpacker_ = std::make_unique<Unpacker>();
}

ObjectBytes::ObjectBytes(std::string text) : buffer_(std::move(text)) {}
ObjectBytes::ObjectBytes(ObjectBytes&&) noexcept = default;
ObjectBytes::~ObjectBytes() = default;

std::size_t ObjectBytes::read_raw(std::span<char> into) {
  const auto got = content_->read(offset_, into);
  if (!got) throw std::runtime_error("the object cannot be read");
  offset_ += *got;
  return *got;
}

void ObjectBytes::fill() {
  place_ = 0;
  if (!content_) return buffer_.clear();
  buffer_.resize(piece_bytes);
  if (!unpacker_) {
    buffer_.resize(read_raw(buffer_));
    return;
  }
  auto& stream = unpacker_->stream;
  stream.next_out = reinterpret_cast<Bytef*>(buffer_.data());
  stream.avail_out = static_cast<uInt>(buffer_.size());
  while (stream.avail_out > 0) {
    if (stream.avail_in == 0) {
      const auto got = read_raw(unpacker_->packed);
      if (got == 0) break;
      stream.next_in = reinterpret_cast<Bytef*>(unpacker_->packed.data());
      stream.avail_in = static_cast<uInt>(got);
    }
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code == Z_STREAM_END) inflateReset(&stream);  // members may follow one another
    if (code != Z_OK && code != Z_STREAM_END) throw std::runtime_error("the object is not whole gzip");
  }
  buffer_.resize(piece_bytes - stream.avail_out);
}

std::optional<char> ObjectBytes::get() {
  if (place_ == buffer_.size()) fill();
  if (buffer_.empty()) return std::nullopt;
  return buffer_[place_++];
}

std::string ObjectBytes::rest() {
  std::string all = buffer_.substr(place_);
  for (fill(); !buffer_.empty(); fill()) all += buffer_;
  place_ = 0;
  return all;
}

std::optional<std::string> read_line(ObjectBytes& bytes) {
  std::string line;
  for (;;) {
    const auto c = bytes.get();
    if (!c && line.empty()) return std::nullopt;
    if (!c || *c == '\n') {
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    line += *c;
  }
}

namespace {

/// Up to its closing quote; a doubled quote stands for one.
void read_quoted(ObjectBytes& bytes, std::string& field, std::optional<char>& next) {
  for (;;) {
    const auto c = bytes.get();
    if (!c) {
      next = c;
      return;
    }
    if (*c != '"') {
      field += *c;
      continue;
    }
    next = bytes.get();
    if (next != '"') return;
    field += '"';
  }
}

}  // namespace

std::optional<std::vector<std::string>> read_csv_record(ObjectBytes& bytes, char delimiter) {
  std::vector<std::string> fields;
  std::string field;
  bool anything = false;
  for (auto c = bytes.get();;) {
    if (c == '"' && field.empty()) {
      anything = true;
      read_quoted(bytes, field, c);
      continue;
    }
    const bool at_end = !c || *c == '\n';
    if (at_end && field.ends_with('\r')) field.pop_back();
    if (at_end && !anything && field.empty()) {
      if (!c) return std::nullopt;
      c = bytes.get();  // an empty line
      continue;
    }
    if (at_end || *c == delimiter) {
      anything = true;
      fields.push_back(std::exchange(field, {}));
      if (at_end) return fields;
    } else {
      anything = true;
      field += *c;
    }
    c = bytes.get();
  }
}

}  // namespace signalbox::objects
