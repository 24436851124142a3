#pragma once
/// Requests of the Lambda Runtime API, read from a byte stream. A tailored parser, since a warm call's latency is mostly two of these. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::functions {

struct RuntimeRequest {
  std::string method;
  std::string path;                 ///< without the query
  std::string function_error_type;  ///< Lambda-Runtime-Function-Error-Type
  std::string body;
  bool body_too_large = false;  ///< the body was thrown away
  bool keep_alive = true;
};

/// Feed bytes as they come, then take requests while there are any. Understands Content-Length, chunked bodies with trailers, pipelining and
/// Expect: 100-continue.
class RuntimeRequestParser {
 public:
  explicit RuntimeRequestParser(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  void feed(std::string_view bytes) { buffer_.append(bytes); }
  [[nodiscard]] std::optional<RuntimeRequest> take();
  /// The stream is no HTTP/1.1; nothing more will be taken.
  [[nodiscard]] bool failed() const { return failed_; }
  /// Once after a head that asks for it: the client waits for `100 Continue`.
  [[nodiscard]] bool take_expectation();

 private:
  enum class State { Head, Body, ChunkSize, Chunk, ChunkEnd, Trailers };
  bool advance();
  bool read_head();
  bool read_header(std::string_view name, std::string_view value);
  bool read_body();
  bool read_chunk_size();
  bool read_chunk();
  bool read_chunk_end();
  bool read_trailers();
  void keep(std::string_view bytes);
  std::optional<std::string_view> line();
  void fail() { failed_ = true; }

  std::size_t body_bytes_max_;
  std::string buffer_;
  std::size_t position_ = 0;  ///< what of buffer_ has been read
  State state_ = State::Head;
  std::size_t body_left_ = 0;  ///< of the body, or of the chunk
  bool chunked_ = false, expects_continue_ = false, complete_ = false, failed_ = false;
  RuntimeRequest request_;
};

}  // namespace signalbox::functions
