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

WriteOperation create_role, update_role, update_assume_role_policy, delete_role, put_role_permissions_boundary,
    delete_role_permissions_boundary, put_role_policy, delete_role_policy, attach_role_policy, detach_role_policy, tag_role, untag_role;
ReadOperation get_role, list_roles, get_role_policy, list_role_policies, list_attached_role_policies, list_instance_profiles_for_role,
    list_role_tags;

WriteOperation create_policy, delete_policy;
ReadOperation get_policy, get_policy_version, list_policy_versions, list_policies;

}  // namespace signalbox::aws::iam
