#include "services/routes/routes.h"

#include "base/text.h"
#include "services/routes/path_pattern.h"

#include "signalbox/encoding.h"
#include "signalbox/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox::routes {

namespace {

constexpr std::array methods{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"};
/// What the daemon itself serves to strangers.
constexpr std::array own_paths{"verification", "subscriptions", "healthz", "_api", "_url"};

bool is_name(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.'; });
}

std::optional<std::string> fault_in(const std::vector<std::string_view>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = parts[i];
    if (part.find_first_of("{}") == std::string_view::npos) continue;
    if (!is_parameter(part) || !is_name(parameter_name(part))) return fmt::format("'{}' is no parameter", part);
    if (is_greedy(part) && i + 1 != parts.size()) return fmt::format("'{}' must be the last part", part);
  }
  return std::nullopt;
}

std::string to_record(const Route& route) {
  return json_object({{"version", 1}, {"path", route.path}, {"method", route.method}, {"function", route.function}, {"stack", route.stack}})
      .text();
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
  route.method = ascii_upper(route.method);
  if (std::find(methods.begin(), methods.end(), route.method) == methods.end())
    return invalid(fmt::format("'{}' is no HTTP method", route.method));
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
      return error(ErrorCode::AlreadyExists,
                   fmt::format("the stack '{}' has the route {} {} already", other.stack, route->method, route->path));
  transaction.put(key, to_record(*route));
  return {};
}

std::optional<Route> find_route(const Reader& reader, std::string_view path, std::string_view method) {
  const auto record = reader.get(Key(routes_table, path, method));
  return record ? std::optional(from_record(*record)) : std::nullopt;
}

void remove_route(Transaction& transaction, std::string_view path, std::string_view method) {
  transaction.erase(Key(routes_table, path, method));
}

std::vector<Route> list_routes(const Reader& reader) {
  std::vector<Route> routes;
  reader.scan({Key(routes_table)}, [&](const Key&, std::string_view record) {
    routes.push_back(from_record(record));
    return true;
  });
  return routes;
}

std::optional<RouteMatch> match_route(const Reader& reader, std::string_view method, std::string_view path) {
  std::optional<RouteMatch> best;
  std::string best_path, best_rank;
  for (auto& route : list_routes(reader)) {
    auto match = match_path(route.path, path);
    if (!match || match->rank < best_rank) continue;
    // The most exact path decides, whatever methods it has; on it a method wins by its name over ANY.
    if (route.path != best_path) best.reset();
    best_path = route.path;
    best_rank = match->rank;
    const bool fits = route.method == method || (route.method == "ANY" && !best);
    if (fits) best = RouteMatch{std::move(route), std::move(match->parameters)};
  }
  return best;
}

std::vector<std::string> methods_of(const Reader& reader, std::string_view path) {
  std::vector<std::string> found;
  for (const auto& route : list_routes(reader))
    if (match_path(route.path, path)) found.push_back(route.method);
  return found;
}

}  // namespace signalbox::routes
