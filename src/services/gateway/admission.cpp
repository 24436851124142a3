#include "services/gateway/admission.h"

#include "services/gateway/usage.h"
#include "services/gateway/usage_plans.h"
#include "signalbox/async.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::gateway {

namespace {

namespace asio = boost::asio;

Rejection throttled() { return {"THROTTLED", "Too Many Requests"}; }

std::string stage_of(const Invocation& invocation) { return text_at(invocation.context, "stage").value_or(""); }

/// `/orders/{id}/GET`
std::string method_path(const Invocation& invocation) {
  return fmt::format("{}/{}", invocation.resource.path, invocation.method.http_method);
}

/// `~1orders~1{id}/GET`, as methodSettings spell it.
std::string settings_name(const Invocation& invocation) {
  std::string name;
  for (const char c : invocation.resource.path) name += c == '/' ? "~1" : std::string(1, c);
  return name + "/" + invocation.method.http_method;
}

/// Of the method, or else of all methods.
std::optional<ThrottleLimit> stage_limit(const Invocation& invocation, const Json& settings) {
  for (const auto& name : {settings_name(invocation), std::string("*/*")})
    if (const auto* found = settings.find(name))
      if (const auto limit = read_throttle(*found, "throttlingRateLimit", "throttlingBurstLimit")) return limit;
  return std::nullopt;
}

/// What a plan says of one method of a stage.
std::optional<ThrottleLimit> method_limit(const Invocation& invocation, const Json& plan) {
  const auto* stages = plan.find("apiStages");
  if (!stages || !stages->is_array()) return std::nullopt;
  for (const auto& one : stages->elements()) {
    const auto* throttle = one.find("throttle");
    const auto* found =
        throttle && member_text(one, "apiId") == invocation.snapshot.api && member_text(one, "stage") == stage_of(invocation)
            ? throttle->find(method_path(invocation))
            : nullptr;
    if (found) return read_throttle(*found, "rateLimit", "burstLimit");
  }
  return std::nullopt;
}

void show_key(Invocation& invocation, std::string_view value, const std::string& key) {
  const auto identity = invocation.context.find("identity")->with("apiKey", Json(value)).with("apiKeyId", Json(key));
  invocation.context = invocation.context.with("identity", identity);
}

}  // namespace

bool Admission::take(const std::string& name, const std::optional<ThrottleLimit>& limit) {
  return !limit || buckets_.take(name, *limit, std::chrono::steady_clock::now());
}

bool Admission::stage_lets_in(const Invocation& invocation, const Json& settings) {
  return take(fmt::format("stage {} {} {}", invocation.snapshot.api, stage_of(invocation), method_path(invocation)),
              stage_limit(invocation, settings));
}

bool Admission::plan_lets_in(const Invocation& invocation, const Json& plan, const std::string& key) {
  const auto name = fmt::format("plan {} {}", member_text(plan, "id"), key);
  if (const auto limit = method_limit(invocation, plan);
      !take(fmt::format("{} {} {} {}", name, invocation.snapshot.api, stage_of(invocation), method_path(invocation)), limit))
    return false;
  const auto* throttle = plan.find("throttle");
  return take(name, throttle ? read_throttle(*throttle, "rateLimit", "burstLimit") : std::nullopt);
}

asio::awaitable<std::optional<Rejection>> Admission::admit(Admission& self, Invocation& invocation, const Json& settings) {
  std::optional<PlanKey> key;
  if (invocation.method.api_key_required) {
    const auto value = invocation.request.headers.get("x-api-key");
    key = value ? key_for_stage(self.reader_, *value, invocation.snapshot.api, stage_of(invocation)) : std::nullopt;
    if (!key) co_return Rejection{"INVALID_API_KEY", "Forbidden"};
    show_key(invocation, *value, key->key);
    if (!self.plan_lets_in(invocation, key->plan, key->key)) co_return throttled();
  }
  if (!self.stage_lets_in(invocation, settings)) co_return throttled();
  if (!key) co_return std::nullopt;
  const auto quota = read_quota(key->plan);
  const auto limit = quota ? *quota : std::nullopt;
  std::function<Result<bool>(EngineTransaction&)> work = [plan = member_text(key->plan, "id"), id = key->key,
                                                          limit](EngineTransaction& transaction) -> Result<bool> {
    return count_request(transaction, plan, id, limit);
  };
  const auto counted = co_await transact<bool>(self.engine_, std::move(work));
  if (counted && !*counted) co_return Rejection{"QUOTA_EXCEEDED", "Limit Exceeded"};
  co_return std::nullopt;
}

}  // namespace signalbox::gateway
