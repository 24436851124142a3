#pragma once
/// What goes to an integration, and what comes back of its answer. Pure. Source: API Gateway developer guide, "Data mapping", "Integration passthrough
/// behaviors", "Set up integration responses".

#include "services/gateway/invocation.h"
#include "services/gateway/template_variables.h"

#include <optional>
#include <string>
#include <variant>

namespace signalbox::gateway {

/// What a gateway response says instead of an answer.
struct Refusal {
  std::string type, message;                 ///< `UNSUPPORTED_MEDIA_TYPE`, `Unsupported Media Type`
  std::optional<int> status = std::nullopt;  ///< in place of the type's own
};
[[nodiscard]] Refusal configuration_error();  ///< 500 `Internal server error`

struct IntegrationRequest {
  http::Headers headers;
  Pairs query, path;
  std::string body;
};
/// The body by template or passed through, headers and parameters as mapped.
[[nodiscard]] std::variant<IntegrationRequest, Refusal> make_integration_request(const Invocation& invocation);
/// Of a proxy integration: parameters as mapped, and the client's own body.
[[nodiscard]] IntegrationRequest make_proxy_request(const Invocation& invocation);

/// The response that the answer selects: by its pattern, which must fit the whole of what failed (a function's errorMessage, else the status), or the
/// default one. Null: neither.
[[nodiscard]] const IntegrationResponse* select_response(const Integration& integration, const IntegrationAnswer& answer);
/// The answer as the selected response makes it.
[[nodiscard]] std::variant<http::Response, Refusal> make_response(const Invocation& invocation, const IntegrationAnswer& answer);

/// `${stageVariables.x}` and `{parameter}` filled in.
[[nodiscard]] std::string resolve_uri(const Invocation& invocation, const IntegrationRequest& request);

/// The `statusCode` that a mock integration's request says, perhaps in a notation that is no strict JSON: `{statusCode: 200}`.
[[nodiscard]] std::optional<int> mock_status(const std::string& body);

}  // namespace signalbox::gateway
