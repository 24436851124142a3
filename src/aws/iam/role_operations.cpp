// Roles, their inline policies and what is attached to them.
#include <algorithm>

#include "aws/aws_api.h"
#include "aws/iam/iam.h"
#include "aws/iam/role_records.h"
#include "services/access/policy.h"

namespace signalbox::aws::iam {

namespace {

struct Role {
  std::string name;
  Json kept;
};

Answer<Role> role_of(const Reader& reader, const Json& request) {
  Parameters parameters(request);
  auto name = parameters.required("RoleName", {1, 64});
  if (auto fault = fault_of(parameters)) return *fault;
  auto kept = find_kept(reader, role_kind, "", name);
  if (!kept) return no_such("The role with name " + name);
  return Role{std::move(name), std::move(*kept)};
}

Json role_json(const OperationContext& context, const std::string& name, const Json& kept) {
  Json out = json_object({{"Path", *kept.find("Path")},
                          {"RoleName", Json(name)},
                          {"RoleId", Json(entity_id("AROA", name))},
                          {"Arn", Json(role_arn(context.services.engine.site(), name, kept))},
                          {"CreateDate", *kept.find("CreateDate")},
                          {"AssumeRolePolicyDocument", shown_document(kept.find("AssumeRolePolicyDocument")->as_string())},
                          {"MaxSessionDuration", *kept.find("MaxSessionDuration")}});
  if (const Json* description = kept.find("Description")) out = out.with("Description", *description);
  if (const Json* tags = kept.find("Tags"); tags && tags->size() > 0) out = out.with("Tags", *tags);
  if (const Json* boundary = kept.find("PermissionsBoundary"))
    out = out.with("PermissionsBoundary", json_object({{"PermissionsBoundaryType", "Policy"}, {"PermissionsBoundaryArn", *boundary}}));
  return out;
}

std::string policy_name_of(std::string_view arn) { return std::string(arn.substr(arn.rfind('/') + 1)); }

Answer<Json> with_tags(EngineTransaction& transaction, const Role& role, Json::Array tags) {
  keep(transaction, role_kind, "", role.name, role.kept.with("Tags", Json(std::move(tags))));
  return Json::empty_object();
}

/// AWS's own policies are not kept here; the account's must be there.
bool is_policy(const Reader& reader, const std::string& arn) {
  return arn.find("::aws:policy/") != std::string::npos || find_kept(reader, policy_kind, "", arn).has_value();
}

}  // namespace

Answer<Json> create_role(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto name = parameters.required("RoleName", {1, 64});
  const auto document = parameters.required("AssumeRolePolicyDocument", {1, 131'072, true});
  const auto path = parameters.text("Path", {1, 512}).value_or("/");
  const auto description = parameters.text("Description", {0, 1000});
  const auto duration = parameters.integer("MaxSessionDuration", {3600, 43'200}).value_or(3600);
  const Json* tags = parameters.array("Tags");
  const auto boundary = parameters.text("PermissionsBoundary", {20, 2048});
  if (auto fault = fault_of(parameters)) return *fault;
  if (find_kept(transaction, role_kind, "", name))
    return Failure{"EntityAlreadyExists", "Role with name " + name + " already exists.", 409};
  if (auto fault = document_fault(document, access::PolicyUse::Trust)) return *fault;
  if (boundary && !is_policy(transaction, *boundary)) return no_such("Policy " + *boundary);
  Json kept = json_object({{"Path", Json(path)},
                           {"CreateDate", Json(time_text(transaction.now()))},
                           {"AssumeRolePolicyDocument", Json(document)},
                           {"MaxSessionDuration", Json(duration)},
                           {"Tags", tags ? *tags : Json::empty_array()}});
  if (description) kept = kept.with("Description", Json(*description));
  if (boundary) kept = kept.with("PermissionsBoundary", Json(*boundary));
  keep(transaction, role_kind, "", name, kept);
  return json_object({{"Role", role_json(context, name, kept)}});
}

Answer<Json> get_role(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto role = role_of(reader, request);
  if (!role) return role.error();
  return json_object({{"Role", role_json(context, role->name, role->kept)}});
}

Answer<Json> update_role(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  auto role = role_of(transaction, request);
  if (!role) return role.error();
  Parameters parameters(request);
  const auto description = parameters.text("Description", {0, 1000});
  const auto duration = parameters.integer("MaxSessionDuration", {3600, 43'200});
  if (auto fault = fault_of(parameters)) return *fault;
  if (description) role->kept = role->kept.with("Description", Json(*description));
  if (duration) role->kept = role->kept.with("MaxSessionDuration", Json(*duration));
  keep(transaction, role_kind, "", role->name, role->kept);
  return Json::empty_object();
}

Answer<Json> update_assume_role_policy(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto role = role_of(transaction, request);
  if (!role) return role.error();
  Parameters parameters(request);
  const auto document = parameters.required("PolicyDocument", {1, 131'072, true});
  if (auto fault = fault_of(parameters)) return *fault;
  if (auto fault = document_fault(document, access::PolicyUse::Trust)) return *fault;
  keep(transaction, role_kind, "", role->name, role->kept.with("AssumeRolePolicyDocument", Json(document)));
  return Json::empty_object();
}

Answer<Json> delete_role(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto role = role_of(transaction, request);
  if (!role) return role.error();
  if (!list_kept(transaction, attached_kind, role->name).empty())
    return Failure{"DeleteConflict", "Cannot delete entity, must detach all policies first.", 409};
  if (!list_kept(transaction, inline_kind, role->name).empty())
    return Failure{"DeleteConflict", "Cannot delete entity, must delete policies first.", 409};
  (void)drop_kept(transaction, role_kind, "", role->name);
  return Json::empty_object();
}

Answer<Json> list_roles(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto prefix = parameters.text("PathPrefix", {1, 512}).value_or("/");
  if (auto fault = fault_of(parameters)) return *fault;
  Json::Array roles;
  for (const auto& [name, kept] : list_kept(reader, role_kind, "")) {
    if (kept.find("Path")->as_string().starts_with(prefix)) roles.push_back(role_json(context, name, kept));
  }
  return whole_list("Roles", std::move(roles));
}

Answer<Json> put_role_permissions_boundary(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto role = role_of(transaction, request);
  if (!role) return role.error();
  Parameters parameters(request);
  const auto arn = parameters.required("PermissionsBoundary", {20, 2048});
  if (auto fault = fault_of(parameters)) return *fault;
  if (!is_policy(transaction, arn)) return no_such("Policy " + arn);
  keep(transaction, role_kind, "", role->name, role->kept.with("PermissionsBoundary", Json(arn)));
  return Json::empty_object();
}

Answer<Json> delete_role_permissions_boundary(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto role = role_of(transaction, request);
  if (!role) return role.error();
  keep(transaction, role_kind, "", role->name, role->kept.without("PermissionsBoundary"));
  return Json::empty_object();
}

// ---- inline policies -------------------------------------------------------------------------------------------------------------------
Answer<Json> put_role_policy(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto role = role_of(transaction, request);
  if (!role) return role.error();
  Parameters parameters(request);
  const auto name = parameters.required("PolicyName", {1, 128});
  const auto document = parameters.required("PolicyDocument", {1, 131'072, true});
  if (auto fault = fault_of(parameters)) return *fault;
  if (auto fault = document_fault(document, access::PolicyUse::Identity)) return *fault;
  keep(transaction, inline_kind, role->name, name, json_object({{"document", Json(document)}}));
  return Json::empty_object();
}

Answer<Json> get_role_policy(const OperationContext&, const Reader& reader, const Json& request) {
  const auto role = role_of(reader, request);
  if (!role) return role.error();
  Parameters parameters(request);
  const auto name = parameters.required("PolicyName", {1, 128});
  if (auto fault = fault_of(parameters)) return *fault;
  const auto policy = find_kept(reader, inline_kind, role->name, name);
  if (!policy) return no_such("The role policy with name " + name);
  return json_object({{"RoleName", Json(role->name)},
                      {"PolicyName", Json(name)},
                      {"PolicyDocument", shown_document(policy->find("document")->as_string())}});
}

Answer<Json> delete_role_policy(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto role = role_of(transaction, request);
  if (!role) return role.error();
  Parameters parameters(request);
  const auto name = parameters.required("PolicyName", {1, 128});
  if (auto fault = fault_of(parameters)) return *fault;
  if (!drop_kept(transaction, inline_kind, role->name, name)) return no_such("The role policy with name " + name);
  return Json::empty_object();
}

Answer<Json> list_role_policies(const OperationContext&, const Reader& reader, const Json& request) {
  const auto role = role_of(reader, request);
  if (!role) return role.error();
  Json::Array names;
  for (const auto& [name, policy] : list_kept(reader, inline_kind, role->name)) names.emplace_back(name);
  return whole_list("PolicyNames", std::move(names));
}

// ---- attached policies -----------------------------------------------------------------------------------------------------------------
Answer<Json> attach_role_policy(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto role = role_of(transaction, request);
  if (!role) return role.error();
  Parameters parameters(request);
  const auto arn = parameters.required("PolicyArn", {20, 2048});
  if (auto fault = fault_of(parameters)) return *fault;
  if (!is_policy(transaction, arn)) return no_such("Policy " + arn);
  keep(transaction, attached_kind, role->name, arn, Json::empty_object());
  return Json::empty_object();
}

Answer<Json> detach_role_policy(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto role = role_of(transaction, request);
  if (!role) return role.error();
  Parameters parameters(request);
  const auto arn = parameters.required("PolicyArn", {20, 2048});
  if (auto fault = fault_of(parameters)) return *fault;
  if (!drop_kept(transaction, attached_kind, role->name, arn)) return no_such("Policy " + arn);
  return Json::empty_object();
}

Answer<Json> list_attached_role_policies(const OperationContext&, const Reader& reader, const Json& request) {
  const auto role = role_of(reader, request);
  if (!role) return role.error();
  Json::Array policies;
  for (const auto& [arn, nothing] : list_kept(reader, attached_kind, role->name))
    policies.push_back(json_object({{"PolicyName", Json(policy_name_of(arn))}, {"PolicyArn", Json(arn)}}));
  return whole_list("AttachedPolicies", std::move(policies));
}

/// There are no instances here, but tools ask before they delete a role.
Answer<Json> list_instance_profiles_for_role(const OperationContext&, const Reader& reader, const Json& request) {
  const auto role = role_of(reader, request);
  if (!role) return role.error();
  return whole_list("InstanceProfiles", {});
}

// ---- tags ------------------------------------------------------------------------------------------------------------------------------
Answer<Json> tag_role(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto role = role_of(transaction, request);
  if (!role) return role.error();
  const Json* given = request.find("Tags");
  if (!given || !given->is_array())
    return Failure{"ValidationError",
                   "1 validation error detected: Value null at 'tags' failed to satisfy constraint: Member must not be null"};
  Json::Array tags;
  for (const Json& tag : role->kept.find("Tags")->elements()) {
    const auto replaced = [&](const Json& other) { return other.find("Key") && *other.find("Key") == *tag.find("Key"); };
    if (std::none_of(given->elements().begin(), given->elements().end(), replaced)) tags.push_back(tag);
  }
  for (const Json& tag : given->elements()) {
    if (tag.find("Key")) tags.push_back(tag);
  }
  return with_tags(transaction, *role, std::move(tags));
}

Answer<Json> untag_role(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto role = role_of(transaction, request);
  if (!role) return role.error();
  Parameters parameters(request);
  const auto keys = parameters.texts("TagKeys");
  if (auto fault = fault_of(parameters)) return *fault;
  Json::Array tags;
  for (const Json& tag : role->kept.find("Tags")->elements()) {
    if (std::find(keys.begin(), keys.end(), tag.find("Key")->as_string()) == keys.end()) tags.push_back(tag);
  }
  return with_tags(transaction, *role, std::move(tags));
}

Answer<Json> list_role_tags(const OperationContext&, const Reader& reader, const Json& request) {
  const auto role = role_of(reader, request);
  if (!role) return role.error();
  return whole_list("Tags", role->kept.find("Tags")->elements());
}

}  // namespace signalbox::aws::iam
