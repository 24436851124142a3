#pragma once
/// The control plane of API Gateway's REST APIs (REST JSON). Members are spelled as on the wire. Source: API Gateway API Reference (V1).

#include "aws/aws_api.h"
#include "aws/operation.h"
#include "http/http.h"
#include "services/gateway/gateway_rules.h"

namespace signalbox::aws::apigateway {

[[nodiscard]] const Catalogue& catalogue();
[[nodiscard]] asio::awaitable<http::Response> answer(OperationContext context, const Reader& reader, http::Request request);

/// The rules' error with AWS's name and status.
[[nodiscard]] Failure failed(const Error& error);
/// `{"item": […], "position"?}`: `limit` items (25 at first) after `position`, an id.
[[nodiscard]] Answer<Json> page(const gateway::Items& items, const Json& request);
/// The members of `request` named `names` that are there and not null.
[[nodiscard]] Json members_of(const Json& request, std::initializer_list<std::string_view> names);
/// An id that nobody has.
[[nodiscard]] std::string new_id(Transaction& transaction, std::size_t length);

// APIs
WriteOperation create_rest_api, update_rest_api, delete_rest_api;
ReadOperation get_rest_api, get_rest_apis, get_account;

/// An API that a document describes: the request has its members. [ImportRestApi]
WriteOperation import_rest_api;
/// The same for an API that is there: merged into it, or in its place. [PutRestApi]
WriteOperation put_rest_api;

// Resources
WriteOperation create_resource, update_resource, delete_resource;
ReadOperation get_resource, get_resources;

// Methods and their parts. The path's method is the member `method`, since an integration has an `httpMethod` of its own.
WriteOperation put_method, update_method, delete_method, put_method_response, update_method_response, delete_method_response,
    put_integration, update_integration, delete_integration, put_integration_response, update_integration_response,
    delete_integration_response;
ReadOperation get_method, get_method_response, get_integration, get_integration_response;

// Models, validators, gateway responses
WriteOperation create_model, update_model, delete_model, create_request_validator, update_request_validator, delete_request_validator,
    put_gateway_response, update_gateway_response, delete_gateway_response;
ReadOperation get_model, get_models, get_request_validator, get_request_validators, get_gateway_response, get_gateway_responses;

// trial.cpp
LongOperation test_invoke_method;

// API keys and usage plans
WriteOperation create_api_key, update_api_key, delete_api_key, create_usage_plan, update_usage_plan, delete_usage_plan,
    create_usage_plan_key, delete_usage_plan_key;
ReadOperation get_api_key, get_api_keys, get_usage_plan, get_usage_plans, get_usage_plan_key, get_usage_plan_keys;

ReadOperation get_usage;
WriteOperation update_usage;

// Deployments and stages
WriteOperation create_deployment, update_deployment, delete_deployment, create_stage, update_stage, delete_stage;
ReadOperation get_deployment, get_deployments, get_stage, get_stages;

}  // namespace signalbox::aws::apigateway
