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
Answer<Json> create_rest_api(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_rest_api(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_rest_api(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_rest_api(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_rest_apis(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_account(const OperationContext& context, const Reader& reader, const Json& request);

/// An API that a document describes: the request has its members. [ImportRestApi]
Answer<Json> import_rest_api(const OperationContext& context, EngineTransaction& transaction, const Json& request);
/// The same for an API that is there: merged into it, or in its place. [PutRestApi]
Answer<Json> put_rest_api(const OperationContext& context, EngineTransaction& transaction, const Json& request);

// Resources
Answer<Json> create_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_resource(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_resources(const OperationContext& context, const Reader& reader, const Json& request);

// Methods and their parts. The path's method is the member `method`, since an integration has an `httpMethod` of its own.
Answer<Json> put_method(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_method(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_method(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_method(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> put_method_response(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_method_response(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_method_response(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_method_response(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> put_integration(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_integration(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_integration(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_integration(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> put_integration_response(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_integration_response(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_integration_response(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_integration_response(const OperationContext& context, const Reader& reader, const Json& request);

// Models, validators, gateway responses
Answer<Json> create_model(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_model(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_model(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_model(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_models(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> create_request_validator(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_request_validator(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_request_validator(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_request_validator(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_request_validators(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> put_gateway_response(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_gateway_response(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_gateway_response(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_gateway_response(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_gateway_responses(const OperationContext& context, const Reader& reader, const Json& request);

// trial.cpp
asio::awaitable<Answer<Json>> test_invoke_method(OperationContext context, Json request);

// API keys and usage plans
Answer<Json> create_api_key(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_api_key(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_api_key(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_api_key(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_api_keys(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> create_usage_plan(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_usage_plan(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_usage_plan(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_usage_plan(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_usage_plans(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> create_usage_plan_key(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_usage_plan_key(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_usage_plan_key(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_usage_plan_keys(const OperationContext& context, const Reader& reader, const Json& request);

Answer<Json> get_usage(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> update_usage(const OperationContext& context, EngineTransaction& transaction, const Json& request);

// Deployments and stages
Answer<Json> create_deployment(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_deployment(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_deployment(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_deployment(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_deployments(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> create_stage(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_stage(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_stage(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_stage(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_stages(const OperationContext& context, const Reader& reader, const Json& request);

}  // namespace signalbox::aws::apigateway
