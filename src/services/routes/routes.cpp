#include "services/routes/routes.h"

#include "signalbox/encoding.h"
#include "signalbox/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox::routes {

std::vector<std::string_view> path_parts(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (const auto part = path.substr(0, slash); !part.empty()) parts.push_back(part);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return parts;
}

namespace {

constexpr std::array methods{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"};
/// What the daemon itself serves to strangers.
constexpr std::array own_paths{"verification", "subscriptions", "healthz", "_api"};

bool is_parameter(std::string_view part) { return part.size() > 2 && part.front() == '{' && part.back() == '}'; }
bool is_rest(std::string_view part) { return is_parameter(part) && part[part.size() - 2] == '+'; }

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.'; });
}

std::optional<std::string> fault_in(const std::vector<std::string_view>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = parts[i];
    if (part.find_first_of("{}") == std::string_view::npos) continue;
    const auto name = is_rest(part) ? part.substr(1, part.size() - 3) : is_parameter(part) ? part.substr(1, part.size() - 2) : std::string_view();
    if (!is_name(name)) return fmt::format("'{}' is no parameter", part);
    if (is_rest(part) && i + 1 != parts.size()) return fmt::format("'{}' must be the last part", part);
  }
  return std::nullopt;
}

/// Matches, and says how good the match is: the greater, the more exact. Part by part: fixed 2, parameter 1, rest 0.
std::optional<std::string> match(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path, std::string_view whole_path, RouteMatch& into) {
  std::string rank;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i >= path.size()) return std::nullopt;
    if (is_rest(pattern[i])) {
      const auto rest = whole_path.substr(static_cast<std::size_t>(path[i].data() - whole_path.data()));
      into.path_parameters.emplace_back(pattern[i].substr(1, pattern[i].size() - 3), percent_decode(rest, false));
      return rank + '0';
    }
    if (is_parameter(pattern[i])) {
      into.path_parameters.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), percent_decode(path[i], false));
      rank += '1';
    } else if (pattern[i] == percent_decode(path[i], false)) {
      rank += '2';
    } else {
      return std::nullopt;
    }
  }
  if (path.size() != pattern.size()) return std::nullopt;
  return rank;
}

std::string to_record(const Route& route) {
  return json_object({{"version", 1}, {"path", route.path}, {"method", route.method}, {"function", route.function}, {"stack", route.stack}}).text();
}

Route from_record(std::string_view text) {
  const auto record = Json::from_stored(std::string(text));
  const auto member = [&](std::string_view name) {
    const auto* value = record.find(name);
    if (!value || !value->is_string()) throw StoreFailure("damaged record of a route: it lacks " + std::string(name));
    return std::string(value->as_string());
  };
  return {.path = member("path"), .method = member("method"), .function = member("function"), .stack = member("stack")};
}

}  // namespace

Result<Route> check_route(Route route) {
  const auto invalid = [](std::string message) { return error(ErrorCode::InvalidArgument, std::move(message)); };
  if (!route.path.starts_with('/')) return invalid(fmt::format("the path '{}' does not begin with a slash", route.path));
  const auto parts = path_parts(route.path);
  if (const auto fault = fault_in(parts)) return invalid(fmt::format("the path '{}' is malformed: {}", route.path, *fault));
  if (!parts.empty() && std::find(own_paths.begin(), own_paths.end(), parts.front()) != own_paths.end())
    return invalid(fmt::format("the path '{}' is served by the daemon itself", route.path));
  std::transform(route.method.begin(), route.method.end(), route.method.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (std::find(methods.begin(), methods.end(), route.method) == methods.end()) return invalid(fmt::format("'{}' is no HTTP method", route.method));
  route.path.clear();
  for (const auto part : parts) route.path += '/' + std::string(part);
  if (route.path.empty()) route.path = "/";
  return route;
}

Result<void> put_route(Transaction& transaction, const Route& given) {
  const auto route = check_route(given);
  if (!route) return route.error();
  const Key key(routes_table, route->path, route->method);
  if (const auto existing = transaction.get(key))
    if (const auto other = from_record(*existing); other.stack != route->stack)
      return error(ErrorCode::AlreadyExists, fmt::format("the stack '{}' has the route {} {} already", other.stack, route->method, route->path));
  transaction.put(key, to_record(*route));
  return {};
}

std::optional<Route> find_route(const Reader& reader, std::string_view path, std::string_view method) {
  const auto record = reader.get(Key(routes_table, path, method));
  return record ? std::optional(from_record(*record)) : std::nullopt;
}

void remove_route(Transaction& transaction, std::string_view path, std::string_view method) { transaction.erase(Key(routes_table, path, method)); }

std::vector<Route> list_routes(const Reader& reader) {
  std::vector<Route> routes;
  reader.scan({Key(routes_table)}, [&](const Key&, std::string_view record) {
    routes.push_back(from_record(record));
    return true;
  });
  return routes;
}

std::optional<RouteMatch> match_route(const Reader& reader, std::string_view method, std::string_view path) {
  const auto parts = path_parts(path);
  std::optional<RouteMatch> best;
  std::string best_rank;
  for (auto& route : list_routes(reader)) {
    if (route.method != method && route.method != "ANY") continue;
    RouteMatch candidate;
    candidate.route = std::move(route);
    const auto pattern = candidate.route.path;
    auto rank = match(path_parts(pattern), parts, path, candidate);
    if (!rank) continue;
    *rank += candidate.route.method == "ANY" ? '0' : '1';
    if (best && *rank <= best_rank) continue;
    best = std::move(candidate);
    best_rank = std::move(*rank);
  }
  return best;
}

std::vector<std::string> methods_of(const Reader& reader, std::string_view path) {
  const auto parts = path_parts(path);
  std::vector<std::string> found;
  for (const auto& route : list_routes(reader)) {
    RouteMatch ignored;
    if (match(path_parts(route.path), parts, path, ignored)) found.push_back(route.method);
  }
  return found;
}

}  // namespace signalbox::routes
