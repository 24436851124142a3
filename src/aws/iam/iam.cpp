#include "aws/iam/iam.h"

#include "signalbox/encoding.h"

namespace signalbox::aws::iam {

const Catalogue& catalogue() {
  static const Catalogue table{.operations = {{"AttachRolePolicy", &attach_role_policy},
                                              {"CreatePolicy", &create_policy},
                                              {"CreateRole", &create_role},
                                              {"DeletePolicy", &delete_policy},
                                              {"DeleteRole", &delete_role},
                                              {"DeleteRolePermissionsBoundary", &delete_role_permissions_boundary},
                                              {"DeleteRolePolicy", &delete_role_policy},
                                              {"DetachRolePolicy", &detach_role_policy},
                                              {"GetPolicy", &get_policy},
                                              {"GetPolicyVersion", &get_policy_version},
                                              {"GetRole", &get_role},
                                              {"GetRolePolicy", &get_role_policy},
                                              {"ListAttachedRolePolicies", &list_attached_role_policies},
                                              {"ListInstanceProfilesForRole", &list_instance_profiles_for_role},
                                              {"ListPolicies", &list_policies},
                                              {"ListPolicyVersions", &list_policy_versions},
                                              {"ListRolePolicies", &list_role_policies},
                                              {"ListRoleTags", &list_role_tags},
                                              {"ListRoles", &list_roles},
                                              {"PutRolePermissionsBoundary", &put_role_permissions_boundary},
                                              {"PutRolePolicy", &put_role_policy},
                                              {"TagRole", &tag_role},
                                              {"UntagRole", &untag_role},
                                              {"UpdateAssumeRolePolicy", &update_assume_role_policy},
                                              {"UpdateRole", &update_role}},
                               .not_offered = {"CreateAccessKey", "CreateGroup", "CreateInstanceProfile", "CreatePolicyVersion",
                                               "CreateUser", "DeleteAccessKey", "DeleteGroup", "DeleteUser", "GetUser", "ListAccessKeys",
                                               "ListGroups", "ListUsers", "PassRole", "SimulatePrincipalPolicy"}};
  return table;
}

Failure no_such(const std::string& what) { return {"NoSuchEntity", what + " cannot be found.", 404}; }

std::optional<Failure> fault_of(const Parameters& parameters) {
  auto fault = parameters.fault();
  if (fault && fault->code == "ValidationException") fault->code = "ValidationError";
  return fault;
}

std::optional<Failure> document_fault(std::string_view document, access::PolicyUse use) {
  const auto parsed = access::parse_policy(document, use);
  if (parsed) return std::nullopt;
  return Failure{"MalformedPolicyDocument",
                 parsed.error().code == ErrorCode::InvalidJson ? "This policy contains invalid Json" : parsed.error().message};
}

Json shown_document(std::string_view document) { return Json(percent_encode(document)); }

std::string entity_id(std::string_view prefix, std::string_view name) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id(prefix);
  for (const char byte : digest(DigestAlgorithm::Sha256, name).substr(0, 17))
    id += alphabet[static_cast<unsigned char>(byte) % alphabet.size()];
  return id;
}

std::string time_text(Timestamp time) { return format_rfc3339(time).substr(0, 19) + "Z"; }

Json whole_list(const char* member, Json::Array elements) {
  return json_object({{"IsTruncated", false}, {member, Json(std::move(elements))}});
}

}  // namespace signalbox::aws::iam
