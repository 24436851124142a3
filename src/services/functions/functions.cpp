#include "services/functions/functions.h"

#include "services/functions/async_calls.h"
#include "services/functions/function_urls.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

namespace signalbox::functions {

namespace {

/// 20 characters that begin as those of temporary credentials do, so that SDKs and people recognise the kind.
FunctionKey make_key() {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id = "ASIA";
  for (char byte : random_bytes(16)) id += alphabet[static_cast<unsigned char>(byte) % alphabet.size()];
  return {.id = std::move(id), .secret = base64url_encode(random_bytes(30))};
}

Error not_found(std::string_view name) { return error(ErrorCode::NotFound, fmt::format("Function not found: {}", name), "FunctionName"); }

/// Whether processes made for `a` may go on serving `b`.
bool same_but_for_times(FunctionConfig a, const FunctionConfig& b) {
  a.created_at = b.created_at;
  a.modified_at = b.modified_at;
  a.revision = b.revision;
  a.last_version = b.last_version;
  return to_record(a) == to_record(b);
}

void erase_below(Transaction& transaction, const Key& prefix) {
  std::vector<Key> doomed;
  transaction.scan(KeyRange{.prefix = prefix}, [&](const Key& key, std::string_view) {
    doomed.push_back(key);
    return true;
  });
  for (auto& key : doomed) transaction.erase(std::move(key));
}

void remove_versions_and_aliases(Transaction& transaction, std::string_view name) {
  erase_below(transaction, Key(function_versions_table, name));
  erase_below(transaction, Key(function_aliases_table, name));
}

}  // namespace

Result<FunctionConfig> create_function(Transaction& transaction, FunctionConfig config) {
  if (auto checked = check(config); !checked) return checked.error();
  Key key(functions_table, config.name);
  if (transaction.get(key)) return error(ErrorCode::AlreadyExists, fmt::format("Function already exist: {}", config.name), "FunctionName");
  config.key = make_key();
  config.revision = 1;
  config.created_at = config.modified_at = transaction.now();
  transaction.put(key, to_record(config));
  transaction.put(Key(function_keys_table, config.key.id), config.name);
  return config;
}

Result<FunctionConfig> update_function(Transaction& transaction, FunctionConfig config) {
  if (auto checked = check(config); !checked) return checked.error();
  auto old = find_function(transaction, config.name);
  if (!old) return not_found(config.name);
  config.key = old->key;
  config.last_version = old->last_version;
  if (same_but_for_times(config, *old)) return *old;
  config.created_at = old->created_at;
  config.modified_at = transaction.now();
  config.revision = old->revision + 1;
  transaction.put(Key(functions_table, config.name), to_record(config));
  return config;
}

Result<void> delete_function(Transaction& transaction, std::string_view name) {
  auto old = find_function(transaction, name);
  if (!old) return not_found(name);
  transaction.erase(Key(functions_table, name));
  transaction.erase(Key(function_keys_table, old->key.id));
  remove_versions_and_aliases(transaction, name);
  forget_attachments(transaction, name);
  erase_function_urls(transaction, name);
  return {};
}

std::optional<FunctionConfig> find_function(const Reader& reader, std::string_view name) {
  auto record = reader.get(Key(functions_table, name));
  if (!record) return std::nullopt;
  return from_record(*record);
}

std::vector<FunctionConfig> list_functions(const Reader& reader, std::string_view after, std::size_t limit) {
  std::vector<FunctionConfig> found;
  KeyRange range{.prefix = Key(functions_table)};
  if (!after.empty()) range.after = Key(functions_table, after);
  if (limit == 0) return found;
  reader.scan(range, [&](const Key&, std::string_view record) {
    found.push_back(from_record(record));
    return found.size() < limit;
  });
  return found;
}

std::optional<FunctionConfig> find_function_by_key(const Reader& reader, std::string_view access_key_id) {
  auto name = reader.get(Key(function_keys_table, access_key_id));
  if (!name) return std::nullopt;
  return find_function(reader, *name);
}

Result<std::string> decode_client_context(std::string_view base64) {
  const auto text = base64_decode(base64);
  const auto context = text ? Json::parse(*text) : Result<Json>(error(ErrorCode::InvalidArgument, ""));
  if (!context || !context->is_object())
    return error(ErrorCode::InvalidArgument, "Client context must be a valid Base64-encoded JSON object.");
  return context->compact_text();
}

}  // namespace signalbox::functions
