/// AWS::ApiGateway::RestApi, with what its Body describes. Its id depends on stack and logical id alone: links to it were mailed, and outlive redeployments.

#include "deploy/types/gateway.h"

#include "services/gateway/definition_import.h"

namespace signalbox::deploy::api_gateway {

namespace {

class RestApiType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGateway::RestApi"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    (void)read(resource, faults);
    (void)definition_of(resource, faults);
    const auto api = gateway::stable_id({resource.stack, resource.logical_id}, gateway::api_id_length);
    return {.physical_id = api, .ref = Json(api), .attributes = {{"RootResourceId", gateway::root_resource_id(api)}, {"RestApiId", api}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    if (auto made = gateway::create_api(transaction, resource.identity.physical_id, read(resource)); !made) return made;
    return put_body(transaction, resource);
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    auto members = read(resource);
    for (const auto* name : {"description", "binaryMediaTypes", "tags"})
      if (!members.find(name)) members = members.with(name, Json());  // null: taken back
    if (auto updated = gateway::update_api(transaction, resource.identity.physical_id, members); !updated) return updated;
    return put_body(transaction, resource);
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    gateway::erase_api(transaction, physical_id);
    return {};
  }

 private:
  static Result<void> put_body(EngineTransaction& transaction, const Resource& resource) {
    Faults none;
    const auto definition = definition_of(resource, none);
    return definition ? gateway::put_definition(transaction, resource.identity.physical_id, *definition, gateway::Merging::Overwrite)
                      : Result<void>();
  }

  static std::optional<gateway::ApiDefinition> definition_of(const Resource& resource, Faults& faults) {
    const auto* body = resource.properties.find("Body");
    if (!body) return std::nullopt;
    std::vector<Error> found;
    auto definition = gateway::read_definition(*body, found);
    Faults ignored;
    const auto place = Properties(resource.properties, resource.place, ignored, &resource.written_as).at("Body");
    for (auto& fault : found) faults.add(place + fault.where, std::move(fault.message));
    return definition;
  }

  static Json read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Faults said;  // by identify()
    Json api = json_object({{"name", resource.default_name()}});
    if (const auto definition = definition_of(resource, said))
      for (const auto& [member, value] : definition->members.members()) api = api.with(member, value);
    if (const auto name = properties.string("Name")) api = api.with("name", Json(*name));
    if (const auto text = properties.string("Description")) api = api.with("description", Json(*text));
    if (const auto* types = properties.array("BinaryMediaTypes")) api = api.with("binaryMediaTypes", *types);
    if (const auto* endpoint = properties.object("EndpointConfiguration"))
      api = api.with("endpointConfiguration", lower_case_names(*endpoint));
    if (const auto source = properties.string("ApiKeySourceType")) api = api.with("apiKeySource", Json(*source));
    else if (!api.find("apiKeySource")) api = api.with("apiKeySource", Json("HEADER"));
    Json tags = Json::empty_object();
    for (const auto& [key, value] : properties.tags()) tags = tags.with(key, Json(value));
    if (tags.size() > 0) api = api.with("tags", tags);
    (void)properties.object("Body");
    if (const auto mode = properties.string("Mode"); mode && *mode != "overwrite")
      properties.fault("Mode", "a Body replaces what the API was here: overwrite");
    properties.ignore({"Policy", "FailOnWarnings", "MinimumCompressionSize", "DisableExecuteApiEndpoint"});
    properties.refuse_others();
    return api;
  }
  static Json read(const Resource& resource) {
    Faults none;
    return read(resource, none);
  }
};

}  // namespace

std::unique_ptr<ResourceType> make_rest_api_type() { return std::make_unique<RestApiType>(); }

}  // namespace signalbox::deploy::api_gateway
