#include "aws/sts/sts.h"

#include <algorithm>

#include "aws/access/authorizer.h"
#include "aws/aws_api.h"
#include "aws/iam/iam.h"
#include "aws/iam/role_records.h"
#include "aws/parameters.h"
#include "services/keys/keys.h"
#include "services/keys/role_session.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::sts {

namespace {

/// A pair that this daemon's own calls are accepted with, and a token that says whose it is. All is derived from the master key, so nothing is kept; it is
/// accepted until its end.
Json credentials(const OperationContext& context, const std::string& who, const services::RoleSession& session, std::int64_t seconds) {
  const auto& master = context.services.engine.master_key();
  const auto end = context.services.engine.clock().now() + std::chrono::seconds{seconds};
  const auto key = services::session_key(master, who, end);
  return json_object({{"AccessKeyId", Json(key.id)},
                      {"SecretAccessKey", Json(key.secret)},
                      {"SessionToken", Json(services::session_token(master, key.id, session))},
                      {"Expiration", Json(format_rfc3339(end).substr(0, 19) + "Z")}});
}

/// As IAM shows it.
std::string role_id(std::string_view role_arn) { return iam::entity_id("AROA", services::role_name_of(role_arn)); }

bool is_session_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_+=,.@-").find(c) != std::string_view::npos;
  };
  return std::all_of(name.begin(), name.end(), fits);
}

/// The policies that limit the session. Errors: MalformedPolicyDocument.
Answer<void> read_session_policies(Parameters& parameters, services::RoleSession& session) {
  if (auto document = parameters.text("Policy", {1, 2048})) {
    if (auto fault = iam::document_fault(*document, access::PolicyUse::Identity)) return *fault;
    session.policies.push_back(std::move(*document));
  }
  const Json* arns = parameters.array("PolicyArns");
  if (!arns) return {};
  for (const Json& each : arns->elements()) {
    if (const auto* arn = each.find("arn"); arn && arn->is_string()) session.policy_arns.emplace_back(arn->as_string());
  }
  return {};
}

/// As long as the role allows; an hour for whoever is in a role already.
std::optional<Failure> duration_fault(const OperationContext& context, const Reader& reader, const std::string& role,
                                      std::int64_t seconds) {
  constexpr std::int64_t chained_seconds_max = 3'600;
  if (context.caller && seconds > chained_seconds_max)
    return Failure{"ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"};
  const auto kept = iam::find_role(reader, services::role_name_of(role));
  const auto* longest = kept ? kept->find("MaxSessionDuration") : nullptr;
  if (longest && seconds > longest->as_integer().value_or(seconds))
    return Failure{"ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."};
  return std::nullopt;
}

Answer<Json> get_caller_identity(const OperationContext& context, const Reader&, const Json&) {
  const auto& account = context.services.engine.site().account;
  if (context.caller) {
    const auto& session = context.caller->session;
    return json_object({{"Arn", Json(services::assumed_role_arn(session))},
                        {"UserId", Json(role_id(session.role_arn) + ":" + session.name)},
                        {"Account", Json(account)}});
  }
  return json_object({{"Arn", Json("arn:aws:iam::" + account + ":root")}, {"UserId", Json(account)}, {"Account", Json(account)}});
}

Answer<Json> assume_role(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto role = parameters.required("RoleArn", {20, 2048});
  const auto session = parameters.required("RoleSessionName", {2, 64});
  const auto seconds = parameters.integer("DurationSeconds", {900, 43'200}).value_or(3'600);
  if (!is_session_name(session))
    parameters.violation("'" + session + "'", "roleSessionName", "Member must satisfy regular expression pattern: [\\w+=,.@-]*");
  services::RoleSession made{role, session};
  auto limits = read_session_policies(parameters, made);
  if (auto fault = parameters.fault()) return Failure{"ValidationError", fault->message};
  if (!limits) return limits.error();
  Arn arn;
  constexpr std::string_view kind = "role/";
  if (!parse_arn(role, arn) || arn.service != "iam" || !arn.resource.starts_with(kind))
    return Failure{"ValidationError", role + " is invalid"};
  if (auto* authorizer = context.services.authorizer) {
    if (const auto refusal = authorizer->refuse_assuming(context.caller.get(), role)) return access_denied(Service::Sts, *refusal);
  }
  if (auto fault = duration_fault(context, reader, role, seconds)) return *fault;
  const auto assumed = services::assumed_role_arn(made);
  return json_object({{"AssumedRoleUser", json_object({{"AssumedRoleId", Json(role_id(role) + ":" + session)}, {"Arn", Json(assumed)}})},
                      {"Credentials", credentials(context, assumed, made, seconds)},
                      {"PackedPolicySize", 6}});
}

Answer<Json> get_session_token(const OperationContext& context, const Reader&, const Json& request) {
  Parameters parameters(request);
  const auto seconds = parameters.integer("DurationSeconds", {900, 129'600}).value_or(43'200);
  if (auto fault = parameters.fault()) return Failure{"ValidationError", fault->message};
  if (context.caller) return Failure{"AccessDenied", "Cannot call GetSessionToken with session credentials", 403};
  return json_object({{"Credentials", credentials(context, "session", {}, seconds)}});
}

}  // namespace

const Catalogue& catalogue() {
  static const Catalogue table{
      .operations = {{"AssumeRole", &assume_role}, {"GetCallerIdentity", &get_caller_identity}, {"GetSessionToken", &get_session_token}},
      .not_offered = {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "DecodeAuthorizationMessage", "GetAccessKeyInfo",
                      "GetFederationToken"}};
  return table;
}

}  // namespace signalbox::aws::sts
