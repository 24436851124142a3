#pragma once
/// What keys use of their usage plans: requests a day, and the quotas that end them. Rules over records. Source: API Gateway API Reference (V1),
/// QuotaSettings, GetUsage.

#include "services/gateway/gateway_records.h"

#include "signalbox/result.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace signalbox::gateway {

/// (usage plan, API key, day since 1970-01-01 UTC) → number of requests, in decimal
inline constexpr Table usage_table{"gateway_usage", {KeyPart::Text, KeyPart::Text, KeyPart::Integer}};

struct Quota {
  enum class Period { Day, Week, Month };
  std::int64_t limit = 0;   ///< requests in a period
  std::int64_t offset = 0;  ///< days by which a week begins after Sunday, a month after its first
  Period period = Period::Day;
};
/// Of a usage plan; nothing if it has none. Errors: InvalidArgument (period, offset).
[[nodiscard]] Result<std::optional<Quota>> read_quota(const Json& plan);
/// The first day of the period that `day` is in.
[[nodiscard]] std::chrono::sys_days period_start(const Quota& quota, std::chrono::sys_days day);

[[nodiscard]] std::int64_t used_on(const Reader& reader, std::string_view plan, std::string_view key, std::chrono::sys_days day);
/// What is left of the quota at the end of `day`; never negative.
[[nodiscard]] std::int64_t remaining(const Reader& reader, std::string_view plan, std::string_view key, const Quota& quota,
                                     std::chrono::sys_days day);
/// Counts a request, unless the quota is used up; false then. A plan without a quota counts, too.
[[nodiscard]] bool count_request(Transaction& transaction, std::string_view plan, std::string_view key, const std::optional<Quota>& quota);
/// Until the period ends, so much is left. [UpdateUsage]
void set_remaining(Transaction& transaction, std::string_view plan, std::string_view key, const Quota& quota, std::int64_t value);
void erase_usage(Transaction& transaction, std::string_view plan, std::string_view key);

}  // namespace signalbox::gateway
