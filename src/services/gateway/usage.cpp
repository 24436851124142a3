#include "services/gateway/usage.h"

#include "services/gateway/gateway_rules.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace signalbox::gateway {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

Key place(std::string_view plan, std::string_view key, sys_days day) {
  return Key(usage_table, plan, key, static_cast<std::int64_t>(day.time_since_epoch().count()));
}

void put(Transaction& transaction, std::string_view plan, std::string_view key, sys_days day, std::int64_t count) {
  transaction.put(place(plan, key, day), std::to_string(count));
}

sys_days today(const Transaction& transaction) { return std::chrono::floor<days>(transaction.now()); }

std::optional<Quota::Period> period_of(std::string_view name) {
  if (name == "DAY") return Quota::Period::Day;
  if (name == "WEEK") return Quota::Period::Week;
  if (name == "MONTH") return Quota::Period::Month;
  return std::nullopt;
}

Result<void> check_offset(const Quota& quota) {
  if (quota.period == Quota::Period::Day && quota.offset != 0) return bad_request("Usage Plan quota offset must be zero in the DAY period");
  if (quota.period == Quota::Period::Week && (quota.offset < 0 || quota.offset > 6))
    return bad_request("Usage Plan quota offset must be between zero and six inclusive in the WEEK period");
  if (quota.offset < 0 || quota.offset > 27)
    return bad_request("Usage Plan quota offset must be between zero and 27 inclusive in the MONTH period");
  return {};
}

/// Of the period that `day` is in, until it.
std::int64_t used_in_period(const Reader& reader, std::string_view plan, std::string_view key, const Quota& quota, sys_days day) {
  std::int64_t used = 0;
  for (auto one = period_start(quota, day); one <= day; one += days{1}) used += used_on(reader, plan, key, one);
  return used;
}

}  // namespace

Result<std::optional<Quota>> read_quota(const Json& plan) {
  const auto* given = plan.find("quota");
  if (!given || !given->is_object() || given->size() == 0) return std::optional<Quota>();
  const auto period = period_of(member_text(*given, "period"));
  if (!period) return bad_request("Usage Plan quota period must be one of DAY, WEEK, MONTH");
  const auto number = [&](const char* name) {
    const auto* value = given->find(name);
    return value ? value->as_integer().value_or(0) : 0;
  };
  const Quota quota{.limit = number("limit"), .offset = number("offset"), .period = *period};
  if (auto fine = check_offset(quota); !fine) return fine.error();
  return std::optional(quota);
}

sys_days period_start(const Quota& quota, sys_days day) {
  const days offset{quota.offset};
  const auto shifted = day - offset;
  switch (quota.period) {
    case Quota::Period::Day: return day;
    case Quota::Period::Week: return shifted - (std::chrono::weekday(shifted) - std::chrono::Sunday) + offset;
    case Quota::Period::Month: break;
  }
  const std::chrono::year_month_day date(shifted);
  return sys_days(date.year() / date.month() / 1) + offset;
}

std::int64_t used_on(const Reader& reader, std::string_view plan, std::string_view key, sys_days day) {
  std::int64_t count = 0;
  if (const auto record = reader.get(place(plan, key, day))) std::from_chars(record->data(), record->data() + record->size(), count);
  return count;
}

std::int64_t remaining(const Reader& reader, std::string_view plan, std::string_view key, const Quota& quota, sys_days day) {
  return std::max<std::int64_t>(0, quota.limit - used_in_period(reader, plan, key, quota, day));
}

bool count_request(Transaction& transaction, std::string_view plan, std::string_view key, const std::optional<Quota>& quota) {
  const auto day = today(transaction);
  if (quota && remaining(transaction, plan, key, *quota, day) == 0) return false;
  put(transaction, plan, key, day, used_on(transaction, plan, key, day) + 1);
  return true;
}

void set_remaining(Transaction& transaction, std::string_view plan, std::string_view key, const Quota& quota, std::int64_t value) {
  const auto day = today(transaction);
  const auto now = quota.limit - used_in_period(transaction, plan, key, quota, day);
  put(transaction, plan, key, day, used_on(transaction, plan, key, day) + now - value);
}

void erase_usage(Transaction& transaction, std::string_view plan, std::string_view key) {
  std::vector<Key> places;
  transaction.scan({Key(usage_table, plan, key)}, [&](const Key& one, std::string_view) {
    places.push_back(one);
    return true;
  });
  for (auto& one : places) transaction.erase(std::move(one));
}

}  // namespace signalbox::gateway
