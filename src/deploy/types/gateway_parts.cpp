/// AWS::ApiGateway::Model, RequestValidator, GatewayResponse: what methods refer to.

#include "deploy/types/gateway.h"

#include "services/gateway/gateway_response.h"
#include "services/gateway/json_schema.h"

namespace signalbox::deploy::api_gateway {

namespace {

using gateway::Kind;

struct Part {
  std::string api, id;
  Json record = Json::empty_object();
};

/// A type whose resources are items of an API.
class PartType final : public ResourceType {
 public:
  using Read = Part (*)(const Resource& resource, Properties& properties);
  PartType(const char* name, Kind kind, Read reader) : name_(name), kind_(kind), read_(reader) {}

  std::string_view name() const override { return name_; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto part = read(resource, faults);
    Identity identity{.physical_id = physical_id(part.api, part.id), .ref = Json(part.id), .attributes = {}};
    if (kind_ == Kind::Validator) identity.attributes.emplace("RequestValidatorId", Json(part.id));
    return identity;
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto part = read(resource, none);
    return gateway::put_part(transaction, part.api, kind_, part.id, part.record);
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [api, id] = split_physical_id(physical_id);
    gateway::erase_item(transaction, api, kind_, id);
    return {};
  }

 private:
  Part read(const Resource& resource, Faults& faults) const {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    auto part = read_(resource, properties);
    properties.refuse_others();
    return part;
  }

  std::string_view name_;
  Kind kind_;
  Read read_;
};

std::string id_of(const Resource& resource) {
  return gateway::stable_id({resource.stack, resource.logical_id}, gateway::resource_id_length);
}

Part read_model(const Resource& resource, Properties& properties) {
  Part part{.api = properties.required("RestApiId"), .id = properties.string("Name").value_or(id_of(resource))};
  Json record = json_object(
      {{"id", id_of(resource)}, {"name", part.id}, {"contentType", properties.string("ContentType").value_or("application/json")}});
  if (const auto text = properties.string("Description")) record = record.with("description", Json(*text));
  const auto* schema = properties.any("Schema");
  Json parsed = schema && schema->is_object() ? *schema : Json::empty_object();
  if (schema && schema->is_string()) {
    if (auto read = Json::parse(std::string(schema->as_string()))) parsed = std::move(*read);
    else properties.fault("Schema", read.error().message);
  }
  if (const auto fault = gateway::unsupported_keyword(parsed)) properties.fault("Schema", *fault);
  part.record = record.with("schema", Json(parsed.text()));
  return part;
}

Part read_validator(const Resource& resource, Properties& properties) {
  Part part{.api = properties.required("RestApiId"), .id = id_of(resource)};
  part.record = json_object({{"id", part.id},
                             {"name", properties.string("Name").value_or(part.id)},
                             {"validateRequestBody", properties.boolean("ValidateRequestBody").value_or(false)},
                             {"validateRequestParameters", properties.boolean("ValidateRequestParameters").value_or(false)}});
  return part;
}

Part read_gateway_response(const Resource&, Properties& properties) {
  Part part{.api = properties.required("RestApiId"), .id = properties.required("ResponseType")};
  if (!part.id.empty() && !gateway::find_response_type(part.id))
    properties.fault("ResponseType", "there is no gateway response '" + part.id + "'");
  Json record = json_object({{"responseType", part.id}});
  if (const auto status = properties.string("StatusCode")) record = record.with("statusCode", Json(*status));
  if (const auto* parameters = properties.object("ResponseParameters")) record = record.with("responseParameters", *parameters);
  if (const auto* templates = properties.object("ResponseTemplates")) record = record.with("responseTemplates", *templates);
  part.record = std::move(record);
  return part;
}

}  // namespace

std::unique_ptr<ResourceType> make_model_type() { return std::make_unique<PartType>("AWS::ApiGateway::Model", Kind::Model, &read_model); }
std::unique_ptr<ResourceType> make_validator_type() {
  return std::make_unique<PartType>("AWS::ApiGateway::RequestValidator", Kind::Validator, &read_validator);
}
std::unique_ptr<ResourceType> make_response_type() {
  return std::make_unique<PartType>("AWS::ApiGateway::GatewayResponse", Kind::Response, &read_gateway_response);
}

}  // namespace signalbox::deploy::api_gateway
