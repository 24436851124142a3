#pragma once
/// Serves the stages of HTTP APIs on the public listener.

#include "services/gateway/gateway_service.h"

#include "http/http.h"
#include "signalbox/engine.h"

#include <memory>
#include <string>
#include <vector>

namespace signalbox::http_apis {

/// Made before or after Engine::start(), used on the I/O thread after it. Outlives what its handlers began.
class HttpApiService {
 public:
  /// `engine` and what `environment` refers to outlive it.
  HttpApiService(Engine& engine, gateway::GatewayEnvironment environment);
  ~HttpApiService();
  HttpApiService(const HttpApiService&) = delete;
  HttpApiService& operator=(const HttpApiService&) = delete;

  /// Requests to HTTP APIs are answered here, all others by `others`.
  [[nodiscard]] http::Handler handler(http::Handler others);
  /// The APIs one of whose routes, `$default` aside, serves `/STAGE/…`, or `/…` in the stage `$default`: as GatewayService::apis_at_root().
  [[nodiscard]] std::vector<std::string> apis_at_root(const http::Request& request);
  /// The same for the daemon's own requests, which no guard looks at.
  [[nodiscard]] http::Handler internal_handler(http::Handler others);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signalbox::http_apis
