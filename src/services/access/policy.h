#pragma once
/// Policy documents, read and checked. Pure. Source: IAM User Guide, "IAM JSON policy element reference" and "Grammar of the IAM JSON policy language".

#include "services/access/condition.h"
#include "signalbox/json.h"
#include "signalbox/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::access {

/// What a policy is put on. An identity's names no principal, a role's trust policy no resource, a resource's names both (its Resource may be left out).
enum class PolicyUse : std::uint8_t { Identity, Resource, Trust };

/// The Principal element. `anybody`: `*`.
struct Principals {
  bool anybody = false;
  std::vector<std::string> aws;       ///< account numbers, ARNs of accounts, roles, users and sessions
  std::vector<std::string> services;  ///< `lambda.amazonaws.com`
};

struct Statement {
  std::string id;                                                           ///< Sid; may be empty
  bool allows = false;                                                      ///< Effect; otherwise it denies
  Principals principals;                                                    ///< empty in identities' policies
  bool not_principals = false, not_actions = false, not_resources = false;  ///< NotPrincipal, NotAction, NotResource
  std::vector<std::string> actions;
  std::vector<std::string> resources;  ///< empty: all that the policy is put on
  std::vector<Condition> conditions;
};

struct Policy {
  bool has_variables = false;  ///< version 2012-10-17
  std::vector<Statement> statements;
};

/// Errors: InvalidArgument, InvalidJson, with IAM's texts for a MalformedPolicyDocument where it has any.
[[nodiscard]] Result<Policy> parse_policy(std::string_view document, PolicyUse use);
[[nodiscard]] Result<Policy> parse_policy(const Json& document, PolicyUse use);

}  // namespace signalbox::access
