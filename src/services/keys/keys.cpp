#include "services/keys/keys.h"

#include <algorithm>

#include "signalbox/encoding.h"
#include "signalbox/json.h"

namespace signalbox::services {

namespace {

constexpr std::string_view prefix = "SBX";
constexpr std::size_t id_characters = 20, secret_bytes = 30;  // as long as AWS's: 20 and 40 characters

constexpr std::string_view base32_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::string base32(std::string_view bytes, std::size_t characters) {
  std::string out;
  unsigned buffer = 0, bits = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8) | static_cast<unsigned char>(byte);
    bits += 8;
    while (bits >= 5 && out.size() < characters) {
      bits -= 5;
      out += base32_alphabet[(buffer >> bits) & 31];
    }
  }
  return out;
}

std::string new_id(std::string_view bytes) { return std::string(prefix) + "A" + base32(bytes, id_characters - prefix.size() - 1); }

void put(Transaction& transaction, const ApiKey& key) {
  const Json record = json_object({{"version", Json(1)},
                                   {"secret", Json(key.secret)},
                                   {"name", Json(key.name)},
                                   {"createdAt", Json(key.created_at.time_since_epoch().count())}});
  transaction.put(Key(keys_table, key.id), record.text());
}

ApiKey decode(std::string id, std::string_view text) {
  const Json json = Json::from_stored(std::string(text));
  ApiKey key{.id = std::move(id), .secret = {}, .name = {}, .created_at = {}};
  if (const Json* secret = json.find("secret")) key.secret = std::string(secret->as_string());
  if (const Json* name = json.find("name")) key.name = std::string(name->as_string());
  if (const Json* created = json.find("createdAt"))
    key.created_at = Timestamp{std::chrono::milliseconds{created->as_integer().value_or(0)}};
  return key;
}

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

ApiKey create_key(Transaction& transaction, std::string name) {
  ApiKey key{.id = new_id(random_bytes(16)),
             .secret = base64url_encode(random_bytes(secret_bytes)),
             .name = std::move(name),
             .created_at = transaction.now()};
  put(transaction, key);
  return key;
}

Result<ApiKey> adopt_key(Transaction& transaction, std::string_view text, std::string name) {
  const auto colon = text.find(':');
  const auto secret = colon == std::string_view::npos ? text : text.substr(colon + 1);
  const auto id = colon == std::string_view::npos ? new_id(digest(DigestAlgorithm::Sha256, text)) : std::string(text.substr(0, colon));
  if (secret.empty()) return error(ErrorCode::InvalidArgument, "the API key has no secret", "api-key");
  if (!is_id(id)) return error(ErrorCode::InvalidArgument, "not an access key id: " + id, "api-key");
  if (auto known = find_key(transaction, id); known && known->secret == secret) return std::move(*known);
  ApiKey key{.id = id, .secret = std::string(secret), .name = std::move(name), .created_at = transaction.now()};
  put(transaction, key);
  return key;
}

Result<void> delete_key(Transaction& transaction, std::string_view id) {
  if (!find_key(transaction, id)) return error(ErrorCode::NotFound, "there is no key " + std::string(id));
  transaction.erase(Key(keys_table, id));
  return {};
}

std::vector<ApiKey> list_keys(const Reader& reader) {
  std::vector<ApiKey> keys;
  reader.scan({.prefix = Key(keys_table)}, [&](const Key& key, std::string_view record) {
    keys.push_back(decode(key.text(0), record));
    return true;
  });
  return keys;
}

std::optional<ApiKey> find_key(const Reader& reader, std::string_view id) {
  const auto record = reader.get(Key(keys_table, id));
  if (!record) return std::nullopt;
  return decode(std::string(id), *record);
}

bool has_keys(const Reader& reader) {
  bool found = false;
  reader.scan({.prefix = Key(keys_table)}, [&](const Key&, std::string_view) {
    found = true;
    return false;
  });
  return found;
}

namespace {

constexpr std::string_view session_prefix = "SBXS";
constexpr std::size_t session_end_characters = 7;  // 35 bits of seconds

}  // namespace

SessionKey session_key(const MasterKey& master, std::string_view session, Timestamp end) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(end).time_since_epoch().count();
  std::string id(session_prefix);
  for (std::size_t i = session_end_characters; i-- > 0;) id += base32_alphabet[static_cast<std::size_t>(seconds >> (5 * i)) & 31];
  id += base32(hmac_sha256(master.bytes, "session key " + std::to_string(seconds) + " " + std::string(session)), id_characters - id.size());
  auto secret = session_key_secret(master, id);
  return {std::move(id), std::move(secret)};
}

bool is_session_key_id(std::string_view id) { return session_end(id).has_value(); }

std::optional<Timestamp> session_end(std::string_view id) {
  if (!id.starts_with(session_prefix) || id.size() != id_characters) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char c : id.substr(session_prefix.size(), session_end_characters)) {
    const auto digit = base32_alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    seconds = seconds << 5 | static_cast<std::int64_t>(digit);
  }
  return Timestamp{std::chrono::seconds{seconds}};
}

std::string session_key_secret(const MasterKey& master, std::string_view id) {
  constexpr std::size_t session_secret_bytes = 30;
  return base64url_encode(hmac_sha256(master.bytes, "session key secret " + std::string(id)).substr(0, session_secret_bytes));
}

}  // namespace signalbox::services
