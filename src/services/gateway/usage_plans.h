#pragma once
/// API keys, and the usage plans by which they open stages. What a plan says of throttling and quotas is obeyed where
/// requests are admitted (admission.h). Errors carry AWS's texts, and in `where`
/// the name of the API's error. Source: API Gateway API Reference (V1), ApiKey, UsagePlan, UsagePlanKey.

#include "services/gateway/gateway_records.h"

#include "signalbox/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::gateway {

/// Makes or replaces a key; without a `value` it gets one that nobody can guess. Gives the ApiKey. Errors: InvalidArgument (value), AlreadyExists (another
/// key has that value).
[[nodiscard]] Result<Json> put_api_key(Transaction& transaction, std::string_view id, const Json& record);
/// Also out of its plans. Errors: NotFound.
[[nodiscard]] Result<void> delete_api_key(Transaction& transaction, std::string_view id);
[[nodiscard]] Result<Json> get_api_key(const Reader& reader, std::string_view id);

/// Makes or replaces a plan: `name`, `apiStages`, `throttle`, `quota`. Errors: InvalidArgument (name), NotFound (a stage).
[[nodiscard]] Result<Json> put_usage_plan(Transaction& transaction, std::string_view id, const Json& record);
/// With its keys' places in it. Errors: NotFound.
[[nodiscard]] Result<void> delete_usage_plan(Transaction& transaction, std::string_view id);
[[nodiscard]] Result<Json> get_usage_plan(const Reader& reader, std::string_view id);

/// Errors: NotFound (plan, key), AlreadyExists.
[[nodiscard]] Result<Json> add_to_plan(Transaction& transaction, std::string_view plan, std::string_view key);
[[nodiscard]] Result<void> remove_from_plan(Transaction& transaction, std::string_view plan, std::string_view key);
/// The UsagePlanKey. Errors: NotFound.
[[nodiscard]] Result<Json> get_plan_key(const Reader& reader, std::string_view plan, std::string_view key);
/// Of a plan, in order of id.
[[nodiscard]] Items list_plan_keys(const Reader& reader, std::string_view plan);
[[nodiscard]] bool is_in_plan(const Reader& reader, std::string_view plan, std::string_view key);

/// A key, and the usage plan by which it opens a stage.
struct PlanKey {
  std::string key;
  Json plan;  ///< UsagePlan
};
/// The enabled key with this value, if one of its plans opens the stage.
[[nodiscard]] std::optional<PlanKey> key_for_stage(const Reader& reader, std::string_view value, std::string_view api,
                                                   std::string_view stage);

}  // namespace signalbox::gateway
