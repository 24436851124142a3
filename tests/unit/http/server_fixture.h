#pragma once
/// A server and a client on one io_context, and coroutines of a test run on it to their end.

#include "http/http.h"

#include <boost/asio.hpp>
#include <catch2/catch.hpp>

#include <string>

namespace signalbox::http::testing {

using asio::ip::tcp;

class ServerFixture {
 public:
  explicit ServerFixture(Handler handler, ServerOptions options = {})
      : server(context.get_executor(), std::move(options), std::move(handler)) {
    const auto listening = server.listen();
    INFO((listening ? std::string() : listening.error().message));
    REQUIRE(listening.has_value());
  }

  /// Runs `test` to its end, then stops the server and runs until nothing is left to do.
  template <class T>
  T run(asio::awaitable<T> test) {
    auto future = asio::co_spawn(context, std::move(test), asio::use_future);
    while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) context.run_one();
    server.stop();
    context.run();
    return future.get();
  }

  asio::awaitable<tcp::socket> connect() {
    tcp::socket socket(context);
    const auto address = server.address();
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    const tcp::endpoint endpoint(asio::ip::make_address("127.0.0.1"), port);
    co_await socket.async_connect(endpoint, asio::use_awaitable);
    co_return socket;
  }

  /// All that the server sends until it closes the connection.
  static asio::awaitable<std::string> read_to_end(tcp::socket& socket) {
    std::string text;
    auto buffer = asio::dynamic_buffer(text);
    co_await asio::async_read(socket, buffer, asio::transfer_all(), asio::as_tuple(asio::use_awaitable));
    co_return text;
  }

  /// Sends `text` as it is and reads until the server closes.
  asio::awaitable<std::string> say(std::string text) {
    tcp::socket socket = co_await connect();
    const auto bytes = asio::buffer(text);
    co_await asio::async_write(socket, bytes, asio::as_tuple(asio::use_awaitable));
    std::string answer = co_await read_to_end(socket);
    co_return answer;
  }

  asio::io_context context{1};
  Server server;
};

}  // namespace signalbox::http::testing
