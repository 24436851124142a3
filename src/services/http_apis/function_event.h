#pragma once
/// Lambda proxy integrations: the event that a function gets, in payload format 1.0 or 2.0, and its answer as a response. Pure.
/// Source: API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs".

#include "services/http_apis/call.h"

#include "signalbox/functions.h"

#include <optional>
#include <string_view>

namespace signalbox::http_apis {

/// `request` is the call's one, after parameter mapping.
[[nodiscard]] Json function_event(const Call& call, const http::Request& request, bool is_format_2);

/// `{"statusCode", "headers"?, "body"?, "isBase64Encoded"?}`, with `multiValueHeaders` in format 1.0 and `cookies` in 2.0; there any value without a
/// `statusCode` is the body of a 200, as JSON. Nothing: the function failed, or its answer has no such form. `default_type`: the Content-Type of an answer that
/// names none.
[[nodiscard]] std::optional<http::Response> function_response(const FunctionOutcome& outcome, bool is_format_2,
                                                              std::string_view default_type = "text/plain; charset=utf-8");

}  // namespace signalbox::http_apis
