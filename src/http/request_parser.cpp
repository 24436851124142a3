#include "http/request_parser.h"

#include <algorithm>

#include "http/text.h"

namespace signalbox::http {

namespace beast_http = boost::beast::http;

namespace {
constexpr std::size_t body_reserve_max = 1024 * 1024;  // a client's claim of more is believed as the bytes come in
}

RequestParser::RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max) {
  eager(true);
  header_limit(static_cast<std::uint32_t>(header_bytes_max));
  body_limit(body_bytes_max);
}

void RequestParser::on_request_impl(beast_http::verb, string_view method, string_view target, int version, error_code&) {
  http_1_0 = version < 11;
  request.method.assign(method);
  request.target.assign(target);
  split_target(request);
}

void RequestParser::on_field_impl(beast_http::field name, string_view name_text, string_view value, error_code&) {
  if (name == beast_http::field::expect) expects_continue = equal_ignoring_case(value, "100-continue");
  request.headers.add(std::string(name_text), std::string(value));
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  if (length) request.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, body_reserve_max)));
}

std::size_t RequestParser::on_body_impl(string_view body, error_code&) {
  request.body.append(body);
  return body.size();
}

void split_target(Request& request) {
  std::string_view target = request.target;
  if (const auto scheme_end = target.find("://"); !target.starts_with('/') && scheme_end != std::string_view::npos) {
    const auto path = target.find('/', scheme_end + 3);
    target = path == std::string_view::npos ? "/" : target.substr(path);
  }
  const auto question_mark = target.find('?');
  request.path.assign(target.substr(0, question_mark));
  if (question_mark != std::string_view::npos) request.query = parse_form(target.substr(question_mark + 1));
}

}  // namespace signalbox::http
