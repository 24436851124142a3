#include "services/http_apis/records.h"

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

constexpr gateway::ApiTables tables{apis_table, items_table};

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

bool is_true(const Json& record, std::string_view name) {
  const auto* value = record.find(name);
  return value && *value == Json(true);
}

}  // namespace signalbox::http_apis
