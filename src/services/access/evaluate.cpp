#include "services/access/evaluate.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::access {

namespace {

/// How closely a Principal element names the one who asks. What names the account alone leaves it to the account's own policies.
enum class Naming : std::uint8_t { None, Account, Role, Session };

bool names_account(std::string_view principal, const Identity& identity) {
  if (principal == identity.account) return true;
  return principal.starts_with("arn:") && principal.ends_with(":iam::" + identity.account + ":root");
}

Naming naming(const Principals& principals, const Identity& identity) {
  if (!identity.service.empty()) {
    const bool named = std::find(principals.services.begin(), principals.services.end(), identity.service) != principals.services.end();
    return named || principals.anybody ? Naming::Session : Naming::None;
  }
  auto closest = principals.anybody ? Naming::Role : Naming::None;
  for (const auto& principal : principals.aws) {
    const auto how = principal == identity.session_arn    ? Naming::Session
                     : principal == identity.role_arn     ? Naming::Role
                     : names_account(principal, identity) ? Naming::Account
                                                          : Naming::None;
    closest = std::max(closest, how);
  }
  return closest;
}

bool any_action(const Statement& statement, const Request& request) {
  const bool any = std::any_of(statement.actions.begin(), statement.actions.end(), [&](const std::string& text) {
    return TextPattern::of(text, {}, false)->matches_ignoring_case(request.action);  // actions hold no variables
  });
  return any != statement.not_actions;
}

bool any_resource(const Policy& policy, const Statement& statement, const Request& request) {
  if (statement.resources.empty()) return true;
  const bool any = std::any_of(statement.resources.begin(), statement.resources.end(), [&](const std::string& text) {
    const auto pattern = TextPattern::of(text, request.keys, policy.has_variables);
    return pattern && pattern->matches_arn(request.resource);
  });
  return any != statement.not_resources;
}

bool all_conditions(const Policy& policy, const Statement& statement, const Request& request) {
  return std::all_of(statement.conditions.begin(), statement.conditions.end(),
                     [&](const Condition& condition) { return holds(condition, request.keys, policy.has_variables); });
}

bool concerns(const Policy& policy, const Statement& statement, const Request& request) {
  return any_action(statement, request) && any_resource(policy, statement, request) && all_conditions(policy, statement, request);
}

struct Verdict {
  bool denies = false, allows = false;
};

Verdict verdict(const Policy& policy, const Request& request) {
  Verdict out;
  for (const auto& statement : policy.statements) {
    if (!concerns(policy, statement, request)) continue;
    (statement.allows ? out.allows : out.denies) = true;
  }
  return out;
}

Verdict verdict(const std::vector<const Policy*>& policies, const Request& request) {
  Verdict out;
  for (const auto* policy : policies) {
    const auto one = verdict(*policy, request);
    out.denies = out.denies || one.denies;
    out.allows = out.allows || one.allows;
  }
  return out;
}

/// A policy that limits; without one nothing is limited.
Verdict limit(const std::vector<const Policy*>& policies, const Request& request) {
  return policies.empty() ? Verdict{false, true} : verdict(policies, request);
}

struct ResourceVerdict {
  bool denies = false;
  Naming allows = Naming::None;
};

ResourceVerdict resource_verdict(const Policy* policy, const Identity& identity, const Request& request) {
  ResourceVerdict out;
  if (!policy) return out;
  for (const auto& statement : policy->statements) {
    auto how = naming(statement.principals, identity);
    if (statement.not_principals) how = how == Naming::None ? Naming::Role : Naming::None;
    if (how == Naming::None || !concerns(*policy, statement, request)) continue;
    if (!statement.allows) out.denies = true;
    else out.allows = std::max(out.allows, how);
  }
  return out;
}

const char* name_of(PolicyKind kind) {
  switch (kind) {
    case PolicyKind::Identity: return "identity-based policy";
    case PolicyKind::Boundary: return "permissions boundary";
    case PolicyKind::Session: return "session policy";
    case PolicyKind::Resource: return "resource-based policy";
    case PolicyKind::Trust: return "role trust policy";
  }
  return "policy";
}

}  // namespace

std::optional<Denial> evaluate(const Policies& policies, const Identity& identity, const Request& request, PolicyKind resource_kind) {
  const auto own = verdict(policies.identity, request);
  const auto boundary = limit(policies.boundary ? std::vector{policies.boundary} : std::vector<const Policy*>(), request);
  const auto session = limit(policies.session, request);
  const auto resource = resource_verdict(policies.resource, identity, request);
  if (own.denies) return Denial{PolicyKind::Identity, true};
  if (boundary.denies) return Denial{PolicyKind::Boundary, true};
  if (session.denies) return Denial{PolicyKind::Session, true};
  if (resource.denies) return Denial{resource_kind, true};
  if (identity.is_anonymous) return resource.allows == Naming::None ? std::optional(Denial{resource_kind, false}) : std::nullopt;
  // What names the very session is limited by nothing else; what names its role is. [Policy evaluation logic, resource-based policies]
  if (resource.allows == Naming::Session) return std::nullopt;
  const bool must_be_trusted = resource_kind == PolicyKind::Trust;
  if (must_be_trusted && resource.allows == Naming::None) return Denial{resource_kind, false};
  if (!identity.service.empty()) return Denial{resource_kind, false};
  if (!own.allows && resource.allows != Naming::Role) return Denial{PolicyKind::Identity, false};
  if (!boundary.allows) return Denial{PolicyKind::Boundary, false};
  if (!session.allows) return Denial{PolicyKind::Session, false};
  return std::nullopt;
}

std::string denial_text(const Denial& denial, const Identity& identity, std::string_view action, std::string_view resource) {
  const auto beginning = fmt::format("User: {} is not authorized to perform: {} on resource: {}", identity.shown(), action, resource);
  if (denial.is_explicit)
    return fmt::format("{} with an explicit deny in {} {}", beginning, denial.by == PolicyKind::Identity ? "an" : "a", name_of(denial.by));
  return fmt::format("{} because no {} allows the {} action", beginning, name_of(denial.by), action);
}

}  // namespace signalbox::access
