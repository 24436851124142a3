#include "services/http_apis/records.h"

#include <utility>
#include <vector>

namespace signalbox::http_apis {

namespace {

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::Route: return "route";
    case Kind::Integration: return "integration";
    case Kind::Deployment: return "deployment";
    case Kind::Stage: return "stage";
  }
  return {};
}

Items list(const Reader& reader, Key prefix, std::size_t id_part) {
  Items found;
  reader.scan({std::move(prefix)}, [&](const Key& key, std::string_view record) {
    found.emplace_back(key.text(id_part), Json::from_stored(std::string(record)));
    return true;
  });
  return found;
}

std::optional<Json> read(const Reader& reader, const Key& key) {
  auto record = reader.get(key);
  if (!record) return std::nullopt;
  return Json::from_stored(std::move(*record));
}

}  // namespace

std::optional<Json> find_api(const Reader& reader, std::string_view api) { return read(reader, Key(apis_table, api)); }
Items list_apis(const Reader& reader) { return list(reader, Key(apis_table), 0); }
void put_api(Transaction& transaction, std::string_view api, const Json& record) { transaction.put(Key(apis_table, api), record.text()); }

void erase_api(Transaction& transaction, std::string_view api) {
  std::vector<Key> keys;
  transaction.scan({Key(items_table, api)}, [&](const Key& key, std::string_view) {
    keys.push_back(key);
    return true;
  });
  for (auto& key : keys) transaction.erase(std::move(key));
  transaction.erase(Key(apis_table, api));
}

std::optional<Json> find_item(const Reader& reader, std::string_view api, Kind kind, std::string_view id) { return read(reader, Key(items_table, api, name_of(kind), id)); }
Items list_items(const Reader& reader, std::string_view api, Kind kind) { return list(reader, Key(items_table, api, name_of(kind)), 2); }

void put_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id, const Json& record) {
  transaction.put(Key(items_table, api, name_of(kind), id), record.text());
}
void erase_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id) { transaction.erase(Key(items_table, api, name_of(kind), id)); }

}  // namespace signalbox::http_apis
