#pragma once
/// A request as an API Gateway REST API gives it to a function (Lambda proxy integration, payload format 1.0), and the function's answer
/// as a response. Pure. Source: API Gateway developer guide, Set up Lambda proxy integrations.

#include "http/http.h"
#include "services/routes/routes.h"

#include "signalbox/functions.h"
#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/site.h"

#include <string>
#include <utility>
#include <vector>

namespace signalbox::routes {

/// name → last value, name → all values; null instead of nothing where AWS has it so.
[[nodiscard]] Json last_values(const std::vector<std::pair<std::string, std::string>>& pairs, bool null_if_empty);
[[nodiscard]] Json all_values(const std::vector<std::pair<std::string, std::string>>& pairs, bool null_if_empty);

/// Single-value members hold the last of repeated values, as on AWS. A body that is no UTF-8 goes in base64.
[[nodiscard]] Json proxy_event(const http::Request& request, const RouteMatch& match, const Site& site, Timestamp now);

/// The function's answer: `{"statusCode", "headers"?, "multiValueHeaders"?, "body"?, "isBase64Encoded"?}`. Anything else, and a function that failed
/// or ran into its own time-out, is 502 `{"message": "Internal server error"}`.
[[nodiscard]] http::Response proxy_response(const FunctionOutcome& outcome);
/// Of an integration that took longer than API Gateway waits: 504 `{"message": "Endpoint request timed out"}`.
[[nodiscard]] http::Response timed_out_response();

/// What API Gateway says to a path or method that has no route: 403 `{"message": "Missing Authentication Token"}`.
[[nodiscard]] http::Response no_route_response();

}  // namespace signalbox::routes
