#pragma once
/// Whether a request gets to its method: by its API key, its usage plan's throttling and quota, and its stage's throttling. I/O thread.

#include "services/gateway/invocation.h"
#include "services/gateway/token_buckets.h"

#include "signalbox/engine.h"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace signalbox::gateway {

/// Why not: a gateway response.
struct Rejection {
  std::string type, message;  ///< `THROTTLED`, `Too Many Requests`
};

class Admission {
 public:
  explicit Admission(Engine& engine) : engine_(engine), reader_(engine.loop_reader()) {}

  /// `settings`: the stage's methodSettings. The context shows the key then. A request that is counted against a quota waits until that is durable. `self`
  /// and `invocation` live as long as the coroutine.
  [[nodiscard]] static boost::asio::awaitable<std::optional<Rejection>> admit(Admission& self, Invocation& invocation,
                                                                              const Json& settings);

 private:
  [[nodiscard]] bool take(const std::string& name, const std::optional<ThrottleLimit>& limit);
  [[nodiscard]] bool stage_lets_in(const Invocation& invocation, const Json& settings);
  [[nodiscard]] bool plan_lets_in(const Invocation& invocation, const Json& plan, const std::string& key);

  Engine& engine_;
  const Reader& reader_;
  TokenBuckets buckets_;
};

}  // namespace signalbox::gateway
