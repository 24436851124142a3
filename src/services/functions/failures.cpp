#include "services/functions/failures.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <csignal>

namespace signalbox::functions {

namespace {

std::string runtime_error(std::string_view type, std::string_view request_id, std::string_view what) {
  return failure_payload(type, fmt::format("RequestId: {} Error: {}", request_id, what));
}

std::string_view signal_words(int signal) {
  switch (signal) {
    case SIGKILL: return "killed";
    case SIGSEGV: return "segmentation fault";
    case SIGABRT: return "aborted";
    case SIGTERM: return "terminated";
    case SIGBUS: return "bus error";
    case SIGILL: return "illegal instruction";
    case SIGFPE: return "floating point exception";
    default: return "";
  }
}

}  // namespace

std::string failure_payload(std::string_view error_type, std::string_view error_message) {
  nlohmann::ordered_json json{{"errorType", error_type}, {"errorMessage", error_message}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string timed_out_payload(std::string_view request_id, std::chrono::milliseconds timeout) {
  return runtime_error("Sandbox.Timedout", request_id,
                       fmt::format("Task timed out after {:.2f} seconds", static_cast<double>(timeout.count()) / 1000));
}

std::string exited_payload(std::string_view request_id, ProcessEnd end) {
  if (end.signaled) {
    auto words = signal_words(end.status);
    return runtime_error("Runtime.ExitError", request_id,
                         words.empty() ? fmt::format("Runtime exited with error: signal: {}", end.status)
                                       : fmt::format("Runtime exited with error: signal: {}", words));
  }
  if (end.status == 0) return runtime_error("Runtime.ExitError", request_id, "Runtime exited without providing a reason");
  return runtime_error("Runtime.ExitError", request_id, fmt::format("Runtime exited with error: exit status {}", end.status));
}

// What AWS says when the kernel kills the sandbox for its memory. [Lambda guide: out of memory]
std::string out_of_memory_payload(std::string_view request_id) {
  return runtime_error("Runtime.OutOfMemory", request_id, "Runtime exited with error: signal: killed");
}

std::string too_large_payload() {
  return failure_payload("Function.ResponseSizeTooLarge",
                         fmt::format("Response payload size exceeded maximum allowed payload size ({} bytes).", response_bytes_max));
}

std::string not_json_payload(std::string_view request_id, std::string_view response) {
  auto shown = response.substr(0, 100);
  return runtime_error("Runtime.InvalidResponse", request_id,
                       fmt::format("The function's response is not JSON: '{}{}'", shown, shown.size() < response.size() ? "…" : ""));
}

std::string no_bootstrap_payload(std::string_view request_id) {
  return runtime_error("Runtime.InvalidEntrypoint", request_id, "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
}

std::string error_type_of(std::string_view payload) {
  auto json = nlohmann::json::parse(payload, nullptr, false);
  if (!json.is_object()) return {};
  auto type = json.find("errorType");
  return type != json.end() && type->is_string() ? type->get<std::string>() : std::string();
}

}  // namespace signalbox::functions
