#include "core/failure.h"

#include <fmt/format.h>

namespace signalbox::core {

Failure failure_in(const Frame& frame, WorkflowError error) {
  error.cause = fmt::format("An error occurred while executing the state '{}' (entered at the event id #{}). {}", frame.state,
                            frame.entered_event_id, error.cause.value_or(""));
  return Failure{.error = std::move(error)};
}

WorkflowError shortened(WorkflowError error) {
  constexpr std::size_t characters_max = 32'768;
  if (!error.cause || error.cause->size() <= characters_max) return error;
  const auto begins_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; };
  std::size_t characters = 0;
  for (std::size_t at = 0; at < error.cause->size(); ++at) {
    if (!begins_character((*error.cause)[at]) || ++characters <= characters_max) continue;
    error.cause->resize(at);
    break;
  }
  return error;
}

Failure evaluation_failure(const Frame& frame, EvaluationFault fault) {
  Failure failure = failure_in(frame, WorkflowError{error_names::QueryEvaluationError, std::move(fault.cause)});
  failure.evaluation = true;
  failure.location = std::move(fault.location);
  return failure;
}

void throw_exception_from_error(const Failure& failure, const boost::source_location&) { throw_bad_evaluation_access(failure.error); }

Failure runtime_failure(const Frame& frame, std::string_view cause) {
  return failure_in(frame, WorkflowError{error_names::Runtime, std::string(cause)});
}

WorkflowError data_limit_exceeded(std::string_view who) {
  return WorkflowError{
      error_names::DataLimitExceeded,
      fmt::format("The state/task '{}' returned a result with a size exceeding the maximum number of bytes service limit.", who)};
}

WorkflowError variables_too_large(std::string_view what, std::size_t bytes) {
  return WorkflowError{error_names::DataLimitExceeded, fmt::format("{} exceeds the maximum of {} bytes.", what, bytes)};
}

WorkflowError history_full() {
  return WorkflowError{error_names::Runtime,
                       fmt::format("The execution reached the maximum number of history events ({}).", history_events_max)};
}

WorkflowError timed_out() { return WorkflowError{error_names::Timeout, std::nullopt}; }

}  // namespace signalbox::core
