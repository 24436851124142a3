#pragma once
/// Making, changing and removing REST APIs and what belongs to them: one set of rules for templates and for the wire. Errors carry AWS's texts, and
/// in `where` the name of the API's error (`NotFoundException`, `BadRequestException`, `ConflictException`). Source: API Gateway API Reference (V1).

#include "services/gateway/gateway_records.h"

#include "signalbox/result.h"

namespace signalbox::gateway {

/// The API with its resource `/` and the models `Empty` and `Error`. `record`: members of RestApi but its id.
[[nodiscard]] Result<void> create_api(Transaction& transaction, std::string_view api, const Json& record);
/// Sets members, keeps the others. Errors: NotFound.
[[nodiscard]] Result<void> update_api(Transaction& transaction, std::string_view api, const Json& members);
/// Errors: NotFound.
[[nodiscard]] Result<Json> get_api(const Reader& reader, std::string_view api);

/// Its id depends on its place in the tree. Gives the Resource. Errors: NotFound (API, parent), InvalidArgument (path part), Conflict (a sibling has it).
[[nodiscard]] Result<Json> create_resource(Transaction& transaction, std::string_view api, std::string_view parent,
                                           std::string_view path_part);
[[nodiscard]] std::string resource_id(std::string_view api, std::string_view parent, std::string_view path_part);
/// With all below it. Errors: NotFound.
[[nodiscard]] Result<void> delete_resource(Transaction& transaction, std::string_view api, std::string_view id);
/// With `resourceMethods`. Errors: NotFound.
[[nodiscard]] Result<Json> get_resource(const Reader& reader, std::string_view api, std::string_view id);

/// Moves it below another parent, or names it anew, with all below it. Gives the Resource. Errors: those of create_resource(), InvalidArgument (below itself).
[[nodiscard]] Result<Json> move_resource(Transaction& transaction, std::string_view api, std::string_view id, std::string_view parent,
                                         std::string_view path_part);

/// Makes or replaces a method with its integration and responses. Errors: NotFound (API, resource), those of read_method().
[[nodiscard]] Result<void> put_method(Transaction& transaction, std::string_view api, std::string_view resource, const Json& record);
[[nodiscard]] Result<Json> get_method(const Reader& reader, std::string_view api, std::string_view resource, std::string_view http_method);
[[nodiscard]] Result<void> delete_method(Transaction& transaction, std::string_view api, std::string_view resource,
                                         std::string_view http_method);

/// Models, validators, gateway responses. Errors: NotFound (API), InvalidArgument (a model's schema, a response's type).
[[nodiscard]] Result<void> put_part(Transaction& transaction, std::string_view api, Kind kind, std::string_view id, const Json& record);

/// Keeps what the API is now, for ever. Errors: NotFound, InvalidArgument (no methods, a method without integration).
[[nodiscard]] Result<Json> create_deployment(Transaction& transaction, std::string_view api, std::string_view id,
                                             std::string_view description);
/// Errors: NotFound, InvalidArgument (a stage is at it).
[[nodiscard]] Result<void> delete_deployment(Transaction& transaction, std::string_view api, std::string_view id);
/// What create_deployment() would keep, without keeping it; of an API that is not complete, too. Precondition: the API is there.
[[nodiscard]] Json deployment_of(const Reader& reader, std::string_view api, std::string_view id);
/// As the API shows it: without the snapshot.
[[nodiscard]] Json shown_deployment(const Json& record);

/// Makes or replaces a stage: `deploymentId`, `variables`, `accessLogSettings`, `methodSettings`, …. Errors: NotFound (API, deployment), InvalidArgument (name, destination).
[[nodiscard]] Result<Json> put_stage(Transaction& transaction, std::string_view api, std::string_view name, const Json& record);

[[nodiscard]] Error not_found(std::string message);
[[nodiscard]] Error bad_request(std::string message);

}  // namespace signalbox::gateway
