#pragma once
/// What fails inside a workflow: data that Retry and Catch match on and history records.

#include <boost/system/result.hpp>

#include <optional>
#include <string>

namespace signalbox {

/// Spec: Errors, Error Representation. `error` is the Error Name. SendTaskFailure may leave either out, and history then
/// lacks the member, hence optional.
struct WorkflowError {
  std::optional<std::string> error;
  std::optional<std::string> cause;

  friend bool operator==(const WorkflowError&, const WorkflowError&) = default;
};

[[noreturn]] void throw_bad_evaluation_access(const WorkflowError& error);
[[noreturn]] inline void throw_exception_from_error(const WorkflowError& error, const boost::source_location&) {
  throw_bad_evaluation_access(error);
}

/// The value of an expression, or the workflow error that its evaluation raises.
template <class T>
using Evaluated = boost::system::result<T, WorkflowError>;

namespace error_names {
inline constexpr const char* All = "States.ALL";
inline constexpr const char* Timeout = "States.Timeout";
inline constexpr const char* HeartbeatTimeout = "States.HeartbeatTimeout";
inline constexpr const char* TaskFailed = "States.TaskFailed";
inline constexpr const char* Permissions = "States.Permissions";
inline constexpr const char* ResultPathMatchFailure = "States.ResultPathMatchFailure";
inline constexpr const char* ParameterPathFailure = "States.ParameterPathFailure";
inline constexpr const char* BranchFailed = "States.BranchFailed";
inline constexpr const char* NoChoiceMatched = "States.NoChoiceMatched";
inline constexpr const char* IntrinsicFailure = "States.IntrinsicFailure";
inline constexpr const char* ExceedToleratedFailureThreshold = "States.ExceedToleratedFailureThreshold";
inline constexpr const char* ItemReaderFailed = "States.ItemReaderFailed";
inline constexpr const char* ResultWriterFailed = "States.ResultWriterFailed";
inline constexpr const char* DataLimitExceeded = "States.DataLimitExceeded";
inline constexpr const char* QueryEvaluationError = "States.QueryEvaluationError";
inline constexpr const char* Runtime = "States.Runtime";
}  // namespace error_names

}  // namespace signalbox
