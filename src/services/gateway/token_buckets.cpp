#include "services/gateway/token_buckets.h"

#include <algorithm>

namespace signalbox::gateway {

namespace {
constexpr std::size_t buckets_max = 10'000;
}

std::optional<ThrottleLimit> read_throttle(const Json& settings, std::string_view rate, std::string_view burst) {
  const auto number = [&](std::string_view name) -> std::optional<double> {
    const auto* value = settings.find(name);
    if (!value || !value->is_number() || value->as_double() < 0) return std::nullopt;
    return value->as_double();
  };
  const auto given_rate = number(rate), given_burst = number(burst);
  if (!given_rate && !given_burst) return std::nullopt;
  ThrottleLimit limit;
  return ThrottleLimit{.rate = given_rate.value_or(limit.rate), .burst = given_burst.value_or(limit.burst)};
}

double TokenBuckets::Bucket::tokens_at(Time now) const {
  const std::chrono::duration<double> passed = now - filled_at;
  return std::min(burst, tokens + rate * passed.count());
}

bool TokenBuckets::take(const std::string& name, ThrottleLimit limit, Time now) {
  if (buckets_.size() > buckets_max) drop_full(now);
  const auto [found, is_new] =
      buckets_.try_emplace(name, Bucket{.tokens = limit.burst, .rate = limit.rate, .burst = limit.burst, .filled_at = now});
  auto& bucket = found->second;
  bucket.rate = limit.rate;
  bucket.burst = limit.burst;
  bucket.tokens = bucket.tokens_at(now);
  bucket.filled_at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

void TokenBuckets::drop_full(Time now) {
  std::erase_if(buckets_, [&](const auto& entry) { return entry.second.tokens_at(now) >= entry.second.burst; });
}

}  // namespace signalbox::gateway
