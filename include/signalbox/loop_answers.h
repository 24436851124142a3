#pragma once
/// How answers that are made on another thread come back to an event loop: many at a time.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace signalbox {

/// What waits on an event loop for another thread.
class LoopAnswer {
 public:
  virtual ~LoopAnswer() = default;
  virtual void arrive() = 0;  ///< on the loop's thread, once
};

/// The answers on their way to one event loop, one of these for each (a service of its execution context). A commit answers many at once: they reach
/// the loop as one handler, where a post() for each would take its lock and wake it as often. Answers that are left when the loop ends are dropped.
class LoopAnswers final : public boost::asio::execution_context::service {
 public:
  using key_type = LoopAnswers;
  explicit LoopAnswers(boost::asio::execution_context& context) : service(context) {}

  /// Any thread. `executor` is the loop's own, on which all that wait for answers run.
  static void put(const boost::asio::any_io_executor& executor, std::shared_ptr<LoopAnswer> answer);

 private:
  void shutdown() noexcept override;
  void deliver();

  std::mutex mutex_;
  std::vector<std::shared_ptr<LoopAnswer>> waiting_;
};

/// What only waits for its turn.
template <class Handler>
class LoopTurn final : public LoopAnswer {
 public:
  explicit LoopTurn(Handler handler) : handler_(std::move(handler)) {}
  void arrive() override { std::move(handler_)(); }

 private:
  Handler handler_;
};

/// For a coroutine: goes on after what its loop has at hand now.
inline boost::asio::awaitable<void> after_this_turn() {
  auto initiate = [](auto handler) {
    const auto executor = boost::asio::get_associated_executor(handler);
    LoopAnswers::put(executor, std::make_shared<LoopTurn<decltype(handler)>>(std::move(handler)));
  };
  return boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void()>(std::move(initiate), boost::asio::use_awaitable);
}

}  // namespace signalbox
