#include "services/gateway/deployed_apis.h"

#include "services/gateway/gateway_records.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace signalbox::gateway {

namespace {
/// Strangers may ask for any name.
constexpr std::size_t stages_max = 1'000;
}  // namespace

DeployedApis::DeployedApis(Engine& engine) : reader_(engine.loop_reader()), changes_(engine.changes(items_table)) {}

std::shared_ptr<const DeployedStage> DeployedApis::find(const std::string& api, const std::string& stage) {
  const auto changes = changes_.load();
  if (std::exchange(seen_, changes) != changes || stages_.size() > stages_max) stages_.clear();
  const auto known = stages_.find({api, stage});
  if (known != stages_.end()) return known->second;
  return stages_[{api, stage}] = read(api, stage);
}

std::shared_ptr<const DeployedStage> DeployedApis::read(const std::string& api, const std::string& name) const {
  const auto stage = find_item(reader_, api, Kind::Stage, name);
  const auto deployment = stage ? find_item(reader_, api, Kind::Deployment, member_text(*stage, "deploymentId")) : std::nullopt;
  if (!deployment) return nullptr;
  auto snapshot = read_snapshot(*deployment);
  if (!snapshot) {
    spdlog::error("API {}: deployment {} cannot be served: {}", api, member_text(*deployment, "id"), snapshot.error().message);
    return nullptr;
  }
  DeployedStage deployed{.snapshot = std::make_shared<const ApiSnapshot>(std::move(*snapshot)),
                         .variables = Json::empty_object(),
                         .method_settings = Json::empty_object(),
                         .access_log = read_access_log(*stage)};
  if (const auto* variables = stage->find("variables"); variables && variables->is_object()) deployed.variables = *variables;
  if (const auto* settings = stage->find("methodSettings"); settings && settings->is_object()) deployed.method_settings = *settings;
  return std::make_shared<const DeployedStage>(std::move(deployed));
}

}  // namespace signalbox::gateway
