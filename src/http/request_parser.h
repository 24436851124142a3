#pragma once
/// Beast's parser, writing straight into a Request: no second set of fields, no copy of the body.

#include "http/http.h"

#include <boost/beast/http/basic_parser.hpp>

namespace signalbox::http {

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max);

  Request request;                ///< complete once is_done()
  bool expects_continue = false;  ///< valid once is_header_done(), as is this:
  bool http_1_0 = false;

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, string_view method, string_view target, int version, error_code& failed) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field, string_view name, string_view value, error_code& failed) override;
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
  std::size_t on_body_impl(string_view body, error_code&) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& failed) override { return on_body_impl(body, failed); }
  void on_finish_impl(error_code&) override {}
};

/// `target` (origin form, or absolute form as proxies send it) into path and decoded query.
void split_target(Request& request);

}  // namespace signalbox::http
