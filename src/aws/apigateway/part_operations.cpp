#include "aws/apigateway/apigateway.h"
#include "aws/apigateway/patch.h"

#include "services/gateway/gateway_response.h"

#include <array>
#include <span>

namespace signalbox::aws::apigateway {

namespace {

using gateway::Kind;

Failure not_found(std::string_view what) { return {"NotFoundException", "Invalid " + std::string(what) + " specified", 404}; }

Answer<Json> store(Transaction& transaction, const std::string& api, Kind kind, const std::string& id, const Json& record) {
  if (auto put = gateway::put_part(transaction, api, kind, id, record); !put) return failed(put.error());
  return record;
}

Answer<Json> find(const Reader& reader, const Json& request, Kind kind, const char* id, const char* what) {
  const auto api = member_text(request, "restApiId");
  if (auto found = gateway::get_api(reader, api); !found) return failed(found.error());
  auto record = gateway::find_item(reader, api, kind, member_text(request, id));
  if (!record) return not_found(what);
  return std::move(*record);
}

Answer<Json> list(const Reader& reader, const Json& request, Kind kind) {
  const auto api = member_text(request, "restApiId");
  if (auto found = gateway::get_api(reader, api); !found) return failed(found.error());
  return page(gateway::list_items(reader, api, kind), request);
}

Answer<Json> erase(Transaction& transaction, const Json& request, Kind kind, const char* id, const char* what) {
  if (auto found = find(transaction, request, kind, id, what); !found) return found.error();
  gateway::erase_item(transaction, member_text(request, "restApiId"), kind, member_text(request, id));
  return Json::empty_object();
}

/// A gateway response as it is: its own, or the default one. Nothing: there is no such type.
std::optional<Json> response_of(const Reader& reader, const std::string& api, std::string_view type_name) {
  if (auto own = gateway::find_item(reader, api, Kind::Response, type_name)) return own;
  const auto* type = gateway::find_response_type(type_name);
  if (!type) return std::nullopt;
  Json record = json_object({{"responseType", type->name},
                             {"responseParameters", Json::empty_object()},
                             {"responseTemplates", json_object({{"application/json", R"({"message":$context.error.messageString})"}})},
                             {"defaultResponse", true}});
  return type->name.starts_with("DEFAULT") ? record : record.with("statusCode", Json(std::to_string(type->status)));
}

Answer<Json> update(Transaction& transaction, const Json& request, Kind kind, const char* id, Answer<Json> record,
                    std::span<const Patchable> known) {
  if (!record) return record;
  const auto changed =
      patched(std::move(*record), request, [known](const Json& before, const Patch& patch) { return patch_member(before, patch, known); });
  return changed ? store(transaction, member_text(request, "restApiId"), kind, member_text(request, id), *changed) : changed;
}

}  // namespace

Answer<Json> create_model(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = member_text(request, "restApiId"), name = member_text(request, "name");
  if (name.empty()) return Failure{"BadRequestException", "Model name must be alphanumeric: "};
  if (gateway::find_item(transaction, api, Kind::Model, name))
    return Failure{"ConflictException", "Model name already exists for this REST API", 409};
  Json record = members_of(request, {"name", "description", "schema", "contentType"})
                    .with("id", Json(new_id(transaction, gateway::resource_id_length)));
  if (!record.find("schema")) record = record.with("schema", Json("{}"));
  return store(transaction, api, Kind::Model, name, record);
}
Answer<Json> update_model(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  static constexpr std::array known{Patchable{.name = "description"}, Patchable{.name = "schema", .removable = false}};
  return update(transaction, request, Kind::Model, "modelName", find(transaction, request, Kind::Model, "modelName", "model name"), known);
}
Answer<Json> delete_model(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return erase(transaction, request, Kind::Model, "modelName", "model name");
}
Answer<Json> get_model(const OperationContext&, const Reader& reader, const Json& request) {
  return find(reader, request, Kind::Model, "modelName", "model name");
}
Answer<Json> get_models(const OperationContext&, const Reader& reader, const Json& request) { return list(reader, request, Kind::Model); }

Answer<Json> create_request_validator(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto id = new_id(transaction, gateway::resource_id_length);
  Json record = members_of(request, {"name", "validateRequestBody", "validateRequestParameters"}).with("id", Json(id));
  for (const auto* name : {"validateRequestBody", "validateRequestParameters"})
    if (!record.find(name)) record = record.with(name, Json(false));
  return store(transaction, member_text(request, "restApiId"), Kind::Validator, id, record);
}
Answer<Json> update_request_validator(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  static constexpr std::array known{Patchable{.name = "name", .removable = false},
                                    Patchable{.name = "validateRequestBody", .typed = true, .removable = false},
                                    Patchable{.name = "validateRequestParameters", .typed = true, .removable = false}};
  return update(transaction, request, Kind::Validator, "requestValidatorId",
                find(transaction, request, Kind::Validator, "requestValidatorId", "Request Validator identifier"), known);
}
Answer<Json> delete_request_validator(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return erase(transaction, request, Kind::Validator, "requestValidatorId", "Request Validator identifier");
}
Answer<Json> get_request_validator(const OperationContext&, const Reader& reader, const Json& request) {
  return find(reader, request, Kind::Validator, "requestValidatorId", "Request Validator identifier");
}
Answer<Json> get_request_validators(const OperationContext&, const Reader& reader, const Json& request) {
  return list(reader, request, Kind::Validator);
}

Answer<Json> put_gateway_response(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto record =
      members_of(request, {"responseType", "statusCode", "responseParameters", "responseTemplates"}).with("defaultResponse", Json(false));
  return store(transaction, member_text(request, "restApiId"), Kind::Response, member_text(request, "responseType"), record);
}
Answer<Json> delete_gateway_response(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return erase(transaction, request, Kind::Response, "responseType", "Gateway response type");
}
/// One that nobody made is the default.
Answer<Json> get_gateway_response(const OperationContext&, const Reader& reader, const Json& request) {
  const auto api = member_text(request, "restApiId");
  if (auto found = gateway::get_api(reader, api); !found) return failed(found.error());
  auto response = response_of(reader, api, member_text(request, "responseType"));
  if (!response) return not_found("Gateway response type");
  return std::move(*response);
}
Answer<Json> get_gateway_responses(const OperationContext&, const Reader& reader, const Json& request) {
  const auto api = member_text(request, "restApiId");
  if (auto found = gateway::get_api(reader, api); !found) return failed(found.error());
  gateway::Items responses;
  for (const auto& type : gateway::response_types()) responses.emplace_back(type.name, *response_of(reader, api, type.name));
  return page(responses, request);
}
Answer<Json> update_gateway_response(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  static constexpr std::array known{Patchable{.name = "statusCode"}, Patchable{.name = "responseParameters", .keyed = true},
                                    Patchable{.name = "responseTemplates", .keyed = true}};
  auto record = get_gateway_response(context, transaction, request);
  if (record) record = record->with("defaultResponse", Json(false));
  return update(transaction, request, Kind::Response, "responseType", std::move(record), known);
}

}  // namespace signalbox::aws::apigateway
