#include "aws/apigateway/apigateway.h"
#include "aws/apigateway/patch.h"

#include <array>
#include <optional>

namespace signalbox::aws::apigateway {

namespace {

/// Which method a request means.
struct Named {
  std::string api, resource, method;
};
Named named(const Json& request) {
  return {member_text(request, "restApiId"), member_text(request, "resourceId"), member_text(request, "method")};
}

Result<Json> find(const Reader& reader, const Json& request) {
  const auto [api, resource, method] = named(request);
  return gateway::get_method(reader, api, resource, method);
}

Answer<Json> store(Transaction& transaction, const Json& request, const Json& record, const Json& shown) {
  const auto [api, resource, method] = named(request);
  if (auto put = gateway::put_method(transaction, api, resource, record); !put) return failed(put.error());
  return shown;
}

Failure not_found(const char* what) { return {"NotFoundException", std::string("Invalid ") + what + " identifier specified", 404}; }

/// A member of an object of objects: `responses["200"]`.
const Json* part_of(const Json& object, const char* member, const std::string& name) {
  const auto* parts = object.find(member);
  return parts ? parts->find(name) : nullptr;
}
Json with_part(const Json& object, const char* member, const std::string& name, const Json& value) {
  const auto* parts = object.find(member);
  return object.with(member, (parts ? *parts : Json::empty_object()).with(name, value));
}
Json without_part(const Json& object, const char* member, const std::string& name) {
  return object.with(member, object.find(member)->without(name));
}

Json response_of(const Json& request, std::initializer_list<std::string_view> members) { return members_of(request, members); }

}  // namespace

// ---- methods ---------------------------------------------------------------------------------------------------------------------------

Answer<Json> put_method(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  if (find(transaction, request)) return Failure{"ConflictException", "Method already exists for this resource", 409};
  const auto authorization = member_text(request, "authorizationType");
  if (authorization.empty()) return Failure{"BadRequestException", "Invalid authorization type specified"};
  Json record = members_of(request, {"authorizationType", "apiKeyRequired", "operationName", "requestParameters", "requestModels",
                                     "requestValidatorId"})
                    .with("httpMethod", Json(member_text(request, "method")));
  if (!record.find("apiKeyRequired")) record = record.with("apiKeyRequired", Json(false));
  return store(transaction, request, record, record);
}

Answer<Json> update_method(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  static constexpr std::array known{Patchable{.name = "authorizationType", .removable = false},
                                    Patchable{.name = "apiKeyRequired", .typed = true, .removable = false},
                                    Patchable{.name = "operationName"},
                                    Patchable{.name = "requestValidatorId"},
                                    Patchable{.name = "requestParameters", .keyed = true, .typed = true},
                                    Patchable{.name = "requestModels", .keyed = true}};
  auto method = find(transaction, request);
  if (!method) return failed(method.error());
  const auto changed =
      patched(std::move(*method), request, [](const Json& before, const Patch& patch) { return patch_member(before, patch, known); });
  return changed ? store(transaction, request, *changed, *changed) : changed;
}

Answer<Json> delete_method(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto [api, resource, method] = named(request);
  if (auto done = gateway::delete_method(transaction, api, resource, method); !done) return failed(done.error());
  return Json::empty_object();
}

Answer<Json> get_method(const OperationContext&, const Reader& reader, const Json& request) {
  auto found = find(reader, request);
  if (!found) return failed(found.error());
  return std::move(*found);
}

// ---- method responses ------------------------------------------------------------------------------------------------------------------

Answer<Json> put_method_response(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto method = find(transaction, request);
  if (!method) return failed(method.error());
  const auto status = member_text(request, "statusCode");
  if (part_of(*method, "methodResponses", status)) return Failure{"ConflictException", "Response already exists for this resource", 409};
  const Json response = response_of(request, {"statusCode", "responseParameters", "responseModels"});
  return store(transaction, request, with_part(*method, "methodResponses", status, response), response);
}

Answer<Json> update_method_response(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  static constexpr std::array known{Patchable{.name = "responseParameters", .keyed = true, .typed = true},
                                    Patchable{.name = "responseModels", .keyed = true}};
  const auto method = find(transaction, request);
  if (!method) return failed(method.error());
  const auto status = member_text(request, "statusCode");
  const auto* response = part_of(*method, "methodResponses", status);
  if (!response) return not_found("Response status code");
  const auto changed =
      patched(*response, request, [](const Json& before, const Patch& patch) { return patch_member(before, patch, known); });
  return changed ? store(transaction, request, with_part(*method, "methodResponses", status, *changed), *changed) : changed;
}

Answer<Json> delete_method_response(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto method = find(transaction, request);
  if (!method) return failed(method.error());
  const auto status = member_text(request, "statusCode");
  if (!part_of(*method, "methodResponses", status)) return not_found("Response status code");
  return store(transaction, request, without_part(*method, "methodResponses", status), Json::empty_object());
}

Answer<Json> get_method_response(const OperationContext&, const Reader& reader, const Json& request) {
  const auto method = find(reader, request);
  if (!method) return failed(method.error());
  const auto* response = part_of(*method, "methodResponses", member_text(request, "statusCode"));
  if (!response) return not_found("Response status code");
  return *response;
}

// ---- integrations ----------------------------------------------------------------------------------------------------------------------

Answer<Json> put_integration(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto method = find(transaction, request);
  if (!method) return failed(method.error());
  Json integration = members_of(
      request, {"type", "httpMethod", "uri", "connectionType", "connectionId", "credentials", "requestParameters", "requestTemplates",
                "passthroughBehavior", "contentHandling", "timeoutInMillis", "cacheNamespace", "cacheKeyParameters", "tlsConfig"});
  if (!integration.find("passthroughBehavior")) integration = integration.with("passthroughBehavior", Json("WHEN_NO_MATCH"));
  if (!integration.find("timeoutInMillis")) integration = integration.with("timeoutInMillis", Json(29'000));
  if (!integration.find("cacheNamespace")) integration = integration.with("cacheNamespace", Json(member_text(request, "resourceId")));
  if (!integration.find("cacheKeyParameters")) integration = integration.with("cacheKeyParameters", Json::empty_array());
  return store(transaction, request, method->with("methodIntegration", integration), integration);
}

Answer<Json> update_integration(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  static constexpr std::array known{Patchable{.name = "httpMethod"},
                                    Patchable{.name = "uri"},
                                    Patchable{.name = "credentials"},
                                    Patchable{.name = "passthroughBehavior", .removable = false},
                                    Patchable{.name = "contentHandling"},
                                    Patchable{.name = "timeoutInMillis", .typed = true, .removable = false},
                                    Patchable{.name = "connectionType"},
                                    Patchable{.name = "connectionId"},
                                    Patchable{.name = "cacheNamespace"},
                                    Patchable{.name = "requestParameters", .keyed = true},
                                    Patchable{.name = "requestTemplates", .keyed = true}};
  const auto method = find(transaction, request);
  if (!method) return failed(method.error());
  const auto* integration = method->find("methodIntegration");
  if (!integration) return not_found("Integration");
  const auto changed =
      patched(*integration, request, [](const Json& before, const Patch& patch) { return patch_member(before, patch, known); });
  return changed ? store(transaction, request, method->with("methodIntegration", *changed), *changed) : changed;
}

Answer<Json> delete_integration(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto method = find(transaction, request);
  if (!method) return failed(method.error());
  if (!method->find("methodIntegration")) return not_found("Integration");
  return store(transaction, request, method->without("methodIntegration"), Json::empty_object());
}

Answer<Json> get_integration(const OperationContext&, const Reader& reader, const Json& request) {
  const auto method = find(reader, request);
  if (!method) return failed(method.error());
  const auto* integration = method->find("methodIntegration");
  if (!integration) return not_found("Integration");
  return *integration;
}

// ---- integration responses -------------------------------------------------------------------------------------------------------------

Answer<Json> put_integration_response(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto method = find(transaction, request);
  if (!method) return failed(method.error());
  const auto* integration = method->find("methodIntegration");
  if (!integration) return not_found("Integration");
  const auto status = member_text(request, "statusCode");
  if (!part_of(*method, "methodResponses", status)) return not_found("Response status code");
  const Json response =
      response_of(request, {"statusCode", "selectionPattern", "responseParameters", "responseTemplates", "contentHandling"});
  return store(transaction, request, method->with("methodIntegration", with_part(*integration, "integrationResponses", status, response)),
               response);
}

Answer<Json> update_integration_response(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  static constexpr std::array known{Patchable{.name = "selectionPattern"}, Patchable{.name = "contentHandling"},
                                    Patchable{.name = "responseParameters", .keyed = true},
                                    Patchable{.name = "responseTemplates", .keyed = true}};
  const auto method = find(transaction, request);
  if (!method) return failed(method.error());
  const auto* integration = method->find("methodIntegration");
  const auto status = member_text(request, "statusCode");
  const auto* response = integration ? part_of(*integration, "integrationResponses", status) : nullptr;
  if (!response) return not_found("Response status code");
  const auto changed =
      patched(*response, request, [](const Json& before, const Patch& patch) { return patch_member(before, patch, known); });
  if (!changed) return changed;
  return store(transaction, request, method->with("methodIntegration", with_part(*integration, "integrationResponses", status, *changed)),
               *changed);
}

Answer<Json> delete_integration_response(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto method = find(transaction, request);
  if (!method) return failed(method.error());
  const auto* integration = method->find("methodIntegration");
  const auto status = member_text(request, "statusCode");
  if (!integration || !part_of(*integration, "integrationResponses", status)) return not_found("Response status code");
  return store(transaction, request, method->with("methodIntegration", without_part(*integration, "integrationResponses", status)),
               Json::empty_object());
}

Answer<Json> get_integration_response(const OperationContext&, const Reader& reader, const Json& request) {
  const auto method = find(reader, request);
  if (!method) return failed(method.error());
  const auto* integration = method->find("methodIntegration");
  const auto* response = integration ? part_of(*integration, "integrationResponses", member_text(request, "statusCode")) : nullptr;
  if (!response) return not_found("Response status code");
  return *response;
}

}  // namespace signalbox::aws::apigateway
