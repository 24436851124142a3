#pragma once
/// What AWS's services keep and this daemon has no other use for, or too little of it for tables of their own: policies, parameters, settings.

#include "signalbox/json.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::aws {

/// (kind, owner, name) → JSON text. Kinds are the program's own: `logs-policy`, `iam-role`, …
inline constexpr Table kept_table{"aws_kept", {KeyPart::Text, KeyPart::Text, KeyPart::Text}};

/// Lambda's policies: (function, qualifier or nothing) → policy document.
inline constexpr const char* function_policy_kind = "lambda-policy";

[[nodiscard]] inline std::optional<Json> find_kept(const Reader& reader, std::string_view kind, std::string_view owner,
                                                   std::string_view name) {
  auto record = reader.get(Key(kept_table, kind, owner, name));
  if (!record) return std::nullopt;
  return Json::from_stored(std::move(*record));
}

inline void keep(Transaction& transaction, std::string_view kind, std::string_view owner, std::string_view name, const Json& value) {
  transaction.put(Key(kept_table, kind, owner, name), value.text());
}

/// Whether it was there.
inline bool drop_kept(Transaction& transaction, std::string_view kind, std::string_view owner, std::string_view name) {
  Key key(kept_table, kind, owner, name);
  if (!transaction.get(key)) return false;
  transaction.erase(std::move(key));
  return true;
}

/// Names and values of an owner, in order of name.
[[nodiscard]] inline std::vector<std::pair<std::string, Json>> list_kept(const Reader& reader, std::string_view kind,
                                                                         std::string_view owner) {
  std::vector<std::pair<std::string, Json>> found;
  reader.scan(KeyRange{.prefix = Key(kept_table, kind, owner)}, [&](const Key& key, std::string_view record) {
    found.emplace_back(key.text(2), Json::from_stored(std::string(record)));
    return true;
  });
  return found;
}

}  // namespace signalbox::aws
