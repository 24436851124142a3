#pragma once
/// Lambda proxy integrations: the event of payload format 1.0, and the function's answer as a response. Pure.
/// Source: API Gateway developer guide, "Lambda proxy integrations in API Gateway".

#include "services/gateway/invocation.h"

#include "signalbox/functions.h"

#include <optional>

namespace signalbox::gateway {

[[nodiscard]] Json proxy_event(const Invocation& invocation);
/// Nothing: the function failed, or its answer has not the form `{"statusCode", "headers"?, "multiValueHeaders"?, "body"?, "isBase64Encoded"?}`.
[[nodiscard]] std::optional<http::Response> proxy_response(const Invocation& invocation, const FunctionOutcome& outcome);

}  // namespace signalbox::gateway
