#include "aws/lambda/lambda.h"

#include <array>
#include <charconv>

#include "aws/access/passed_roles.h"
#include "aws/rest_call.h"
#include "services/functions/service.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::lambda {

namespace {

const std::vector<RestBinding>& bindings() {
  static const QueryMember qualifier{"Qualifier", "Qualifier"}, marker{"Marker", "Marker"}, max_items{"MaxItems", "MaxItems"};
  static const std::vector<RestBinding> table{
      {"POST", "/2015-03-31/functions", "CreateFunction", 201},
      {"GET",
       "/2015-03-31/functions",
       "ListFunctions",
       200,
       {marker, max_items, {"FunctionVersion", "FunctionVersion"}, {"MasterRegion", "MasterRegion"}}},
      {"GET", "/2015-03-31/functions/{FunctionName}", "GetFunction", 200, {qualifier}},
      {"DELETE", "/2015-03-31/functions/{FunctionName}", "DeleteFunction", 204, {qualifier}},
      {"GET", "/2015-03-31/functions/{FunctionName}/configuration", "GetFunctionConfiguration", 200, {qualifier}},
      {"PUT", "/2015-03-31/functions/{FunctionName}/configuration", "UpdateFunctionConfiguration"},
      {"PUT", "/2015-03-31/functions/{FunctionName}/code", "UpdateFunctionCode"},
      {"POST", "/2015-03-31/functions/{FunctionName}/invocations", "Invoke", 200, {qualifier}},
      {"POST", "/2014-11-13/functions/{FunctionName}/invoke-async", "InvokeAsync", 202},
      {"GET", "/2015-03-31/functions/{FunctionName}/versions", "ListVersionsByFunction", 200, {marker, max_items}},
      {"POST", "/2015-03-31/functions/{FunctionName}/versions", "PublishVersion", 201},
      {"GET",
       "/2015-03-31/functions/{FunctionName}/aliases",
       "ListAliases",
       200,
       {marker, max_items, {"FunctionVersion", "FunctionVersion"}}},
      {"POST", "/2015-03-31/functions/{FunctionName}/aliases", "CreateAlias", 201},
      {"GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "GetAlias"},
      {"PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "UpdateAlias"},
      {"DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "DeleteAlias", 204},
      {"PUT", "/2017-10-31/functions/{FunctionName}/concurrency", "PutFunctionConcurrency"},
      {"DELETE", "/2017-10-31/functions/{FunctionName}/concurrency", "DeleteFunctionConcurrency", 204},
      {"GET", "/2019-09-30/functions/{FunctionName}/concurrency", "GetFunctionConcurrency"},
      {"POST", "/2015-03-31/functions/{FunctionName}/policy", "AddPermission", 201, {qualifier}},
      {"GET", "/2015-03-31/functions/{FunctionName}/policy", "GetPolicy", 200, {qualifier}},
      {"DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}", "RemovePermission", 204, {qualifier}},
      {"PUT", "/2019-09-25/functions/{FunctionName}/event-invoke-config", "PutFunctionEventInvokeConfig", 200, {qualifier}},
      {"POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config", "UpdateFunctionEventInvokeConfig", 200, {qualifier}},
      {"GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config", "GetFunctionEventInvokeConfig", 200, {qualifier}},
      {"DELETE", "/2019-09-25/functions/{FunctionName}/event-invoke-config", "DeleteFunctionEventInvokeConfig", 204, {qualifier}},
      {"GET", "/2017-03-31/tags/{Resource+}", "ListTags"},
      {"POST", "/2017-03-31/tags/{Resource+}", "TagResource", 204},
      {"DELETE", "/2017-03-31/tags/{Resource+}", "UntagResource", 204, {{"tagKeys", "TagKeys", true}}},
      {"GET", "/2016-08-19/account-settings", "GetAccountSettings"},
      {"POST", "/2015-03-31/event-source-mappings", "CreateEventSourceMapping", 202},
      {"GET",
       "/2015-03-31/event-source-mappings",
       "ListEventSourceMappings",
       200,
       {marker, max_items, {"EventSourceArn", "EventSourceArn"}, {"FunctionName", "FunctionName"}}},
      {"GET", "/2015-03-31/event-source-mappings/{UUID}", "GetEventSourceMapping"},
      {"PUT", "/2015-03-31/event-source-mappings/{UUID}", "UpdateEventSourceMapping", 202},
      {"DELETE", "/2015-03-31/event-source-mappings/{UUID}", "DeleteEventSourceMapping", 202},
      {"GET",
       "/2018-10-31/layers",
       "ListLayers",
       200,
       {marker, max_items, {"Arn", "Arn"}}},  // with find=LayerVersion: GetLayerVersionByArn
      {"POST", "/2018-10-31/layers/{LayerName}/versions", "PublishLayerVersion", 201},
      {"GET", "/2018-10-31/layers/{LayerName}/versions", "ListLayerVersions", 200, {marker, max_items}},
      {"GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", "GetLayerVersion"},
      {"DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", "DeleteLayerVersion", 204},
      {"POST", "/2021-10-31/functions/{FunctionName}/url", "CreateFunctionUrlConfig", 201, {qualifier}},
      {"GET", "/2021-10-31/functions/{FunctionName}/url", "GetFunctionUrlConfig", 200, {qualifier}},
      {"PUT", "/2021-10-31/functions/{FunctionName}/url", "UpdateFunctionUrlConfig", 200, {qualifier}},
      {"DELETE", "/2021-10-31/functions/{FunctionName}/url", "DeleteFunctionUrlConfig", 204, {qualifier}},
      {"GET", "/2021-10-31/functions/{FunctionName}/urls", "ListFunctionUrlConfigs", 200, {marker, max_items}},
      // What is not offered, so that it is refused by its name.
      {"POST", "/2021-11-15/functions/{FunctionName}/response-streaming-invocations", "InvokeWithResponseStream"},
      {"PUT", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", "PutProvisionedConcurrencyConfig"},
      {"GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
       "GetProvisionedConcurrencyConfig"},  // with List=ALL: ListProvisionedConcurrencyConfigs
      {"DELETE", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", "DeleteProvisionedConcurrencyConfig"},
      {"PUT", "/2020-06-30/functions/{FunctionName}/code-signing-config", "PutFunctionCodeSigningConfig"},
      {"GET", "/2020-06-30/functions/{FunctionName}/code-signing-config", "GetFunctionCodeSigningConfig"},
      {"PUT", "/2021-07-20/functions/{FunctionName}/runtime-management-config", "PutRuntimeManagementConfig"},
      {"GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list", "ListFunctionEventInvokeConfigs"},
      {"POST", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", "AddLayerVersionPermission"},
  };
  return table;
}

Failure unparsable(const std::string& why) { return {"InvalidRequestContentException", "Could not parse request body into json: " + why}; }

}  // namespace

const Catalogue& catalogue() {
  static const Catalogue table{
      .operations = {{"AddPermission", &add_permission},
                     {"CreateAlias", &create_alias},
                     {"CreateEventSourceMapping", &create_event_source_mapping},
                     {"CreateFunction", &create_function},
                     {"CreateFunctionUrlConfig", &create_function_url_config},
                     {"DeleteAlias", &delete_alias},
                     {"DeleteEventSourceMapping", &delete_event_source_mapping},
                     {"DeleteFunction", &delete_function},
                     {"DeleteFunctionConcurrency", &delete_function_concurrency},
                     {"DeleteFunctionEventInvokeConfig", &delete_function_event_invoke_config},
                     {"DeleteFunctionUrlConfig", &delete_function_url_config},
                     {"DeleteLayerVersion", &delete_layer_version},
                     {"GetAccountSettings", &get_account_settings},
                     {"GetAlias", &get_alias},
                     {"GetEventSourceMapping", &get_event_source_mapping},
                     {"GetFunction", &get_function},
                     {"GetFunctionConcurrency", &get_function_concurrency},
                     {"GetFunctionEventInvokeConfig", &get_function_event_invoke_config},
                     {"GetFunctionUrlConfig", &get_function_url_config},
                     {"GetLayerVersion", &get_layer_version},
                     {"GetLayerVersionByArn", &get_layer_version_by_arn},
                     {"GetPolicy", &get_policy},
                     {"GetFunctionConfiguration", &get_function_configuration},
                     {"Invoke", &invoke},
                     {"InvokeAsync", &invoke_async},
                     {"ListAliases", &list_aliases},
                     {"ListEventSourceMappings", &list_event_source_mappings},
                     {"ListFunctionUrlConfigs", &list_function_url_configs},
                     {"ListFunctions", &list_functions},
                     {"ListLayerVersions", &list_layer_versions},
                     {"ListLayers", &list_layers},
                     {"ListTags", &list_tags},
                     {"ListVersionsByFunction", &list_versions_by_function},
                     {"PublishLayerVersion", &publish_layer_version},
                     {"PublishVersion", &publish_version},
                     {"PutFunctionConcurrency", &put_function_concurrency},
                     {"PutFunctionEventInvokeConfig", &put_function_event_invoke_config},
                     {"RemovePermission", &remove_permission},
                     {"TagResource", &tag_resource},
                     {"UntagResource", &untag_resource},
                     {"UpdateAlias", &update_alias},
                     {"UpdateEventSourceMapping", &update_event_source_mapping},
                     {"UpdateFunctionCode", &update_function_code},
                     {"UpdateFunctionConfiguration", &update_function_configuration},
                     {"UpdateFunctionEventInvokeConfig", &update_function_event_invoke_config},
                     {"UpdateFunctionUrlConfig", &update_function_url_config}},
      .not_offered = {"AddLayerVersionPermission", "DeleteProvisionedConcurrencyConfig", "GetFunctionCodeSigningConfig",
                      "GetProvisionedConcurrencyConfig", "InvokeWithResponseStream", "ListFunctionEventInvokeConfigs",
                      "ListProvisionedConcurrencyConfigs", "PutFunctionCodeSigningConfig", "PutProvisionedConcurrencyConfig",
                      "PutRuntimeManagementConfig"}};
  return table;
}

asio::awaitable<http::Response> answer(OperationContext context, const Reader& reader, http::Request request) {
  const auto call = match_rest_call(bindings(), request);
  const bool by_arn = call && call->binding->operation == "ListLayers" && request.query_value("find") == "LayerVersion";
  const Operation* operation = call ? catalogue().find(by_arn ? "GetLayerVersionByArn" : call->binding->operation) : nullptr;
  if (!operation) {
    const auto name = call ? std::string(call->binding->operation) : request.method + " " + request.path;
    co_return rest_failure({"UnknownOperationException", "Lambda's " + name + " is not supported here", 404});
  }
  const bool invokes = call->binding->operation == "Invoke";
  const bool invokes_later = call->binding->operation == "InvokeAsync";
  auto members = invokes         ? Answer<Json>(invoke_request(call->parameters, request))
                 : invokes_later ? Answer<Json>(invoke_async_request(call->parameters, request))
                                 : with_body(call->parameters, request, &unparsable);
  if (!members) co_return rest_failure(members.error());
  if (const auto denial = denied(context, Service::Lambda, by_arn ? "GetLayerVersionByArn" : call->binding->operation, *members))
    co_return rest_failure(*denial);
  if (const auto refusal = refused_role(context, Service::Lambda, call->binding->operation, *members)) co_return rest_failure(*refusal);
  auto result = co_await run_operation(std::move(context), *operation, reader, std::move(*members));
  if (!result) co_return rest_failure(result.error());
  co_return invokes ? invoke_response(*result) : rest_answer(call->binding->status, *result);
}

Failure failure_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::NotFound: return {"ResourceNotFoundException", error.message, 404};
    case ErrorCode::AlreadyExists:
    case ErrorCode::Conflict: return {"ResourceConflictException", error.message, 409};
    case ErrorCode::TooLarge: return {"RequestEntityTooLargeException", error.message, 413};
    case ErrorCode::InvalidArgument:
    case ErrorCode::NotSupported: return invalid_parameter(error.message);
    default: return {"ServiceException", error.message, error.code == ErrorCode::Unavailable ? 503 : 500};
  }
}

Failure function_missing(const Site& site, const functions::FunctionReference& reference) {
  return {"ResourceNotFoundException",
          "Function not found: " + site.function_arn(reference.name) + (reference.qualifier.empty() ? "" : ":" + reference.qualifier), 404};
}

Failure invalid_parameter(std::string message) { return {"InvalidParameterValueException", std::move(message)}; }

Answer<functions::FunctionReference> reference_of(const Json& request) {
  Parameters parameters(request);
  const auto name = parameters.required("FunctionName");
  const auto qualifier = parameters.text("Qualifier");
  if (auto fault = parameters.fault()) return *fault;
  auto reference = functions::parse_function_reference(name);
  if (!reference) {
    parameters.violation("'" + name + "'", "functionName", functions::not_a_function_reference);
    return *parameters.fault();
  }
  if (qualifier && !reference->qualifier.empty() && *qualifier != reference->qualifier) {
    return invalid_parameter("The derived qualifier from the function name does not match the specified qualifier.");
  }
  if (qualifier) reference->qualifier = *qualifier;
  return std::move(*reference);
}

Answer<functions::FunctionConfig> function_of(const OperationContext& context, const Reader& reader,
                                              const functions::FunctionReference& reference) {
  auto config = functions::find_function(reader, reference.name);
  if (!config) return function_missing(context.services.engine.site(), {reference.name, {}});
  return std::move(*config);
}

Answer<functions::FunctionConfig> qualified_function_of(const OperationContext& context, const Reader& reader,
                                                        const functions::FunctionReference& reference) {
  auto config = functions::find_qualified(reader, reference.name, reference.qualifier);
  if (!config) return function_missing(context.services.engine.site(), reference);
  return std::move(*config);
}

Answer<void> check_revision(const Json& request, std::string_view present) {
  const Json* given = request.find("RevisionId");
  if (!given || !given->is_string() || given->as_string() == present) return {};
  return Failure{"PreconditionFailedException",
                 "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest "
                 "Revision Id for your resource.",
                 412};
}

Answer<Page> page_of(const Json& request) {
  Parameters parameters(request);
  Page page;
  const auto marker = parameters.text("Marker");
  page.limit = static_cast<std::size_t>(parameters.integer("MaxItems", {1, 10'000}).value_or(50));
  if (auto fault = parameters.fault()) return *fault;
  constexpr std::size_t limit_max = 50;
  page.limit = std::min(page.limit, limit_max);
  if (!marker || marker->empty()) return page;
  auto decoded = base64url_decode(*marker);
  if (!decoded) return invalid_parameter("Invalid Marker: " + *marker);
  page.after = std::move(*decoded);
  return page;
}

}  // namespace signalbox::aws::lambda
