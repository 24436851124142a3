/// AWS::ApiGatewayV2::Stage and Deployment.

#include "deploy/types/api_deployment.h"
#include "deploy/types/http_api.h"

#include "services/gateway/access_log.h"
#include "services/http_apis/deployments.h"

namespace signalbox::deploy::http_api {

namespace {

// ---- deployments -----------------------------------------------------------------------------------------------------------------------

constexpr ApiDeployments deployments{
    .type = "AWS::ApiGatewayV2::Deployment",
    .api_property = "ApiId",
    .create = &http_apis::create_deployment,
    .find = [](const Reader& reader, std::string_view api,
               std::string_view id) { return http_apis::find_item(reader, api, Kind::Deployment, id); },
    .put = [](Transaction& transaction, std::string_view api, std::string_view id,
              const Json& record) { http_apis::put_item(transaction, api, Kind::Deployment, id, record); },
    .stages = [](const Reader& reader, std::string_view api) { return http_apis::list_items(reader, api, Kind::Stage); },
    .move_stage =
        [](Transaction& transaction, std::string_view api, std::string_view stage, const Json& id) {
          const auto existing = http_apis::get_item(transaction, api, Kind::Stage, stage);
          return existing ? http_apis::put_stage(transaction, api, stage, existing->with("deploymentId", id)) : existing;
        },
    .remove =
        [](Transaction& transaction, std::string_view api, std::string_view id) {
          http_apis::remove_item(transaction, api, Kind::Deployment, id);
          return Result<void>();
        }};

// ---- stages ----------------------------------------------------------------------------------------------------------------------------

struct StageProperties {
  std::string api, stage;
  Json record = Json::empty_object();
};

/// By route key.
Json route_settings(const Json& given) {
  Json made = Json::empty_object();
  for (const auto& [route, settings] : given.members()) made = made.with(route, api_gateway::lower_case_names(settings));
  return made;
}

class StageType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGatewayV2::Stage"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto stage = read(resource, faults);
    return {.physical_id = physical_id(stage.api, stage.stage), .ref = Json(stage.stage), .attributes = {}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto stage = read(resource, none);
    auto record = stage.record;
    const auto existing = http_apis::find_item(transaction, stage.api, Kind::Stage, stage.stage);
    // One that deploys itself stays where it is until its API changes.
    if (existing && !record.find("deploymentId") && !member_text(*existing, "deploymentId").empty())
      record = record.with("deploymentId", *existing->find("deploymentId"));
    return without_record(http_apis::put_stage(transaction, stage.api, stage.stage, record));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [api, stage] = split_physical_id(physical_id);
    http_apis::remove_item(transaction, api, Kind::Stage, stage);
    return {};
  }

 private:
  static StageProperties read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    StageProperties stage{.api = properties.required("ApiId"), .stage = properties.required("StageName")};
    Json record = json_object({{"autoDeploy", properties.boolean("AutoDeploy").value_or(false)}});
    if (const auto deployment = properties.string("DeploymentId")) record = record.with("deploymentId", Json(*deployment));
    if (record.find("deploymentId") && *record.find("autoDeploy") == Json(true))
      properties.fault("DeploymentId", "Deployment ID cannot be set by user if AutoDeploy is set to true");
    if (const auto text = properties.string("Description")) record = record.with("description", Json(*text));
    Json variables = Json::empty_object();
    for (const auto& [name, value] : properties.texts("StageVariables")) variables = variables.with(name, Json(value));
    record = record.with("stageVariables", variables);
    if (const auto* log = properties.object("AccessLogSettings")) record = record.with("accessLogSettings", read_log(*log, properties));
    if (const auto* settings = properties.object("DefaultRouteSettings"))
      record = record.with("defaultRouteSettings", api_gateway::lower_case_names(*settings));
    if (const auto* settings = properties.object("RouteSettings")) record = record.with("routeSettings", route_settings(*settings));
    if (properties.string("ClientCertificateId")) properties.fault("ClientCertificateId", "client certificates are not offered here");
    record = record.with("tags", tags_of(properties));
    properties.refuse_others();
    stage.record = std::move(record);
    return stage;
  }

  static Json read_log(const Json& source, Properties& properties) {
    Properties members(source, properties.at("AccessLogSettings"), properties.faults());
    const auto destination = members.required("DestinationArn");
    Json settings = json_object({{"destinationArn", destination}, {"format", members.string("Format").value_or("")}});
    if (!destination.empty() && !gateway::read_access_log(json_object({{"accessLogSettings", settings}})))
      members.fault("DestinationArn", "access logs go to log groups here; '" + destination + "' is none");
    members.refuse_others();
    return settings;
  }
};

}  // namespace

std::unique_ptr<ResourceType> make_deployment_type() { return std::make_unique<ApiDeploymentType>(deployments); }
std::unique_ptr<ResourceType> make_stage_type() { return std::make_unique<StageType>(); }

}  // namespace signalbox::deploy::http_api
