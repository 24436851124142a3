#include "aws/apigateway/apigateway.h"

#include "asl/yaml.h"
#include "aws/access/authorizer.h"
#include "aws/access/permissions.h"
#include "aws/rest_call.h"

#include <algorithm>

namespace signalbox::aws::apigateway {

namespace {

const std::vector<RestBinding>& bindings() {
  static const QueryMember limit{"limit", "limit"}, position{"position", "position"}, embed{"embed", "embed", true};
  static const std::string_view method = "/restapis/{restApiId}/resources/{resourceId}/methods/{method}",
                                method_response = "/restapis/{restApiId}/resources/{resourceId}/methods/{method}/responses/{statusCode}",
                                integration = "/restapis/{restApiId}/resources/{resourceId}/methods/{method}/integration",
                                integration_response =
                                    "/restapis/{restApiId}/resources/{resourceId}/methods/{method}/integration/responses/{statusCode}";
  static const std::vector<RestBinding> table{
      {"GET", "/restapis", "GetRestApis", 200, {limit, position}},
      {"POST",
       "/restapis",
       "CreateRestApi",
       201,
       {{"mode", "mode"},
        {"failonwarnings", "failonwarnings"},
        {"endpointConfigurationTypes", "endpointConfigurationTypes"}}},  // and ImportRestApi
      {"GET", "/restapis/{restApiId}", "GetRestApi"},
      {"PUT", "/restapis/{restApiId}", "PutRestApi", 200, {{"mode", "mode"}, {"failonwarnings", "failonwarnings"}}},
      {"PATCH", "/restapis/{restApiId}", "UpdateRestApi"},
      {"DELETE", "/restapis/{restApiId}", "DeleteRestApi", 202},
      {"GET", "/restapis/{restApiId}/resources", "GetResources", 200, {limit, position, embed}},
      {"GET", "/restapis/{restApiId}/resources/{resourceId}", "GetResource", 200, {embed}},
      {"PATCH", "/restapis/{restApiId}/resources/{resourceId}", "UpdateResource"},
      {"POST", "/restapis/{restApiId}/resources/{parentId}", "CreateResource", 201},
      {"DELETE", "/restapis/{restApiId}/resources/{resourceId}", "DeleteResource", 202},
      {"GET", method, "GetMethod"},
      {"PUT", method, "PutMethod", 201},
      {"PATCH", method, "UpdateMethod"},
      {"POST", method, "TestInvokeMethod"},
      {"DELETE", method, "DeleteMethod", 204},
      {"GET", method_response, "GetMethodResponse"},
      {"PUT", method_response, "PutMethodResponse", 201},
      {"PATCH", method_response, "UpdateMethodResponse", 201},
      {"DELETE", method_response, "DeleteMethodResponse", 204},
      {"GET", integration, "GetIntegration"},
      {"PUT", integration, "PutIntegration", 201},
      {"PATCH", integration, "UpdateIntegration"},
      {"DELETE", integration, "DeleteIntegration", 204},
      {"GET", integration_response, "GetIntegrationResponse"},
      {"PUT", integration_response, "PutIntegrationResponse", 201},
      {"PATCH", integration_response, "UpdateIntegrationResponse"},
      {"DELETE", integration_response, "DeleteIntegrationResponse", 204},
      {"GET", "/restapis/{restApiId}/models", "GetModels", 200, {limit, position}},
      {"POST", "/restapis/{restApiId}/models", "CreateModel", 201},
      {"GET", "/restapis/{restApiId}/models/{modelName}", "GetModel"},
      {"PATCH", "/restapis/{restApiId}/models/{modelName}", "UpdateModel"},
      {"DELETE", "/restapis/{restApiId}/models/{modelName}", "DeleteModel", 202},
      {"GET", "/restapis/{restApiId}/requestvalidators", "GetRequestValidators", 200, {limit, position}},
      {"POST", "/restapis/{restApiId}/requestvalidators", "CreateRequestValidator", 201},
      {"GET", "/restapis/{restApiId}/requestvalidators/{requestValidatorId}", "GetRequestValidator"},
      {"PATCH", "/restapis/{restApiId}/requestvalidators/{requestValidatorId}", "UpdateRequestValidator"},
      {"DELETE", "/restapis/{restApiId}/requestvalidators/{requestValidatorId}", "DeleteRequestValidator", 202},
      {"GET", "/restapis/{restApiId}/gatewayresponses", "GetGatewayResponses", 200, {limit, position}},
      {"GET", "/restapis/{restApiId}/gatewayresponses/{responseType}", "GetGatewayResponse"},
      {"PATCH", "/restapis/{restApiId}/gatewayresponses/{responseType}", "UpdateGatewayResponse"},
      {"PUT", "/restapis/{restApiId}/gatewayresponses/{responseType}", "PutGatewayResponse", 201},
      {"DELETE", "/restapis/{restApiId}/gatewayresponses/{responseType}", "DeleteGatewayResponse", 202},
      {"GET", "/restapis/{restApiId}/deployments", "GetDeployments", 200, {limit, position}},
      {"POST", "/restapis/{restApiId}/deployments", "CreateDeployment", 201},
      {"GET", "/restapis/{restApiId}/deployments/{deploymentId}", "GetDeployment"},
      {"PATCH", "/restapis/{restApiId}/deployments/{deploymentId}", "UpdateDeployment"},
      {"DELETE", "/restapis/{restApiId}/deployments/{deploymentId}", "DeleteDeployment", 202},
      {"GET", "/restapis/{restApiId}/stages", "GetStages", 200, {{"deploymentId", "deploymentId"}}},
      {"POST", "/restapis/{restApiId}/stages", "CreateStage", 201},
      {"GET", "/restapis/{restApiId}/stages/{stageName}", "GetStage"},
      {"PATCH", "/restapis/{restApiId}/stages/{stageName}", "UpdateStage"},
      {"DELETE", "/restapis/{restApiId}/stages/{stageName}", "DeleteStage", 202},
      {"GET",
       "/apikeys",
       "GetApiKeys",
       200,
       {limit, position, {"name", "nameQuery"}, {"customerId", "customerId"}, {"includeValues", "includeValues"}}},
      {"POST", "/apikeys", "CreateApiKey", 201},
      {"GET", "/apikeys/{apiKey}", "GetApiKey", 200, {{"includeValue", "includeValue"}}},
      {"PATCH", "/apikeys/{apiKey}", "UpdateApiKey"},
      {"DELETE", "/apikeys/{apiKey}", "DeleteApiKey", 202},
      {"GET", "/usageplans", "GetUsagePlans", 200, {limit, position, {"keyId", "keyId"}}},
      {"POST", "/usageplans", "CreateUsagePlan", 201},
      {"GET", "/usageplans/{usagePlanId}", "GetUsagePlan"},
      {"PATCH", "/usageplans/{usagePlanId}", "UpdateUsagePlan"},
      {"DELETE", "/usageplans/{usagePlanId}", "DeleteUsagePlan", 202},
      {"GET",
       "/usageplans/{usagePlanId}/usage",
       "GetUsage",
       200,
       {limit, position, {"keyId", "keyId"}, {"startDate", "startDate"}, {"endDate", "endDate"}}},
      {"PATCH", "/usageplans/{usagePlanId}/keys/{keyId}/usage", "UpdateUsage"},
      {"GET", "/usageplans/{usagePlanId}/keys", "GetUsagePlanKeys", 200, {limit, position, {"name", "nameQuery"}}},
      {"POST", "/usageplans/{usagePlanId}/keys", "CreateUsagePlanKey", 201},
      {"GET", "/usageplans/{usagePlanId}/keys/{keyId}", "GetUsagePlanKey"},
      {"DELETE", "/usageplans/{usagePlanId}/keys/{keyId}", "DeleteUsagePlanKey", 202},
      {"GET", "/account", "GetAccount"},
  };
  return table;
}

Failure unparsable(const std::string& why) { return {"SerializationException", "The request's body is not JSON: " + why}; }

/// This service spells the message in small letters, whatever the error.
http::Response refusal(const Failure& failure) { return rest_failure(failure, "message"); }

/// Documents may be in YAML, which JSON begins otherwise than.
Answer<Json> members_of_request(const RestCall& call, http::Request& request) {
  const auto first = request.body.find_first_not_of(" \t\r\n");
  const bool is_document = call.binding->operation == "PutRestApi" || request.query_value("mode") == "import";
  if (is_document && first != std::string::npos && request.body[first] != '{') {
    auto json = yaml_to_json(request.body);
    if (!json) return Failure{"BadRequestException", "Invalid OpenAPI input: " + json.error().message, 400};
    request.body = std::move(*json);
  }
  return with_body(call.parameters, request, &unparsable);
}

bool takes_documents(std::string_view operation) { return operation == "CreateRestApi" || operation == "PutRestApi"; }

}  // namespace

const Catalogue& catalogue() {
  static const Catalogue table{.operations = {{"CreateApiKey", &create_api_key},
                                              {"CreateDeployment", &create_deployment},
                                              {"CreateModel", &create_model},
                                              {"CreateRequestValidator", &create_request_validator},
                                              {"CreateResource", &create_resource},
                                              {"CreateRestApi", &create_rest_api},
                                              {"CreateStage", &create_stage},
                                              {"CreateUsagePlan", &create_usage_plan},
                                              {"CreateUsagePlanKey", &create_usage_plan_key},
                                              {"DeleteApiKey", &delete_api_key},
                                              {"DeleteDeployment", &delete_deployment},
                                              {"DeleteGatewayResponse", &delete_gateway_response},
                                              {"DeleteIntegration", &delete_integration},
                                              {"DeleteIntegrationResponse", &delete_integration_response},
                                              {"DeleteMethod", &delete_method},
                                              {"DeleteMethodResponse", &delete_method_response},
                                              {"DeleteModel", &delete_model},
                                              {"DeleteRequestValidator", &delete_request_validator},
                                              {"DeleteResource", &delete_resource},
                                              {"DeleteRestApi", &delete_rest_api},
                                              {"DeleteStage", &delete_stage},
                                              {"DeleteUsagePlan", &delete_usage_plan},
                                              {"DeleteUsagePlanKey", &delete_usage_plan_key},
                                              {"GetAccount", &get_account},
                                              {"GetApiKey", &get_api_key},
                                              {"GetApiKeys", &get_api_keys},
                                              {"GetDeployment", &get_deployment},
                                              {"GetDeployments", &get_deployments},
                                              {"GetGatewayResponse", &get_gateway_response},
                                              {"GetGatewayResponses", &get_gateway_responses},
                                              {"GetIntegration", &get_integration},
                                              {"GetIntegrationResponse", &get_integration_response},
                                              {"GetMethod", &get_method},
                                              {"GetMethodResponse", &get_method_response},
                                              {"GetModel", &get_model},
                                              {"GetModels", &get_models},
                                              {"GetRequestValidator", &get_request_validator},
                                              {"GetRequestValidators", &get_request_validators},
                                              {"GetResource", &get_resource},
                                              {"GetResources", &get_resources},
                                              {"GetRestApi", &get_rest_api},
                                              {"GetRestApis", &get_rest_apis},
                                              {"GetStage", &get_stage},
                                              {"GetStages", &get_stages},
                                              {"GetUsage", &get_usage},
                                              {"GetUsagePlan", &get_usage_plan},
                                              {"GetUsagePlanKey", &get_usage_plan_key},
                                              {"GetUsagePlanKeys", &get_usage_plan_keys},
                                              {"GetUsagePlans", &get_usage_plans},
                                              {"ImportRestApi", &import_rest_api},
                                              {"PutGatewayResponse", &put_gateway_response},
                                              {"PutIntegration", &put_integration},
                                              {"PutIntegrationResponse", &put_integration_response},
                                              {"PutMethod", &put_method},
                                              {"PutMethodResponse", &put_method_response},
                                              {"PutRestApi", &put_rest_api},
                                              {"TestInvokeMethod", &test_invoke_method},
                                              {"UpdateApiKey", &update_api_key},
                                              {"UpdateDeployment", &update_deployment},
                                              {"UpdateGatewayResponse", &update_gateway_response},
                                              {"UpdateIntegration", &update_integration},
                                              {"UpdateIntegrationResponse", &update_integration_response},
                                              {"UpdateMethod", &update_method},
                                              {"UpdateMethodResponse", &update_method_response},
                                              {"UpdateModel", &update_model},
                                              {"UpdateRequestValidator", &update_request_validator},
                                              {"UpdateResource", &update_resource},
                                              {"UpdateRestApi", &update_rest_api},
                                              {"UpdateStage", &update_stage},
                                              {"UpdateUsage", &update_usage},
                                              {"UpdateUsagePlan", &update_usage_plan}},
                               .not_offered = {}};
  return table;
}

Failure failed(const Error& error) {
  switch (error.code) {
    case ErrorCode::NotFound: return {"NotFoundException", error.message, 404};
    case ErrorCode::AlreadyExists:
    case ErrorCode::Conflict: return {"ConflictException", error.message, 409};
    case ErrorCode::InvalidArgument: return {"BadRequestException", error.message, 400};
    default: return general_failure(error);
  }
}

Answer<Json> page(const gateway::Items& items, const Json& request) {
  const auto after = member_text(request, "position");
  const auto limit = page_limit(request, "limit", 25);
  Json::Array shown;
  std::string last;
  bool more = false;
  for (const auto& [id, record] : items) {
    if (id <= after) continue;
    more = shown.size() == limit;
    if (more) break;
    shown.push_back(record);
    last = id;
  }
  Json answer = json_object({{"item", Json(std::move(shown))}});
  return more ? answer.with("position", Json(last)) : answer;
}

Json members_of(const Json& request, std::initializer_list<std::string_view> names) {
  Json members = Json::empty_object();
  for (const auto name : names)
    if (const auto* value = request.find(name); value && !value->is_null()) members = members.with(name, *value);
  return members;
}

std::string new_id(Transaction& transaction, std::size_t length) { return gateway::stable_id({transaction.new_uuid().value}, length); }

asio::awaitable<http::Response> answer(OperationContext context, const Reader& reader, http::Request request) {
  const auto call = match_rest_call(bindings(), request);
  const bool is_known = call && (!request.query_value("mode") ||
                                 takes_documents(call->binding->operation));  // ?mode=import: of keys, it is another operation
  if (!is_known) co_return refusal(rest_not_offered("API Gateway", request));
  auto members = members_of_request(*call, request);
  if (!members) co_return refusal(members.error());
  if (auto* authorizer = context.services.authorizer; authorizer && context.caller) {
    const auto needs = permissions::api_gateway({context.services.engine.site(), authorizer->reader()}, request);
    if (const auto denial = authorizer->refuse(*context.caller, needs)) co_return refusal(access_denied(Service::ApiGateway, *denial));
  }
  auto result = co_await run_operation(std::move(context), *catalogue().find(call->binding->operation), reader, std::move(*members));
  if (!result) co_return refusal(result.error());
  auto response = rest_answer(call->binding->status, *result);
  if (call->binding->status == 202) response.body.clear();
  co_return response;
}

}  // namespace signalbox::aws::apigateway
