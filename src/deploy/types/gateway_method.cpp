/// AWS::ApiGateway::Method: a method with its integration and responses.

#include "deploy/types/gateway.h"

#include "services/gateway/api_model.h"

#include <fmt/format.h>

namespace signalbox::deploy::api_gateway {

namespace {

struct MethodProperties {
  std::string api, resource;
  Json record = Json::empty_object();  ///< as gateway::put_method() takes it
};

/// `[{"StatusCode": 200, …}]` → `{"200": {"statusCode": "200", …}}`
Json by_status(const Json& responses) {
  Json object = Json::empty_object();
  for (const auto& response : responses.elements()) {
    const auto* status = response.find("statusCode");
    const auto text = !status ? std::string() : plain_text(*status);
    object = object.with(text, response.is_object() ? response.with("statusCode", Json(text)) : Json::empty_object());
  }
  return object;
}

class MethodType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGateway::Method"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto method = read(resource, faults);
    if (const auto checked = gateway::read_method(method.record); !checked) faults.add(resource.place, checked.error().message);
    const auto id = physical_id(method.api, gateway::method_id(method.resource, member_text(method.record, "httpMethod")));
    return {.physical_id = id, .ref = Json(id), .attributes = {}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto method = read(resource, none);
    return gateway::put_method(transaction, method.api, method.resource, method.record);
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [api, id] = split_physical_id(physical_id);
    const auto blank = id.find(' ');
    return unless_gone(gateway::delete_method(transaction, api, id.substr(0, blank), id.substr(blank + 1)));
  }

 private:
  static MethodProperties read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    MethodProperties method{.api = properties.required("RestApiId"), .resource = properties.required("ResourceId")};
    Json record = json_object({{"httpMethod", properties.required("HttpMethod")}});
    const auto authorization = properties.string("AuthorizationType").value_or("NONE");
    if (authorization != "NONE")
      properties.fault("AuthorizationType", fmt::format("the authorization type {} is not offered here; NONE is", authorization));
    record = record.with("authorizationType", Json(authorization))
                 .with("apiKeyRequired", Json(properties.boolean("ApiKeyRequired").value_or(false)));
    if (const auto name = properties.string("OperationName")) record = record.with("operationName", Json(*name));
    if (const auto validator = properties.string("RequestValidatorId")) record = record.with("requestValidatorId", Json(*validator));
    if (const auto* models = properties.object("RequestModels")) record = record.with("requestModels", *models);
    if (const auto* parameters = properties.object("RequestParameters")) record = record.with("requestParameters", *parameters);
    if (const auto* responses = properties.array("MethodResponses"))
      record = record.with("methodResponses", by_status(lower_case_names(*responses)));
    if (const auto* integration = properties.object("Integration"))
      record = record.with("methodIntegration", read_integration(*integration, properties));
    properties.ignore({"AuthorizationScopes", "AuthorizerId"});
    properties.refuse_others();
    method.record = std::move(record);
    return method;
  }

  static Json read_integration(const Json& source, Properties& properties) {
    Properties members(source, properties.at("Integration"), properties.faults());
    members.ignore({"Type", "Uri", "IntegrationHttpMethod", "RequestParameters", "RequestTemplates", "PassthroughBehavior",
                    "TimeoutInMillis", "IntegrationResponses", "ConnectionType", "ContentHandling", "Credentials", "CacheKeyParameters",
                    "CacheNamespace", "ConnectionId"});
    members.refuse_others();
    auto integration = lower_case_names(source);
    // The control plane calls it httpMethod.
    if (const auto method = member_text(integration, "integrationHttpMethod"); !method.empty())
      integration = integration.without("integrationHttpMethod").with("httpMethod", Json(method));
    if (const auto* responses = integration.find("integrationResponses"); responses && responses->is_array())
      integration = integration.with("integrationResponses", by_status(*responses));
    if (member_text(integration, "passthroughBehavior").empty())
      integration = integration.with("passthroughBehavior", Json("WHEN_NO_MATCH"));
    return integration.find("timeoutInMillis") ? integration : integration.with("timeoutInMillis", Json(29'000));
  }
};

}  // namespace

std::unique_ptr<ResourceType> make_method_type() { return std::make_unique<MethodType>(); }

}  // namespace signalbox::deploy::api_gateway
