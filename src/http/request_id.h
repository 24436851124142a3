#pragma once
#include <string>

namespace signalbox::http {

/// A UUID of version 4, cheaply: the operating system is asked for random bytes once in 256 times.
[[nodiscard]] std::string new_request_id();

}  // namespace signalbox::http
