#include "aws/sts/sts.h"

#include <algorithm>

#include "aws/aws_api.h"
#include "aws/parameters.h"
#include "services/keys/keys.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::sts {

namespace {

/// A pair that this daemon's own calls are accepted with. It is derived from the master key, so nothing is kept; it is accepted until its end.
Json credentials(const OperationContext& context, const std::string& who, std::int64_t seconds) {
  const auto end = context.services.engine.clock().now() + std::chrono::seconds{seconds};
  const auto key = services::session_key(context.services.engine.master_key(), who, end);
  return json_object({{"AccessKeyId", Json(key.id)},
                      {"SecretAccessKey", Json(key.secret)},
                      {"SessionToken", Json(base64_encode(digest(DigestAlgorithm::Sha256, "session " + who)))},
                      {"Expiration", Json(format_rfc3339(end).substr(0, 19) + "Z")}});
}

/// `AROA` and 17 more, the same for the same role.
std::string role_id(const std::string& role) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id = "AROA";
  for (const char byte : digest(DigestAlgorithm::Sha256, role).substr(0, 17)) id += alphabet[static_cast<unsigned char>(byte) % alphabet.size()];
  return id;
}

bool is_session_name(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("_+=,.@-").find(c) != std::string_view::npos; };
  return std::all_of(name.begin(), name.end(), fits);
}

Answer<Json> get_caller_identity(const OperationContext& context, const Reader&, const Json&) {
  const auto& account = context.services.engine.site().account;
  return json_object({{"Arn", Json("arn:aws:iam::" + account + ":root")}, {"UserId", Json(account)}, {"Account", Json(account)}});
}

Answer<Json> assume_role(const OperationContext& context, const Reader&, const Json& request) {
  Parameters parameters(request);
  const auto role = parameters.required("RoleArn", {20, 2048});
  const auto session = parameters.required("RoleSessionName", {2, 64});
  const auto seconds = parameters.integer("DurationSeconds", {900, 43'200}).value_or(3'600);
  if (!is_session_name(session)) parameters.violation("'" + session + "'", "roleSessionName", "Member must satisfy regular expression pattern: [\\w+=,.@-]*");
  if (auto fault = parameters.fault()) return Failure{"ValidationError", fault->message};
  Arn arn;
  constexpr std::string_view kind = "role/";
  if (!parse_arn(role, arn) || arn.service != "iam" || !arn.resource.starts_with(kind)) return Failure{"ValidationError", role + " is invalid"};
  const auto name = arn.resource.substr(arn.resource.rfind('/') + 1);
  const auto assumed = "arn:aws:sts::" + context.services.engine.site().account + ":assumed-role/" + name + "/" + session;
  return json_object({{"AssumedRoleUser", json_object({{"AssumedRoleId", Json(role_id(role) + ":" + session)}, {"Arn", Json(assumed)}})}, {"Credentials", credentials(context, assumed, seconds)}, {"PackedPolicySize", 6}});
}

Answer<Json> get_session_token(const OperationContext& context, const Reader&, const Json& request) {
  Parameters parameters(request);
  const auto seconds = parameters.integer("DurationSeconds", {900, 129'600}).value_or(43'200);
  if (auto fault = parameters.fault()) return Failure{"ValidationError", fault->message};
  return json_object({{"Credentials", credentials(context, "session", seconds)}});
}

}  // namespace

const Catalogue& catalogue() {
  static const Catalogue table{.operations = {{"AssumeRole", &assume_role}, {"GetCallerIdentity", &get_caller_identity}, {"GetSessionToken", &get_session_token}},
                               .not_offered = {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "DecodeAuthorizationMessage", "GetAccessKeyInfo", "GetFederationToken"}};
  return table;
}

}  // namespace signalbox::aws::sts
