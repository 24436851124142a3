#include "services/http_apis/route_selection.h"

#include "services/routes/path_pattern.h"

#include <string>
#include <utility>

namespace signalbox::http_apis {

std::optional<RouteMatch> select_route(const Snapshot& snapshot, std::string_view http_method, std::string_view path) {
  RouteMatch best;
  std::string best_rank;
  const Route* fallback = nullptr;
  for (const auto& route : snapshot.routes) {
    if (route.parts.path.empty()) {
      fallback = &route;
      continue;
    }
    const bool is_own = route.parts.method == http_method;
    if (!is_own && route.parts.method != "ANY") continue;
    auto match = routes::match_path(route.parts.path, path);
    if (!match) continue;
    auto rank = match->rank + (is_own ? "~1" : "~0");  // after every path's own letters
    if (best.route && rank <= best_rank) continue;
    best = {.route = &route, .path_parameters = std::move(match->parameters)};
    best_rank = std::move(rank);
  }
  if (best.route) return best;
  return fallback ? std::optional(RouteMatch{.route = fallback, .path_parameters = {}}) : std::nullopt;
}

}  // namespace signalbox::http_apis
