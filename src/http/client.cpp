#include <openssl/ssl.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "http/http.h"
#include "http/url.h"

namespace signalbox::http {

namespace {

namespace beast = boost::beast;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;

beast_http::request<beast_http::string_body> to_beast(ClientRequest& request, const Url& url) {
  beast_http::request<beast_http::string_body> message;
  message.version(11);
  message.method_string(request.method);
  message.target(url.target);
  message.set(beast_http::field::host, url.authority());
  message.set(beast_http::field::user_agent, "signalbox");
  for (const auto& [name, value] : request.headers.all()) message.set(name, value);
  message.set(beast_http::field::connection, "close");
  message.body() = std::move(request.body);
  message.prepare_payload();
  return message;
}

template <class Stream>
asio::awaitable<Response> exchange(Stream& stream, beast_http::request<beast_http::string_body>& message, std::size_t response_bytes_max) {
  co_await beast_http::async_write(stream, message, asio::use_awaitable);
  beast::flat_buffer buffer;
  beast_http::response_parser<beast_http::string_body> parser;
  parser.body_limit(response_bytes_max);
  if (message.method() == beast_http::verb::head) parser.skip(true);
  co_await beast_http::async_read(stream, buffer, parser, asio::use_awaitable);
  Response response{static_cast<int>(parser.get().result_int())};
  for (const auto& field : parser.get()) response.headers.add(std::string(field.name_string()), std::string(field.value()));
  response.body = std::move(parser.get().body());
  co_return response;
}

asio::awaitable<void> connect(beast::tcp_stream& stream, const Url& url) {
  tcp::resolver resolver(stream.get_executor());
  const auto found = co_await resolver.async_resolve(url.host, std::to_string(url.port), asio::use_awaitable);
  co_await stream.async_connect(found, asio::use_awaitable);
  stream.socket().set_option(tcp::no_delay(true));
}

asio::awaitable<Response> send_plainly(ClientRequest request, Url url) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(request.timeout);
  auto message = to_beast(request, url);
  co_await connect(stream, url);
  Response response = co_await exchange(stream, message, request.response_bytes_max);
  co_return response;
}

/// Loading the system's roots takes milliseconds: once per process.
asio::ssl::context& tls_context() {
  static asio::ssl::context context = [] {
    asio::ssl::context made(asio::ssl::context::tls_client);
    made.set_default_verify_paths();
    made.set_verify_mode(asio::ssl::verify_peer);
    SSL_CTX_set_min_proto_version(made.native_handle(), TLS1_2_VERSION);
    return made;
  }();
  return context;
}

asio::awaitable<Response> send_over_tls(ClientRequest request, Url url) {
  beast::ssl_stream<beast::tcp_stream> stream(co_await asio::this_coro::executor, tls_context());
  beast::get_lowest_layer(stream).expires_after(request.timeout);
  SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
  stream.set_verify_callback(asio::ssl::host_name_verification(url.host));
  auto message = to_beast(request, url);
  co_await connect(beast::get_lowest_layer(stream), url);
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  Response response = co_await exchange(stream, message, request.response_bytes_max);
  co_return response;  // no polite TLS farewell: the connection is not used again
}

}  // namespace

asio::awaitable<Result<Response>> send(ClientRequest request) {
  auto url = parse_url(request.url);
  if (!url) co_return url.error();
  const std::string name = request.method + " " + url->scheme + "://" + url->authority();
  const auto limit = request.response_bytes_max;
  const bool tls = url->scheme == "https";
  try {
    auto sending = tls ? send_over_tls(std::move(request), std::move(*url)) : send_plainly(std::move(request), std::move(*url));
    Response response = co_await std::move(sending);
    co_return response;
  } catch (const boost::system::system_error& failure) {
    if (failure.code() == asio::error::operation_aborted) throw;  // cancelled by the caller
    if (failure.code() == beast_http::error::body_limit) {
      co_return error(ErrorCode::TooLarge, name + ": the answer is longer than " + std::to_string(limit) + " bytes");
    }
    co_return error(ErrorCode::Unavailable, name + ": " + failure.code().message());
  }
}

}  // namespace signalbox::http
