#include "services/keys/authenticate.h"

#include "services/functions/functions.h"

#include "http/endpoint.h"
#include "http/text.h"
#include "services/keys/sigv4.h"
#include "signalbox/encoding.h"
#include "signalbox/executions.h"

namespace signalbox::services {

namespace {

Error unknown_key() {
  return error(ErrorCode::Forbidden, "The security token included in the request is invalid.", "UnrecognizedClientException");
}
Error expired() { return error(ErrorCode::Forbidden, "The security token included in the request is expired", "ExpiredTokenException"); }

constexpr std::string_view bearer = "bearer ";

/// The token of an `Authorization: Bearer`; empty if there is none.
std::string_view bearer_token(const http::Request& request) {
  const auto header = request.headers.get("Authorization").value_or("");
  if (header.size() <= bearer.size() || !http::equal_ignoring_case(header.substr(0, bearer.size()), bearer)) return {};
  return http::trim(header.substr(bearer.size()));
}

std::string_view security_token(const http::Request& request) {
  if (const auto header = request.headers.get("X-Amz-Security-Token")) return *header;
  return request.query_value("X-Amz-Security-Token").value_or("");
}

}  // namespace

/// An API key's id may look like a session's; it is found first, and has no end.
bool Authenticator::has_ended(std::string_view id, Timestamp now) const {
  const auto end = session_end(id);
  return end && *end <= now && !find_key(reader_, id);
}

bool Authenticator::any_keys() const {
  const auto changes = changes_.load();
  if (!seen_ || seen_->changes != changes) seen_ = Seen{changes, has_keys(reader_)};
  return seen_->any_keys;
}

bool Authenticator::is_session(std::string_view id) const { return is_session_key_id(id) && !find_key(reader_, id); }

std::optional<std::string> Authenticator::secret_of(std::string_view id) const {
  if (auto function = functions::find_function_by_key(reader_, id)) return std::move(function->key.secret);
  if (auto key = find_key(reader_, id)) return std::move(key->secret);
  // A session's key has no record; an API key's id may begin like one, so those come first.
  const auto master = is_session_key_id(id) ? find_master_key(reader_) : std::nullopt;
  return master ? std::optional(session_key_secret(*master, id)) : std::nullopt;
}

std::optional<RoleSession> Authenticator::session_of(const http::Request& request, std::string_view id) const {
  const auto master = find_master_key(reader_);
  return master ? read_session_token(*master, id, security_token(request)) : std::nullopt;
}

/// Of a request whose secret was right.
Result<Principal> Authenticator::principal(const http::Request& request, std::string_view id, Timestamp now) const {
  if (functions::find_function_by_key(reader_, id)) return Principal{Role::Function, std::string(id)};
  if (!is_session(id)) return Principal{Role::Admin, std::string(id)};
  if (has_ended(id, now)) return expired();
  const auto session = session_of(request, id);
  if (!session) return unknown_key();
  return Principal{session->role_arn.empty() ? Role::Admin : Role::Session, std::string(id)};
}

Result<Principal> Authenticator::by_bearer(const http::Request& request, std::string_view token, Timestamp now) const {
  if (const auto colon = token.find(':'); colon != std::string_view::npos) {
    const auto id = token.substr(0, colon);
    const auto secret = secret_of(id);
    if (secret && equal_in_constant_time(*secret, token.substr(colon + 1))) return principal(request, id, now);
    return unknown_key();
  }
  std::optional<Principal> found;
  for (const auto& key : list_keys(reader_)) {  // all of them, so that time says nothing
    if (equal_in_constant_time(key.secret, token)) found = Principal{Role::Admin, key.id};
  }
  if (found) return *found;
  return unknown_key();
}

Result<Principal> Authenticator::by_signature(const http::Request& request, const SigV4& given, Timestamp now) const {
  const auto secret = secret_of(given.access_key_id);
  if (!secret) return unknown_key();
  if (auto verified = verify_sigv4(request, given, *secret, now); !verified) return verified.error();
  return principal(request, given.access_key_id, now);
}

Result<Principal> Authenticator::authenticate(const http::Request& request, Timestamp now) const {
  const bool anything_passes = policy_ == WithoutKeys::AnythingPasses && !any_keys();
  if (anything_passes && roles_ == Roles::DoNotMatter) return Principal{};
  const auto given = parse_sigv4(request);
  if (anything_passes) {
    const bool of_a_role = given && *given && secret_of((*given)->access_key_id);
    return of_a_role ? by_signature(request, **given, now) : Principal{};
  }
  if (const auto token = bearer_token(request); !token.empty()) return by_bearer(request, token, now);
  if (!given) return given.error();
  if (!*given) return error(ErrorCode::Forbidden, "Missing Authentication Token", "MissingAuthenticationTokenException");
  return by_signature(request, **given, now);
}

std::optional<RoleSession> Authenticator::role_session(const http::Request& request) const {
  std::string id;
  if (const auto token = bearer_token(request); !token.empty()) {
    id = token.substr(0, token.find(':'));
  } else {
    const auto given = parse_sigv4(request);
    if (!given || !*given) return std::nullopt;
    id = (*given)->access_key_id;
  }
  if (const auto function = functions::find_function_by_key(reader_, id)) return RoleSession{function->role, function->name};
  auto session = is_session(id) ? session_of(request, id) : std::nullopt;
  return session && !session->role_arn.empty() ? session : std::nullopt;
}

Result<ChunkedBody> Authenticator::decode_chunked(const http::Request& request) const {
  if (!any_keys()) return decode_chunks(request, SigV4{}, std::nullopt);
  const auto given = parse_sigv4(request);
  if (!given) return given.error();
  if (!*given) return decode_chunks(request, SigV4{}, std::nullopt);  // authenticated by a bearer token
  return decode_chunks(request, **given, secret_of((*given)->access_key_id));
}

Result<void> check_listener(const Reader& reader, std::string_view listen_address, bool insecure) {
  const auto loopback = http::is_loopback_address(listen_address);
  if (!loopback) return loopback.error();
  if (*loopback || insecure || has_keys(reader)) return {};
  return error(ErrorCode::Forbidden,
               "the admin listener " + std::string(listen_address) +
                   " can be reached from other machines and no API key exists: make one (SIGNALBOX_API_KEY, "
                   "signalbox keys make), listen on 127.0.0.1, or say --insecure",
               "--listen");
}

}  // namespace signalbox::services
