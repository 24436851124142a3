#pragma once
/// Stages and the deployments they are at, read again after a change.

#include "services/gateway/access_log.h"
#include "services/gateway/api_model.h"

#include "signalbox/engine.h"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::gateway {

struct DeployedStage {
  std::shared_ptr<const ApiSnapshot> snapshot;
  Json variables = Json::empty_object();
  Json method_settings = Json::empty_object();
  std::optional<AccessLog> access_log;
};

/// Used on the event loop's thread, after Engine::start().
class DeployedApis {
 public:
  explicit DeployedApis(Engine& engine);
  /// Null: there is no such stage. Shared, since a request may outlast a deployment.
  [[nodiscard]] std::shared_ptr<const DeployedStage> find(const std::string& api, const std::string& stage);

 private:
  [[nodiscard]] std::shared_ptr<const DeployedStage> read(const std::string& api, const std::string& stage) const;

  const Reader& reader_;
  const std::atomic<std::uint64_t>& changes_;
  std::uint64_t seen_ = 0;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const DeployedStage>> stages_;
};

}  // namespace signalbox::gateway
