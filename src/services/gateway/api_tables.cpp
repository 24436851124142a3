#include "services/gateway/api_tables.h"

namespace signalbox::gateway {

namespace {

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

std::optional<Json> ApiTables::find_api(const Reader& reader, std::string_view api) const { return read(reader, Key(apis, api)); }
Items ApiTables::list_apis(const Reader& reader) const { return list(reader, Key(apis), 0); }
void ApiTables::put_api(Transaction& transaction, std::string_view api, const Json& record) const {
  transaction.put(Key(apis, api), record.text());
}

void ApiTables::erase_api(Transaction& transaction, std::string_view api) const {
  std::vector<Key> keys;
  transaction.scan({Key(items, api)}, [&](const Key& key, std::string_view) {
    keys.push_back(key);
    return true;
  });
  for (auto& key : keys) transaction.erase(std::move(key));
  transaction.erase(Key(apis, api));
}

std::optional<Json> ApiTables::find_item(const Reader& reader, std::string_view api, std::string_view kind, std::string_view id) const {
  return read(reader, Key(items, api, kind, id));
}
Items ApiTables::list_items(const Reader& reader, std::string_view api, std::string_view kind) const {
  return list(reader, Key(items, api, kind), 2);
}

void ApiTables::put_item(Transaction& transaction, std::string_view api, std::string_view kind, std::string_view id,
                         const Json& record) const {
  transaction.put(Key(items, api, kind, id), record.text());
}
void ApiTables::erase_item(Transaction& transaction, std::string_view api, std::string_view kind, std::string_view id) const {
  transaction.erase(Key(items, api, kind, id));
}

}  // namespace signalbox::gateway
