/// AWS::ApiGatewayV2::Api of the protocol HTTP, with what its Body describes. Its id depends on stack and logical id alone: links to it were mailed, and outlive
/// redeployments.

#include "deploy/types/http_api.h"

#include "deploy/types/types.h"

#include "services/gateway/stage_url.h"
#include "services/http_apis/api_document.h"

namespace signalbox::deploy::http_api {

namespace {

struct ApiProperties {
  Json record = Json::empty_object();
  Json quick = Json::empty_object();  ///< `target`, `routeKey`, `credentialsArn`
  std::optional<http_apis::ApiDocument> document;
};

class ApiType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGatewayV2::Api"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    (void)read(resource, faults);
    const auto api = gateway::stable_id({resource.stack, resource.logical_id}, gateway::api_id_length);
    return {.physical_id = api, .ref = Json(api), .attributes = {{"ApiId", api}, {"ApiEndpoint", gateway::api_url(api)}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    const auto& api = resource.identity.physical_id;
    const auto given = read(resource);
    if (auto made = http_apis::create_api(transaction, api, given.record); !made) return made;
    return put_content(transaction, api, given);
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    const auto& api = resource.identity.physical_id;
    const auto given = read(resource);
    auto members = given.record;
    for (const auto* name : {"description", "version", "corsConfiguration", "tags"})
      if (!members.find(name)) members = members.with(name, Json());  // null: taken back
    if (auto updated = http_apis::update_api(transaction, api, members); !updated) return updated.error();
    return put_content(transaction, api, given);
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    http_apis::erase_api(transaction, physical_id);
    return {};
  }

 private:
  static Result<void> put_content(EngineTransaction& transaction, const std::string& api, const ApiProperties& given) {
    if (given.document) return http_apis::put_document(transaction, api, *given.document, http_apis::Replacing::Documented);
    return given.quick.find("target") ? http_apis::add_quick_target(transaction, api, given.quick) : Result<void>();
  }

  static ApiProperties read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    ApiProperties given;
    if (const auto* body = properties.object("Body")) given.document = read_body(*body, properties);
    Json record = json_object({{"name", resource.default_name()}, {"protocolType", "HTTP"}});
    if (given.document)
      for (const auto& [member, value] : given.document->members.members()) record = record.with(member, value);
    for (const auto& [property, member] :
         {std::pair{"Name", "name"}, std::pair{"Description", "description"}, std::pair{"Version", "version"},
          std::pair{"RouteSelectionExpression", "routeSelectionExpression"},
          std::pair{"ApiKeySelectionExpression", "apiKeySelectionExpression"}})
      if (const auto text = properties.string(property)) record = record.with(member, Json(*text));
    if (const auto protocol = properties.string("ProtocolType"); protocol && *protocol != "HTTP")
      properties.fault("ProtocolType", "the protocol type " + *protocol + " is not offered here; HTTP is");
    else if (!protocol && !given.document) properties.fault("ProtocolType", "this property is required");
    if (const auto* cors = properties.object("CorsConfiguration"))
      record = record.with("corsConfiguration", api_gateway::lower_case_names(*cors));
    if (const auto disabled = properties.boolean("DisableExecuteApiEndpoint"))
      record = record.with("disableExecuteApiEndpoint", Json(*disabled));
    if (const auto base = properties.string("Basepath"); base && *base != "ignore")
      properties.fault("Basepath", "ignore is what is offered here");
    for (const auto& [property, member] :
         {std::pair{"Target", "target"}, std::pair{"RouteKey", "routeKey"}, std::pair{"CredentialsArn", "credentialsArn"}})
      if (const auto text = properties.string(property)) given.quick = given.quick.with(member, Json(*text));
    if (auto tags = tags_of(properties); tags.size() > 0) record = record.with("tags", std::move(tags));
    properties.ignore({"FailOnWarnings", "DisableSchemaValidation", "IpAddressType"});
    properties.refuse_others();
    given.record = std::move(record);
    return given;
  }
  static ApiProperties read(const Resource& resource) {
    Faults none;
    return read(resource, none);
  }

  static http_apis::ApiDocument read_body(const Json& body, Properties& properties) {
    std::vector<Error> found;
    auto document = http_apis::read_document(body, found);
    for (auto& fault : found) properties.faults().add(properties.at("Body") + fault.where, std::move(fault.message));
    return document;
  }
};

}  // namespace

Json tags_of(Properties& properties) {
  Json tags = Json::empty_object();
  for (const auto& [key, value] : properties.tags()) tags = tags.with(key, Json(value));
  return tags;
}

std::unique_ptr<ResourceType> make_api_type() { return std::make_unique<ApiType>(); }

}  // namespace signalbox::deploy::http_api

namespace signalbox::deploy {

void add_http_api_types(ResourceTypes& types) {
  types.push_back(http_api::make_api_type());
  types.push_back(http_api::make_integration_type());
  types.push_back(http_api::make_route_type());
  types.push_back(http_api::make_deployment_type());
  types.push_back(http_api::make_stage_type());
}

}  // namespace signalbox::deploy
