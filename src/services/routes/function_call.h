#pragma once
/// A function called for an HTTP request. On the I/O thread.

#include "signalbox/functions.h"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>

namespace signalbox::routes {

/// How long API Gateway waits for an integration unless that says less. Source: API Gateway developer guide, "Quotas", integration timeout.
inline constexpr std::chrono::milliseconds integration_timeout{29'000};

/// Its outcome, if that comes in time; nothing otherwise, and the function goes on.
[[nodiscard]] boost::asio::awaitable<std::optional<FunctionOutcome>> call_function(FunctionInvoker& functions, FunctionCall call,
                                                                                   std::chrono::milliseconds time);

}  // namespace signalbox::routes
