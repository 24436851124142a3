#pragma once
/// What a method's request validator refuses. Pure. Source: API Gateway developer guide, "Request validation for REST APIs".

#include "services/gateway/invocation.h"

#include <optional>
#include <string>

namespace signalbox::gateway {

struct ValidationFault {
  std::string type;     ///< of the gateway response: `BAD_REQUEST_PARAMETERS`, `BAD_REQUEST_BODY`
  std::string message;  ///< `Missing required request parameters: [a, b]`, `Invalid request body`
};
/// Without a validator, required parameters may be missing and bodies be anything.
[[nodiscard]] std::optional<ValidationFault> validate_request(const Invocation& invocation);

}  // namespace signalbox::gateway
