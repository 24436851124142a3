#include "aws/apigatewayv2/apigatewayv2.h"

#include "aws/access/authorizer.h"
#include "aws/access/permissions.h"
#include "aws/rest_call.h"

#include <algorithm>

namespace signalbox::aws::apigatewayv2 {

namespace {

const std::vector<RestBinding>& bindings() {
  static const std::vector<QueryMember> pages{{"maxResults", "maxResults"}, {"nextToken", "nextToken"}},
      import{{"basepath", "basepath"}, {"failOnWarnings", "failOnWarnings"}};
  static const std::vector<RestBinding> table{
      {"GET", "/v2/apis", "GetApis", 200, pages},
      {"POST", "/v2/apis", "CreateApi", 201},
      {"PUT", "/v2/apis", "ImportApi", 201, import},
      {"GET", "/v2/apis/{apiId}", "GetApi"},
      {"PUT", "/v2/apis/{apiId}", "ReimportApi", 201, import},
      {"PATCH", "/v2/apis/{apiId}", "UpdateApi"},
      {"DELETE", "/v2/apis/{apiId}", "DeleteApi", 204},
      {"DELETE", "/v2/apis/{apiId}/cors", "DeleteCorsConfiguration", 204},
      {"GET", "/v2/apis/{apiId}/routes", "GetRoutes", 200, pages},
      {"POST", "/v2/apis/{apiId}/routes", "CreateRoute", 201},
      {"GET", "/v2/apis/{apiId}/routes/{id}", "GetRoute"},
      {"PATCH", "/v2/apis/{apiId}/routes/{id}", "UpdateRoute"},
      {"DELETE", "/v2/apis/{apiId}/routes/{id}", "DeleteRoute", 204},
      {"GET", "/v2/apis/{apiId}/integrations", "GetIntegrations", 200, pages},
      {"POST", "/v2/apis/{apiId}/integrations", "CreateIntegration", 201},
      {"GET", "/v2/apis/{apiId}/integrations/{id}", "GetIntegration"},
      {"PATCH", "/v2/apis/{apiId}/integrations/{id}", "UpdateIntegration"},
      {"DELETE", "/v2/apis/{apiId}/integrations/{id}", "DeleteIntegration", 204},
      {"GET", "/v2/apis/{apiId}/deployments", "GetDeployments", 200, pages},
      {"POST", "/v2/apis/{apiId}/deployments", "CreateDeployment", 201},
      {"GET", "/v2/apis/{apiId}/deployments/{id}", "GetDeployment"},
      {"PATCH", "/v2/apis/{apiId}/deployments/{id}", "UpdateDeployment"},
      {"DELETE", "/v2/apis/{apiId}/deployments/{id}", "DeleteDeployment", 204},
      {"GET", "/v2/apis/{apiId}/stages", "GetStages", 200, pages},
      {"POST", "/v2/apis/{apiId}/stages", "CreateStage", 201},
      {"GET", "/v2/apis/{apiId}/stages/{id}", "GetStage"},
      {"PATCH", "/v2/apis/{apiId}/stages/{id}", "UpdateStage"},
      {"DELETE", "/v2/apis/{apiId}/stages/{id}", "DeleteStage", 204},
      {"DELETE", "/v2/apis/{apiId}/stages/{id}/accesslogsettings", "DeleteAccessLogSettings", 204},
      {"DELETE", "/v2/apis/{apiId}/stages/{id}/routesettings/{routeKey}", "DeleteRouteSettings", 204},
      {"GET", "/v2/tags/{arn}", "GetTags"},
      {"POST", "/v2/tags/{arn}", "TagResource", 201},
      {"DELETE", "/v2/tags/{arn}", "UntagResource", 204, {{"tagKeys", "tagKeys", true}}}};
  return table;
}

Failure unparsable(const std::string& why) { return {"BadRequestException", "The request's body is not JSON: " + why, 400}; }

/// This service spells the message in small letters, whatever the error.
http::Response refusal(const Failure& failure) { return rest_failure(failure, "message"); }

}  // namespace

const Catalogue& catalogue() {
  static const Catalogue table{.operations = {{"CreateApi", &create_api},
                                              {"CreateDeployment", &create_deployment},
                                              {"CreateIntegration", &create_integration},
                                              {"CreateRoute", &create_route},
                                              {"CreateStage", &create_stage},
                                              {"DeleteAccessLogSettings", &delete_access_log_settings},
                                              {"DeleteApi", &delete_api},
                                              {"DeleteCorsConfiguration", &delete_cors_configuration},
                                              {"DeleteDeployment", &delete_deployment},
                                              {"DeleteIntegration", &delete_integration},
                                              {"DeleteRoute", &delete_route},
                                              {"DeleteRouteSettings", &delete_route_settings},
                                              {"DeleteStage", &delete_stage},
                                              {"GetApi", &get_api},
                                              {"GetApis", &get_apis},
                                              {"GetDeployment", &get_deployment},
                                              {"GetDeployments", &get_deployments},
                                              {"GetIntegration", &get_integration},
                                              {"GetIntegrations", &get_integrations},
                                              {"GetRoute", &get_route},
                                              {"GetRoutes", &get_routes},
                                              {"GetStage", &get_stage},
                                              {"GetStages", &get_stages},
                                              {"GetTags", &get_tags},
                                              {"ImportApi", &import_api},
                                              {"ReimportApi", &reimport_api},
                                              {"TagResource", &tag_resource},
                                              {"UntagResource", &untag_resource},
                                              {"UpdateApi", &update_api},
                                              {"UpdateDeployment", &update_deployment},
                                              {"UpdateIntegration", &update_integration},
                                              {"UpdateRoute", &update_route},
                                              {"UpdateStage", &update_stage}},
                               .not_offered = {}};
  return table;
}

Answer<Json> page(const gateway::Items& items, const Json& request, const std::function<Json(const Json&)>& shown) {
  const auto after = member_text(request, "nextToken");
  const auto limit = page_limit(request, "maxResults", 100);
  Json::Array found;
  std::string last;
  for (const auto& [id, record] : items) {
    if (id <= after) continue;
    if (found.size() == limit) return json_object({{"items", Json(std::move(found))}, {"nextToken", last}});
    found.push_back(shown(record));
    last = id;
  }
  return json_object({{"items", Json(std::move(found))}});
}

Json with_members(Json record, const Json& request, std::span<const std::string_view> names) {
  for (const auto name : names) {
    const auto* value = request.find(name);
    if (value) record = value->is_null() ? record.without(name) : record.with(name, *value);
  }
  return record;
}

asio::awaitable<http::Response> answer(OperationContext context, const Reader& reader, http::Request request) {
  const auto call = match_rest_call(bindings(), request);
  if (!call) co_return refusal(rest_not_offered("API Gateway", request));
  auto members = with_body(call->parameters, request, &unparsable);
  if (!members) co_return refusal(members.error());
  if (auto* authorizer = context.services.authorizer; authorizer && context.caller) {
    const auto needs = permissions::api_gateway({context.services.engine.site(), authorizer->reader()}, request);
    if (const auto denial = authorizer->refuse(*context.caller, needs)) co_return refusal(access_denied(Service::ApiGateway, *denial));
  }
  auto result = co_await run_operation(std::move(context), *catalogue().find(call->binding->operation), reader, std::move(*members));
  co_return result ? rest_answer(call->binding->status, *result) : refusal(result.error());
}

}  // namespace signalbox::aws::apigatewayv2
