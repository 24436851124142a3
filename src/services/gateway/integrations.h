#pragma once
/// Calls what a method stands for: functions, AWS's operations (of this daemon), HTTP servers. I/O, on the I/O thread.

#include "services/gateway/integration_request.h"

#include "http/http.h"
#include "signalbox/functions.h"
#include "signalbox/service_call.h"
#include "signalbox/site.h"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <variant>

namespace signalbox::gateway {

struct IntegrationEnvironment {
  FunctionInvoker& functions;
  /// Answers a request to an AWS service as the admin listener does, sent in a role: (request, the role's ARN).
  std::function<boost::asio::awaitable<http::Response>(http::Request, std::string)> call_aws;
  /// Fills in the daemon's own URLs in stored values.
  std::function<std::string(std::string_view)> resolve;
  Site site;
  /// Asked before a function is called, on the I/O thread.
  ServiceCallGuard permits = {};
};

/// What the integration answered (for one that is mapped), the response as it is (proxies), or why there is none.
using IntegrationOutcome = std::variant<IntegrationAnswer, http::Response, Refusal>;

/// Waits no longer than the integration's time-out. `invocation` and what it refers to live as long as the coroutine.
[[nodiscard]] boost::asio::awaitable<IntegrationOutcome> call_integration(const IntegrationEnvironment& environment,
                                                                          const Invocation& invocation, IntegrationRequest request);

/// What `arn:aws:apigateway:REGION:SERVICE:path/…` or `…:action/NAME` means.
struct ServiceUri {
  std::string service;  ///< `states`
  bool is_action = false;
  std::string rest;  ///< the action's name, or the path without its first slash
};
[[nodiscard]] std::optional<ServiceUri> parse_service_uri(std::string_view uri);
/// The request that goes to the service.
[[nodiscard]] http::Request service_request(const ServiceUri& uri, const std::string& http_method, IntegrationRequest request,
                                            const std::string& request_id);

}  // namespace signalbox::gateway
