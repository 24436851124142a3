#pragma once
/// The Lambda API (REST JSON): what its operations share. Source: Lambda API Reference and model; error texts as recorded on AWS.

#include "aws/aws_api.h"
#include "aws/operation.h"
#include "aws/parameters.h"
#include "services/functions/functions.h"
#include "services/functions/layers.h"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::aws::lambda {

[[nodiscard]] const Catalogue& catalogue();
/// A request whose path is one of Lambda's.
[[nodiscard]] asio::awaitable<http::Response> answer(OperationContext context, const Reader& reader, http::Request request);

/// `functions::Error`s with Lambda's names: ResourceNotFoundException, ResourceConflictException, InvalidParameterValueException, …
[[nodiscard]] Failure failure_of(const Error& error);
[[nodiscard]] Failure function_missing(const Site& site, const functions::FunctionReference& reference);
[[nodiscard]] Failure invalid_parameter(std::string message);

/// FunctionName, in any of its forms, and Qualifier. Errors: ValidationException; InvalidParameterValueException if both name one and they differ.
[[nodiscard]] Answer<functions::FunctionReference> reference_of(const Json& request);
/// The function itself, whatever the qualifier. Errors: ResourceNotFoundException.
[[nodiscard]] Answer<functions::FunctionConfig> function_of(const OperationContext& context, const Reader& reader,
                                                            const functions::FunctionReference& reference);
/// What name and qualifier mean.
[[nodiscard]] Answer<functions::FunctionConfig> qualified_function_of(const OperationContext& context, const Reader& reader,
                                                                      const functions::FunctionReference& reference);

/// FunctionConfiguration. `qualified`: the ARN ends with the version.
[[nodiscard]] Json configuration_json(const OperationContext& context, const functions::FunctionConfig& config, bool qualified);
[[nodiscard]] Json tags_json(const std::map<std::string, std::string>& tags);
/// A UUID that changes with every revision.
[[nodiscard]] std::string revision_id(std::string_view identity, std::int64_t revision);
/// `config` with the members of UpdateFunctionConfiguration that the request has; layers are looked up. Errors: as check().
[[nodiscard]] Answer<functions::FunctionConfig> with_configuration(const Reader& reader, functions::FunctionConfig config,
                                                                   const Json& request);
/// RevisionId, where a request has one, must be the present one: PreconditionFailedException.
[[nodiscard]] Answer<void> check_revision(const Json& request, std::string_view present);

/// A page of a list: from `Marker`, at most MaxItems (50).
struct Page {
  std::string after;
  std::size_t limit = 50;
};
[[nodiscard]] Answer<Page> page_of(const Json& request);

/// What the API shows: the archive's digest in base64; that of the content where code came as a folder.
[[nodiscard]] std::string shown_sha256(const std::string& of_archive, std::string_view code_hash);

struct UploadedCode {
  std::string hash, sha256;  ///< sha256: base64
  std::int64_t bytes = 0;
};
/// Code or Content of a request, unpacked and stored, away from the I/O thread. Errors: InvalidParameterValueException, RequestTooLargeException.
[[nodiscard]] asio::awaitable<Answer<UploadedCode>> upload(OperationContext context, Json code);
/// What stands in the function's policies goes with it.
void forget_policies(EngineTransaction& transaction, std::string_view function);

LongOperation create_function, update_function_code, delete_function;
WriteOperation update_function_configuration;
ReadOperation get_function, get_function_configuration, list_functions;

WriteOperation publish_version, create_alias, update_alias, delete_alias;
ReadOperation list_versions_by_function, get_alias, list_aliases;

// settings.cpp
WriteOperation put_function_concurrency, delete_function_concurrency, tag_resource, untag_resource, add_permission, remove_permission,
    put_function_event_invoke_config, update_function_event_invoke_config, delete_function_event_invoke_config;
ReadOperation get_function_concurrency, list_tags, get_policy, get_function_event_invoke_config, get_account_settings;

// layer_operations.cpp
LongOperation publish_layer_version;
WriteOperation delete_layer_version;
ReadOperation get_layer_version, get_layer_version_by_arn, list_layer_versions, list_layers;

// event_source_mappings.cpp
WriteOperation create_event_source_mapping, update_event_source_mapping, delete_event_source_mapping;
ReadOperation get_event_source_mapping, list_event_source_mappings;

// function_url_operations.cpp
WriteOperation create_function_url_config, update_function_url_config, delete_function_url_config;
ReadOperation get_function_url_config, list_function_url_configs;

/// Members of the answer: StatusCode, FunctionError, LogResult, ExecutedVersion, and Payload, a text, as the wire's body carries it.
LongOperation invoke;
/// The older way to ask for InvocationType Event; its member InvokeArgs is the body.
LongOperation invoke_async;
[[nodiscard]] Json invoke_async_request(const Json& parameters, const http::Request& request);
/// Invoke's members are headers, and its payload the body.
[[nodiscard]] Json invoke_request(const Json& parameters, const http::Request& request);
[[nodiscard]] http::Response invoke_response(const Json& answer);

}  // namespace signalbox::aws::lambda
