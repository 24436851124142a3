// Routes, integrations, deployments and stages.
#include "aws/apigateway/apigateway.h"
#include "aws/apigatewayv2/apigatewayv2.h"
#include "services/http_apis/deployments.h"

#include <array>

namespace signalbox::aws::apigatewayv2 {

namespace {

using apigateway::failed;
using http_apis::Kind;

constexpr std::array<std::string_view, 7> route_members{
    "routeKey", "target", "authorizationType", "authorizerId", "authorizationScopes", "apiKeyRequired", "operationName"};
constexpr std::array<std::string_view, 17> integration_members{
    "integrationType",         "integrationUri",     "integrationMethod", "integrationSubtype", "payloadFormatVersion",
    "credentialsArn",          "connectionType",     "connectionId",      "description",        "requestParameters",
    "responseParameters",      "timeoutInMillis",    "tlsConfig",         "requestTemplates",   "templateSelectionExpression",
    "contentHandlingStrategy", "passthroughBehavior"};
constexpr std::array<std::string_view, 1> deployment_members{"description"};
constexpr std::array<std::string_view, 9> stage_members{"deploymentId",   "autoDeploy",          "description",
                                                        "stageVariables", "accessLogSettings",   "defaultRouteSettings",
                                                        "routeSettings",  "clientCertificateId", "tags"};

std::string api_of(const Json& request) { return member_text(request, "apiId"); }
std::string id_of(const Json& request) { return member_text(request, "id"); }

Answer<Json> answered(Result<Json> done) {
  if (!done) return failed(done.error());
  return std::move(*done);
}

Answer<Json> get_part(const Reader& reader, Kind kind, const Json& request) {
  return answered(http_apis::get_item(reader, api_of(request), kind, id_of(request)));
}

Answer<Json> list_parts(const Reader& reader, Kind kind, const Json& request) {
  if (const auto there = http_apis::get_api(reader, api_of(request)); !there) return failed(there.error());
  return page(http_apis::list_items(reader, api_of(request), kind), request,
              [](const Json& record) { return http_apis::shown_deployment(record); });
}

Answer<Json> delete_part(Transaction& transaction, Kind kind, const Json& request) {
  if (auto done = http_apis::delete_item(transaction, api_of(request), kind, id_of(request)); !done) return failed(done.error());
  return Json::empty_object();
}

/// What is there, with the members that the request sets.
Answer<Json> changed(const Reader& reader, Kind kind, const Json& request, std::span<const std::string_view> members) {
  auto record = get_part(reader, kind, request);
  if (!record) return record;
  return with_members(std::move(*record), request, members);
}

/// Parameters whose value is empty are taken back. [UpdateIntegration]
Json without_empty_parameters(const Json& record) {
  const auto* parameters = record.find("requestParameters");
  if (!parameters || !parameters->is_object()) return record;
  Json::Object kept;
  for (const auto& member : parameters->members())
    if (!(member.value == Json(""))) kept.push_back(member);
  return record.with("requestParameters", Json(std::move(kept)));
}

}  // namespace

// ---- routes ----------------------------------------------------------------------------------------------------------------------------

Answer<Json> create_route(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto id = apigateway::new_id(transaction, http_apis::part_id_length);
  return answered(http_apis::put_route(transaction, api_of(request), id, with_members(Json::empty_object(), request, route_members)));
}

Answer<Json> update_route(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto record = changed(transaction, Kind::Route, request, route_members);
  return record ? answered(http_apis::put_route(transaction, api_of(request), id_of(request), *record)) : record;
}

Answer<Json> delete_route(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return delete_part(transaction, Kind::Route, request);
}
Answer<Json> get_route(const OperationContext&, const Reader& reader, const Json& request) {
  return get_part(reader, Kind::Route, request);
}
Answer<Json> get_routes(const OperationContext&, const Reader& reader, const Json& request) {
  return list_parts(reader, Kind::Route, request);
}

// ---- integrations ----------------------------------------------------------------------------------------------------------------------

Answer<Json> create_integration(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto id = apigateway::new_id(transaction, http_apis::part_id_length);
  return answered(
      http_apis::put_integration(transaction, api_of(request), id, with_members(Json::empty_object(), request, integration_members)));
}

Answer<Json> update_integration(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto record = changed(transaction, Kind::Integration, request, integration_members);
  return record ? answered(http_apis::put_integration(transaction, api_of(request), id_of(request), without_empty_parameters(*record)))
                : record;
}

Answer<Json> delete_integration(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return delete_part(transaction, Kind::Integration, request);
}
Answer<Json> get_integration(const OperationContext&, const Reader& reader, const Json& request) {
  return get_part(reader, Kind::Integration, request);
}
Answer<Json> get_integrations(const OperationContext&, const Reader& reader, const Json& request) {
  return list_parts(reader, Kind::Integration, request);
}

// ---- deployments -----------------------------------------------------------------------------------------------------------------------

Answer<Json> create_deployment(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = api_of(request), stage = member_text(request, "stageName");
  const auto id = apigateway::new_id(transaction, gateway::deployment_id_length);
  auto made = http_apis::create_deployment(transaction, api, id, member_text(request, "description"));
  if (!made || stage.empty()) return answered(std::move(made));
  const auto there = http_apis::get_item(transaction, api, Kind::Stage, stage);
  if (!there) return failed(there.error());
  if (auto moved = http_apis::put_stage(transaction, api, stage, there->with("deploymentId", Json(id))); !moved)
    return failed(moved.error());
  return answered(std::move(made));
}

Answer<Json> update_deployment(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto record = changed(transaction, Kind::Deployment, request, deployment_members);
  if (!record) return record;
  http_apis::put_item(transaction, api_of(request), Kind::Deployment, id_of(request), *record);
  return http_apis::shown_deployment(*record);
}

Answer<Json> delete_deployment(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return delete_part(transaction, Kind::Deployment, request);
}

Answer<Json> get_deployment(const OperationContext&, const Reader& reader, const Json& request) {
  const auto record = get_part(reader, Kind::Deployment, request);
  return record ? Answer<Json>(http_apis::shown_deployment(*record)) : record;
}

Answer<Json> get_deployments(const OperationContext&, const Reader& reader, const Json& request) {
  return list_parts(reader, Kind::Deployment, request);
}

// ---- stages ----------------------------------------------------------------------------------------------------------------------------

namespace {

/// A stage that deploys itself chooses its deployment.
Answer<Json> put_stage(Transaction& transaction, const Json& request, const std::string& name, const Json& record) {
  const auto* automatic = record.find("autoDeploy");
  if (automatic && *automatic == Json(true) && !member_text(request, "deploymentId").empty())
    return Failure{"BadRequestException", "Deployment ID cannot be set by user if AutoDeploy is set to true", 400};
  return answered(http_apis::put_stage(transaction, api_of(request), name, record));
}

}  // namespace

Answer<Json> create_stage(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = api_of(request), name = member_text(request, "stageName");
  if (http_apis::find_item(transaction, api, Kind::Stage, name)) return Failure{"ConflictException", "Stage already exists", 409};
  return put_stage(transaction, request, name, with_members(Json::empty_object(), request, stage_members));
}

Answer<Json> update_stage(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto record = changed(transaction, Kind::Stage, request, stage_members);
  return record ? put_stage(transaction, request, id_of(request), *record) : record;
}

Answer<Json> delete_stage(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  return delete_part(transaction, Kind::Stage, request);
}

Answer<Json> delete_access_log_settings(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto record = get_part(transaction, Kind::Stage, request);
  return record ? answered(http_apis::put_stage(transaction, api_of(request), id_of(request), record->without("accessLogSettings")))
                : record;
}

Answer<Json> delete_route_settings(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto record = get_part(transaction, Kind::Stage, request);
  if (!record) return record;
  const auto settings = record->find("routeSettings")->without(member_text(request, "routeKey"));
  return answered(http_apis::put_stage(transaction, api_of(request), id_of(request), record->with("routeSettings", settings)));
}

Answer<Json> get_stage(const OperationContext&, const Reader& reader, const Json& request) {
  return get_part(reader, Kind::Stage, request);
}
Answer<Json> get_stages(const OperationContext&, const Reader& reader, const Json& request) {
  return list_parts(reader, Kind::Stage, request);
}

}  // namespace signalbox::aws::apigatewayv2
