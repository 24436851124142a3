#pragma once
/// Serves function URLs on the public listener. Source: Lambda developer guide, "Invoking Lambda function URLs".

#include "services/functions/function_urls.h"
#include "services/gateway/gateway_service.h"

#include "http/http.h"
#include "signalbox/engine.h"
#include "signalbox/functions.h"

#include <functional>
#include <memory>
#include <optional>

namespace signalbox::function_urls {

/// Who calls.
struct Admission {
  std::optional<Json> identity;  ///< `requestContext.authorizer.iam` of the event: of a signed call of a URL that asks for one
};
/// Nothing: the call is forbidden. On the I/O thread.
using Admit = std::function<std::optional<Admission>(const http::Request&, const functions::FunctionUrl&)>;

struct Environment {
  FunctionInvoker& functions;
  gateway::Guard guard;
  Admit admit;
};

/// `outcome` as the client gets it: payload format 2.0, but that what has no `statusCode` is the body as it is, and that a body is JSON unless its function says
/// otherwise. A function that failed is a 502, one that cannot be called now a 429. Pure.
[[nodiscard]] http::Response url_response(const FunctionOutcome& outcome);

/// Used on the I/O thread after Engine::start(). Outlives what its handlers began.
class FunctionUrlService {
 public:
  /// `engine` and what `environment` refers to outlive it.
  FunctionUrlService(Engine& engine, Environment environment);
  ~FunctionUrlService();
  FunctionUrlService(const FunctionUrlService&) = delete;
  FunctionUrlService& operator=(const FunctionUrlService&) = delete;

  /// Requests to function URLs are answered here, all others by `others`.
  [[nodiscard]] http::Handler handler(http::Handler others);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signalbox::function_urls
