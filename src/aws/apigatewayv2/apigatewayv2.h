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
WriteOperation create_api, import_api, reimport_api, update_api, delete_api, delete_cors_configuration, tag_resource, untag_resource;
ReadOperation get_api, get_apis, get_tags;

// Routes and integrations
WriteOperation create_route, update_route, delete_route, create_integration, update_integration, delete_integration;
ReadOperation get_route, get_routes, get_integration, get_integrations;

// Deployments and stages
WriteOperation create_deployment, update_deployment, delete_deployment, create_stage, update_stage, delete_stage,
    delete_access_log_settings, delete_route_settings;
ReadOperation get_deployment, get_deployments, get_stage, get_stages;

}  // namespace signalbox::aws::apigatewayv2
