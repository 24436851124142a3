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

constexpr ApiTables tables{apis_table, items_table};

}  // namespace

std::optional<Json> find_api(const Reader& reader, std::string_view api) { return tables.find_api(reader, api); }
Items list_apis(const Reader& reader) { return tables.list_apis(reader); }
void put_api(Transaction& transaction, std::string_view api, const Json& record) { tables.put_api(transaction, api, record); }
void erase_api(Transaction& transaction, std::string_view api) { tables.erase_api(transaction, api); }

std::optional<Json> find_item(const Reader& reader, std::string_view api, Kind kind, std::string_view id) {
  return tables.find_item(reader, api, name_of(kind), id);
}
Items list_items(const Reader& reader, std::string_view api, Kind kind) { return tables.list_items(reader, api, name_of(kind)); }
void put_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id, const Json& record) {
  tables.put_item(transaction, api, name_of(kind), id, record);
}
void erase_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id) {
  tables.erase_item(transaction, api, name_of(kind), id);
}

std::string method_id(std::string_view resource, std::string_view http_method) {
  return std::string(resource).append(" ").append(http_method);
}

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
