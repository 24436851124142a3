#pragma once
/// The long poll of GetActivityTask.

#include "signalbox/activities.h"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace signalbox {

/// A task as soon as there is one, or nothing after `wait`. Looks only when woken: waiting costs nothing. `reader` is the I/O thread's.
boost::asio::awaitable<Result<std::optional<ActivityTask>>> poll_activity(Engine& engine, const Reader& reader, ActivitySignals& signals,
                                                                          std::string activity, std::optional<std::string> worker_name,
                                                                          std::chrono::milliseconds wait);

}  // namespace signalbox
