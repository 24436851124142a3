#include "services/queues/queue_errors.h"

#include <fmt/format.h>

#include <array>

namespace signalbox {

namespace queues {

Error queue_error(ErrorCode code, std::string shape, std::string message) { return error(code, std::move(message), std::move(shape)); }
Error invalid_parameter(std::string message) {
  return queue_error(ErrorCode::InvalidArgument, "InvalidParameterValue", std::move(message));
}
Error invalid_value(std::string_view value, std::string_view parameter, std::string_view reason) {
  return invalid_parameter(fmt::format("Value {} for parameter {} is invalid. Reason: {}", value, parameter, reason));
}
Error missing_parameter(std::string_view parameter) {
  return queue_error(ErrorCode::InvalidArgument, "MissingParameter", fmt::format("The request must contain the parameter {}.", parameter));
}
Error queue_does_not_exist() { return queue_error(ErrorCode::NotFound, "QueueDoesNotExist", "The specified queue does not exist."); }

}  // namespace queues

SqsError sqs_error(const Error& error) {
  // Shapes whose old Query name differs. Source: SQS service model, aws.protocols#awsQueryError.
  struct Name {
    std::string_view shape, query_code;
  };
  static constexpr std::array names{Name{"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"},
                                    Name{"QueueNameExists", "QueueAlreadyExists"},
                                    Name{"MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"},
                                    Name{"TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"},
                                    Name{"BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"},
                                    Name{"EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"},
                                    Name{"BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"},
                                    Name{"InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"},
                                    Name{"UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"}};
  if (error.code == ErrorCode::Unavailable) return {"ServiceUnavailable", "ServiceUnavailable", 503};
  if (error.code == ErrorCode::Internal) return {"InternalFailure", "InternalFailure", 500};
  if (error.where.empty()) return {"InvalidParameterValue", "InvalidParameterValue", 400};
  for (const auto& name : names) {
    if (error.where == name.shape) return {error.where, std::string(name.query_code), 400};
  }
  return {error.where, error.where, 400};
}

}  // namespace signalbox
