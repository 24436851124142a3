#pragma once
/// What is stored of REST APIs: JSON in the shapes of API Gateway's own control plane (`RestApi`, `Resource`, `Method`, `Integration`, …), so that
/// the wire, templates and deployments work on one form. Source: API Gateway API Reference (V1).

#include "services/gateway/api_tables.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::gateway {

/// API's id → RestApi
inline constexpr Table apis_table{"gateway_apis", {KeyPart::Text}};
/// (API's id, kind, id) → the item
inline constexpr Table items_table{"gateway_items", {KeyPart::Text, KeyPart::Text, KeyPart::Text}};

/// stored: do not rename
enum class Kind { Resource, Method, Model, Validator, Response, Deployment, Stage, ApiKey, UsagePlan, UsagePlanKey };
/// Whom those belong to that belong to no API: the last three kinds.
inline constexpr std::string_view account_items{};

[[nodiscard]] std::optional<Json> find_api(const Reader& reader, std::string_view api);
/// In order of id.
[[nodiscard]] Items list_apis(const Reader& reader);
void put_api(Transaction& transaction, std::string_view api, const Json& record);

/// A method's id is `RESOURCE METHOD`, a model's its name, a gateway response's its type, a stage's its name, a usage plan's key's `PLAN KEY`.
[[nodiscard]] std::optional<Json> find_item(const Reader& reader, std::string_view api, Kind kind, std::string_view id);
[[nodiscard]] Items list_items(const Reader& reader, std::string_view api, Kind kind);
void put_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id, const Json& record);
void erase_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id);
/// With everything that belongs to it.
void erase_api(Transaction& transaction, std::string_view api);

[[nodiscard]] std::string method_id(std::string_view resource, std::string_view http_method);

/// An id of lower-case letters and digits that depends on `parts` alone: an API that is deployed again, or again after a removal, has its old one,
/// since links to it were mailed.
[[nodiscard]] std::string stable_id(std::initializer_list<std::string_view> parts, std::size_t length);
inline constexpr std::size_t api_id_length = 10, resource_id_length = 6, deployment_id_length = 6;
[[nodiscard]] std::string root_resource_id(std::string_view api);

/// As AWS shows times of this service.
[[nodiscard]] Json seconds_since_epoch(Timestamp time);
/// name → text of a member that is an object; other scalars become their text.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> texts_of(const Json& object, std::string_view name);

}  // namespace signalbox::gateway
