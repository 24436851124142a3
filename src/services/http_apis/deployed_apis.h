#pragma once
/// APIs' stages and the deployments they are at, read again after a change.

#include "services/gateway/access_log.h"
#include "services/http_apis/model.h"

#include "signalbox/engine.h"

#include <atomic>
#include <map>
#include <memory>
#include <string>

namespace signalbox::http_apis {

struct DeployedStage {
  std::string name;
  std::shared_ptr<const Snapshot> snapshot;
  Json variables = Json::empty_object();
  Json default_settings = Json::empty_object();  ///< RouteSettings, of all routes but those that have their own
  Json route_settings = Json::empty_object();    ///< by route key
  std::optional<gateway::AccessLog> access_log;
};
/// By name. A stage that is at no deployment is not among them.
using DeployedStages = std::map<std::string, DeployedStage>;

/// Used on the event loop's thread, after Engine::start().
class DeployedApis {
 public:
  explicit DeployedApis(Engine& engine);
  /// Null: there is no such HTTP API. Shared, since a request may outlast a deployment.
  [[nodiscard]] std::shared_ptr<const DeployedStages> find(const std::string& api);

 private:
  [[nodiscard]] std::shared_ptr<const DeployedStages> read(const std::string& api) const;

  const Reader& reader_;
  const std::atomic<std::uint64_t>& api_changes_;
  const std::atomic<std::uint64_t>& item_changes_;
  std::uint64_t seen_ = 0;
  std::map<std::string, std::shared_ptr<const DeployedStages>> apis_;
};

}  // namespace signalbox::http_apis
