#include "cli/start_gate.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/problem.h"

namespace signalbox::cli {

using http::asio::awaitable;

void StartGate::open() {
  open_ = true;
  opened_.cancel();
}

awaitable<http::Response> StartGate::pass(const http::Handler& handler, http::Request&& request) {
  return open_ ? handler(std::move(request)) : wait(handler, std::move(request));
}

awaitable<http::Response> StartGate::wait(const http::Handler& handler, http::Request request) {
  boost::system::error_code ended;
  auto token = http::asio::redirect_error(http::asio::use_awaitable, ended);
  co_await opened_.async_wait(std::move(token));
  if (!open_) co_return http::problem_response(503, "the daemon is starting: its stacks are not deployed yet; see /readyz");
  co_return co_await handler(std::move(request));
}

}  // namespace signalbox::cli
