#pragma once
/// How roles and policies are kept.

#include "aws/kept.h"
#include "signalbox/site.h"

#include <optional>
#include <string>

namespace signalbox::aws::iam {

inline constexpr const char* role_kind = "iam-role";  ///< name → role: Path, AssumeRolePolicyDocument, PermissionsBoundary, Tags, …
inline constexpr const char* inline_kind = "iam-role-policy";        ///< (role, policy's name) → {"document"}
inline constexpr const char* attached_kind = "iam-role-attachment";  ///< (role, policy's ARN) → {}
inline constexpr const char* policy_kind = "iam-policy";             ///< ARN → policy: PolicyDocument, …

[[nodiscard]] inline std::optional<Json> find_role(const Reader& reader, std::string_view name) {
  return find_kept(reader, role_kind, "", name);
}
[[nodiscard]] inline std::string role_arn(const Site& site, std::string_view name, const Json& kept) {
  return "arn:aws:iam::" + site.account + ":role" + std::string(kept.find("Path")->as_string()) + std::string(name);
}

}  // namespace signalbox::aws::iam
