#include "aws/access/role_policies.h"

#include <algorithm>
#include <array>

#include "aws/iam/role_records.h"
#include "services/access/managed_policies.h"
#include "services/keys/role_session.h"

namespace signalbox::aws {

using access::Policy;
using access::PolicyUse;

namespace {

Result<Policy> parse_text(const Json* document, PolicyUse use) {
  if (!document || !document->is_string()) return error(ErrorCode::NotFound, "it has no document");
  return access::parse_policy(document->as_string(), use);
}

/// `cdk-QUALIFIER-deploy-role-ACCOUNT-REGION` and its like. CDK's bootstrap is there always.
bool is_bootstrap_role(std::string_view name) {
  constexpr std::array parts{"-deploy-role-", "-file-publishing-role-", "-image-publishing-role-", "-lookup-role-", "-cfn-exec-role-"};
  return name.starts_with("cdk-") &&
         std::any_of(parts.begin(), parts.end(), [&](const char* part) { return name.find(part) != std::string_view::npos; });
}

/// Together they may do everything, and whoever the account lets assume them may.
std::shared_ptr<const RolePolicies> bootstrap_role(const Site& site, const std::string& name) {
  auto role = std::make_shared<RolePolicies>();
  role->arn = site.role_arn(name);
  role->identity.push_back(
      *access::parse_policy(*access::managed_policy("arn:aws:iam::aws:policy/AdministratorAccess"), PolicyUse::Identity));
  const Json trust =
      json_object({{"Effect", "Allow"}, {"Principal", json_object({{"AWS", Json(site.account)}})}, {"Action", "sts:AssumeRole"}});
  role->trust = *access::parse_policy(json_object({{"Statement", trust}}), PolicyUse::Trust);
  return role;
}

}  // namespace

std::shared_ptr<const RolePolicies> RolePolicyCache::find(std::string_view role) {
  if (const auto changes = changes_.load(); changes != seen_) {
    roles_.clear();
    seen_ = changes;
  }
  const std::string name(services::role_name_of(role));
  const auto known = roles_.find(name);
  if (known != roles_.end()) return known->second;
  return roles_[name] = read(name);
}

Result<Policy> RolePolicyCache::managed(std::string_view arn) const {
  if (access::is_managed_by_aws(arn)) {
    const auto document = access::managed_policy(arn);
    if (!document) return error(ErrorCode::NotFound, "this managed policy of AWS's is not known here");
    return access::parse_policy(*document, PolicyUse::Identity);
  }
  const auto kept = find_kept(reader_, iam::policy_kind, "", arn);
  if (!kept) return error(ErrorCode::NotFound, "there is no such policy");
  return parse_text(kept->find("PolicyDocument"), PolicyUse::Identity);
}

void RolePolicyCache::add(RolePolicies& out, const std::string& what, Result<Policy> policy) const {
  if (policy) out.identity.push_back(std::move(*policy));
  else out.faults.push_back(what + ": " + policy.error().message);
}

std::shared_ptr<const RolePolicies> RolePolicyCache::read(const std::string& name) const {
  const auto kept = iam::find_role(reader_, name);
  if (!kept) return is_bootstrap_role(name) ? bootstrap_role(site_, name) : nullptr;
  auto out = std::make_shared<RolePolicies>();
  out->arn = iam::role_arn(site_, name, *kept);
  for (const auto& [policy, document] : list_kept(reader_, iam::inline_kind, name))
    add(*out, policy, parse_text(document.find("document"), PolicyUse::Identity));
  for (const auto& [arn, nothing] : list_kept(reader_, iam::attached_kind, name)) add(*out, arn, managed(arn));
  if (auto trust = parse_text(kept->find("AssumeRolePolicyDocument"), PolicyUse::Trust)) out->trust = std::move(*trust);
  if (const auto* arn = kept->find("PermissionsBoundary")) {
    auto boundary = managed(arn->as_string());
    // One that cannot be read allows nothing.
    out->boundary = boundary ? std::move(*boundary) : Policy{};
    if (!boundary) out->faults.push_back(std::string(arn->as_string()) + ": " + boundary.error().message);
  }
  if (const auto* duration = kept->find("MaxSessionDuration"))
    out->session_seconds_max = duration->as_integer().value_or(out->session_seconds_max);
  if (const auto* tags = kept->find("Tags"))
    for (const auto& tag : tags->elements()) {
      const auto *key = tag.find("Key"), *value = tag.find("Value");
      if (key && key->is_string())
        out->tags.emplace_back(key->as_string(), value && value->is_string() ? std::string(value->as_string()) : std::string());
    }
  return out;
}

}  // namespace signalbox::aws
