/// AWS::ApiGateway::Deployment. With StageName it makes a stage, which goes with its API, or moves it here.

#include "deploy/types/api_deployment.h"

namespace signalbox::deploy::api_gateway {

namespace {

using gateway::Kind;

constexpr ApiDeployments deployments{
    .type = "AWS::ApiGateway::Deployment",
    .api_property = "RestApiId",
    .create = &gateway::create_deployment,
    .find = [](const Reader& reader, std::string_view api,
               std::string_view id) { return gateway::find_item(reader, api, Kind::Deployment, id); },
    .put = [](Transaction& transaction, std::string_view api, std::string_view id,
              const Json& record) { gateway::put_item(transaction, api, Kind::Deployment, id, record); },
    .stages = [](const Reader& reader, std::string_view api) { return gateway::list_items(reader, api, Kind::Stage); },
    .move_stage =
        [](Transaction& transaction, std::string_view api, std::string_view stage, const Json& id) {
          const auto existing = gateway::find_item(transaction, api, Kind::Stage, stage);
          return gateway::put_stage(transaction, api, stage, existing.value_or(Json::empty_object()).with("deploymentId", id));
        },
    .remove = [](Transaction& transaction, std::string_view api,
                 std::string_view id) { return unless_gone(gateway::delete_deployment(transaction, api, id)); }};

}  // namespace

std::unique_ptr<ResourceType> make_deployment_type() { return std::make_unique<ApiDeploymentType>(deployments); }

}  // namespace signalbox::deploy::api_gateway
