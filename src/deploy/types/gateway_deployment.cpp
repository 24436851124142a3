/// AWS::ApiGateway::Deployment: what the API was when this was made. Its id depends on stack and logical id, which CDK changes with the API's content; as on
/// AWS, a deployment that keeps its logical id keeps its snapshot. With StageName it makes a stage or moves it here.

#include "deploy/types/gateway.h"

namespace signalbox::deploy::api_gateway {

namespace {

struct DeploymentProperties {
  std::string api, description;
  std::optional<std::string> stage;
};

class DeploymentType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGateway::Deployment"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto deployment = read(resource, faults);
    const auto id = gateway::stable_id({resource.stack, resource.logical_id, deployment.api}, gateway::deployment_id_length);
    return {.physical_id = physical_id(deployment.api, id), .ref = Json(id), .attributes = {{"DeploymentId", id}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto deployment = read(resource, none);
    const auto id = split_physical_id(resource.identity.physical_id).second;
    const auto made = gateway::create_deployment(transaction, deployment.api, id, deployment.description);
    if (!made) return made.error();
    if (!deployment.stage) return {};
    const auto existing = gateway::find_item(transaction, deployment.api, gateway::Kind::Stage, *deployment.stage);
    const auto stage = gateway::put_stage(transaction, deployment.api, *deployment.stage, existing.value_or(Json::empty_object()).with("deploymentId", Json(id)));
    return stage ? Result<void>() : stage.error();
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto deployment = read(resource, none);
    const auto id = split_physical_id(resource.identity.physical_id).second;
    const auto record = gateway::find_item(transaction, deployment.api, gateway::Kind::Deployment, id);
    if (!record) return create(transaction, resource);
    gateway::put_item(transaction, deployment.api, gateway::Kind::Deployment, id, record->with("description", Json(deployment.description)));
    return {};
  }

  /// A stage that this made goes with its API.
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [api, id] = split_physical_id(physical_id);
    for (const auto& [name, stage] : gateway::list_items(transaction, api, gateway::Kind::Stage))
      if (member_text(stage, "deploymentId") == id) return {};
    return unless_gone(gateway::delete_deployment(transaction, api, id));
  }

 private:
  static DeploymentProperties read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    DeploymentProperties deployment{.api = properties.required("RestApiId"), .description = properties.string("Description").value_or(""), .stage = properties.string("StageName")};
    properties.refuse_others();
    return deployment;
  }
};

}  // namespace

std::unique_ptr<ResourceType> make_deployment_type() { return std::make_unique<DeploymentType>(); }

}  // namespace signalbox::deploy::api_gateway
