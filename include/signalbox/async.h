#pragma once
/// How coroutines on the I/O thread ask the engine, which has a thread of its own.

#include "signalbox/engine.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace signalbox {

/// Runs `work` in the engine's next transaction and resumes on the caller's executor after the commit.
/// `work` runs on the engine's thread: it may capture values only, or references that outlive the engine.
template <class T>
boost::asio::awaitable<Result<T>> transact(Engine& engine, std::function<Result<T>(EngineTransaction&)> work) {
  auto executor = co_await boost::asio::this_coro::executor;
  // A named object, not a temporary in the co_await expression: GCC 12 destroys some of those twice.
  auto initiate = [&engine, executor, work = std::move(work)](auto handler) mutable {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    engine.transact<T>(std::move(work), [executor, shared](Result<T> result) {
      boost::asio::post(executor, [shared, result = std::move(result)]() mutable { (*shared)(std::move(result)); });
    });
  };
  co_return co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(Result<T>)>(std::move(initiate),
                                                                                                        boost::asio::use_awaitable);
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
