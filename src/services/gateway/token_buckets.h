#pragma once
/// How many requests a second are let through. Source: API Gateway developer guide, "Throttle requests to your REST APIs for better throughput".

#include "signalbox/json.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::gateway {

struct ThrottleLimit {
  double rate = 10'000;  ///< requests a second; what an account has at first
  double burst = 5'000;  ///< that may come at once
};
/// Of an object with members of these names; nothing if it has neither, or they are negative: no limit.
[[nodiscard]] std::optional<ThrottleLimit> read_throttle(const Json& settings, std::string_view rate, std::string_view burst);

/// Token buckets by name. They are in memory alone: after a restart all are full. One thread.
class TokenBuckets {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Whether a request may pass, which then costs a token. A bucket is full at first.
  [[nodiscard]] bool take(const std::string& name, ThrottleLimit limit, Time now);

 private:
  struct Bucket {
    double tokens = 0, rate = 0, burst = 0;
    Time filled_at{};
    [[nodiscard]] double tokens_at(Time now) const;
  };
  void drop_full(Time now);

  std::map<std::string, Bucket> buckets_;
};

}  // namespace signalbox::gateway
