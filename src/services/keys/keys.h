#pragma once
/// API keys: an access key id and a secret. The secret is kept as it is, since SigV4 cannot be checked without it.

#include "signalbox/keys.h"
#include "signalbox/result.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::services {

inline constexpr Table keys_table{"keys", {KeyPart::Text}};  // access key id → ApiKey, JSON

struct ApiKey {
  std::string id;  ///< `SBX` and 17 more of A-Z 2-7, unless it was given
  std::string secret;
  std::string name;  ///< for people: `laptop of Ada`; may be empty
  Timestamp created_at;
};

/// A new random pair, for everything. The secret is shown to its maker only.
[[nodiscard]] ApiKey create_key(Transaction& transaction, std::string name);
/// The key that a configuration names, `ID:SECRET` or a secret alone (its id is then derived from it); the same again is no
/// error. Errors: InvalidArgument (no secret, an id with characters other than A-Z a-z 0-9 _ -).
[[nodiscard]] Result<ApiKey> adopt_key(Transaction& transaction, std::string_view text, std::string name);
/// Errors: NotFound.
[[nodiscard]] Result<void> delete_key(Transaction& transaction, std::string_view id);
/// In order of id.
[[nodiscard]] std::vector<ApiKey> list_keys(const Reader& reader);
[[nodiscard]] std::optional<ApiKey> find_key(const Reader& reader, std::string_view id);
[[nodiscard]] bool has_keys(const Reader& reader);

/// The pair of a session (STS): derived from the master key, so it needs no record, and good after a restart. Its id begins with `SBXS` and says when
/// the session ends; the secret goes with the id, so that a changed one is worth nothing. Whose session it is says its token (role_session.h).
struct SessionKey {
  std::string id, secret;
};
/// `end` counts in whole seconds.
[[nodiscard]] SessionKey session_key(const MasterKey& master, std::string_view session, Timestamp end);
/// When the session ends whose id this is; nothing if it is none's.
[[nodiscard]] std::optional<Timestamp> session_end(std::string_view id);
[[nodiscard]] bool is_session_key_id(std::string_view id);
/// The secret that goes with a session key's id.
[[nodiscard]] std::string session_key_secret(const MasterKey& master, std::string_view id);

}  // namespace signalbox::services
