#include "deploy/types/api_deployment.h"

namespace signalbox::deploy {

using api_gateway::physical_id;
using api_gateway::split_physical_id;

Identity ApiDeploymentType::identify(const Resource& resource, Faults& faults) const {
  const auto deployment = read(resource, faults);
  const auto id = gateway::stable_id({resource.stack, resource.logical_id, deployment.api}, gateway::deployment_id_length);
  return {.physical_id = physical_id(deployment.api, id), .ref = Json(id), .attributes = {{"DeploymentId", id}}};
}

Result<void> ApiDeploymentType::create(EngineTransaction& transaction, const Resource& resource) const {
  Faults none;
  const auto deployment = read(resource, none);
  const auto id = split_physical_id(resource.identity.physical_id).second;
  if (const auto made = deployments_.create(transaction, deployment.api, id, deployment.description); !made) return made.error();
  if (!deployment.stage) return {};
  const auto stage = deployments_.move_stage(transaction, deployment.api, *deployment.stage, Json(id));
  return stage ? Result<void>() : stage.error();
}

Result<void> ApiDeploymentType::update(EngineTransaction& transaction, const Resource& resource) const {
  Faults none;
  const auto deployment = read(resource, none);
  const auto id = split_physical_id(resource.identity.physical_id).second;
  const auto record = deployments_.find(transaction, deployment.api, id);
  if (!record) return create(transaction, resource);
  deployments_.put(transaction, deployment.api, id, record->with("description", Json(deployment.description)));
  return {};
}

Result<void> ApiDeploymentType::remove(EngineTransaction& transaction, const std::string& physical_id) const {
  const auto [api, id] = split_physical_id(physical_id);
  for (const auto& [name, stage] : deployments_.stages(transaction, api))
    if (member_text(stage, "deploymentId") == id) return {};
  return deployments_.remove(transaction, api, id);
}

ApiDeploymentType::Wanted ApiDeploymentType::read(const Resource& resource, Faults& faults) const {
  Properties properties(resource.properties, resource.place, faults, &resource.written_as);
  Wanted deployment{.api = properties.required(deployments_.api_property),
                    .description = properties.string("Description").value_or(""),
                    .stage = properties.string("StageName")};
  properties.refuse_others();
  return deployment;
}

}  // namespace signalbox::deploy
