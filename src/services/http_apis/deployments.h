#pragma once
/// What an API is, kept when it is deployed. Source: API Gateway API Reference (V2), Deployment, Stage.

#include "services/http_apis/records.h"

#include "signalbox/result.h"

namespace signalbox::http_apis {

/// Keeps what the API is now, for ever. Errors: NotFound, InvalidArgument (no routes).
[[nodiscard]] Result<Json> create_deployment(Transaction& transaction, std::string_view api, std::string_view id,
                                             std::string_view description);
/// As the API shows it: without the snapshot.
[[nodiscard]] Json shown_deployment(const Json& record);

/// Moves the stages that deploy themselves to what the API is now; those of an API without routes stay where they are. Such a deployment is called after what
/// it holds, so that stages share it.
void deploy_automatically(Transaction& transaction, std::string_view api);
/// Those that nobody asked for and no stage is at any more.
void drop_automatic_deployments(Transaction& transaction, std::string_view api);
/// Whether a stage is at it.
[[nodiscard]] bool is_used(const Reader& reader, std::string_view api, std::string_view deployment);

}  // namespace signalbox::http_apis
