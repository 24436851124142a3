#pragma once
/// How APIs of either kind are stored: a record each, and what belongs to them by kind and id.

#include "signalbox/json.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::gateway {

using Items = std::vector<std::pair<std::string, Json>>;

/// API's id → the API; (API's id, kind, id) → the item.
struct ApiTables {
  const Table& apis;
  const Table& items;

  [[nodiscard]] std::optional<Json> find_api(const Reader& reader, std::string_view api) const;
  /// In order of id.
  [[nodiscard]] Items list_apis(const Reader& reader) const;
  void put_api(Transaction& transaction, std::string_view api, const Json& record) const;
  /// With everything that belongs to it.
  void erase_api(Transaction& transaction, std::string_view api) const;

  [[nodiscard]] std::optional<Json> find_item(const Reader& reader, std::string_view api, std::string_view kind, std::string_view id) const;
  [[nodiscard]] Items list_items(const Reader& reader, std::string_view api, std::string_view kind) const;
  void put_item(Transaction& transaction, std::string_view api, std::string_view kind, std::string_view id, const Json& record) const;
  void erase_item(Transaction& transaction, std::string_view api, std::string_view kind, std::string_view id) const;
};

}  // namespace signalbox::gateway
