#pragma once
/// Whether the one who calls may do it: roles' policies, applied. With `--iam=off` there is none of these, and nothing is evaluated.

#include "aws/access/need.h"
#include "aws/access/role_policies.h"
#include "aws/failure.h"
#include "services/keys/role_session.h"
#include "signalbox/clock.h"
#include "signalbox/engine.h"
#include "signalbox/queues.h"
#include "signalbox/service_call.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace signalbox::aws {

enum class IamMode : std::uint8_t { Off, Warn, Enforce };

/// Who calls, if it is not the account itself: somebody in a role, a service for a resource of its own, or anybody at all.
struct Caller {
  services::RoleSession session;
  std::string source_address = {};  ///< of a request over the network
  std::string service = {};         ///< `sns.amazonaws.com`; then there is no session
  std::string source_arn = {};      ///< what the service acts for
  bool is_anonymous = false;        ///< an unsigned request; then there is no session
};

/// What all authorizers of the daemon have in common: their mode, what was said already, the counters. Any thread.
class AccessNotices {
 public:
  explicit AccessNotices(IamMode mode) : mode_(mode) {}

  [[nodiscard]] IamMode mode() const { return mode_; }
  /// Counts it, and says once what is, or would be, denied.
  void denied(const std::string& text);
  /// Once for each text.
  void warn(const std::string& text);
  [[nodiscard]] std::uint64_t denials() const { return denials_.load(); }

 private:
  [[nodiscard]] bool is_new(const std::string& text);

  static constexpr std::size_t remembered_max = 10'000;
  IamMode mode_;
  std::atomic<std::uint64_t> denials_{0};
  std::mutex mutex_;
  std::set<std::string> said_;
};

/// A call that is not permitted, in AWS's words.
struct Refusal {
  access::Denial denial;
  std::string text;
};

/// One for each thread, with a reader of its own: it sees what is committed, unless it was given another view.
class Authorizer {
 public:
  Authorizer(Engine& engine, const Queues& queues, AccessNotices& notices);
  /// For as long as `view` stays as it is: what an open transaction has written, for instance.
  Authorizer(Engine& engine, const Queues& queues, AccessNotices& notices, const Reader& view);

  /// Nothing if the caller may, or if the mode only warns. All needs must be met; the first that is not is the refusal.
  [[nodiscard]] std::optional<Refusal> refuse(const Caller& caller, const Needs& needs);
  /// sts:AssumeRole, which the role's trust policy must permit. A role that does not exist trusts nobody. Without a caller: the account's root.
  [[nodiscard]] std::optional<Refusal> refuse_assuming(const Caller* caller, const std::string& role_arn);
  /// Whether the role lets a service take it that is known by any of these names, for what is called `source_arn`, as AWS asks when a role is handed to a
  /// service. True if the mode only warns.
  [[nodiscard]] bool is_trusted(std::span<const std::string> services, const std::string& source_arn, const std::string& role_arn);
  /// A call that a service makes of itself; in a role, the role's trust in the service included. Errors: Forbidden.
  [[nodiscard]] Result<void> permit(const ServiceCall& call);
  /// Null if there is no such role.
  [[nodiscard]] std::shared_ptr<const RolePolicies> role(std::string_view arn) { return roles_.find(arn); }
  [[nodiscard]] const Reader& reader() const { return *reader_; }

 private:
  struct Own;
  void gather(const Caller& caller, Own& own, access::ContextKeys& keys);
  [[nodiscard]] std::optional<access::Denial> evaluate(const Caller& caller, const access::Request& request,
                                                       const access::Policy* on_resource, access::PolicyKind kind);
  [[nodiscard]] std::optional<Refusal> decide(std::optional<access::Denial> denial, const access::Identity& identity,
                                              const access::Request& request);

  Engine& engine_;
  const Queues& queues_;
  AccessNotices& notices_;
  std::unique_ptr<Reader> own_;
  const Reader* reader_;
  RolePolicyCache roles_;
};

[[nodiscard]] access::Identity identity_of(const Site& site, const Caller& caller);
/// In the service's code, for all protocols.
[[nodiscard]] Failure access_denied(Service service, const Refusal& refusal);

}  // namespace signalbox::aws
