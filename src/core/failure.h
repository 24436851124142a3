#pragma once
/// A state's failure on its way to Retry, Catch or the parent, and the causes that AWS writes.

#include "signalbox/execution.h"
#include "signalbox/jsonata_template.h"
#include "signalbox/workflow_error.h"

#include <string_view>

namespace signalbox::core {

struct Failure {
  WorkflowError error;
  bool heartbeat = false;                 ///< a heartbeat expired: shown as States.Timeout, matches States.HeartbeatTimeout as well
  bool from_child = false;                ///< a branch or iteration failed, so that the Parallel or Map has a …StateFailed event
  bool evaluation = false;                ///< a JSONata evaluation failed, which has an event of its own
  std::optional<std::string> location{};  ///< of the evaluation, in the state
};

/// A value, or the failure that keeps the state from having it.
template <class T>
using Outcome = boost::system::result<T, Failure>;
[[noreturn]] void throw_exception_from_error(const Failure& failure, const boost::source_location&);

/// `cause` after "An error occurred while executing the state 'X' (entered at the event id #2). ", as recorded on AWS.
[[nodiscard]] Failure failure_in(const Frame& frame, WorkflowError error);
/// `error` with a cause of at most 32,768 characters, as long as AWS keeps one. What a child's failure says of its own child's would otherwise double,
/// escaped once more, at each level. [aws: API_ExecutionFailedEventDetails, cause]
[[nodiscard]] WorkflowError shortened(WorkflowError error);
/// States.QueryEvaluationError.
[[nodiscard]] Failure evaluation_failure(const Frame& frame, EvaluationFault fault);
[[nodiscard]] Failure runtime_failure(const Frame& frame, std::string_view cause);
/// `who` is a state's name, `lambda`, or a function's ARN: who returned too much.
[[nodiscard]] WorkflowError data_limit_exceeded(std::string_view who);
/// `what` is more than `bytes` bytes.
[[nodiscard]] WorkflowError variables_too_large(std::string_view what, std::size_t bytes);
/// What the last event that fits says. [aws: Step Functions quotas, 25,000 events]
[[nodiscard]] WorkflowError history_full();
[[nodiscard]] WorkflowError timed_out();

}  // namespace signalbox::core
