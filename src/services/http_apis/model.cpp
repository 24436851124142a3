#include "services/http_apis/model.h"

#include "services/http_apis/service_actions.h"

#include "services/gateway/gateway_rules.h"
#include "services/routes/path_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace signalbox::http_apis {

namespace {

using gateway::bad_request;

constexpr std::array http_methods{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"};

Error malformed_key() {
  return bad_request(
      R"(The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default")");
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '~'; });
}

/// Parameters stand alone between slashes, a greedy one at the end.
bool is_path(std::string_view path) {
  const auto parts = routes::path_parts(path);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = parts[i];
    if (part.find_first_of("{}") == std::string_view::npos) continue;
    if (!routes::is_parameter(part) || !is_word(routes::parameter_name(part))) return false;
    if (routes::is_greedy(part) && i + 1 < parts.size()) return false;
  }
  return path.starts_with('/');
}

std::vector<std::string> strings_of(const Json& object, std::string_view name) {
  std::vector<std::string> strings;
  if (const auto* list = object.find(name); list && list->is_array())
    for (const auto& one : list->elements())
      if (one.is_string()) strings.emplace_back(one.as_string());
  return strings;
}

Cors read_cors(const Json& record) {
  Cors cors{.origins = strings_of(record, "allowOrigins"),
            .methods = strings_of(record, "allowMethods"),
            .headers = strings_of(record, "allowHeaders"),
            .exposed = strings_of(record, "exposeHeaders"),
            .credentials = false,
            .max_age = std::nullopt};
  if (const auto* credentials = record.find("allowCredentials")) cors.credentials = *credentials == Json(true);
  if (const auto* age = record.find("maxAge")) cors.max_age = age->as_integer();
  return cors;
}

/// What the wire would accept and what would then be ignored here.
std::optional<Error> refused(const Json& record) {
  if (member_text(record, "connectionType") == "VPC_LINK")
    return bad_request("the integration's connectionType VPC_LINK is not offered here");
  if (const auto* tls = record.find("tlsConfig"); tls && !tls->is_null())
    return bad_request("the integration's tlsConfig is not offered here");
  for (const auto* name : {"requestTemplates", "templateSelectionExpression", "contentHandlingStrategy"})
    if (const auto* value = record.find(name); value && !value->is_null() && value->size() + member_text(record, name).size() > 0)
      return bad_request(fmt::format("{} is not supported for HTTP APIs", name));
  return std::nullopt;
}

Result<Integration::Type> type_of(const Json& record) {
  const auto type = member_text(record, "integrationType");
  if (type == "HTTP_PROXY") return Integration::Type::Server;
  if (type != "AWS_PROXY")
    return bad_request(fmt::format("Invalid integration type: {}. HTTP APIs support AWS_PROXY and HTTP_PROXY", type));
  return member_text(record, "integrationSubtype").empty() ? Integration::Type::Function : Integration::Type::Service;
}

Result<void> read_format(const Json& record, Integration& into) {
  const auto version = member_text(record, "payloadFormatVersion");
  if (!version.empty() && version != "1.0" && version != "2.0")
    return bad_request(fmt::format("Invalid payloadFormatVersion specified: {}", version));
  into.is_format_2 = version == "2.0";
  if (into.is_format_2 && into.type != Integration::Type::Function)
    return bad_request("the payload format version 2.0 is one of functions; use 1.0");
  return {};
}

Result<void> check_target(const Integration& integration) {
  if (integration.type == Integration::Type::Service) return check_action(integration);
  if (integration.uri.empty()) return bad_request("Integration URI is required for this integration type");
  const bool is_arn = integration.uri.starts_with("arn:");
  if (integration.type == Integration::Type::Function && !is_arn)
    return bad_request(fmt::format("the integration's URI '{}' is not a function's ARN", integration.uri));
  const bool is_url =
      integration.uri.starts_with("http://") || integration.uri.starts_with("https://") || integration.uri.starts_with("${");
  if (integration.type == Integration::Type::Server && !is_url) return bad_request("HTTP integration must have a valid HTTP/HTTPS URI");
  return {};
}

}  // namespace

Result<Integration> read_integration(const Json& record) {
  if (auto fault = refused(record)) return *fault;
  Integration integration;
  const auto type = type_of(record);
  if (!type) return type.error();
  integration.type = *type;
  integration.uri = member_text(record, "integrationUri");
  integration.method = member_text(record, "integrationMethod");
  integration.subtype = member_text(record, "integrationSubtype");
  integration.credentials = member_text(record, "credentialsArn");
  integration.parameters = gateway::texts_of(record, "requestParameters");
  if (auto read = read_format(record, integration); !read) return read.error();
  if (const auto* responses = record.find("responseParameters"); responses && responses->is_object())
    for (const auto& [status, parameters] : responses->members())
      integration.response_parameters.emplace(status, gateway::texts_of(*responses, status));
  if (const auto* timeout = record.find("timeoutInMillis"); timeout && !timeout->is_null()) {
    const auto ms = timeout->as_integer();
    if (!ms || *ms < 50 || *ms > 30'000) return bad_request("Timeout should be between 50 ms and 30000 ms");
    integration.timeout = std::chrono::milliseconds{*ms};
  }
  if (auto fine = check_target(integration); !fine) return fine.error();
  return integration;
}

Result<RouteKey> parse_route_key(std::string_view text) {
  if (text == "$default") return RouteKey{};
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return malformed_key();
  RouteKey key{.method = std::string(text.substr(0, space)), .path = std::string(text.substr(space + 1))};
  const bool is_method = std::find(http_methods.begin(), http_methods.end(), key.method) != http_methods.end();
  if (!is_method || !is_path(key.path)) return malformed_key();
  return key;
}

Result<Snapshot> read_snapshot(std::string_view api, const Json& deployment) {
  Snapshot snapshot{.api = std::string(api),
                    .deployment = member_text(deployment, "deploymentId"),
                    .routes = {},
                    .integrations = {},
                    .cors = std::nullopt};
  const Json* source = deployment.find("snapshot");
  SIGNALBOX_ASSERT(source != nullptr);
  for (const auto& [id, record] : source->find("integrations")->members()) {
    auto integration = read_integration(record);
    if (!integration) return integration.error();
    snapshot.integrations.emplace(id, std::move(*integration));
  }
  for (const auto& record : source->find("routes")->elements()) {
    auto key = member_text(record, "routeKey");
    auto parts = parse_route_key(key);
    if (!parts) return parts.error();
    const auto target = member_text(record, "target");
    snapshot.routes.push_back(
        {.key = std::move(key), .parts = std::move(*parts), .integration = target.substr(std::min(target.find('/') + 1, target.size()))});
  }
  if (const auto* cors = source->find("cors"); cors && cors->is_object()) snapshot.cors = read_cors(*cors);
  return snapshot;
}

}  // namespace signalbox::http_apis
