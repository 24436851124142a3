/// AWS::ApiGateway::ApiKey, UsagePlan, UsagePlanKey.

#include "deploy/types/gateway.h"

#include "services/gateway/usage_plans.h"

#include <fmt/format.h>

namespace signalbox::deploy::api_gateway {

namespace {

std::string id_of(const Resource& resource) { return gateway::stable_id({resource.stack, resource.logical_id}, gateway::api_id_length); }

Result<void> without_record(const Result<Json>& done) { return done ? Result<void>() : Result<void>(done.error()); }

Json tags_of(Properties& properties) {
  Json tags = Json::empty_object();
  for (const auto& [key, value] : properties.tags()) tags = tags.with(key, Json(value));
  return tags;
}

class ApiKeyType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGateway::ApiKey"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    (void)read(resource, faults);
    const auto id = id_of(resource);
    return {.physical_id = id, .ref = Json(id), .attributes = {{"APIKeyId", Json(id)}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    return without_record(gateway::put_api_key(transaction, id_of(resource), read(resource, none)));
  }
  /// A value that was made up stays.
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    auto record = read(resource, none);
    const auto before = gateway::get_api_key(transaction, id_of(resource));
    if (before && !record.find("value")) record = record.with("value", *before->find("value"));
    return without_record(gateway::put_api_key(transaction, id_of(resource), record));
  }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    return unless_gone(gateway::delete_api_key(transaction, physical_id));
  }

 private:
  static Json read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Json record = json_object({{"name", properties.string("Name").value_or(resource.default_name())},
                               {"enabled", properties.boolean("Enabled").value_or(false)},
                               {"tags", tags_of(properties)}});
    if (const auto text = properties.string("Description")) record = record.with("description", Json(*text));
    if (const auto text = properties.string("CustomerId")) record = record.with("customerId", Json(*text));
    if (const auto text = properties.string("Value")) record = record.with("value", Json(*text));
    properties.ignore({"GenerateDistinctId", "StageKeys"});  // keys are distinct always; stages are opened by usage plans alone
    properties.refuse_others();
    return record;
  }
};

class UsagePlanType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGateway::UsagePlan"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    (void)read(resource, faults);
    const auto id = id_of(resource);
    return {.physical_id = id, .ref = Json(id), .attributes = {{"Id", Json(id)}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    return without_record(gateway::put_usage_plan(transaction, id_of(resource), read(resource, none)));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    return unless_gone(gateway::delete_usage_plan(transaction, physical_id));
  }

 private:
  static Json read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Json record =
        json_object({{"name", properties.string("UsagePlanName").value_or(resource.default_name())}, {"tags", tags_of(properties)}});
    if (const auto text = properties.string("Description")) record = record.with("description", Json(*text));
    if (const auto* throttle = properties.object("Throttle")) record = record.with("throttle", lower_case_names(*throttle));
    if (const auto* quota = properties.object("Quota")) record = record.with("quota", lower_case_names(*quota));
    Json::Array stages;
    if (const auto* given = properties.array("ApiStages"))
      for (const auto& one : given->elements()) stages.push_back(lower_case_names(one));
    properties.refuse_others();
    return record.with("apiStages", Json(std::move(stages)));
  }
};

/// Physical id: `KEY:PLAN`.
class UsagePlanKeyType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGateway::UsagePlanKey"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto [key, plan] = read(resource, faults);
    const auto id = fmt::format("{}:{}", key, plan);
    return {.physical_id = id, .ref = Json(id), .attributes = {{"Id", Json(id)}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto [key, plan] = read(resource, none);
    return without_record(gateway::add_to_plan(transaction, plan, key));
  }
  Result<void> update(EngineTransaction&, const Resource&) const override { return {}; }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto colon = physical_id.find(':');
    return unless_gone(gateway::remove_from_plan(transaction, physical_id.substr(colon + 1), physical_id.substr(0, colon)));
  }

 private:
  struct Place {
    std::string key, plan;
  };
  static Place read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Place place{.key = properties.required("KeyId"), .plan = properties.required("UsagePlanId")};
    if (const auto type = properties.required("KeyType"); !type.empty() && type != "API_KEY")
      properties.fault("KeyType", "API_KEY is expected");
    properties.refuse_others();
    return place;
  }
};

}  // namespace

std::unique_ptr<ResourceType> make_api_key_type() { return std::make_unique<ApiKeyType>(); }
std::unique_ptr<ResourceType> make_usage_plan_type() { return std::make_unique<UsagePlanType>(); }
std::unique_ptr<ResourceType> make_usage_plan_key_type() { return std::make_unique<UsagePlanKeyType>(); }

}  // namespace signalbox::deploy::api_gateway
