/// API keys and usage plans.

#include "aws/apigateway/apigateway.h"

#include "aws/apigateway/patch.h"
#include "services/gateway/document.h"

#include "services/gateway/usage_plans.h"

#include <algorithm>
#include <array>

namespace signalbox::aws::apigateway {

namespace {

using gateway::Kind;

constexpr std::size_t id_length = 10, plan_id_length = 6;

Json without_value(const Json& key) { return key.without("value"); }

Answer<Json> answer_of(Result<Json> result) {
  if (!result) return failed(result.error());
  return std::move(*result);
}
Answer<Json> answer_of(const Result<void>& result) {
  if (!result) return failed(result.error());
  return Json::empty_object();
}

/// `add` and `remove` of `API:STAGE`.
std::optional<Json> with_stage(const Json& plan, const Patch& patch) {
  if (patch.path.size() != 1 || patch.op == "replace") return std::nullopt;
  const Json& named = patch.op == "add" ? patch.value : patch.removed;
  const auto value = named.is_string() ? std::string(named.as_string()) : std::string();
  const auto colon = value.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const Json stage = json_object({{"apiId", value.substr(0, colon)}, {"stage", value.substr(colon + 1)}});
  Json::Array stages = plan.find("apiStages")->elements();
  std::erase_if(stages, [&](const Json& one) { return one.without("throttle") == stage; });
  if (patch.op == "add") stages.push_back(stage);
  return plan.with("apiStages", Json(std::move(stages)));
}

std::optional<Json> patch_plan(const Json& plan, const Patch& patch) {
  static constexpr std::array known{Patchable{.name = "name", .removable = false}, Patchable{.name = "description"},
                                    Patchable{.name = "productCode"}, Patchable{.name = "throttle", .keyed = true, .typed = true},
                                    Patchable{.name = "quota", .keyed = true, .typed = true}};
  if (patch.path.front() == "apiStages") return with_stage(plan, patch);
  const bool whole = patch.op == "remove" && patch.path.size() == 1 && (patch.path.front() == "throttle" || patch.path.front() == "quota");
  return whole ? std::optional(plan.without(patch.path.front())) : patch_member(plan, patch, known);
}

}  // namespace

// ---- keys ------------------------------------------------------------------------------------------------------------------------------

Answer<Json> create_api_key(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return answer_of(gateway::put_api_key(transaction, new_id(transaction, id_length),
                                        members_of(request, {"name", "description", "enabled", "value", "customerId", "tags"})));
}

Answer<Json> get_api_key(const OperationContext&, const Reader& reader, const Json& request) {
  auto key = answer_of(gateway::get_api_key(reader, member_text(request, "apiKey")));
  return key && !gateway::is_true(request.find("includeValue")) ? without_value(*key) : key;
}

Answer<Json> get_api_keys(const OperationContext&, const Reader& reader, const Json& request) {
  const auto name = member_text(request, "nameQuery"), customer = member_text(request, "customerId");
  gateway::Items keys;
  for (const auto& [id, key] : gateway::list_items(reader, gateway::account_items, Kind::ApiKey)) {
    if (!member_text(key, "name").starts_with(name) || (!customer.empty() && member_text(key, "customerId") != customer)) continue;
    keys.emplace_back(id, gateway::is_true(request.find("includeValues")) ? key : without_value(key));
  }
  return page(keys, request);
}

Answer<Json> update_api_key(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  static constexpr std::array known{Patchable{.name = "name"}, Patchable{.name = "description"}, Patchable{.name = "customerId"},
                                    Patchable{.name = "enabled", .typed = true, .removable = false}};
  const auto id = member_text(request, "apiKey");
  auto key = gateway::get_api_key(transaction, id);
  if (!key) return failed(key.error());
  const auto changed =
      patched(std::move(*key), request, [](const Json& before, const Patch& patch) { return patch_member(before, patch, known); });
  if (!changed) return changed;
  const auto put = answer_of(gateway::put_api_key(transaction, id, *changed));
  return put ? without_value(*put) : put;
}

Answer<Json> delete_api_key(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return answer_of(gateway::delete_api_key(transaction, member_text(request, "apiKey")));
}

// ---- plans -----------------------------------------------------------------------------------------------------------------------------

Answer<Json> create_usage_plan(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return answer_of(gateway::put_usage_plan(transaction, new_id(transaction, plan_id_length),
                                           members_of(request, {"name", "description", "apiStages", "throttle", "quota", "tags"})));
}

Answer<Json> get_usage_plan(const OperationContext&, const Reader& reader, const Json& request) {
  return answer_of(gateway::get_usage_plan(reader, member_text(request, "usagePlanId")));
}

Answer<Json> get_usage_plans(const OperationContext&, const Reader& reader, const Json& request) {
  auto plans = gateway::list_items(reader, gateway::account_items, Kind::UsagePlan);
  if (const auto key = member_text(request, "keyId"); !key.empty())
    std::erase_if(plans, [&](const auto& plan) { return !gateway::is_in_plan(reader, plan.first, key); });
  return page(plans, request);
}

Answer<Json> update_usage_plan(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto id = member_text(request, "usagePlanId");
  auto plan = gateway::get_usage_plan(transaction, id);
  if (!plan) return failed(plan.error());
  const auto changed = patched(std::move(*plan), request, &patch_plan);
  return changed ? answer_of(gateway::put_usage_plan(transaction, id, *changed)) : changed;
}

Answer<Json> delete_usage_plan(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return answer_of(gateway::delete_usage_plan(transaction, member_text(request, "usagePlanId")));
}

// ---- keys of plans ---------------------------------------------------------------------------------------------------------------------

Answer<Json> create_usage_plan_key(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  if (member_text(request, "keyType") != "API_KEY") return Failure{"BadRequestException", "Usage plan key type must be API_KEY"};
  return answer_of(gateway::add_to_plan(transaction, member_text(request, "usagePlanId"), member_text(request, "keyId")));
}

Answer<Json> get_usage_plan_key(const OperationContext&, const Reader& reader, const Json& request) {
  return answer_of(gateway::get_plan_key(reader, member_text(request, "usagePlanId"), member_text(request, "keyId")));
}

Answer<Json> get_usage_plan_keys(const OperationContext&, const Reader& reader, const Json& request) {
  const auto plan = member_text(request, "usagePlanId"), name = member_text(request, "nameQuery");
  if (auto found = gateway::get_usage_plan(reader, plan); !found) return failed(found.error());
  auto keys = gateway::list_plan_keys(reader, plan);
  std::erase_if(keys, [&](const auto& key) { return !member_text(key.second, "name").starts_with(name); });
  return page(keys, request);
}

Answer<Json> delete_usage_plan_key(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return answer_of(gateway::remove_from_plan(transaction, member_text(request, "usagePlanId"), member_text(request, "keyId")));
}

}  // namespace signalbox::aws::apigateway
