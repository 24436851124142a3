#pragma once
/// Whom temporary credentials stand for. All of it is in the session token, authenticated by the master key, so that nothing is kept and it is good after
/// a restart. Pure.

#include "signalbox/keys.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::services {

/// A role as somebody acts in it. Without a role: the account's root, by GetSessionToken.
struct RoleSession {
  std::string role_arn;                       ///< `arn:aws:iam::000000000000:role/PATH/NAME`
  std::string name;                           ///< RoleSessionName; a function's own name
  std::vector<std::string> policies = {};     ///< documents given to AssumeRole, which limit the role's
  std::vector<std::string> policy_arns = {};  ///< managed ones given to it

  friend bool operator==(const RoleSession&, const RoleSession&) = default;
};

/// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`; the role's path is not in it.
[[nodiscard]] std::string assumed_role_arn(const RoleSession& session);
/// The last part of a role's ARN.
[[nodiscard]] std::string_view role_name_of(std::string_view role_arn);

/// For the credentials with this access key id (session_key()), and no others.
[[nodiscard]] std::string session_token(const MasterKey& master, std::string_view key_id, const RoleSession& session);
/// Nothing if the token was not made for this id here.
[[nodiscard]] std::optional<RoleSession> read_session_token(const MasterKey& master, std::string_view key_id, std::string_view token);

}  // namespace signalbox::services
