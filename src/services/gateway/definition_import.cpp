#include "services/gateway/definition_import.h"

#include "base/text.h"
#include "services/gateway/api_model.h"
#include "services/gateway/document.h"
#include "services/gateway/gateway_rules.h"
#include "services/gateway/json_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox::gateway {

namespace {

/// The last part of `#/definitions/Order`, `#/components/schemas/Order`; empty for anything else.
std::string reference_name(const Json* schema) {
  const auto text = schema ? member_text(*schema, "$ref") : std::string();
  const auto slash = text.rfind('/');
  return slash == std::string::npos ? std::string() : text.substr(slash + 1);
}

/// Schemas refer to each other as models of the API do.
Json as_model(const Json& schema) {
  if (schema.is_array()) {
    Json::Array elements;
    for (const auto& element : schema.elements()) elements.push_back(as_model(element));
    return Json(std::move(elements));
  }
  if (!schema.is_object()) return schema;
  Json::Object members;
  for (const auto& [name, value] : schema.members()) {
    const bool is_reference = name == "$ref" && value.is_string() &&
                              (value.as_string().starts_with("#/definitions/") || value.as_string().starts_with("#/components/schemas/"));
    members.push_back(
        {name, is_reference ? Json("https://apigateway.amazonaws.com/restapis/API/models/" + reference_name(&schema)) : as_model(value)});
  }
  return Json(std::move(members));
}

class Import {
 public:
  Import(const Json& document, std::vector<Error>& faults) : document_(document), faults_(faults) {}

  ApiDefinition run() {
    const bool is_swagger = member_text(document_, "swagger") == "2.0";
    if (!is_swagger && !member_text(document_, "openapi").starts_with("3.0"))
      fault("", "the document is neither Swagger 2.0 nor OpenAPI 3.0");
    refuse_others(document_, "",
                  {"swagger",
                   "openapi",
                   "info",
                   "host",
                   "basePath",
                   "schemes",
                   "servers",
                   "paths",
                   "definitions",
                   "components",
                   "consumes",
                   "produces",
                   "parameters",
                   "responses",
                   "securityDefinitions",
                   "security",
                   "tags",
                   "externalDocs",
                   "x-amazon-apigateway-binary-media-types",
                   "x-amazon-apigateway-api-key-source",
                   "x-amazon-apigateway-gateway-responses",
                   "x-amazon-apigateway-request-validators",
                   "x-amazon-apigateway-request-validator",
                   "x-amazon-apigateway-documentation",
                   "x-amazon-apigateway-minimum-compression-size",
                   "x-amazon-apigateway-policy",
                   "x-amazon-apigateway-endpoint-configuration",
                   "x-amazon-apigateway-importexport-version"});
    read_members();
    read_models();
    read_validators();
    read_responses();
    if (const auto* paths = member(document_, "paths"))
      for (const auto& [path, item] : paths->members()) read_path(path, item);
    return std::move(read_);
  }

 private:
  void fault(std::string where, std::string message) {
    faults_.push_back(error(ErrorCode::InvalidArgument, std::move(message), std::move(where)));
  }

  template <class Names>
  void refuse_others(const Json& object, const std::string& place, const Names& known) {
    for (const auto& [name, value] : object.members()) {
      const bool is_documentation = name.starts_with("x-") && !name.starts_with("x-amazon-");
      if (!is_documentation && std::find(known.begin(), known.end(), name) == known.end())
        fault(document_place(place, name), fmt::format("'{}' is not offered here", name));
    }
  }
  void refuse_others(const Json& object, const std::string& place, std::initializer_list<std::string_view> known) {
    refuse_others<std::initializer_list<std::string_view>>(object, place, known);
  }

  /// A member that must be an object if it is there.
  const Json* member(const Json& object, std::string_view name) {
    const auto* value = object.find(name);
    if (!value || value->is_object()) return value;
    fault("/" + std::string(name), "an object is expected");
    return nullptr;
  }

  void read_members() {
    read_.members = with_info(read_.members, member(document_, "info"));
    if (const auto* types = document_.find("x-amazon-apigateway-binary-media-types"))
      read_.members = read_.members.with("binaryMediaTypes", *types);
    if (const auto source = member_text(document_, "x-amazon-apigateway-api-key-source"); !source.empty())
      read_.members = read_.members.with("apiKeySource", Json(source));
  }

