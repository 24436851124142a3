#include "aws/access/authorizer.h"

#include <spdlog/spdlog.h>

#include "aws/access/resource_policy.h"
#include "aws/iam/iam.h"
#include "aws/kept.h"
#include "base/text.h"
#include "signalbox/encoding.h"

namespace signalbox::aws {

using access::ContextKeys;
using access::Denial;
using access::Identity;
using access::PolicyKind;

namespace {

/// Services spell actions and resources in their texts each in its own way. [as seen on AWS]
std::string shown_action(const std::string& action) {
  if (action.starts_with("sqs:")) return ascii_lower(action);
  if (action.starts_with("sns:")) return "SNS" + action.substr(3);
  return action;
}
std::string shown_resource(const access::Request& request) {
  return request.action.starts_with("s3:") ? "\"" + request.resource + "\"" : request.resource;
}

std::string text_of(const Denial& denial, const Identity& identity, const access::Request& request) {
  // STS does not say why.
  if (request.action == "sts:AssumeRole")
    return "User: " + identity.shown() + " is not authorized to perform: sts:AssumeRole on resource: " + request.resource;
  return access::denial_text(denial, identity, shown_action(request.action), shown_resource(request));
}

void add(ContextKeys& keys, const char* name, std::string value) {
  if (!value.empty()) keys.try_emplace(name, std::vector{std::move(value)});
}

/// The keys that every request has. Source: IAM User Guide, "AWS global condition context keys".
void add_global_keys(ContextKeys& keys, const Caller& caller, const Identity& identity, const Site& site, Timestamp now) {
  add(keys, "aws:currenttime", format_rfc3339(now).substr(0, 19) + "Z");
  add(keys, "aws:epochtime", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count()));
  add(keys, "aws:requestedregion", site.region);
  add(keys, "aws:resourceaccount", site.account);
  // TLS is a proxy's affair here, and what stays on the machine needs none.
  add(keys, "aws:securetransport", "true");
  add(keys, "aws:viaawsservice", "false");
  add(keys, "aws:sourceip", caller.source_address);
  if (!caller.service.empty()) {
    add(keys, "aws:principalisawsservice", "true");
    add(keys, "aws:principalservicename", caller.service);
    add(keys, "aws:sourcearn", caller.source_arn);
    add(keys, "aws:sourceaccount", site.account);
    add(keys, "aws:sourceowner", site.account);
    return;
  }
  add(keys, "aws:principalisawsservice", "false");
  add(keys, "aws:principaltype", caller.is_anonymous ? "Anonymous" : "AssumedRole");
  if (caller.is_anonymous) return;
  add(keys, "aws:principalaccount", site.account);
  add(keys, "aws:principalarn", identity.role_arn);
  add(keys, "aws:userid", iam::entity_id("AROA", services::role_name_of(identity.role_arn)) + ":" + caller.session.name);
}

/// A policy that limits and cannot be read allows nothing.
access::Policy or_nothing(Result<access::Policy> policy) { return policy ? std::move(*policy) : access::Policy{}; }

void add_tags(ContextKeys& keys, const RolePolicies& role) {
  for (const auto& [name, value] : role.tags) keys.try_emplace("aws:principaltag/" + ascii_lower(name), std::vector{value});
}

}  // namespace

// ---- notices ---------------------------------------------------------------------------------------------------------------------------
bool AccessNotices::is_new(const std::string& text) {
  const std::lock_guard lock(mutex_);
  return said_.size() < remembered_max && said_.insert(text).second;
}

void AccessNotices::denied(const std::string& text) {
  ++denials_;
  if (is_new(text)) spdlog::warn("iam: {}: {}", mode_ == IamMode::Warn ? "would be denied" : "denied", text);
}

void AccessNotices::warn(const std::string& text) {
  if (is_new(text)) spdlog::warn("iam: {}", text);
}

// ---- decisions -------------------------------------------------------------------------------------------------------------------------
Authorizer::Authorizer(Engine& engine, const Queues& queues, AccessNotices& notices)
    : engine_(engine),
      queues_(queues),
      notices_(notices),
      own_(engine.reader()),
      reader_(own_.get()),
      roles_(engine.site(), *reader_, engine.changes(kept_table)) {}

Authorizer::Authorizer(Engine& engine, const Queues& queues, AccessNotices& notices, const Reader& view)
    : engine_(engine), queues_(queues), notices_(notices), reader_(&view), roles_(engine.site(), view, engine.changes(kept_table)) {}

/// The caller's own policies, and what they stand in; `keys` gets the role's tags.
struct Authorizer::Own {
  std::shared_ptr<const RolePolicies> role;
  std::vector<access::Policy> session;
  access::Policies policies;
};

