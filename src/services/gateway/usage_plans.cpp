#include "services/gateway/usage_plans.h"

#include "services/gateway/gateway_rules.h"
#include "services/gateway/usage.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::gateway {

namespace {

constexpr std::size_t value_length = 40, value_length_min = 20, value_length_max = 128;

Error conflict(std::string message) { return error(ErrorCode::AlreadyExists, std::move(message), "ConflictException"); }

std::string place(std::string_view plan, std::string_view key) { return std::string(plan).append(" ").append(key); }

bool is_taken(const Reader& reader, std::string_view value, std::string_view id) {
  for (const auto& [other, record] : list_items(reader, account_items, Kind::ApiKey))
    if (other != id && member_text(record, "value") == value) return true;
  return false;
}

/// Takes places out of plans that `fits` chooses.
template <class Fits>
void erase_places(Transaction& transaction, Fits fits) {
  for (const auto& [id, record] : list_items(transaction, account_items, Kind::UsagePlanKey))
    if (fits(record)) {
      erase_item(transaction, account_items, Kind::UsagePlanKey, id);
      erase_usage(transaction, member_text(record, "plan"), member_text(record, "key"));
    }
}

Result<void> check_stages(const Reader& reader, const Json& plan) {
  const auto* stages = plan.find("apiStages");
  if (!stages || !stages->is_array()) return {};
  for (const auto& one : stages->elements()) {
    const auto api = member_text(one, "apiId"), stage = member_text(one, "stage");
    if (!find_item(reader, api, Kind::Stage, stage)) return not_found(fmt::format("API Stage not found: {}:{}", api, stage));
  }
  return {};
}

bool opens(const Json& plan, std::string_view api, std::string_view stage) {
  const auto* stages = plan.find("apiStages");
  if (!stages || !stages->is_array()) return false;
  return std::any_of(stages->elements().begin(), stages->elements().end(),
                     [&](const Json& one) { return member_text(one, "apiId") == api && member_text(one, "stage") == stage; });
}

Json plan_key(const std::string& id, const Json& key) {
  return json_object({{"id", id}, {"type", "API_KEY"}, {"value", member_text(key, "value")}, {"name", member_text(key, "name")}});
}

}  // namespace

Result<Json> put_api_key(Transaction& transaction, std::string_view id, const Json& record) {
  Json key = record.with("id", Json(id));
  if (member_text(key, "value").empty())
    key = key.with("value", Json(stable_id({transaction.new_uuid().value, transaction.new_uuid().value}, value_length)));
  const auto value = member_text(key, "value");
  if (value.size() < value_length_min) return bad_request(fmt::format("API Key value should be at least {} characters", value_length_min));
  if (value.size() > value_length_max) return bad_request(fmt::format("API Key value should be at most {} characters", value_length_max));
  if (is_taken(transaction, value, id)) return conflict("API Key already exists");
  if (!key.find("enabled")) key = key.with("enabled", Json(false));
  const auto now = seconds_since_epoch(transaction.now());
  if (!key.find("createdDate")) key = key.with("createdDate", now);
  if (!key.find("stageKeys")) key = key.with("stageKeys", Json::empty_array());
  key = key.with("lastUpdatedDate", now);
  put_item(transaction, account_items, Kind::ApiKey, id, key);
  return key;
}

Result<void> delete_api_key(Transaction& transaction, std::string_view id) {
  if (auto found = get_api_key(transaction, id); !found) return found.error();
  erase_places(transaction, [&](const Json& record) { return member_text(record, "key") == id; });
  erase_item(transaction, account_items, Kind::ApiKey, id);
  return {};
}

Result<Json> get_api_key(const Reader& reader, std::string_view id) {
  auto found = find_item(reader, account_items, Kind::ApiKey, id);
  if (!found) return not_found("Invalid API Key identifier specified");
  return std::move(*found);
}

Result<Json> put_usage_plan(Transaction& transaction, std::string_view id, const Json& record) {
  if (member_text(record, "name").empty()) return bad_request("Usage plan name cannot be empty");
  if (auto fine = check_stages(transaction, record); !fine) return fine.error();
  if (auto quota = read_quota(record); !quota) return quota.error();
  Json plan = record.with("id", Json(id));
  if (!plan.find("apiStages")) plan = plan.with("apiStages", Json::empty_array());
  put_item(transaction, account_items, Kind::UsagePlan, id, plan);
  return plan;
}

Result<void> delete_usage_plan(Transaction& transaction, std::string_view id) {
  if (auto found = get_usage_plan(transaction, id); !found) return found.error();
  erase_places(transaction, [&](const Json& record) { return member_text(record, "plan") == id; });
  erase_item(transaction, account_items, Kind::UsagePlan, id);
  return {};
}

Result<Json> get_usage_plan(const Reader& reader, std::string_view id) {
  auto found = find_item(reader, account_items, Kind::UsagePlan, id);
  if (!found) return not_found("Invalid Usage Plan ID specified");
  return std::move(*found);
}

Result<Json> add_to_plan(Transaction& transaction, std::string_view plan, std::string_view key) {
  if (auto found = get_usage_plan(transaction, plan); !found) return found.error();
  const auto record = get_api_key(transaction, key);
  if (!record) return record.error();
  if (is_in_plan(transaction, plan, key)) return conflict("API Key already exists in usage plan");
  put_item(transaction, account_items, Kind::UsagePlanKey, place(plan, key), json_object({{"plan", plan}, {"key", key}}));
  return plan_key(std::string(key), *record);
}

Result<void> remove_from_plan(Transaction& transaction, std::string_view plan, std::string_view key) {
  if (auto found = get_plan_key(transaction, plan, key); !found) return found.error();
  erase_item(transaction, account_items, Kind::UsagePlanKey, place(plan, key));
  erase_usage(transaction, plan, key);
  return {};
}

Result<Json> get_plan_key(const Reader& reader, std::string_view plan, std::string_view key) {
  if (auto found = get_usage_plan(reader, plan); !found) return found.error();
  const auto record = find_item(reader, account_items, Kind::ApiKey, key);
  if (!record || !is_in_plan(reader, plan, key)) return not_found("Invalid API Key identifier specified");
  return plan_key(std::string(key), *record);
}

Items list_plan_keys(const Reader& reader, std::string_view plan) {
  Items keys;
  for (const auto& [id, record] : list_items(reader, account_items, Kind::ApiKey))
    if (is_in_plan(reader, plan, id)) keys.emplace_back(id, plan_key(id, record));
  return keys;
}

bool is_in_plan(const Reader& reader, std::string_view plan, std::string_view key) {
  return find_item(reader, account_items, Kind::UsagePlanKey, place(plan, key)).has_value();
}

std::optional<PlanKey> key_for_stage(const Reader& reader, std::string_view value, std::string_view api, std::string_view stage) {
  for (const auto& [id, key] : list_items(reader, account_items, Kind::ApiKey)) {
    if (member_text(key, "value") != value || !(*key.find("enabled") == Json(true))) continue;
    for (const auto& [plan, record] : list_items(reader, account_items, Kind::UsagePlan))
      if (opens(record, api, stage) && is_in_plan(reader, plan, id)) return PlanKey{.key = id, .plan = record};
  }
  return std::nullopt;
}

}  // namespace signalbox::gateway