  void read_models() {
    const auto* components = member(document_, "components");
    const auto* schemas = components ? components->find("schemas") : member(document_, "definitions");
    if (!schemas || !schemas->is_object()) return;
    const std::string place = components ? "/components/schemas" : "/definitions";
    for (const auto& [name, schema] : schemas->members()) {
      const auto model = as_model(schema);
      if (auto reason = unsupported_keyword(model)) fault(document_place(place, name), fmt::format("the model {}: {}", name, *reason));
      else read_.models.emplace_back(name, json_object({{"name", name}, {"contentType", "application/json"}, {"schema", model.text()}}));
    }
  }

  void read_validators() {
    const auto* validators = member(document_, "x-amazon-apigateway-request-validators");
    if (!validators) return;
    for (const auto& [name, given] : validators->members())
      read_.validators.emplace_back(name, json_object({{"name", name},
                                                       {"validateRequestBody", is_true(given.find("validateRequestBody"))},
                                                       {"validateRequestParameters", is_true(given.find("validateRequestParameters"))}}));
  }

  void read_responses() {
    const auto* responses = member(document_, "x-amazon-apigateway-gateway-responses");
    if (!responses) return;
    for (const auto& [type, given] : responses->members()) {
      refuse_others(given, document_place("/x-amazon-apigateway-gateway-responses", type),
                    {"statusCode", "responseParameters", "responseTemplates"});
      Json record = json_object({{"responseType", type}});
      if (const auto* status = given.find("statusCode"))
        record = record.with("statusCode", status->is_string() ? *status : Json(status->text()));
      for (const auto* name : {"responseParameters", "responseTemplates"})
        if (const auto* value = given.find(name)) record = record.with(name, *value);
      read_.responses.emplace_back(type, std::move(record));
    }
  }

  void read_path(const std::string& path, const Json& item) {
    const auto place = document_place("/paths", path);
    if (!path.starts_with('/')) return fault(place, "a path begins with a slash");
    refuse_others(item, place,
                  {"get", "put", "post", "delete", "head", "options", "patch", "x-amazon-apigateway-any-method", "parameters", "summary",
                   "description", "servers"});
    read_.paths.push_back(path);
    for (const auto& [name, http_method] : document_methods)
      if (const auto* operation = item.find(name)) read_operation(path, http_method, item, *operation, document_place(place, name));
  }

  void read_operation(const std::string& path, const std::string& http_method, const Json& item, const Json& operation,
                      const std::string& place) {
    refuse_others(operation, place,
                  {"tags", "summary", "description", "externalDocs", "operationId", "consumes", "produces", "parameters", "requestBody",
                   "responses", "schemes", "deprecated", "security", "servers", "x-amazon-apigateway-integration",
                   "x-amazon-apigateway-request-validator", "x-amazon-apigateway-auth"});
    Json record =
        json_object({{"httpMethod", http_method}, {"authorizationType", "NONE"}, {"apiKeyRequired", needs_key(operation, place)}});
    if (const auto name = member_text(operation, "operationId"); !name.empty()) record = record.with("operationName", Json(name));
    auto validator = member_text(operation, "x-amazon-apigateway-request-validator");
    if (validator.empty()) validator = member_text(document_, "x-amazon-apigateway-request-validator");
    if (!validator.empty()) record = record.with("requestValidatorId", Json(checked_validator(validator, place)));
    record = with_parameters(std::move(record), item, operation, place);
    record = record.with("methodResponses", method_responses(operation));
    if (const auto* integration = operation.find("x-amazon-apigateway-integration"))
      record = record.with("methodIntegration", read_integration(document_target(document_, *integration),
                                                                 document_place(place, "x-amazon-apigateway-integration")));
    if (const auto checked = read_method(record); !checked) return fault(place, checked.error().message);
    read_.methods.push_back({path, std::move(record)});
  }

  std::string checked_validator(const std::string& name, const std::string& place) {
    const bool known = std::any_of(read_.validators.begin(), read_.validators.end(), [&](const auto& one) { return one.first == name; });
    if (!known)
      fault(document_place(place, "x-amazon-apigateway-request-validator"), fmt::format("there is no request validator '{}'", name));
    return name;
  }

