/// AWS::ApiGateway::RestApi. Its id depends on stack and logical id alone: links to it were mailed, and outlive redeployments.

#include "deploy/types/gateway.h"

namespace signalbox::deploy::api_gateway {

namespace {

class RestApiType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGateway::RestApi"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    (void)read(resource, faults);
    const auto api = gateway::stable_id({resource.stack, resource.logical_id}, gateway::api_id_length);
    return {.physical_id = api, .ref = Json(api), .attributes = {{"RootResourceId", gateway::root_resource_id(api)}, {"RestApiId", api}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    return gateway::create_api(transaction, resource.identity.physical_id, read(resource));
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    auto members = read(resource);
    for (const auto* name : {"description", "binaryMediaTypes", "tags"})
      if (!members.find(name)) members = members.with(name, Json());   // null: taken back
    return gateway::update_api(transaction, resource.identity.physical_id, members);
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    gateway::erase_api(transaction, physical_id);
    return {};
  }

 private:
  static Json read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Json api = json_object({{"name", properties.string("Name").value_or(resource.default_name())}});
    if (const auto text = properties.string("Description")) api = api.with("description", Json(*text));
    if (const auto* types = properties.array("BinaryMediaTypes")) api = api.with("binaryMediaTypes", *types);
    if (const auto* endpoint = properties.object("EndpointConfiguration")) api = api.with("endpointConfiguration", lower_case_names(*endpoint));
    api = api.with("apiKeySource", Json(properties.string("ApiKeySourceType").value_or("HEADER")));
    Json tags = Json::empty_object();
    for (const auto& [key, value] : properties.tags()) tags = tags.with(key, Json(value));
    if (tags.size() > 0) api = api.with("tags", tags);
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
