#include "services/routes/function_call.h"

#include "http/within.h"

#include <boost/asio/async_result.hpp>

#include <memory>
#include <utility>

namespace signalbox::routes {

namespace asio = boost::asio;

namespace {

/// The outcome comes on the I/O thread.
asio::awaitable<FunctionOutcome> invoke(FunctionInvoker& functions, FunctionCall call) {
  auto initiate = [&functions](auto handler, FunctionCall asked) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    functions.invoke(std::move(asked), [shared](FunctionOutcome outcome) { (*shared)(std::move(outcome)); });
  };
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(FunctionOutcome)>(std::move(initiate), asio::use_awaitable,
                                                                                                std::move(call));
}

}  // namespace

asio::awaitable<std::optional<FunctionOutcome>> call_function(FunctionInvoker& functions, FunctionCall call,
                                                              std::chrono::milliseconds time) {
  auto work = invoke(functions, std::move(call));
  auto outcome = co_await http::within(time, std::move(work));
  co_return outcome;
}

}  // namespace signalbox::routes
