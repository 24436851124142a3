#include "services/http_apis/cors.h"

#include "base/text.h"
#include "services/gateway/api_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace signalbox::http_apis {

namespace {

/// `*`, `https://*` and `https://example.com`; the answer names the origin itself, but `*` as such.
std::optional<std::string> allowed_origin(const Cors& cors, const http::Request& request) {
  const auto origin = request.headers.get("origin");
  if (!origin) return std::nullopt;
  std::optional<std::string> allowed;
  for (const auto& one : cors.origins) {
    if (one == "*") return "*";
    const bool fits = one == *origin || (one.ends_with('*') && origin->starts_with(std::string_view(one).substr(0, one.size() - 1)));
    if (fits) allowed = std::string(*origin);
  }
  return allowed;
}

void add_list(http::Response& response, std::string_view name, const std::vector<std::string>& values) {
  if (!values.empty()) response.headers.set(name, fmt::format("{}", fmt::join(values, ",")));
}

void add_origin(const Cors& cors, const std::string& origin, http::Response& response) {
  response.headers.set("access-control-allow-origin", origin);
  if (cors.credentials) response.headers.set("access-control-allow-credentials", "true");
  if (origin != "*") response.headers.add("vary", "origin");
}

}  // namespace

std::optional<http::Response> preflight_answer(const Cors& cors, const http::Request& request) {
  if (request.method != "OPTIONS" || !request.headers.get("origin") || !request.headers.get("access-control-request-method"))
    return std::nullopt;
  http::Response response{.status = 204};
  const auto origin = allowed_origin(cors, request);
  if (!origin) return response;
  add_origin(cors, *origin, response);
  add_list(response, "access-control-allow-methods", cors.methods);
  add_list(response, "access-control-allow-headers", cors.headers);
  if (cors.max_age) response.headers.set("access-control-max-age", std::to_string(*cors.max_age));
  return response;
}

void set_cors_headers(const Cors& cors, const http::Request& request, http::Response& response) {
  http::Headers kept;
  for (const auto& [name, value] : response.headers.all())
    if (!ascii_lower(name).starts_with("access-control-")) kept.add(name, value);
  response.headers = std::move(kept);
  const auto origin = allowed_origin(cors, request);
  if (!origin) return;
  add_origin(cors, *origin, response);
  add_list(response, "access-control-expose-headers", cors.exposed);
}

}  // namespace signalbox::http_apis
