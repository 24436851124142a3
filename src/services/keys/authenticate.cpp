#include "services/keys/authenticate.h"

#include "services/functions/functions.h"

#include "http/endpoint.h"
#include "http/text.h"
#include "services/keys/sigv4.h"
#include "signalbox/encoding.h"
#include "signalbox/record.h"

namespace signalbox::services {

namespace {

Role role_of(const Reader& reader, std::string_view id) { return functions::find_function_by_key(reader, id) ? Role::Function : Role::Admin; }

Error unknown_key() { return error(ErrorCode::Forbidden, "The security token included in the request is invalid.", "UnrecognizedClientException"); }

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

std::optional<std::string> Authenticator::secret_of(std::string_view id) const {
  if (auto function = functions::find_function_by_key(reader_, id)) return std::move(function->key.secret);
  if (auto key = find_key(reader_, id)) return std::move(key->secret);
  // A session's key has no record; an API key's id may begin like one, so those come first.
  const auto master = is_session_key_id(id) ? reader_.get(Key(meta_table, "master_key")) : std::nullopt;
  return master ? std::optional(session_key_secret(MasterKey{std::string(RecordReader(*master).text())}, id)) : std::nullopt;
}

Result<Principal> Authenticator::by_bearer(std::string_view token, Timestamp now) const {
  if (const auto colon = token.find(':'); colon != std::string_view::npos) {
    const auto id = token.substr(0, colon);
    const auto secret = secret_of(id);
    if (secret && !has_ended(id, now) && equal_in_constant_time(*secret, token.substr(colon + 1))) return Principal{role_of(reader_, id), std::string(id)};
    return unknown_key();
  }
  std::optional<Principal> found;
  for (const auto& key : list_keys(reader_)) {   // all of them, so that time says nothing
    if (equal_in_constant_time(key.secret, token)) found = Principal{Role::Admin, key.id};
  }
  if (found) return *found;
  return unknown_key();
}

Result<Principal> Authenticator::authenticate(const http::Request& request, Timestamp now) const {
  if (policy_ == WithoutKeys::AnythingPasses && !any_keys()) return Principal{};
  const auto header = request.headers.get("Authorization").value_or("");
  constexpr std::string_view bearer = "bearer ";
  if (header.size() > bearer.size() && http::equal_ignoring_case(header.substr(0, bearer.size()), bearer)) return by_bearer(http::trim(header.substr(bearer.size())), now);
  const auto given = parse_sigv4(request);
  if (!given) return given.error();
  if (!*given) return error(ErrorCode::Forbidden, "Missing Authentication Token", "MissingAuthenticationTokenException");
  const auto secret = secret_of((*given)->access_key_id);
  if (!secret) return unknown_key();
  if (auto verified = verify_sigv4(request, **given, *secret, now); !verified) return verified.error();
  if (has_ended((*given)->access_key_id, now)) return error(ErrorCode::Forbidden, "The security token included in the request is expired", "ExpiredTokenException");
  return Principal{role_of(reader_, (*given)->access_key_id), (*given)->access_key_id};
}

Result<ChunkedBody> Authenticator::decode_chunked(const http::Request& request) const {
  if (!any_keys()) return decode_chunks(request, SigV4{}, std::nullopt);
  const auto given = parse_sigv4(request);
  if (!given) return given.error();
  if (!*given) return decode_chunks(request, SigV4{}, std::nullopt);   // authenticated by a bearer token
  return decode_chunks(request, **given, secret_of((*given)->access_key_id));
}

Result<void> check_listener(const Reader& reader, std::string_view listen_address, bool insecure) {
  const auto loopback = http::is_loopback_address(listen_address);
  if (!loopback) return loopback.error();
  if (*loopback || insecure || has_keys(reader)) return {};
  return error(ErrorCode::Forbidden,
               "the admin listener " + std::string(listen_address) + " can be reached from other machines and no API key exists: make one (SIGNALBOX_API_KEY, "
               "signalbox keys make), listen on 127.0.0.1, or say --insecure",
               "listen");
}

}  // namespace signalbox::services
