#include "services/keys/role_session.h"

#include "signalbox/encoding.h"
#include "signalbox/json.h"

namespace signalbox::services {

namespace {

constexpr int token_version = 1;

Json texts_json(const std::vector<std::string>& texts) {
  Json::Array out(texts.begin(), texts.end());
  return Json(std::move(out));
}

std::vector<std::string> texts_of(const Json& json, std::string_view name) {
  std::vector<std::string> out;
  if (const auto* list = json.find(name))
    for (const auto& text : list->elements()) out.emplace_back(text.as_string());
  return out;
}

std::string seal(const MasterKey& master, std::string_view key_id, std::string_view payload) {
  return base64url_encode(hmac_sha256(master.bytes, "session token " + std::string(key_id) + " " + std::string(payload)));
}

/// The field of an ARN, counted from 0.
std::string_view arn_field(std::string_view arn, int field) {
  for (; field > 0; --field) {
    const auto colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    arn.remove_prefix(colon + 1);
  }
  return arn.substr(0, arn.find(':'));
}

}  // namespace

std::string_view role_name_of(std::string_view role_arn) { return role_arn.substr(role_arn.rfind('/') + 1); }

std::string assumed_role_arn(const RoleSession& session) {
  constexpr int account_field = 4;
  return "arn:aws:sts::" + std::string(arn_field(session.role_arn, account_field)) + ":assumed-role/" +
         std::string(role_name_of(session.role_arn)) + "/" + session.name;
}

std::string session_token(const MasterKey& master, std::string_view key_id, const RoleSession& session) {
  const Json payload = json_object({{"version", token_version},
                                    {"role", Json(session.role_arn)},
                                    {"name", Json(session.name)},
                                    {"policies", texts_json(session.policies)},
                                    {"policyArns", texts_json(session.policy_arns)}});
  const auto text = base64url_encode(payload.text());
  return text + "." + seal(master, key_id, text);
}

std::optional<RoleSession> read_session_token(const MasterKey& master, std::string_view key_id, std::string_view token) {
  const auto dot = token.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto text = token.substr(0, dot);
  if (!equal_in_constant_time(seal(master, key_id, text), token.substr(dot + 1))) return std::nullopt;
  const auto payload = base64url_decode(text);
  if (!payload) return std::nullopt;
  const Json json = Json::from_stored(*payload);  // the seal says that we wrote it
  return RoleSession{member_text(json, "role"), member_text(json, "name"), texts_of(json, "policies"), texts_of(json, "policyArns")};
}

}  // namespace signalbox::services
