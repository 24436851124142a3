#pragma once
/// Whether policies permit a request. Pure. Source: IAM User Guide, "Policy evaluation logic", within one account.

#include "services/access/policy.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::access {

/// Who asks: a role's session, a service for itself (then only `service` is set), or nobody in particular.
struct Identity {
  std::string role_arn;     ///< `arn:aws:iam::000000000000:role/NAME`
  std::string session_arn;  ///< `arn:aws:sts::000000000000:assumed-role/NAME/SESSION`
  std::string account;
  std::string service = {};   ///< `sns.amazonaws.com`
  bool is_anonymous = false;  ///< the request is not signed, so that only the resource's policy can allow it

  /// As AWS's texts name it.
  [[nodiscard]] const std::string& shown() const { return service.empty() ? session_arn : service; }
};

struct Request {
  std::string action;    ///< `sqs:SendMessage`
  std::string resource;  ///< ARN; `*` for an action that has none
  ContextKeys keys = {};
};

/// What bears on a request. Null: there is no such policy, so that it limits nothing.
struct Policies {
  std::vector<const Policy*> identity = {};  ///< inline and attached, of the role
  const Policy* boundary = nullptr;
  std::vector<const Policy*> session = {};  ///< given to AssumeRole; together they limit, if there is one
  const Policy* resource = nullptr;         ///< of the queue, topic, function; of a role that is to be assumed its trust policy
};

enum class PolicyKind : std::uint8_t { Identity, Boundary, Session, Resource, Trust };

/// Why a request is denied: by a statement, or because nothing of that kind allows it.
struct Denial {
  PolicyKind by = PolicyKind::Identity;
  bool is_explicit = false;
};

/// Nothing if it is permitted: by an identity's policy or the resource's, while neither denies it and boundary and session's policies allow it too.
/// `resource_kind`: Trust for sts:AssumeRole, which the role's own policy must permit in any case.
[[nodiscard]] std::optional<Denial> evaluate(const Policies& policies, const Identity& identity, const Request& request,
                                             PolicyKind resource_kind = PolicyKind::Resource);

/// `User: ARN is not authorized to perform: ACTION on resource: ARN because no identity-based policy allows the ACTION action`. `action` and `resource`
/// as the service spells them in its texts.
[[nodiscard]] std::string denial_text(const Denial& denial, const Identity& identity, std::string_view action, std::string_view resource);

}  // namespace signalbox::access