void Authorizer::gather(const Caller& caller, Own& own, ContextKeys& keys) {
  if (!caller.service.empty() || caller.is_anonymous) return;
  own.role = roles_.find(caller.session.role_arn);
  if (!own.role) return notices_.warn("the role " + caller.session.role_arn + " does not exist, so nothing is allowed to it");
  for (const auto& fault : own.role->faults) notices_.warn("a policy of the role " + own.role->arn + " grants nothing here: " + fault);
  add_tags(keys, *own.role);
  for (const auto& policy : own.role->identity) own.policies.identity.push_back(&policy);
  if (own.role->boundary) own.policies.boundary = &*own.role->boundary;
  for (const auto& document : caller.session.policies)
    own.session.push_back(or_nothing(access::parse_policy(std::string_view(document), access::PolicyUse::Identity)));
  for (const auto& arn : caller.session.policy_arns) own.session.push_back(or_nothing(roles_.managed(arn)));
  for (const auto& policy : own.session) own.policies.session.push_back(&policy);
}

std::optional<Denial> Authorizer::evaluate(const Caller& caller, const access::Request& request, const access::Policy* on_resource,
                                           PolicyKind kind) {
  const auto& site = engine_.site();
  const auto identity = identity_of(site, caller);
  access::Request asked = request;
  add_global_keys(asked.keys, caller, identity, site, engine_.clock().now());
  Own own;
  gather(caller, own, asked.keys);
  own.policies.resource = on_resource;
  return access::evaluate(own.policies, identity, asked, kind);
}

std::optional<Refusal> Authorizer::decide(std::optional<Denial> denial, const Identity& identity, const access::Request& request) {
  if (!denial) return std::nullopt;
  auto text = text_of(*denial, identity, request);
  notices_.denied(text);
  if (notices_.mode() != IamMode::Enforce) return std::nullopt;
  return Refusal{*denial, std::move(text)};
}

std::optional<Refusal> Authorizer::refuse(const Caller& caller, const Needs& needs) {
  for (const auto& need : needs) {
    const auto on_resource = resource_policy(*reader_, queues_, need.resource);
    auto refusal = decide(evaluate(caller, need, on_resource ? &*on_resource : nullptr, PolicyKind::Resource),
                          identity_of(engine_.site(), caller), need);
    if (refusal) return refusal;
  }
  return std::nullopt;
}

std::optional<Refusal> Authorizer::refuse_assuming(const Caller* caller, const std::string& role_arn) {
  const auto& site = engine_.site();
  const access::Request request{"sts:AssumeRole", role_arn};
  const Identity root{.role_arn = {}, .session_arn = "arn:aws:iam::" + site.account + ":root", .account = site.account};
  const auto identity = caller ? identity_of(site, *caller) : root;
  const auto target = roles_.find(role_arn);
  if (!target || target->arn != role_arn) return decide(Denial{PolicyKind::Trust, false}, identity, request);
  if (!caller) return std::nullopt;
  const access::Policy nobody;
  return decide(evaluate(*caller, request, target->trust ? &*target->trust : &nobody, PolicyKind::Trust), identity, request);
}

bool Authorizer::is_trusted(std::span<const std::string> services, const std::string& source_arn, const std::string& role_arn) {
  const access::Request request{"sts:AssumeRole", role_arn};
  const auto target = roles_.find(role_arn);
  const bool is_there = target && target->arn == role_arn;
  const access::Policy nobody;
  std::optional<Denial> denial = Denial{PolicyKind::Trust, false};
  Caller caller;
  caller.source_arn = source_arn;
  for (const auto& name : services) {
    caller.service = name;
    if (is_there) denial = evaluate(caller, request, target->trust ? &*target->trust : &nobody, PolicyKind::Trust);
    if (!denial) return true;
  }
  return !decide(denial, identity_of(engine_.site(), caller), request);
}

Result<void> Authorizer::permit(const ServiceCall& call) {
  const Caller service{.session = {}, .source_address = {}, .service = call.service, .source_arn = call.source_arn};
  std::optional<Refusal> refusal;
  if (call.role_arn.empty()) {
    refusal = refuse(service, {{call.action, call.resource}});
  } else {
    refusal = refuse_assuming(&service, call.role_arn);
    if (!refusal) refusal = refuse(Caller{.session = {call.role_arn, call.session}}, {{call.action, call.resource}});
  }
  return refusal ? Result<void>(error(ErrorCode::Forbidden, refusal->text)) : Result<void>();
}

Identity identity_of(const Site& site, const Caller& caller) {
  if (caller.is_anonymous) return {.role_arn = {}, .session_arn = "anonymous", .account = {}, .is_anonymous = true};
  if (!caller.service.empty()) return {.role_arn = {}, .session_arn = {}, .account = site.account, .service = caller.service};
  return {.role_arn = caller.session.role_arn, .session_arn = services::assumed_role_arn(caller.session), .account = site.account};
}

Failure access_denied(Service service, const Refusal& refusal) {
  switch (service) {
    case Service::Sqs: return {"AccessDeniedException", refusal.text, 403, "AccessDenied"};
    case Service::Sns: return {"AuthorizationError", refusal.text, 403};
    case Service::Sts:
    case Service::Iam:
    case Service::CloudFormation:
    case Service::S3: return {"AccessDenied", refusal.text, 403};
    case Service::Lambda:
    case Service::Scheduler:
    case Service::ApiGateway: return {"AccessDeniedException", refusal.text, 403};
    default: return {"AccessDeniedException", refusal.text, 400};
  }
}

}  // namespace signalbox::aws
