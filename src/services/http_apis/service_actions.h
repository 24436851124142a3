#pragma once
/// First-class integrations: what HTTP APIs ask of AWS's services by themselves. Pure.
/// Source: API Gateway developer guide, "Integration subtype reference".

#include "http/http.h"
#include "services/http_apis/model.h"

#include "signalbox/json.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::http_apis {

/// Whether the integration's subtype is offered and has the parameters that it needs, and no others. Errors: InvalidArgument.
[[nodiscard]] Result<void> check_action(const Integration& integration);

/// The request to the service, each parameter's value being `value_of(its mapping)`; what has none is left out.
/// Precondition: check_action() finds nothing wrong. Errors: InvalidArgument (a value that is no JSON or number where the operation wants one).
[[nodiscard]] Result<http::Request> action_request(const Integration& integration, const std::string& request_id,
                                                   const std::function<std::optional<std::string>(std::string_view mapping)>& value_of);

}  // namespace signalbox::http_apis
