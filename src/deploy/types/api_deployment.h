#pragma once
/// A deployment of an API of either kind: what the API was when this was made. Its id depends on stack and logical id, which CDK changes with the API's
/// content; as on AWS, a deployment that keeps its logical id keeps its snapshot.

#include "deploy/types/gateway.h"

namespace signalbox::deploy {

/// Where the two kinds of APIs differ.
struct ApiDeployments {
  std::string_view type;
  const char* api_property;
  Result<Json> (*create)(Transaction& transaction, std::string_view api, std::string_view id, std::string_view description);
  std::optional<Json> (*find)(const Reader& reader, std::string_view api, std::string_view id);
  void (*put)(Transaction& transaction, std::string_view api, std::string_view id, const Json& record);
  gateway::Items (*stages)(const Reader& reader, std::string_view api);
  /// The stage is at the deployment from here on.
  Result<Json> (*move_stage)(Transaction& transaction, std::string_view api, std::string_view stage, const Json& id);
  Result<void> (*remove)(Transaction& transaction, std::string_view api, std::string_view id);
};

class ApiDeploymentType final : public ResourceType {
 public:
  explicit ApiDeploymentType(ApiDeployments deployments) : deployments_(deployments) {}

  std::string_view name() const override { return deployments_.type; }
  Identity identify(const Resource& resource, Faults& faults) const override;
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override;
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override;
  /// A stage that is at it keeps it.
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override;

 private:
  struct Wanted {
    std::string api, description;
    std::optional<std::string> stage;
  };
  [[nodiscard]] Wanted read(const Resource& resource, Faults& faults) const;

  ApiDeployments deployments_;
};

}  // namespace signalbox::deploy
