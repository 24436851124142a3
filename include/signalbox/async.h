#pragma once
/// How coroutines on the I/O thread ask the engine, which has a thread of its own.

#include "signalbox/engine.h"
#include "signalbox/loop_answers.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace signalbox {

/// An operation that a coroutine waits for. One object carries it to the engine's thread and its result back.
template <class T, class Handler>
class AwaitedOperation final : public LoopAnswer, public std::enable_shared_from_this<AwaitedOperation<T, Handler>> {
 public:
  using Work = std::function<Result<T>(EngineTransaction&)>;
  AwaitedOperation(Work work, Handler handler, boost::asio::any_io_executor executor)
      : work_(std::move(work)), handler_(std::move(handler)), executor_(std::move(executor)) {}

  void submit(Engine& engine) {
    engine.submit({.run =
                       [this](EngineTransaction& transaction) {
                         result_.emplace(work_(transaction));
                         return result_->has_value();
                       },
                   .committed = [this] { LoopAnswers::put(executor_, this->shared_from_this()); },
                   .failed =
                       [this](const Error& error) {
                         result_.emplace(error);
                         LoopAnswers::put(executor_, this->shared_from_this());
                       },
                   .state = this->shared_from_this()});
  }

 private:
  void arrive() override { std::move(handler_)(std::move(*result_)); }

  Work work_;
  Handler handler_;
  boost::asio::any_io_executor executor_;
  std::optional<Result<T>> result_;
};

/// Runs `work` in the engine's next transaction and resumes on the caller's executor after the commit.
/// `work` runs on the engine's thread: it may capture values only, or references that outlive the engine.
template <class T>
boost::asio::awaitable<Result<T>> transact(Engine& engine, std::function<Result<T>(EngineTransaction&)> work) {
  auto initiate = [&engine](auto handler, auto asked) {
    auto executor = boost::asio::get_associated_executor(handler);
    std::make_shared<AwaitedOperation<T, decltype(handler)>>(std::move(asked), std::move(handler), std::move(executor))->submit(engine);
  };
  return boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(Result<T>)>(std::move(initiate), boost::asio::use_awaitable,
                                                                                            std::move(work));
}

/// Engine::call_task, resuming on the caller's executor.
inline boost::asio::awaitable<Result<TaskAnswer>> call_task(Engine& engine, TaskCall call) {
  auto executor = co_await boost::asio::this_coro::executor;
  auto initiate = [&engine, executor, call = std::move(call)](auto handler) mutable {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    engine.call_task(std::move(call), [executor, shared](Result<TaskAnswer> answer) {
      boost::asio::post(executor, [shared, answer = std::move(answer)]() mutable { (*shared)(std::move(answer)); });
    });
  };
  co_return co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(Result<TaskAnswer>)>(
      std::move(initiate), boost::asio::use_awaitable);
}

/// For co_spawn: an exception that ends a coroutine is logged with its name, never lost.
[[nodiscard]] std::function<void(std::exception_ptr)> log_failure(const char* name);

}  // namespace signalbox
