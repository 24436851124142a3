#pragma once
/// The IAM API (Query): roles and managed policies. What is checked against them: aws/access/authorizer.h. Source: IAM API Reference.

#include "aws/operation.h"
#include "aws/parameters.h"
#include "services/access/policy.h"

#include <string>

namespace signalbox::aws::iam {

[[nodiscard]] const Catalogue& catalogue();

/// What the operations share. Errors have IAM's names: NoSuchEntity, EntityAlreadyExists, DeleteConflict, ValidationError.
[[nodiscard]] Failure no_such(const std::string& what);
[[nodiscard]] std::optional<Failure> fault_of(const Parameters& parameters);
/// MalformedPolicyDocument, if it is.
[[nodiscard]] std::optional<Failure> document_fault(std::string_view document, access::PolicyUse use);
/// Documents are shown percent-encoded.
[[nodiscard]] Json shown_document(std::string_view document);
/// `prefix` and 17 characters derived from the name.
[[nodiscard]] std::string entity_id(std::string_view prefix, std::string_view name);
/// `2026-11-24T01:02:03Z`
[[nodiscard]] std::string time_text(Timestamp time);
/// A list, never cut.
[[nodiscard]] Json whole_list(const char* member, Json::Array elements);

Answer<Json> create_role(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_role(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> update_role(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_assume_role_policy(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_role(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> put_role_permissions_boundary(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_role_permissions_boundary(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> list_roles(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> put_role_policy(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_role_policy(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> delete_role_policy(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> list_role_policies(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> attach_role_policy(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> detach_role_policy(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> list_attached_role_policies(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> list_instance_profiles_for_role(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> tag_role(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> untag_role(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> list_role_tags(const OperationContext& context, const Reader& reader, const Json& request);

Answer<Json> create_policy(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_policy(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> get_policy_version(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> list_policy_versions(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> delete_policy(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> list_policies(const OperationContext& context, const Reader& reader, const Json& request);

}  // namespace signalbox::aws::iam
