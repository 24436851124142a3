/// AWS::ApiGateway::Stage.

#include "deploy/types/gateway.h"

#include "services/gateway/access_log.h"

namespace signalbox::deploy::api_gateway {

namespace {

struct StageProperties {
  std::string api, stage;
  Json record = Json::empty_object();
};

class StageType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGateway::Stage"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto stage = read(resource, faults);
    return {.physical_id = physical_id(stage.api, stage.stage), .ref = Json(stage.stage), .attributes = {}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto stage = read(resource, none);
    const auto made = gateway::put_stage(transaction, stage.api, stage.stage, stage.record);
    return made ? Result<void>() : made.error();
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [api, stage] = split_physical_id(physical_id);
    gateway::erase_item(transaction, api, gateway::Kind::Stage, stage);
    return {};
  }

 private:
  static StageProperties read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    StageProperties stage{.api = properties.required("RestApiId"), .stage = properties.required("StageName")};
    Json record = json_object({{"deploymentId", properties.required("DeploymentId")}});
    if (const auto text = properties.string("Description")) record = record.with("description", Json(*text));
    Json variables = Json::empty_object();
    for (const auto& [name, value] : properties.texts("Variables")) variables = variables.with(name, Json(value));
    if (variables.size() > 0) record = record.with("variables", variables);
    if (const auto* log = properties.object("AccessLogSetting")) record = record.with("accessLogSettings", read_log(*log, properties));
    if (const auto* settings = properties.array("MethodSettings")) record = record.with("methodSettings", by_path(*settings));
    if (const auto tracing = properties.boolean("TracingEnabled")) record = record.with("tracingEnabled", Json(*tracing));
    Json tags = Json::empty_object();
    for (const auto& [key, value] : properties.tags()) tags = tags.with(key, Json(value));
    if (tags.size() > 0) record = record.with("tags", tags);
    if (properties.boolean("CacheClusterEnabled").value_or(false)) properties.fault("CacheClusterEnabled", "caches are not offered here");
    properties.ignore({"CacheClusterSize", "DocumentationVersion"});
    properties.refuse_others();
    stage.record = std::move(record);
    return stage;
  }

  static Json read_log(const Json& source, Properties& properties) {
    Properties members(source, properties.at("AccessLogSetting"), properties.faults());
    const auto destination = members.required("DestinationArn");
    Json settings = json_object({{"destinationArn", destination}, {"format", members.string("Format").value_or("")}});
    if (!destination.empty() && !gateway::read_access_log(json_object({{"accessLogSettings", settings}})))
      members.fault("DestinationArn", "access logs go to log groups here; '" + destination + "' is none");
    members.refuse_others();
    return settings;
  }

  /// `/orders` and `GET` → `~1orders/GET`, as the API names them.
  static Json by_path(const Json& settings) {
    Json object = Json::empty_object();
    for (const auto& one : settings.elements()) {
      auto path = member_text(one, "ResourcePath");
      for (auto at = path.find('/'); at != std::string::npos && path != "/*"; at = path.find('/', at + 2)) path.replace(at, 1, "~1");
      const auto key = (path == "/*" ? "*" : path) + "/" + member_text(one, "HttpMethod");
      object = object.with(key, lower_case_names(one.without("ResourcePath").without("HttpMethod")));
    }
    return object;
  }
};

}  // namespace

std::unique_ptr<ResourceType> make_stage_type() { return std::make_unique<StageType>(); }

}  // namespace signalbox::deploy::api_gateway
