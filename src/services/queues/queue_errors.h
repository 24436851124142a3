#pragma once
/// SQS's errors with AWS's texts.

#include "signalbox/queues.h"

#include <string>

namespace signalbox::queues {

/// InvalidParameterValue with a free text.
[[nodiscard]] Error invalid_parameter(std::string message);
/// `Value V for parameter P is invalid. Reason: R`
[[nodiscard]] Error invalid_value(std::string_view value, std::string_view parameter, std::string_view reason);
[[nodiscard]] Error missing_parameter(std::string_view parameter);
[[nodiscard]] Error queue_error(ErrorCode code, std::string shape, std::string message);
[[nodiscard]] Error queue_does_not_exist();

}  // namespace signalbox::queues
