#include "services/gateway/route_match.h"

#include "services/gateway/stage_url.h"
#include "services/routes/routes.h"

#include "signalbox/encoding.h"

#include <algorithm>
#include <vector>

namespace signalbox::gateway {

namespace {

using Parts = std::vector<std::string_view>;

bool is_parameter(std::string_view part) { return part.starts_with('{'); }
bool is_greedy(std::string_view part) { return part.ends_with("+}"); }

/// How exact a match is: the greater, the better. Part by part: spelled out 2, parameter 1, greedy 0.
std::optional<std::string> match(const Parts& pattern, const Parts& path, std::string_view whole, Pairs& parameters) {
  std::string rank;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i >= path.size()) return std::nullopt;
    const auto part = pattern[i];
    if (is_greedy(part)) {
      auto rest = whole.substr(static_cast<std::size_t>(path[i].data() - whole.data()));
      if (rest.ends_with('/')) rest.remove_suffix(1);
      parameters.emplace_back(part.substr(1, part.size() - 3), percent_decode(rest, false));
      return rank + '0';
    }
    if (is_parameter(part)) {
      parameters.emplace_back(part.substr(1, part.size() - 2), percent_decode(path[i], false));
      rank += '1';
    } else if (part == path[i] || part == percent_decode(path[i], false)) {
      rank += '2';
    } else {
      return std::nullopt;
    }
  }
  return path.size() == pattern.size() ? std::optional(rank) : std::nullopt;
}

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
  const auto parts = routes::path_parts(path);
  std::optional<RouteMatch> best;
  std::string best_rank;
  for (const auto& resource : snapshot.resources) {
    RouteMatch candidate{&resource, method_of(resource, http_method), {}};
    if (!candidate.method) continue;
    auto rank = match(routes::path_parts(resource.path), parts, path, candidate.path_parameters);
    if (!rank || (best && *rank <= best_rank)) continue;
    best = std::move(candidate);
    best_rank = std::move(*rank);
  }
  return best;
}

}  // namespace signalbox::gateway
