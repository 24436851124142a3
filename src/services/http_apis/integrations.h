#pragma once
/// Calls what a route stands for: functions, operations of AWS's services (of this daemon), servers. I/O, on the I/O thread.

#include "services/http_apis/call.h"

#include "services/gateway/integrations.h"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <variant>

namespace signalbox::http_apis {

/// Why there is no answer.
struct IntegrationFailure {
  int status = 500;     ///< to the client
  std::string message;  ///< `$context.integrationErrorMessage`
};
using IntegrationOutcome = std::variant<http::Response, IntegrationFailure>;

/// After the integration's parameter mapping, both ways. Waits no longer than its time-out. `call` and what it refers to live as long as the coroutine.
[[nodiscard]] boost::asio::awaitable<IntegrationOutcome> call_integration(const gateway::IntegrationEnvironment& environment,
                                                                          const Call& call, const Integration& integration);

/// The name or ARN in `arn:aws:lambda:…`, or in `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`.
[[nodiscard]] std::string function_of(std::string_view uri);
/// A server's URL with `{name}` replaced by path parameters.
[[nodiscard]] std::string server_url(std::string_view uri, const Pairs& path_parameters);

}  // namespace signalbox::http_apis
