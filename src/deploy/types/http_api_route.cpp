/// AWS::ApiGatewayV2::Integration and Route.

#include "deploy/types/http_api.h"

#include "services/http_apis/model.h"

namespace signalbox::deploy::http_api {

namespace {

struct Part {
  std::string api;
  Json record = Json::empty_object();
};

void take_texts(Properties& properties, Part& into, std::initializer_list<std::pair<const char*, const char*>> names) {
  for (const auto& [property, member] : names)
    if (const auto text = properties.string(property)) into.record = into.record.with(member, Json(*text));
}

// ---- integrations ----------------------------------------------------------------------------------------------------------------------

/// `{"200": {"ResponseParameters": [{"Destination": "append:header.X", "Source": "y"}]}}` → `{"200": {"append:header.X": "y"}}`
Json response_parameters(const Json& given) {
  Json made = Json::empty_object();
  for (const auto& [status, response] : given.members()) {
    const auto* list = response.find("ResponseParameters");
    Json parameters = list ? Json::empty_object() : response;
    if (list && list->is_array())
      for (const auto& one : list->elements())
        parameters = parameters.with(member_text(one, "Destination"), Json(member_text(one, "Source")));
    made = made.with(status, std::move(parameters));
  }
  return made;
}

class IntegrationType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGatewayV2::Integration"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto integration = read(resource, faults);
    if (const auto checked = http_apis::read_integration(integration.record); !checked) faults.add(resource.place, checked.error().message);
    const auto id = part_id(resource);
    return {.physical_id = physical_id(integration.api, id), .ref = Json(id), .attributes = {{"IntegrationId", id}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto integration = read(resource, none);
    return without_record(http_apis::put_integration(transaction, integration.api, part_id(resource), integration.record));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [api, id] = split_physical_id(physical_id);
    http_apis::remove_item(transaction, api, Kind::Integration, id);
    return {};
  }

 private:
  static Part read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Part integration{.api = properties.required("ApiId")};
    integration.record = json_object({{"integrationType", properties.required("IntegrationType")}});
    take_texts(properties, integration,
               {{"IntegrationUri", "integrationUri"},
                {"IntegrationMethod", "integrationMethod"},
                {"IntegrationSubtype", "integrationSubtype"},
                {"PayloadFormatVersion", "payloadFormatVersion"},
                {"CredentialsArn", "credentialsArn"},
                {"ConnectionType", "connectionType"},
                {"ConnectionId", "connectionId"},
                {"Description", "description"}});
    if (const auto* parameters = properties.object("RequestParameters"))
      integration.record = integration.record.with("requestParameters", *parameters);
    if (const auto* parameters = properties.object("ResponseParameters"))
      integration.record = integration.record.with("responseParameters", response_parameters(*parameters));
    if (const auto* tls = properties.object("TlsConfig"))
      integration.record = integration.record.with("tlsConfig", api_gateway::lower_case_names(*tls));
    if (const auto timeout = properties.integer("TimeoutInMillis", 50, 30'000))
      integration.record = integration.record.with("timeoutInMillis", Json(*timeout));
    properties.ignore({"PassthroughBehavior"});
    properties.refuse_others();
    return integration;
  }
};

// ---- routes ----------------------------------------------------------------------------------------------------------------------------

class RouteType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGatewayV2::Route"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto route = read(resource, faults);
    const auto id = part_id(resource);
    return {.physical_id = physical_id(route.api, id), .ref = Json(id), .attributes = {{"RouteId", id}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto route = read(resource, none);
    return without_record(http_apis::put_route(transaction, route.api, part_id(resource), route.record));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [api, id] = split_physical_id(physical_id);
    http_apis::remove_item(transaction, api, Kind::Route, id);
    return {};
  }

 private:
  static Part read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Part route{.api = properties.required("ApiId")};
    const auto key = properties.required("RouteKey");
    if (const auto parsed = http_apis::parse_route_key(key); !key.empty() && !parsed) properties.fault("RouteKey", parsed.error().message);
    route.record = json_object({{"routeKey", key}});
    take_texts(properties, route, {{"Target", "target"}, {"OperationName", "operationName"}});
    if (const auto type = properties.string("AuthorizationType"); type && *type != "NONE")
      properties.fault("AuthorizationType", "the authorization type " + *type + " is not offered here; NONE is");
    if (properties.boolean("ApiKeyRequired").value_or(false))
      properties.fault("ApiKeyRequired", "API keys are not supported for HTTP APIs");
    properties.refuse_others();
    return route;
  }
};

}  // namespace

std::unique_ptr<ResourceType> make_integration_type() { return std::make_unique<IntegrationType>(); }
std::unique_ptr<ResourceType> make_route_type() { return std::make_unique<RouteType>(); }

}  // namespace signalbox::deploy::http_api
