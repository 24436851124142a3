#pragma once
/// Serves the stages of REST APIs on the public listener.

#include "services/gateway/integrations.h"

#include "http/http.h"
#include "signalbox/engine.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::gateway {

/// What a guard says of a request whose query carries the token of a waiting task: see rest::make_link_guard().
struct GuardVerdict {
  std::optional<http::Response> answer;  ///< in place of the integration's
  bool confirmed = false;                ///< a person pressed the button of the page that the GET showed: go on as that GET
};
using Guard = std::function<GuardVerdict(const http::Request&)>;

struct GatewayEnvironment {
  IntegrationEnvironment integrations;
  Guard guard;
};

/// A call of a method as it is now, deployed or not. Source: API Gateway API Reference (V1), TestInvokeMethod.
struct MethodTrial {
  std::string api, resource, method;  ///< ids, and the method's name
  std::string target;                 ///< path and query; empty: the resource's path
  Pairs headers;
  std::string body;
  Json stage_variables = Json::empty_object();
};
struct TrialOutcome {
  http::Response response;
  std::string log;  ///< what happened, a line each
  std::chrono::milliseconds latency;
};

/// Made before or after Engine::start(), used on the I/O thread after it. Outlives what its handlers began.
class GatewayService {
 public:
  /// `engine` and what `environment` refers to outlive it.
  GatewayService(Engine& engine, GatewayEnvironment environment);
  ~GatewayService();
  GatewayService(const GatewayService&) = delete;
  GatewayService& operator=(const GatewayService&) = delete;

  /// Stages' requests are answered here, all others by `others`.
  [[nodiscard]] http::Handler handler(http::Handler others);
  /// The same for the daemon's own requests, which no guard looks at; what is for no stage is answered 404.
  [[nodiscard]] http::Handler internal_handler();
  /// The APIs that serve `/STAGE/…`, which names none of them: links that functions build from the domain's name and the stage.
  [[nodiscard]] std::vector<std::string> apis_at_root(const http::Request& request);
  /// Asks for no API key. Errors: NotFound, and what keeps the API from being deployed.
  [[nodiscard]] boost::asio::awaitable<Result<TrialOutcome>> try_method(MethodTrial trial);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signalbox::gateway