  /// Keys are the one way of authorization that exists here, and there are none of them.
  bool needs_key(const Json& operation, const std::string& place) {
    if (const auto* auth = operation.find("x-amazon-apigateway-auth"); auth && member_text(*auth, "type") != "NONE")
      fault(document_place(place, "x-amazon-apigateway-auth"),
            fmt::format("the authorization type {} is not offered here; NONE is", member_text(*auth, "type")));
    const auto* needs = operation.find("security") ? operation.find("security") : document_.find("security");
    if (!needs || !needs->is_array()) return false;
    bool key = false;
    for (const auto& need : needs->elements())
      for (const auto& scheme : need.members()) {
        const auto* definition = security_scheme(scheme.name);
        const bool is_key = definition && member_text(*definition, "type") == "apiKey" &&
                            !definition->find("x-amazon-apigateway-authtype") && !definition->find("x-amazon-apigateway-authorizer");
        key = key || is_key;
        if (!is_key)
          fault(document_place(place, "security"),
                fmt::format("the security scheme '{}' is not offered here: there are no authorizers", scheme.name));
      }
    return key;
  }
  const Json* security_scheme(std::string_view name) const {
    const auto* components = document_.find("components");
    const auto* schemes = components ? components->find("securitySchemes") : document_.find("securityDefinitions");
    return schemes ? schemes->find(name) : nullptr;
  }

  Json with_parameters(Json record, const Json& item, const Json& operation, const std::string& place) {
    Json parameters = Json::empty_object(), models = Json::empty_object();
    for (const auto* of : {&item, &operation}) {
      const auto* list = of->find("parameters");
      if (!list || !list->is_array()) continue;
      for (const auto& given : list->elements()) {
        const auto& parameter = document_target(document_, given);
        const auto in = member_text(parameter, "in");
        const auto kind = in == "query" ? "querystring" : in;
        if (in == "body") models = models.with("application/json", Json(model_name(parameter.find("schema"), record, place)));
        else if (in == "query" || in == "header" || in == "path")
          parameters = parameters.with(fmt::format("method.request.{}.{}", kind, member_text(parameter, "name")),
                                       is_true(parameter.find("required")));
      }
    }
    if (const auto* body = operation.find("requestBody"))
      if (const auto* content = document_target(document_, *body).find("content"); content && content->is_object())
        for (const auto& [type, media] : content->members())
          models = models.with(type, Json(model_name(media.find("schema"), record, place)));
    Json::Object named;  // bodies whose schema has no name have no model
    for (const auto& one : models.members())
      if (!one.value.as_string().empty()) named.push_back(one);
    if (!named.empty()) record = record.with("requestModels", Json(std::move(named)));
    return parameters.size() == 0 ? record : record.with("requestParameters", std::move(parameters));
  }

  /// A schema that stands in place is no model; where bodies are validated, that would let everything pass.
  std::string model_name(const Json* schema, const Json& record, const std::string& place) {
    const auto name = reference_name(schema);
    const auto validator = member_text(record, "requestValidatorId");
    const bool is_checked = std::any_of(read_.validators.begin(), read_.validators.end(), [&](const auto& one) {
      return one.first == validator && is_true(one.second.find("validateRequestBody"));
    });
    if (is_checked && schema && name.empty()) fault(place, "the body's schema must be a $ref to a named one, since it is validated");
    return name;
  }

  static Json method_responses(const Json& operation) {
    Json made = Json::empty_object();
    const auto* responses = operation.find("responses");
    if (!responses || !responses->is_object()) return made;
    for (const auto& [status, response] : responses->members()) {
      if (status == "default") continue;  // no status
      Json parameters = Json::empty_object();
      if (const auto* headers = response.find("headers"); headers && headers->is_object())
        for (const auto& header : headers->members()) parameters = parameters.with("method.response.header." + header.name, false);
      Json record = json_object({{"statusCode", status}});
      made = made.with(status, parameters.size() == 0 ? record : record.with("responseParameters", std::move(parameters)));
    }
    return made;
  }

