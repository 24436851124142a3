#pragma once
/// Routes on the public listener that call a function: the Api events of templates. The HTTP side asks match_route() for what it does not
/// serve itself, makes the event with proxy_event() and the answer with proxy_response() (proxy_event.h).

#include "signalbox/result.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::routes {

/// path template, method → Route, JSON.
inline constexpr Table routes_table{"routes", {KeyPart::Text, KeyPart::Text}};

struct Route {
  std::string path;      ///< `/orders/{id}`, `/files/{rest+}`
  std::string method;    ///< upper case; `ANY` for every method
  std::string function;  ///< name
  std::string stack;     ///< the template folder it came from
};

/// Path and method as they are stored. Errors: InvalidArgument (a path that does not begin with `/`, a malformed `{parameter}`, an
/// unknown method, a path that the daemon serves itself).
[[nodiscard]] Result<Route> check_route(Route route);
/// Makes or replaces a route of the same stack. Errors: those of check_route(), AlreadyExists (another stack has it).
[[nodiscard]] Result<void> put_route(Transaction& transaction, const Route& route);
[[nodiscard]] std::optional<Route> find_route(const Reader& reader, std::string_view path, std::string_view method);
/// One that does not exist is no error.
void remove_route(Transaction& transaction, std::string_view path, std::string_view method);

/// In order of path and method.
[[nodiscard]] std::vector<Route> list_routes(const Reader& reader);

struct RouteMatch {
  Route route;
  std::vector<std::pair<std::string, std::string>> path_parameters;  ///< decoded
};
/// The route for a request's path (as sent, without query): of the path that fits best (path_pattern.h) the route of the method, or else that of ANY. A
/// path that lacks the method leaves the request to no other, as on API Gateway.
[[nodiscard]] std::optional<RouteMatch> match_route(const Reader& reader, std::string_view method, std::string_view path);
/// The methods that this path has routes for; empty: none.
[[nodiscard]] std::vector<std::string> methods_of(const Reader& reader, std::string_view path);

}  // namespace signalbox::routes
