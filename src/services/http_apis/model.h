#pragma once
/// A deployed HTTP API as requests meet it: read once from a deployment's snapshot, immutable. Source: API Gateway developer guide, "HTTP APIs"; API
/// Reference (V2).

#include "services/http_apis/records.h"

#include "signalbox/result.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::http_apis {

/// name → value, in the order of the author.
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Integration {
  /// A function (AWS_PROXY), an operation of an AWS service (AWS_PROXY with a subtype), a server (HTTP_PROXY).
  enum class Type { Function, Service, Server };
  Type type = Type::Function;
  std::string uri;                                   ///< of a server; of a function, as the author wrote it
  std::string method;                                ///< of a server: empty or ANY is the client's
  std::string subtype;                               ///< `StepFunctions-StartExecution`
  std::string credentials;                           ///< ARN of the role in which it is called; empty: API Gateway itself calls
  bool is_format_2 = false;                          ///< payload format 2.0
  Pairs parameters;                                  ///< `overwrite:header.X` → value; of a service: its parameters' names
  std::map<std::string, Pairs> response_parameters;  ///< by status: `overwrite:header.X` → value
  std::chrono::milliseconds timeout{30'000};
};

/// Errors: InvalidArgument, in a sentence: what API Gateway or this daemon does not offer, a subtype without a parameter that it needs.
[[nodiscard]] Result<Integration> read_integration(const Json& record);

/// `GET /orders/{id}`, or `$default`.
struct RouteKey {
  std::string method;  ///< upper case; `ANY` for all; empty: `$default`
  std::string path;    ///< empty: `$default`
};
/// Errors: InvalidArgument in AWS's words.
[[nodiscard]] Result<RouteKey> parse_route_key(std::string_view text);

struct Route {
  std::string key;  ///< as it is written
  RouteKey parts;
  std::string integration;  ///< its id; empty: the route has no target
};

struct Cors {
  std::vector<std::string> origins, methods, headers, exposed;
  bool credentials = false;
  std::optional<std::int64_t> max_age;  ///< in seconds
};

struct Snapshot {
  std::string api, deployment;
  std::vector<Route> routes;
  std::map<std::string, Integration> integrations;  ///< by id
  std::optional<Cors> cors;
};

/// Of a deployment's record (rules.h, create_deployment()). Errors: those of read_integration() and parse_route_key().
[[nodiscard]] Result<Snapshot> read_snapshot(std::string_view api, const Json& deployment);

}  // namespace signalbox::http_apis
