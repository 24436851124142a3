#include "services/functions/runtime_request.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace signalbox::functions {

namespace {

constexpr std::size_t head_bytes_max = 64 * 1024;

bool equal_names(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<RuntimeRequest> RuntimeRequestParser::take() {
  while (!failed_ && !complete_ && advance()) {
  }
  if (position_ == buffer_.size()) {
    buffer_.clear();
    position_ = 0;
  } else if (position_ > head_bytes_max) {
    buffer_.erase(0, position_);
    position_ = 0;
  }
  if (failed_ || !complete_) return std::nullopt;
  complete_ = false;
  return std::move(request_);
}

bool RuntimeRequestParser::take_expectation() { return std::exchange(expects_continue_, false); }

/// One step; whether there is reason for another.
bool RuntimeRequestParser::advance() {
  switch (state_) {
    case State::Head: return read_head();
    case State::Body: return read_body();
    case State::ChunkSize: return read_chunk_size();
    case State::Chunk: return read_chunk();
    case State::ChunkEnd: return read_chunk_end();
    case State::Trailers: return read_trailers();
  }
  return false;
}

std::optional<std::string_view> RuntimeRequestParser::line() {
  auto end = buffer_.find("\r\n", position_);
  if (end == std::string::npos) {
    if (buffer_.size() - position_ > head_bytes_max) fail();
    return std::nullopt;
  }
  auto text = std::string_view(buffer_).substr(position_, end - position_);
  position_ = end + 2;
  return text;
}

bool RuntimeRequestParser::read_head() {
  auto end = buffer_.find("\r\n\r\n", position_);
  if (end == std::string::npos) {
    if (buffer_.size() - position_ > head_bytes_max) fail();
    return false;
  }
  request_ = {};
  chunked_ = false;
  body_left_ = 0;
  auto first = line().value_or("");
  auto space = first.find(' ');
  auto second = first.rfind(' ');
  if (space == std::string_view::npos || second <= space || !first.substr(second + 1).starts_with("HTTP/1.")) return fail(), false;
  request_.method = first.substr(0, space);
  auto target = first.substr(space + 1, second - space - 1);
  request_.path = target.substr(0, target.find('?'));
  request_.keep_alive = first.ends_with("1.1");
  while (position_ < end + 2) {
    auto header = line().value_or("");
    auto colon = header.find(':');
    if (colon == std::string_view::npos || !read_header(header.substr(0, colon), trimmed(header.substr(colon + 1)))) return fail(), false;
  }
  position_ = end + 4;
  if (body_left_ > body_bytes_max_) request_.body_too_large = true;
  if (!chunked_ && !request_.body_too_large) request_.body.reserve(body_left_);
  state_ = chunked_ ? State::ChunkSize : State::Body;
  return true;
}

bool RuntimeRequestParser::read_header(std::string_view name, std::string_view value) {
  if (equal_names(name, "content-length")) {
    auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), body_left_);
    return failure == std::errc{} && end == value.data() + value.size();
  }
  if (equal_names(name, "transfer-encoding")) {
    chunked_ = equal_names(value, "chunked");
    return chunked_;
  }
  if (equal_names(name, "expect")) expects_continue_ = equal_names(value, "100-continue");
  if (equal_names(name, "connection")) request_.keep_alive = !equal_names(value, "close");
  if (equal_names(name, "lambda-runtime-function-error-type")) request_.function_error_type = value;
  return true;
}

void RuntimeRequestParser::keep(std::string_view bytes) {
  if (request_.body.size() + bytes.size() > body_bytes_max_) {
    request_.body_too_large = true;
    request_.body.clear();
  }
  if (!request_.body_too_large) request_.body.append(bytes);
}

bool RuntimeRequestParser::read_body() {
  auto count = std::min(body_left_, buffer_.size() - position_);
  keep(std::string_view(buffer_).substr(position_, count));
  position_ += count;
  body_left_ -= count;
  if (body_left_ > 0) return false;
  state_ = State::Head;
  complete_ = true;
  return false;
}

bool RuntimeRequestParser::read_chunk_size() {
  auto text = line();
  if (!text) return false;
  auto digits = trimmed(text->substr(0, text->find(';')));
  auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), body_left_, 16);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return fail(), false;
  state_ = body_left_ == 0 ? State::Trailers : State::Chunk;
  return true;
}

bool RuntimeRequestParser::read_chunk() {
  auto count = std::min(body_left_, buffer_.size() - position_);
  keep(std::string_view(buffer_).substr(position_, count));
  position_ += count;
  body_left_ -= count;
  if (body_left_ > 0) return false;
  state_ = State::ChunkEnd;
  return true;
}

bool RuntimeRequestParser::read_chunk_end() {
  auto text = line();
  if (!text) return false;
  if (!text->empty()) return fail(), false;
  state_ = State::ChunkSize;
  return true;
}

bool RuntimeRequestParser::read_trailers() {
  auto text = line();
  if (!text) return false;
  if (auto colon = text->find(':'); colon != std::string_view::npos) {
    if (equal_names(text->substr(0, colon), "lambda-runtime-function-error-type"))
      request_.function_error_type = trimmed(text->substr(colon + 1));
    return true;
  }
  if (!text->empty()) return fail(), false;
  state_ = State::Head;
  complete_ = true;
  return false;
}

}  // namespace signalbox::functions
