#pragma once
/// Making, changing and removing HTTP APIs and what belongs to them: one set of rules for templates and for the wire. Stages with `autoDeploy` get a deployment
/// whenever what their API answers changes. Errors carry AWS's texts, and in `where` the name of the API's error (`NotFoundException`, `BadRequestException`,
/// `ConflictException`). Source: API Gateway API Reference (V2).

#include "services/http_apis/records.h"

#include "signalbox/result.h"

namespace signalbox::http_apis {

/// `record`: members of Api but its id. Errors: AlreadyExists, InvalidArgument (a protocol other than HTTP, no name).
[[nodiscard]] Result<void> create_api(Transaction& transaction, std::string_view api, const Json& record);
/// Sets members; null takes one back. Errors: NotFound, those of create_api().
[[nodiscard]] Result<Json> update_api(Transaction& transaction, std::string_view api, const Json& members);
/// Errors: NotFound.
[[nodiscard]] Result<Json> get_api(const Reader& reader, std::string_view api);
/// A route, integration or stage of an API that is there. Errors: NotFound.
[[nodiscard]] Result<Json> get_item(const Reader& reader, std::string_view api, Kind kind, std::string_view id);

/// Makes or replaces a route: `routeKey`, `target`. Errors: NotFound (API, integration), InvalidArgument (key, authorization), AlreadyExists (another route has the key).
[[nodiscard]] Result<Json> put_route(Transaction& transaction, std::string_view api, std::string_view id, const Json& record);
/// Errors: NotFound (API), those of read_integration().
[[nodiscard]] Result<Json> put_integration(Transaction& transaction, std::string_view api, std::string_view id, const Json& record);
/// Makes or replaces a stage. Errors: NotFound (API, deployment), InvalidArgument (name, access log).
[[nodiscard]] Result<Json> put_stage(Transaction& transaction, std::string_view api, std::string_view name, const Json& record);
/// Errors: NotFound; Conflict (an integration that routes call, a deployment that a stage is at).
[[nodiscard]] Result<void> delete_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id);
/// Without asking who refers to it: for stacks, which remove what does in the same transaction. One that is gone is no error.
void remove_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id);

/// Quick create: a route (`$default` at first) to a function (its ARN) or server (its URL), and a `$default` stage that deploys itself. Errors: those of the parts.
/// Precondition: the API is there.
[[nodiscard]] Result<void> add_quick_target(Transaction& transaction, std::string_view api, const Json& request);

/// As AWS shows times of this service.
[[nodiscard]] Json iso_time(Timestamp time);

inline constexpr std::string_view default_stage = "$default";

}  // namespace signalbox::http_apis
