#include "services/http_apis/rules.h"

#include "services/http_apis/deployments.h"
#include "services/http_apis/model.h"

#include "services/gateway/access_log.h"
#include "services/gateway/gateway_rules.h"
#include "signalbox/encoding.h"
#include "signalbox/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace signalbox::http_apis {

namespace {

using gateway::bad_request;
using gateway::not_found;

Error already_there(std::string message) { return error(ErrorCode::AlreadyExists, std::move(message), "ConflictException"); }
Error in_use(std::string message) { return error(ErrorCode::Conflict, std::move(message), "ConflictException"); }

Result<void> must_exist(const Reader& reader, std::string_view api) {
  if (find_api(reader, api)) return {};
  return not_found(fmt::format("Invalid API identifier specified {}", api));
}

Error missing(Kind kind, std::string_view id) {
  switch (kind) {
    case Kind::Route: return not_found(fmt::format("Invalid Route identifier specified {}", id));
    case Kind::Integration: return not_found(fmt::format("Invalid Integration identifier specified {}", id));
    case Kind::Deployment: return not_found(fmt::format("Invalid Deployment identifier specified {}", id));
    case Kind::Stage: return not_found("Invalid stage identifier specified");
  }
  return not_found("Invalid identifier specified");
}

Result<void> check_api(const Json& record) {
  if (member_text(record, "protocolType") != "HTTP")
    return bad_request(fmt::format("the protocol type {} is not offered here; HTTP is", member_text(record, "protocolType")));
  if (member_text(record, "name").empty()) return bad_request("Invalid API name specified");
  const auto* cors = record.find("corsConfiguration");
  if (!cors || cors->is_null() || cors->is_object()) return {};
  return bad_request("Invalid CORS configuration specified");
}

// ---- routes and stages -----------------------------------------------------------------------------------------------------------------

Result<void> check_route(const Reader& reader, std::string_view api, std::string_view id, const Json& record) {
  const auto key = member_text(record, "routeKey");
  if (auto parsed = parse_route_key(key); !parsed) return parsed.error();
  const auto authorization = member_text(record, "authorizationType");
  if (!authorization.empty() && authorization != "NONE")
    return bad_request(fmt::format("the authorization type {} is not offered here; NONE is", authorization));
  if (!member_text(record, "authorizerId").empty()) return bad_request("authorizers are not offered here");
  if (is_true(record, "apiKeyRequired")) return bad_request("API keys are not supported for HTTP APIs");
  for (const auto& [other, route] : list_items(reader, api, Kind::Route))
    if (other != id && member_text(route, "routeKey") == key)
      return already_there(fmt::format("Route with key {} already exists for this API", key));
  const auto target = member_text(record, "target");
  if (target.empty()) return {};
  constexpr std::string_view prefix = "integrations/";
  if (!target.starts_with(prefix)) return bad_request(fmt::format("Invalid target specified: {}", target));
  if (!find_item(reader, api, Kind::Integration, target.substr(prefix.size())))
    return missing(Kind::Integration, target.substr(prefix.size()));
  return {};
}

bool is_stage_name(std::string_view name) {
  if (name == default_stage) return true;
  return !name.empty() && name.size() <= 128 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

Result<void> check_stage(const Reader& reader, std::string_view api, std::string_view name, const Json& record) {
  if (!is_stage_name(name)) return bad_request("Stage name only allows a-zA-Z0-9_- and $default");
  const auto deployment = member_text(record, "deploymentId");
  if (!deployment.empty() && !find_item(reader, api, Kind::Deployment, deployment)) return missing(Kind::Deployment, deployment);
  if (!member_text(record, "clientCertificateId").empty()) return bad_request("client certificates are not offered here");
  const auto* log = record.find("accessLogSettings");
  if (!log || !log->is_object() || member_text(*log, "destinationArn").empty()) return {};
  if (!gateway::read_access_log(record))
    return bad_request(fmt::format("access logs go to log groups here; '{}' is none", member_text(*log, "destinationArn")));
  return {};
}

Result<void> check_unused(const Reader& reader, std::string_view api, Kind kind, std::string_view id) {
  if (kind == Kind::Deployment && is_used(reader, api, id))
    return in_use("Active stages pointing to this deployment must be moved or deleted");
  if (kind != Kind::Integration) return {};
  std::vector<std::string> users;
  for (const auto& [route, record] : list_items(reader, api, Kind::Route))
    if (member_text(record, "target") == "integrations/" + std::string(id)) users.push_back(route);
  if (users.empty()) return {};
  return in_use(
      fmt::format("Cannot delete Integration because it is referenced by the following Routes with Ids: [{}]", fmt::join(users, ", ")));
}

}  // namespace

Json iso_time(Timestamp time) { return Json(format_context_time(std::chrono::floor<std::chrono::seconds>(time))); }

// ---- APIs ------------------------------------------------------------------------------------------------------------------------------

Result<void> create_api(Transaction& transaction, std::string_view api, const Json& record) {
  if (find_api(transaction, api) || gateway::find_api(transaction, api))
    return already_there(fmt::format("there is an API {} already", api));
  if (auto fine = check_api(record); !fine) return fine;
  Json made = record.with("apiId", Json(api)).with("createdDate", iso_time(transaction.now()));
  if (!made.find("routeSelectionExpression")) made = made.with("routeSelectionExpression", Json("$request.method $request.path"));
  if (!made.find("apiKeySelectionExpression")) made = made.with("apiKeySelectionExpression", Json("$request.header.x-api-key"));
  put_api(transaction, api, made);
  return {};
}

Result<Json> update_api(Transaction& transaction, std::string_view api, const Json& members) {
  auto record = get_api(transaction, api);
  if (!record) return record;
  for (const auto& member : members.members())
    *record = member.value.is_null() ? record->without(member.name) : record->with(member.name, member.value);
  if (auto fine = check_api(*record); !fine) return fine.error();
  put_api(transaction, api, *record);
  deploy_automatically(transaction, api);
  return record;
}

Result<Json> get_api(const Reader& reader, std::string_view api) {
  if (auto found = find_api(reader, api)) return std::move(*found);
  return not_found(fmt::format("Invalid API identifier specified {}", api));
}

Result<Json> get_item(const Reader& reader, std::string_view api, Kind kind, std::string_view id) {
  if (auto there = must_exist(reader, api); !there) return there.error();
  if (auto found = find_item(reader, api, kind, id)) return std::move(*found);
  return missing(kind, id);
}

// ---- what belongs to them --------------------------------------------------------------------------------------------------------------

Result<Json> put_route(Transaction& transaction, std::string_view api, std::string_view id, const Json& record) {
  if (auto there = must_exist(transaction, api); !there) return there.error();
  if (auto fine = check_route(transaction, api, id, record); !fine) return fine.error();
  Json made = record.with("routeId", Json(id));
  if (!made.find("authorizationType")) made = made.with("authorizationType", Json("NONE"));
  if (!made.find("apiKeyRequired")) made = made.with("apiKeyRequired", Json(false));
  put_item(transaction, api, Kind::Route, id, made);
  deploy_automatically(transaction, api);
  return made;
}

Result<Json> put_integration(Transaction& transaction, std::string_view api, std::string_view id, const Json& record) {
  if (auto there = must_exist(transaction, api); !there) return there.error();
  Json made = record.with("integrationId", Json(id));
  if (!made.find("connectionType")) made = made.with("connectionType", Json("INTERNET"));
  if (!made.find("payloadFormatVersion")) made = made.with("payloadFormatVersion", Json("1.0"));
  if (!made.find("timeoutInMillis")) made = made.with("timeoutInMillis", Json(30'000));
  if (auto read = read_integration(made); !read) return read.error();
  put_item(transaction, api, Kind::Integration, id, made);
  deploy_automatically(transaction, api);
  return made;
}

Result<Json> put_stage(Transaction& transaction, std::string_view api, std::string_view name, const Json& record) {
  if (auto there = must_exist(transaction, api); !there) return there.error();
  if (auto fine = check_stage(transaction, api, name, record); !fine) return fine.error();
  const auto existing = find_item(transaction, api, Kind::Stage, name);
  const auto now = iso_time(transaction.now());
  const auto* created = existing ? existing->find("createdDate") : nullptr;
  Json made = record.with("stageName", Json(name)).with("createdDate", created ? *created : now).with("lastUpdatedDate", now);
  for (const auto* map : {"stageVariables", "routeSettings", "tags"})
    if (!made.find(map)) made = made.with(map, Json::empty_object());
  if (!made.find("defaultRouteSettings")) made = made.with("defaultRouteSettings", json_object({{"detailedMetricsEnabled", false}}));
  put_item(transaction, api, Kind::Stage, name, made);
  deploy_automatically(transaction, api);
  drop_automatic_deployments(transaction, api);
  return *find_item(transaction, api, Kind::Stage, name);
}

Result<void> delete_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id) {
  if (auto found = get_item(transaction, api, kind, id); !found) return found.error();
  if (auto unused = check_unused(transaction, api, kind, id); !unused) return unused;
  remove_item(transaction, api, kind, id);
  return {};
}

void remove_item(Transaction& transaction, std::string_view api, Kind kind, std::string_view id) {
  erase_item(transaction, api, kind, id);
  if (kind == Kind::Stage) drop_automatic_deployments(transaction, api);
  else if (kind != Kind::Deployment) deploy_automatically(transaction, api);
}

Result<void> add_quick_target(Transaction& transaction, std::string_view api, const Json& request) {
  const auto target = member_text(request, "target");
  auto key = member_text(request, "routeKey");
  const bool is_function = target.starts_with("arn:");
  Json integration = json_object({{"apiGatewayManaged", true},
                                  {"integrationType", is_function ? "AWS_PROXY" : "HTTP_PROXY"},
                                  {"integrationUri", target},
                                  {"integrationMethod", is_function ? "POST" : "ANY"},
                                  {"payloadFormatVersion", is_function ? "2.0" : "1.0"}});
  if (const auto role = member_text(request, "credentialsArn"); !role.empty()) integration = integration.with("credentialsArn", Json(role));
  const auto integration_id = gateway::stable_id({api, "quick integration"}, part_id_length);
  if (auto put = put_integration(transaction, api, integration_id, integration); !put) return put.error();
  const Json route = json_object({{"apiGatewayManaged", true},
                                  {"routeKey", key.empty() ? std::string(default_stage) : key},
                                  {"target", "integrations/" + integration_id}});
  if (auto put = put_route(transaction, api, gateway::stable_id({api, "quick route"}, part_id_length), route); !put) return put.error();
  const auto stage = put_stage(transaction, api, default_stage, json_object({{"apiGatewayManaged", true}, {"autoDeploy", true}}));
  return stage ? Result<void>() : stage.error();
}

}  // namespace signalbox::http_apis
