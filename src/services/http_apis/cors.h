#pragma once
/// Cross-origin resource sharing as an API configures it. Pure. Source: API Gateway developer guide, "Configure CORS for HTTP APIs".

#include "http/http.h"
#include "services/http_apis/model.h"

#include <optional>

namespace signalbox::http_apis {

/// The answer to a browser that asks before it calls: such a request gets to no route. Nothing: it is none.
[[nodiscard]] std::optional<http::Response> preflight_answer(const Cors& cors, const http::Request& request);

/// In an answer only the API says who may read it: what the integration says of that is dropped.
void set_cors_headers(const Cors& cors, const http::Request& request, http::Response& response);

}  // namespace signalbox::http_apis
