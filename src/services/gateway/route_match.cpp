#include "services/gateway/route_match.h"

#include "services/gateway/stage_url.h"
#include "services/routes/path_pattern.h"

#include <algorithm>
#include <utility>

namespace signalbox::gateway {

namespace {

const Method* method_of(const ApiResource& resource, std::string_view http_method) {
  const Method* any = nullptr;
  for (const auto& method : resource.methods) {
    if (method.http_method == http_method) return &method;
    if (method.http_method == "ANY") any = &method;
  }
  return any;
}

/// `stage/…` after slashes: the stage, and what follows it.
void read_stage(std::string_view rest, StagePath& into) {
  rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
  const auto slash = std::min(rest.find('/'), rest.size());
  into.stage = rest.substr(0, slash);
  into.path = slash == rest.size() ? "/" : std::string(rest.substr(slash));
  into.full_path = "/" + into.stage + (slash == rest.size() ? "" : into.path);
}

}  // namespace

std::optional<StagePath> find_stage_path(std::string_view host, std::string_view path) {
  StagePath found;
  if (path.starts_with(stage_path_prefix)) {
    path.remove_prefix(stage_path_prefix.size());
    const auto slash = std::min(path.find('/'), path.size());
    found.api = path.substr(0, slash);
    read_stage(path.substr(slash), found);
    return found;
  }
  const auto dot = host.find('.');
  if (dot == std::string_view::npos || !host.substr(dot).starts_with(".execute-api.")) return std::nullopt;
  found.api = host.substr(0, dot);
  read_stage(path, found);
  return found;
}

std::optional<RouteMatch> match_route(const ApiSnapshot& snapshot, std::string_view http_method, std::string_view path) {
  const ApiResource* best = nullptr;
  routes::PathMatch best_match;
  for (const auto& resource : snapshot.resources) {
    if (resource.methods.empty()) continue;
    auto match = routes::match_path(resource.path, path);
    if (!match || (best && match->rank <= best_match.rank)) continue;
    best = &resource;
    best_match = std::move(*match);
  }
  const Method* method = best ? method_of(*best, http_method) : nullptr;
  if (!method) return std::nullopt;
  return RouteMatch{best, method, std::move(best_match.parameters)};
}

}  // namespace signalbox::gateway
