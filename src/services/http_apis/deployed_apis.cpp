#include "services/http_apis/deployed_apis.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace signalbox::http_apis {

namespace {

/// Strangers may ask for any name.
constexpr std::size_t apis_max = 1'000;

std::optional<DeployedStage> read_stage(const Reader& reader, const std::string& api, const std::string& name, const Json& stage) {
  const auto deployment = find_item(reader, api, Kind::Deployment, member_text(stage, "deploymentId"));
  if (!deployment) return std::nullopt;
  auto snapshot = read_snapshot(api, *deployment);
  if (!snapshot) {
    spdlog::error("HTTP API {}: deployment {} cannot be served: {}", api, member_text(*deployment, "deploymentId"),
                  snapshot.error().message);
    return std::nullopt;
  }
  const auto object_of = [&](const char* member) {
    const auto* value = stage.find(member);
    return value && value->is_object() ? *value : Json::empty_object();
  };
  return DeployedStage{.name = name,
                       .snapshot = std::make_shared<const Snapshot>(std::move(*snapshot)),
                       .variables = object_of("stageVariables"),
                       .default_settings = object_of("defaultRouteSettings"),
                       .route_settings = object_of("routeSettings"),
                       .access_log = gateway::read_access_log(stage)};
}

}  // namespace

DeployedApis::DeployedApis(Engine& engine)
    : reader_(engine.loop_reader()), api_changes_(engine.changes(apis_table)), item_changes_(engine.changes(items_table)) {}

std::shared_ptr<const DeployedStages> DeployedApis::find(const std::string& api) {
  const auto changes = api_changes_.load() + item_changes_.load();  // both only grow
  if (std::exchange(seen_, changes) != changes || apis_.size() > apis_max) apis_.clear();
  const auto known = apis_.find(api);
  if (known != apis_.end()) return known->second;
  return apis_[api] = read(api);
}

std::shared_ptr<const DeployedStages> DeployedApis::read(const std::string& api) const {
  if (!find_api(reader_, api)) return nullptr;
  DeployedStages stages;
  for (const auto& [name, record] : list_items(reader_, api, Kind::Stage))
    if (auto stage = read_stage(reader_, api, name, record)) stages.emplace(name, std::move(*stage));
  return std::make_shared<const DeployedStages>(std::move(stages));
}

}  // namespace signalbox::http_apis
