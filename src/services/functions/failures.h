#pragma once
/// Error payloads of calls that the handler itself could not answer, in AWS's shapes and words. Pure.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace signalbox::functions {

/// Most bytes that a handler may return. [aws quota]
inline constexpr std::size_t response_bytes_max = 6'291'556;

/// `{"errorType":…,"errorMessage":…}`, compact.
[[nodiscard]] std::string failure_payload(std::string_view error_type, std::string_view error_message);

[[nodiscard]] std::string timed_out_payload(std::string_view request_id, std::chrono::milliseconds timeout);
/// How a process ended, as waitid() tells it.
struct ProcessEnd {
  bool signaled = false;
  int status = 0;  ///< exit status, or the signal
};
[[nodiscard]] std::string exited_payload(std::string_view request_id, ProcessEnd end);
[[nodiscard]] std::string out_of_memory_payload(std::string_view request_id);
[[nodiscard]] std::string too_large_payload();
[[nodiscard]] std::string not_json_payload(std::string_view request_id, std::string_view response);
[[nodiscard]] std::string no_bootstrap_payload(std::string_view request_id);

/// The member of an error payload that names the error for Retry and Catch; empty if there is none.
[[nodiscard]] std::string error_type_of(std::string_view payload);

}  // namespace signalbox::functions
