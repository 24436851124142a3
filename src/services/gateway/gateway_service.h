#pragma once
/// Serves the stages of REST APIs on the public listener.

#include "services/gateway/integrations.h"

#include "http/http.h"
#include "signalbox/engine.h"

#include <functional>
#include <memory>
#include <optional>

namespace signalbox::gateway {

/// What a guard says of a request whose query carries the token of a waiting task: see rest::make_link_guard().
struct GuardVerdict {
  std::optional<http::Response> answer;                  ///< in place of the integration's
  bool confirmed = false;                                ///< a person pressed the button of the page that the GET showed: go on as that GET
};
using Guard = std::function<GuardVerdict(const http::Request&)>;

struct GatewayEnvironment {
  IntegrationEnvironment integrations;
  Guard guard;
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

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signalbox::gateway
