#pragma once
/// The control plane of API Gateway's HTTP APIs (REST JSON). Members are spelled as on the wire. Source: API Gateway API Reference (V2).

#include "aws/aws_api.h"
#include "aws/operation.h"
#include "http/http.h"
#include "services/http_apis/rules.h"

#include <functional>
#include <span>
#include <string_view>

namespace signalbox::aws::apigatewayv2 {

/// What the paths of all these operations begin with.
inline constexpr std::string_view path_prefix = "/v2/";

[[nodiscard]] const Catalogue& catalogue();
[[nodiscard]] asio::awaitable<http::Response> answer(OperationContext context, const Reader& reader, http::Request request);

/// `{"items": […], "nextToken"?}`: `maxResults` items (100 at first) after `nextToken`, an id; each as `shown` gives it.
[[nodiscard]] Answer<Json> page(const gateway::Items& items, const Json& request, const std::function<Json(const Json&)>& shown);
/// The record with the members of `request` named `names` that are there set; null takes one back.
[[nodiscard]] Json with_members(Json record, const Json& request, std::span<const std::string_view> names);

// APIs
Answer<Json> create_api(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> import_api(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> reimport_api(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_api(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_api(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_cors_configuration(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_api(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_apis(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_tags(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> tag_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> untag_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request);

// Routes and integrations
Answer<Json> create_route(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_route(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_route(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_route(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_routes(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> create_integration(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_integration(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_integration(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_integration(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_integrations(const OperationContext& context, const Reader& reader, const Json& request);

// Deployments and stages
Answer<Json> create_deployment(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_deployment(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_deployment(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_deployment(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_deployments(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> create_stage(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_stage(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_stage(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_access_log_settings(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_route_settings(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_stage(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_stages(const OperationContext& context, const Reader& reader, const Json& request);

}  // namespace signalbox::aws::apigatewayv2
