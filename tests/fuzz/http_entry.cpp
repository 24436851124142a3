// Everything that looks at a request before an operation does: the parser, the router, the protocols' parsers, signatures.
#include <boost/asio.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "aws/call.h"
#include "aws/query_form.h"
#include "aws/xml.h"
#include "http/client_address.h"
#include "http/cross_site.h"
#include "http/request_parser.h"
#include "http/response_writer.h"
#include "http/url.h"
#include "services/keys/sigv4.h"

using namespace signalbox;

namespace {

boost::asio::awaitable<http::Response> answer(http::Request request) {
  co_return http::text_response(200, request.parameters.empty() ? "" : request.parameters.front().second);
}

const http::Router& router() {
  static const http::Router made = [] {
    http::Router r;
    r.on("GET", "/v1/executions/{id}", answer);
    r.on("GET", "/v1/executions/{id}/history", answer);
    r.on("POST", "/v1/executions/latest", answer);
    r.on("GET", "/files/{rest+}", answer);
    r.otherwise(answer);
    return r;
  }();
  return made;
}

/// As a session feeds it: the bytes as they come, here in two parts.
bool parse(http::RequestParser& parser, std::string_view bytes) {
  const std::string_view parts[]{bytes.substr(0, bytes.size() / 2), bytes};
  std::size_t used = 0;
  for (const auto part : parts) {
    while (!parser.is_done()) {
      boost::system::error_code failed;
      const auto rest = part.substr(used);
      const auto put = parser.put(boost::asio::const_buffer(rest.data(), rest.size()), failed);
      used += put;
      if (failed && failed != boost::beast::http::error::need_more) return false;
      if (failed || put == 0) break;
    }
  }
  return parser.is_done();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  http::RequestParser parser(8 * 1024, 64 * 1024);
  http::Request request;
  if (parse(parser, bytes)) {
    request = std::move(parser.request);
  } else {
    // Not HTTP: take it as a target and a form, so that what comes behind the parser is reached often.
    request.method = "POST";
    request.target = bytes.substr(0, bytes.find('\n'));
    http::split_target(request);
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.headers.add("Authorization", std::string(bytes));
    request.headers.add("Origin", std::string(bytes));
    request.headers.add("Host", std::string(bytes.substr(0, 20)));
    request.body = bytes;
  }

  const auto call = aws::identify(request);
  const Json sqs = aws::sqs_request_of_form(call.form, call.operation);
  const Json sns = aws::tree_of_form(call.form);
  (void)aws::sqs_response(call.operation, sqs, "id");
  (void)aws::sns_response(call.operation, sns, "id");
  if (const auto given = services::parse_sigv4(request); given && *given) {
    (void)services::verify_sigv4(request, **given, "secret", Timestamp{std::chrono::milliseconds{1'795'482'123'000}});
    (void)services::decode_chunks(request, **given, std::string("secret"));
  }
  (void)http::is_cross_site(request, true);
  (void)http::parse_url(request.target);
  (void)http::TrustedProxies::parse({request.target});
  static const auto proxies = *http::TrustedProxies::parse({"0.0.0.0/0"});
  (void)proxies.client_of(boost::asio::ip::address_v4::loopback(), bytes);

  boost::asio::io_context context;
  http::Response response;
  boost::asio::co_spawn(context, router().route(std::move(request)),
                        [&](std::exception_ptr, http::Response routed) { response = std::move(routed); });
  context.run();
  std::string out;
  (void)http::append_head(out, response, http::ResponseContext{"id"});
  return 0;
}
