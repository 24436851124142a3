#pragma once
/// What API Gateway itself answers when a request does not get to an integration, or not back: its gateway responses, as they are or as an API has them.
/// Source: API Gateway developer guide, "Gateway response types".

#include "services/gateway/invocation.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace signalbox::gateway {

struct ResponseType {
  std::string_view name;  ///< `MISSING_AUTHENTICATION_TOKEN`
  int status;
  std::string_view error_type;  ///< `x-amzn-ErrorType`
};
[[nodiscard]] std::span<const ResponseType> response_types();
[[nodiscard]] const ResponseType* find_response_type(std::string_view name);

/// `{"message": …}` with the type's status, or what the API's own response of the type, else of DEFAULT_4XX or DEFAULT_5XX, makes of it.
/// `$context.error.*` is set from type and message. `status` stands in place of the type's own. Precondition: a known type.
[[nodiscard]] http::Response gateway_response(std::string_view type, const std::string& message, Invocation invocation,
                                              std::optional<int> status = std::nullopt);
/// For requests that name no API or stage: 403 `{"message": "Forbidden"}`.
[[nodiscard]] http::Response forbidden_response();

}  // namespace signalbox::gateway
