#include "services/gateway/gateway_records.h"

#include "signalbox/encoding.h"

namespace signalbox::gateway {

namespace {

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::Resource: return "resource";
    case Kind::Method: return "method";
    case Kind::Model: return "model";
    case Kind::Validator: return "validator";
    case Kind::Response: return "response";
    case Kind::Deployment: return "deployment";
    case Kind::Stage: return "stage";
    case Kind::ApiKey: return "api-key";
    case Kind::UsagePlan: return "usage-plan";
    case Kind::UsagePlanKey: return "usage-plan-key";
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

std::optional<Json> find_item(const Reader& reader, std::string_view api, Kind kind, std::string_view id) { return read(reader, Key(items_table, api, name_of(kind), id)); }
Items list_items(const Reader& reader, std::string_view api, Kind kind) { return list(reader, Key(items_table, api, name_of(kind)), 2); }

void put_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id, const Json& record) {
  transaction.put(Key(items_table, api, name_of(kind), id), record.text());
}
void erase_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id) { transaction.erase(Key(items_table, api, name_of(kind), id)); }

void erase_api(Transaction& transaction, std::string_view api) {
  std::vector<Key> keys;
  transaction.scan({Key(items_table, api)}, [&](const Key& key, std::string_view) {
    keys.push_back(key);
    return true;
  });
  for (auto& key : keys) transaction.erase(std::move(key));
  transaction.erase(Key(apis_table, api));
}

std::string method_id(std::string_view resource, std::string_view http_method) { return std::string(resource).append(" ").append(http_method); }

std::string stable_id(std::initializer_list<std::string_view> parts, std::size_t length) {
  constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string all;
  for (const auto part : parts) all.append(std::to_string(part.size())).append(":").append(part);
  auto hash = digest(DigestAlgorithm::Sha256, all);
  while (hash.size() < length) hash += digest(DigestAlgorithm::Sha256, hash);
  std::string id;
  for (std::size_t i = 0; i < length; ++i) id += characters[static_cast<unsigned char>(hash[i]) % (i == 0 ? 26 : characters.size())];
  return id;
}

std::string root_resource_id(std::string_view api) { return stable_id({api, "/"}, api_id_length); }

std::vector<std::pair<std::string, std::string>> texts_of(const Json& object, std::string_view name) {
  std::vector<std::pair<std::string, std::string>> texts;
  const auto* map = object.find(name);
  if (!map || !map->is_object()) return texts;
  for (const auto& member : map->members()) texts.emplace_back(member.name, plain_text(member.value));
  return texts;
}

Json seconds_since_epoch(Timestamp time) { return Json(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count()); }

}  // namespace signalbox::gateway
