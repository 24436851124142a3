#pragma once
/// Work that is waited for no longer than a given time.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace signalbox::http {

/// The work's result, if it comes in time; later it has no effect any more, and goes on nevertheless: so it owns what it needs.
template <class T>
boost::asio::awaitable<std::optional<T>> within(std::chrono::milliseconds time, boost::asio::awaitable<T> work) {
  namespace asio = boost::asio;
  struct Shared {
    asio::steady_timer timer;
    std::optional<T> result;
    std::exception_ptr failure;
  };
  const auto executor = co_await asio::this_coro::executor;
  const auto shared = std::make_shared<Shared>(Shared{asio::steady_timer(executor, time), std::nullopt, nullptr});
  asio::co_spawn(executor, std::move(work), [shared](std::exception_ptr failure, T result) {
    shared->failure = failure;
    if (!failure) shared->result = std::move(result);
    shared->timer.cancel();
  });
  boost::system::error_code ended;
  auto token = asio::redirect_error(asio::use_awaitable, ended);
  co_await shared->timer.async_wait(std::move(token));
  if (shared->failure) std::rethrow_exception(shared->failure);
  co_return std::move(shared->result);
}

}  // namespace signalbox::http
