#include "cli/start_gate.h"

#include <boost/asio.hpp>
#include <catch2/catch.hpp>

using namespace signalbox;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

http::Handler handler_200() {
  return [](http::Request&&) -> asio::awaitable<http::Response> {
    http::Response response;
    response.status = 200;
    co_return response;
  };
}

http::Request request() {
  http::Request request;
  request.method = "GET";
  request.path = "/v1/executions";
  return request;
}

}  // namespace

TEST_CASE("requests before the gate opens are answered when it does, later ones at once") {
  asio::io_context io;
  const http::Handler handler = handler_200();
  cli::StartGate gate(io.get_executor(), 1h);
  auto early = asio::co_spawn(io, gate.pass(handler, request()), asio::use_future);
  io.poll();
  CHECK(early.wait_for(0s) == std::future_status::timeout);
  gate.open();
  auto late = asio::co_spawn(io, gate.pass(handler, request()), asio::use_future);
  io.run();
  CHECK(early.get().status == 200);
  CHECK(late.get().status == 200);
}

TEST_CASE("who waits too long for the gate is told to come again") {
  asio::io_context io;
  const http::Handler handler = handler_200();
  cli::StartGate gate(io.get_executor(), 0ms);
  auto early = asio::co_spawn(io, gate.pass(handler, request()), asio::use_future);
  io.run();
  const auto response = early.get();
  CHECK(response.status == 503);
  CHECK(response.headers.get("Retry-After").has_value());
}
