#pragma once
/// What is stored of HTTP APIs: JSON in the shapes of API Gateway's own control plane (`Api`, `Route`, `Integration`, `Deployment`, `Stage`), so that the wire,
/// templates and deployments work on one form. Source: API Gateway API Reference (V2).

#include "services/gateway/gateway_records.h"

#include <optional>
#include <string_view>

namespace signalbox::http_apis {

using gateway::Items;

/// API's id → Api
inline constexpr Table apis_table{"http_apis", {KeyPart::Text}};
/// (API's id, kind, id) → the item
inline constexpr Table items_table{"http_api_items", {KeyPart::Text, KeyPart::Text, KeyPart::Text}};

/// stored: do not rename
enum class Kind { Route, Integration, Deployment, Stage };

[[nodiscard]] std::optional<Json> find_api(const Reader& reader, std::string_view api);
/// In order of id.
[[nodiscard]] Items list_apis(const Reader& reader);
void put_api(Transaction& transaction, std::string_view api, const Json& record);
/// With everything that belongs to it.
void erase_api(Transaction& transaction, std::string_view api);

/// A stage's id is its name: `$default`, `prod`.
[[nodiscard]] std::optional<Json> find_item(const Reader& reader, std::string_view api, Kind kind, std::string_view id);
[[nodiscard]] Items list_items(const Reader& reader, std::string_view api, Kind kind);
void put_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id, const Json& record);
void erase_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id);

[[nodiscard]] bool is_true(const Json& record, std::string_view name);

/// Of routes and integrations; APIs and deployments have ids like those of REST APIs.
inline constexpr std::size_t part_id_length = 7;

}  // namespace signalbox::http_apis
