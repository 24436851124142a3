#pragma once
/// Which route a request takes. Pure. Source: API Gateway developer guide, "Create routes for HTTP APIs", Routing API requests.

#include "services/http_apis/model.h"

#include <optional>
#include <string_view>

namespace signalbox::http_apis {

struct RouteMatch {
  const Route* route = nullptr;
  Pairs path_parameters;  ///< decoded
};
/// Among the routes of the request's method and of ANY the one whose path is the most exact (routes::match_path): full matches before greedy ones; of two
/// with the same path that of the method; `$default` if none fits. The match lives as long as the snapshot.
[[nodiscard]] std::optional<RouteMatch> select_route(const Snapshot& snapshot, std::string_view http_method, std::string_view path);

}  // namespace signalbox::http_apis