  Json read_integration(const Json& given, const std::string& place) {
    refuse_others(
        given, place,
        {"type", "uri", "httpMethod", "credentials", "requestParameters", "requestTemplates", "passthroughBehavior", "timeoutInMillis",
         "responses", "connectionType", "connectionId", "contentHandling", "cacheNamespace", "cacheKeyParameters", "payloadFormatVersion"});
    if (member_text(given, "payloadFormatVersion") == "2.0")
      fault(document_place(place, "payloadFormatVersion"), "REST APIs have the payload format 1.0");
    Json made = json_object(
        {{"type", ascii_upper(member_text(given, "type"))}, {"passthroughBehavior", "WHEN_NO_MATCH"}, {"timeoutInMillis", 29'000}});
    if (const auto passthrough = member_text(given, "passthroughBehavior"); !passthrough.empty())
      made = made.with("passthroughBehavior", Json(ascii_upper(passthrough)));
    for (const auto* name : {"uri", "httpMethod", "credentials", "requestParameters", "requestTemplates", "timeoutInMillis",
                             "connectionType", "connectionId", "contentHandling", "cacheNamespace", "cacheKeyParameters"})
      if (const auto* value = given.find(name)) made = made.with(name, *value);
    const auto* responses = given.find("responses");
    if (!responses || !responses->is_object()) return made;
    Json by_status = Json::empty_object();
    for (const auto& [pattern, response] : responses->members()) {
      const auto at = document_place(document_place(place, "responses"), pattern);
      refuse_others(response, at, {"statusCode", "responseParameters", "responseTemplates", "contentHandling"});
      const auto* status = response.find("statusCode");
      if (!status) {
        fault(at, "an integration response needs a statusCode");
        continue;
      }
      const std::string text = plain_text(*status);
      Json record = response.with("statusCode", Json(text));
      by_status = by_status.with(text, pattern == "default" ? std::move(record) : record.with("selectionPattern", Json(pattern)));
    }
    return made.with("integrationResponses", std::move(by_status));
  }

  const Json& document_;
  std::vector<Error>& faults_;
  ApiDefinition read_;
};

/// The resource of a path, with those above it. Gives its id.
Result<std::string> make_path(Transaction& transaction, std::string_view api, std::string_view path) {
  auto id = root_resource_id(api);
  while (path.starts_with('/')) path.remove_prefix(1);
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    const auto part = path.substr(0, end);
    const auto below = resource_id(api, id, part);
    if (!find_item(transaction, api, Kind::Resource, below))
      if (auto made = create_resource(transaction, api, id, part); !made) return made.error();
    id = below;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return id;
}

void erase_all(Transaction& transaction, std::string_view api, Kind kind) {
  for (const auto& item : list_items(transaction, api, kind)) erase_item(transaction, api, kind, item.first);
}

/// All that a document can make; what every API has stays.
void clear(Transaction& transaction, std::string_view api) {
  const auto root = root_resource_id(api);
  for (const auto kind : {Kind::Method, Kind::Validator, Kind::Response}) erase_all(transaction, api, kind);
  for (const auto& [id, record] : list_items(transaction, api, Kind::Resource))
    if (id != root) erase_item(transaction, api, Kind::Resource, id);
  for (const auto& [name, record] : list_items(transaction, api, Kind::Model))
    if (name != "Empty" && name != "Error") erase_item(transaction, api, Kind::Model, name);
}

}  // namespace

ApiDefinition read_definition(const Json& document, std::vector<Error>& faults) {
  if (document.is_object()) return Import(document, faults).run();
  faults.push_back(error(ErrorCode::InvalidArgument, "a document in Swagger 2.0 or OpenAPI 3.0 is expected"));
  return {};
}

Result<void> put_definition(Transaction& transaction, std::string_view api, const ApiDefinition& definition, Merging merging) {
  if (auto there = get_api(transaction, api); !there) return there.error();
  if (merging == Merging::Overwrite) clear(transaction, api);
  for (const auto& [name, record] : definition.models)
    if (auto put =
            put_part(transaction, api, Kind::Model, name, record.with("id", Json(stable_id({api, "model", name}, resource_id_length))));
        !put)
      return put;
  for (const auto& [name, record] : definition.validators)
    if (auto put = put_part(transaction, api, Kind::Validator, stable_id({api, "validator", name}, resource_id_length),
                            record.with("id", Json(stable_id({api, "validator", name}, resource_id_length))));
        !put)
      return put;
  for (const auto& [type, record] : definition.responses)
    if (auto put = put_part(transaction, api, Kind::Response, type, record); !put) return put;
  for (const auto& path : definition.paths)
    if (auto made = make_path(transaction, api, path); !made) return made.error();
  for (const auto& method : definition.methods) {
    const auto resource = make_path(transaction, api, method.path);
    if (!resource) return resource.error();
    const auto validator = member_text(method.record, "requestValidatorId");
    const auto record = validator.empty()
                            ? method.record
                            : method.record.with("requestValidatorId", Json(stable_id({api, "validator", validator}, resource_id_length)));
    if (auto put = put_method(transaction, api, *resource, record); !put) return put;
  }
  return {};
}

}  // namespace signalbox::gateway
