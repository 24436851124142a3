/// Source: Service Authorization Reference, AWS IAM.

#include "aws/access/permissions.h"
#include "aws/iam/role_records.h"

#include <array>

namespace signalbox::aws::permissions {

namespace {

/// The path of a role that is not there yet is in the request.
std::string role(const NeedContext& context, const Json& request) {
  const auto name = member_text(request, "RoleName");
  if (const auto kept = iam::find_role(context.reader, name)) return iam::role_arn(context.site, name, *kept);
  const auto path = member_text(request, "Path");
  return "arn:aws:iam::" + context.site.account + ":role" + (path.empty() ? "/" : path) + name;
}
std::string all_roles(const NeedContext& context, const Json&) { return "arn:aws:iam::" + context.site.account + ":role/"; }
std::string policy(const NeedContext&, const Json& request) { return member_text(request, "PolicyArn"); }
std::string new_policy(const NeedContext& context, const Json& request) {
  const auto path = member_text(request, "Path");
  return "arn:aws:iam::" + context.site.account + ":policy" + (path.empty() ? "/" : path) + member_text(request, "PolicyName");
}
std::string all_policies(const NeedContext& context, const Json&) { return "arn:aws:iam::" + context.site.account + ":policy/"; }

constexpr std::array rows{NeedRow{"CreatePolicy", "", &new_policy},   NeedRow{"DeletePolicy", "", &policy},
                          NeedRow{"GetPolicy", "", &policy},          NeedRow{"GetPolicyVersion", "", &policy},
                          NeedRow{"ListPolicies", "", &all_policies}, NeedRow{"ListPolicyVersions", "", &policy},
                          NeedRow{"ListRoles", "", &all_roles}};

}  // namespace

Needs iam(const NeedContext& context, std::string_view operation, const Json& request) {
  auto needs = needs_by(rows, "iam", &role, context, operation, request);
  const bool attaches = operation == "AttachRolePolicy" || operation == "DetachRolePolicy";
  if (attaches) needs.front().keys["iam:policyarn"] = {member_text(request, "PolicyArn")};
  if (const auto boundary = member_text(request, "PermissionsBoundary"); !boundary.empty())
    needs.front().keys["iam:permissionsboundary"] = {boundary};
  return needs;
}

}  // namespace signalbox::aws::permissions
