/// What keys used of their usage plans' quotas.

#include "aws/apigateway/apigateway.h"
#include "aws/apigateway/patch.h"

#include "services/gateway/usage.h"
#include "services/gateway/usage_plans.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::apigateway {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

/// `2026-01-31`
std::optional<sys_days> parse_day(const std::string& text) {
  const auto time = parse_rfc3339(text + "T00:00:00Z");
  return time ? std::optional(std::chrono::floor<days>(*time)) : std::nullopt;
}

/// A day each: what was used, and what was left at its end.
Json daily_usage(const Reader& reader, const std::string& plan, const std::string& key, const std::optional<gateway::Quota>& quota,
                 sys_days from, sys_days to) {
  Json::Array shown;
  for (auto day = from; day <= to; day += days{1})
    shown.push_back(
        json_array({Json(gateway::used_on(reader, plan, key, day)), Json(quota ? gateway::remaining(reader, plan, key, *quota, day) : 0)}));
  return Json(std::move(shown));
}

Answer<std::optional<gateway::Quota>> quota_of(const Json& plan) {
  auto quota = gateway::read_quota(plan);
  if (!quota) return failed(quota.error());
  return *quota;
}

}  // namespace

Answer<Json> get_usage(const OperationContext&, const Reader& reader, const Json& request) {
  constexpr days longest{90};  // [GetUsage]
  const auto plan = member_text(request, "usagePlanId"), only = member_text(request, "keyId"), start = member_text(request, "startDate"),
             end = member_text(request, "endDate");
  const auto record = gateway::get_usage_plan(reader, plan);
  if (!record) return failed(record.error());
  const auto from = parse_day(start), to = parse_day(end);
  if (!from || !to || *to < *from || *to - *from > longest)
    return Failure{"BadRequestException", "Invalid date range specified: startDate and endDate are days, at most 90 apart", 400};
  const auto quota = quota_of(*record);
  if (!quota) return quota.error();
  Json values = Json::empty_object();
  for (const auto& [key, shown] : gateway::list_plan_keys(reader, plan))
    if (only.empty() || only == key) values = values.with(key, daily_usage(reader, plan, key, *quota, *from, *to));
  return json_object({{"usagePlanId", plan}, {"startDate", start}, {"endDate", end}, {"values", values}});
}

/// `replace /remaining`: so much is left until the period ends.
Answer<Json> update_usage(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto plan = member_text(request, "usagePlanId"), key = member_text(request, "keyId");
  const auto record = gateway::get_usage_plan(transaction, plan);
  if (!record) return failed(record.error());
  if (const auto found = gateway::get_plan_key(transaction, plan, key); !found) return failed(found.error());
  const auto quota = quota_of(*record);
  if (!quota) return quota.error();
  if (!*quota) return Failure{"BadRequestException", "Usage plan does not have quota", 400};
  std::optional<std::int64_t> value;
  const auto read = patched(Json::empty_object(), request, [&](const Json& before, const Patch& patch) -> std::optional<Json> {
    const bool known = patch.op == "replace" && patch.path.size() == 1 && patch.path.front() == "remaining";
    value = known ? typed(patch.value).as_integer() : std::nullopt;
    return value ? std::optional(before) : std::nullopt;
  });
  if (!read) return read;
  if (value) gateway::set_remaining(transaction, plan, key, **quota, *value);
  const auto today = std::chrono::floor<days>(transaction.now());
  const auto shown = format_rfc3339(today).substr(0, 10);
  return json_object({{"usagePlanId", plan},
                      {"startDate", shown},
                      {"endDate", shown},
                      {"values", json_object({{key, daily_usage(transaction, plan, key, *quota, today, today)}})}});
}

}  // namespace signalbox::aws::apigateway
