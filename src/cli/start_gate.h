#pragma once
/// Holds requests until the stacks are deployed: before, something that is about to be there would be answered with "not found".

#include "http/http.h"

#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace signalbox::cli {

/// Of the I/O thread. Deploying asks nothing of the listeners, so those who wait hold nobody up.
class StartGate {
 public:
  /// Who waits is answered after `patience` with 503 and Retry-After; counted from here.
  StartGate(http::asio::any_io_executor executor, std::chrono::milliseconds patience) : opened_(std::move(executor), patience) {}

  [[nodiscard]] bool is_open() const { return open_; }
  /// All who wait go on.
  void open();
  /// Answers by `handler`, which must outlive it, once the gate is open.
  [[nodiscard]] http::asio::awaitable<http::Response> pass(const http::Handler& handler, http::Request&& request);

 private:
  http::asio::awaitable<http::Response> wait(const http::Handler& handler, http::Request request);

  bool open_ = false;
  http::asio::steady_timer opened_;  ///< cancelled when the gate opens
};

}  // namespace signalbox::cli
