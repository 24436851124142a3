#include "http/response_writer.h"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>

#include "http/text.h"
#include "signalbox/encoding.h"

namespace signalbox::http {

namespace {

/// Made once a second: one I/O thread writes most responses.
const std::string& http_date() {
  thread_local std::string text;
  thread_local std::chrono::sys_seconds second{};
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (now != second || text.empty()) {
    second = now;
    text = format_http_date(Timestamp{now});
  }
  return text;
}

/// The memory for all of them is taken at once.
void append_parts(std::string& out, std::initializer_list<std::string_view> parts) {
  std::size_t size = out.size();
  for (const auto part : parts) size += part.size();
  std::size_t at = out.size();
  out.resize(size);
  for (const auto part : parts) {
    part.copy(out.data() + at, part.size());
    at += part.size();
  }
}

/// Characters that would end a header field stand as spaces.
void append_field(std::string& out, std::string_view name, std::string_view value) {
  const auto start = out.size();
  append_parts(out, {name, ": ", value, "\r\n"});
  const auto is_breaking = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(start), out.end() - 2, is_breaking, ' ');
}

}  // namespace

bool append_head(std::string& out, const Response& response, const ResponseContext& context) {
  const bool bodiless = response.status == 204 || response.status == 304 || response.status < 200;
  append_parts(out, {"HTTP/1.1 ", std::to_string(response.status), " ", reason_phrase(response.status), "\r\n"});
  bool has_request_id = false, has_date = false;
  for (const auto& [name, value] : response.headers.all()) {
    if (equal_ignoring_case(name, "Content-Length") || equal_ignoring_case(name, "Connection")) continue;  // the server's own affair
    has_request_id = has_request_id || equal_ignoring_case(name, "x-amzn-RequestId");
    has_date = has_date || equal_ignoring_case(name, "Date");
    append_field(out, name, value);
  }
  out.append(response.constant_fields);
  if (!has_request_id) append_parts(out, {"x-amzn-RequestId: ", context.request_id, "\r\n"});
  if (!has_date) append_parts(out, {"Date: ", http_date(), "\r\n"});
  if (!bodiless) append_parts(out, {"Content-Length: ", std::to_string(response.body_bytes()), "\r\n"});
  if (!context.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (context.http_1_0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
  return !bodiless && !context.head;
}

}  // namespace signalbox::http
