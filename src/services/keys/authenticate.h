#pragma once
/// Who is asking: API keys by SigV4 or as bearer tokens.

#include "http/http.h"
#include "services/keys/keys.h"
#include "services/keys/role_session.h"
#include "services/keys/sigv4.h"
#include "signalbox/store.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

namespace signalbox::services {

enum class Role : std::uint8_t {
  Anonymous,  ///< no key was ever made: whoever reaches the listener
  Admin,      ///< an API key
  Function,   ///< a function's own pair
  Session     ///< temporary credentials of a role (STS)
};

struct Principal {
  Role role = Role::Anonymous;
  std::string key_id;  ///< empty for Anonymous
};

/// Whether requests are told apart by the role that they come from even where anything passes: `--iam`.
enum class Roles : std::uint8_t { DoNotMatter, Matter };

/// What holds while there is no key: on loopback anything passes; elsewhere nothing does, not even after the last key was deleted.
enum class WithoutKeys : std::uint8_t { AnythingPasses, NothingPasses };

/// Reads the keys for each request (a look-up in the data file's cache), so that a deleted one ends at once. Whether there are any is read again only
/// after a change of their table. Used on the thread whose reader it has.
class Authenticator {
 public:
  /// `changes`: of the table of keys (Engine::changes()).
  Authenticator(const Reader& reader, const std::atomic<std::uint64_t>& changes, WithoutKeys policy, Roles roles = Roles::DoNotMatter)
      : reader_(reader), changes_(changes), policy_(policy), roles_(roles) {}

  /// `Authorization: AWS4-HMAC-SHA256 …` or a presigned query; `Authorization: Bearer SECRET` or `Bearer ID:SECRET`; temporary credentials with their
  /// X-Amz-Security-Token. While anything passes, a signature is not looked at, unless roles matter and it is a function's or a session's.
  /// Errors: Forbidden; `where` is AWS's code.
  [[nodiscard]] Result<Principal> authenticate(const http::Request& request, Timestamp now) const;
  /// The role that an authenticated request comes from, by the key that it names. Nothing: the account itself.
  [[nodiscard]] std::optional<RoleSession> role_session(const http::Request& request) const;
  /// The body of an authenticated request sent as `aws-chunked`, its chunks checked as the request itself was. Errors: Forbidden, InvalidArgument.
  [[nodiscard]] Result<ChunkedBody> decode_chunked(const http::Request& request) const;

 private:
  [[nodiscard]] bool any_keys() const;
  [[nodiscard]] std::optional<std::string> secret_of(std::string_view id) const;
  [[nodiscard]] Result<Principal> by_bearer(const http::Request& request, std::string_view token, Timestamp now) const;
  [[nodiscard]] Result<Principal> by_signature(const http::Request& request, const SigV4& given, Timestamp now) const;
  [[nodiscard]] bool is_session(std::string_view id) const;
  [[nodiscard]] std::optional<RoleSession> session_of(const http::Request& request, std::string_view id) const;
  [[nodiscard]] Result<Principal> principal(const http::Request& request, std::string_view id, Timestamp now) const;
  [[nodiscard]] bool has_ended(std::string_view id, Timestamp now) const;

  struct Seen {
    std::uint64_t changes;
    bool any_keys;
  };

  const Reader& reader_;
  const std::atomic<std::uint64_t>& changes_;
  WithoutKeys policy_;
  Roles roles_;
  mutable std::optional<Seen> seen_;
};

/// Refuses to listen where others can reach it while no key exists, unless `insecure`. Errors: Forbidden with the remedy; InvalidArgument (address).
[[nodiscard]] Result<void> check_listener(const Reader& reader, std::string_view listen_address, bool insecure);

}  // namespace signalbox::services
