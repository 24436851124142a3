#include <algorithm>
#include <map>

#include "http/http.h"
#include "http/problem.h"
#include "signalbox/encoding.h"

namespace signalbox::http {

namespace {

struct Route {
  std::string method;
  std::string path_template;
  std::vector<std::string> names;  ///< of its parameters, in order
  Handler handler;
};

/// One part of paths; the routes that end here, one per method.
struct Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
  std::unique_ptr<Node> parameter;
  std::vector<Route> routes;
  std::vector<Route> rest;  ///< those whose last part `{rest+}` begins after this one
};

/// Where a path led to: the routes of all its methods, and the texts its parameters stand for.
struct Match {
  const std::vector<Route>* routes = nullptr;
  std::vector<std::string_view> values;
};

/// `remaining` begins after a slash. Backtracks where a fixed part leads nowhere.
bool find(const Node& node, std::string_view remaining, bool at_end, Match& match) {
  if (at_end) {
    match.routes = &node.routes;
    return !node.routes.empty();
  }
  const auto slash = remaining.find('/');
  const auto part = remaining.substr(0, slash);
  const bool last = slash == std::string_view::npos;
  const auto after = last ? std::string_view() : remaining.substr(slash + 1);
  if (const auto child = node.fixed.find(part); child != node.fixed.end() && find(*child->second, after, last, match)) return true;
  if (node.parameter && !part.empty()) {
    match.values.push_back(part);
    if (find(*node.parameter, after, last, match)) return true;
    match.values.pop_back();
  }
  if (node.rest.empty() || remaining.empty()) return false;
  match.values.push_back(remaining);
  match.routes = &node.rest;
  return true;
}

std::string allowed_methods(const std::vector<Route>& routes) {
  std::string allow = "OPTIONS";
  for (const Route& route : routes) allow += ", " + route.method;
  return allow;
}

auto find_method(const std::vector<Route>& routes, std::string_view method) {
  return std::find_if(routes.begin(), routes.end(), [&](const Route& route) { return route.method == method; });
}

Response wrong_method(const Request& request, const std::vector<Route>& routes) {
  Response response = request.method == "OPTIONS" ? Response{204} : problem_response(405, request.method + " is not possible here");
  response.headers.add("Allow", allowed_methods(routes));
  return response;
}

}  // namespace

struct Router::Implementation {
  Node root;
  Handler otherwise;
  std::vector<std::pair<std::string, std::string>> listed;
};

Router::Router() : implementation_(std::make_unique<Implementation>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

void Router::on(std::string_view method, std::string_view path_template, Handler handler) {
  SIGNALBOX_ASSERT(path_template.starts_with('/'));
  Route route{std::string(method), std::string(path_template), {}, std::move(handler)};
  Node* node = &implementation_->root;
  std::vector<Route>* ends = nullptr;
  for (std::string_view remaining = path_template.substr(1);;) {
    const auto slash = remaining.find('/');
    const auto part = remaining.substr(0, slash);
    if (part.starts_with('{') && part.ends_with("+}")) {
      SIGNALBOX_ASSERT(slash == std::string_view::npos);
      route.names.emplace_back(part.substr(1, part.size() - 3));
      ends = &node->rest;
      break;
    }
    if (part.starts_with('{') && part.ends_with('}')) {
      route.names.emplace_back(part.substr(1, part.size() - 2));
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
    } else {
      auto& child = node->fixed[std::string(part)];
      if (!child) child = std::make_unique<Node>();
      node = child.get();
    }
    if (slash == std::string_view::npos) {
      ends = &node->routes;
      break;
    }
    remaining.remove_prefix(slash + 1);
  }
  SIGNALBOX_ASSERT(std::none_of(ends->begin(), ends->end(), [&](const Route& other) { return other.method == route.method; }));
  implementation_->listed.emplace_back(method, path_template);
  ends->push_back(std::move(route));
}

void Router::otherwise(Handler handler) { implementation_->otherwise = std::move(handler); }

asio::awaitable<Response> Router::route(Request&& request) const {
  Match match;
  const std::string_view path = request.path;
  if (!path.starts_with('/') || !find(implementation_->root, path.substr(1), false, match)) {
    if (implementation_->otherwise) return implementation_->otherwise(std::move(request));
    return ready(problem_response(404, "there is nothing at " + request.path));
  }
  auto route = find_method(*match.routes, request.method);
  // The session leaves the body out. A path whose GET does something has a HEAD of its own. RFC 9110, 9.3.2.
  if (route == match.routes->end() && request.method == "HEAD") route = find_method(*match.routes, "GET");
  if (route == match.routes->end()) return ready(wrong_method(request, *match.routes));
  request.parameters.reserve(route->names.size());
  for (std::size_t i = 0; i < route->names.size(); ++i) {
    request.parameters.emplace_back(route->names[i], percent_decode(match.values[i], false));
  }
  return route->handler(std::move(request));
}

std::vector<std::pair<std::string, std::string>> Router::routes() const { return implementation_->listed; }

}  // namespace signalbox::http
