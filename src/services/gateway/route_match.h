#pragma once
/// Which resource and method a request means. Pure. Source: API Gateway developer guide, "Set up proxy integrations", "Select the API method";
/// slashes as recorded on AWS.

#include "services/gateway/api_model.h"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::gateway {

/// What a URL of a stage names: `/_api/API/STAGE/…`, or `/STAGE/…` at the host `API.execute-api.…`.
struct StagePath {
  std::string api, stage;  ///< stage: empty if the URL ends before it
  std::string path;        ///< behind the stage, as sent, `/` at least
  std::string full_path;   ///< with the stage, as sent: `$context.path`
};
/// Nothing if the request is none for API Gateway. `path` is as sent, without the query.
[[nodiscard]] std::optional<StagePath> find_stage_path(std::string_view host, std::string_view path);

struct RouteMatch {
  const ApiResource* resource = nullptr;
  const Method* method = nullptr;
  Pairs path_parameters;  ///< decoded
};
/// The resource with the most exact path (routes::match_path) decides, among those that have methods at all: one that lacks the method leaves the
/// request to no other. A method wins by its name over ANY. The match lives as long as the snapshot.
[[nodiscard]] std::optional<RouteMatch> match_route(const ApiSnapshot& snapshot, std::string_view http_method, std::string_view path);

}  // namespace signalbox::gateway
