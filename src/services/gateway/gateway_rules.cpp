#include "services/gateway/gateway_rules.h"

#include "services/gateway/api_model.h"
#include "services/gateway/gateway_response.h"
#include "services/gateway/json_schema.h"

#include "signalbox/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace signalbox::gateway {

namespace {

constexpr std::array http_methods{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"};

Error conflict(std::string message) { return error(ErrorCode::AlreadyExists, std::move(message), "ConflictException"); }

bool is_word(std::string_view text, std::string_view others) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || others.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

/// `orders`, `{id}`, `{proxy+}`.
bool is_path_part(std::string_view part) {
  if (!part.starts_with('{')) return is_word(part, "-_.,:~!$&'()*+;=@%");
  if (!part.ends_with('}') || part.size() < 3) return false;
  part = part.substr(1, part.size() - 2);
  if (part.ends_with('+')) part.remove_suffix(1);
  return is_word(part, "-_.");
}

bool is_parameter(std::string_view part) { return part.starts_with('{'); }

Result<void> must_exist(const Reader& reader, std::string_view api) {
  if (find_api(reader, api)) return {};
  return not_found(fmt::format("Invalid API identifier specified {}", api));
}

/// Resources below `id`, it included.
std::vector<std::string> subtree(const Reader& reader, std::string_view api, std::string_view id) {
  std::vector<std::string> ids{std::string(id)};
  const auto all = list_items(reader, api, Kind::Resource);
  for (std::size_t i = 0; i < ids.size(); ++i)
    for (const auto& [one, record] : all)
      if (member_text(record, "parentId") == ids[i]) ids.push_back(one);
  return ids;
}

Json with_methods(const Reader& reader, std::string_view api, const std::string& id, const Json& resource) {
  Json methods = Json::empty_object();
  for (const auto& [key, record] : list_items(reader, api, Kind::Method))
    if (key.starts_with(id + " ")) methods = methods.with(key.substr(id.size() + 1), record);
  return methods.size() == 0 ? resource : resource.with("resourceMethods", methods);
}

Json as_object(const Items& items) {
  Json object = Json::empty_object();
  for (const auto& [id, record] : items) object = object.with(id, record);
  return object;
}

Json snapshot_of(const Reader& reader, std::string_view api) {
  Json::Array resources;
  for (const auto& [id, record] : list_items(reader, api, Kind::Resource)) resources.push_back(with_methods(reader, api, id, record));
  Json models = Json::empty_object();
  for (const auto& [name, record] : list_items(reader, api, Kind::Model)) models = models.with(name, Json(member_text(record, "schema")));
  return json_object({{"api", *find_api(reader, api)},
                      {"resources", Json(std::move(resources))},
                      {"models", models},
                      {"validators", as_object(list_items(reader, api, Kind::Validator))},
                      {"responses", as_object(list_items(reader, api, Kind::Response))}});
}

Result<void> check_deployable(const Reader& reader, std::string_view api) {
  const auto methods = list_items(reader, api, Kind::Method);
  if (methods.empty()) return bad_request("The REST API doesn't contain any methods");
  const bool complete =
      std::all_of(methods.begin(), methods.end(), [](const auto& method) { return method.second.find("methodIntegration") != nullptr; });
  if (!complete) return bad_request("No integration defined for method");
  return {};
}

Result<void> check_stage(std::string_view name, const Json& record) {
  if (!is_word(name, "-_") || name.size() > 128) return bad_request("Stage name only allows a-zA-Z0-9_-");
  const auto* log = record.find("accessLogSettings");
  if (!log || !log->is_object() || member_text(*log, "destinationArn").empty()) return {};
  Arn arn;
  if (!parse_arn(member_text(*log, "destinationArn"), arn)) return bad_request("Invalid ARN specified in the request");
  if (arn.service != "logs")
    return bad_request(fmt::format("access logs go to log groups here; '{}' is none", member_text(*log, "destinationArn")));
  return {};
}

}  // namespace

Error not_found(std::string message) { return error(ErrorCode::NotFound, std::move(message), "NotFoundException"); }
Error bad_request(std::string message) { return error(ErrorCode::InvalidArgument, std::move(message), "BadRequestException"); }

// ---- APIs ------------------------------------------------------------------------------------------------------------------------------

Result<void> create_api(Transaction& transaction, std::string_view api, const Json& record) {
  if (find_api(transaction, api)) return conflict(fmt::format("there is a REST API {} already", api));
  const auto root = root_resource_id(api);
  put_api(transaction, api,
          record.with("id", Json(api)).with("createdDate", seconds_since_epoch(transaction.now())).with("rootResourceId", Json(root)));
  put_item(transaction, api, Kind::Resource, root, json_object({{"id", root}, {"path", "/"}}));
  const auto put_model = [&](const char* name, const char* schema) {
    put_item(transaction, api, Kind::Model, name,
             json_object({{"id", stable_id({api, "model", name}, resource_id_length)},
                          {"name", name},
                          {"contentType", "application/json"},
                          {"schema", schema}}));
  };
  put_model("Empty", R"({"$schema": "http://json-schema.org/draft-04/schema#", "title": "Empty Schema", "type": "object"})");
  put_model(
      "Error",
      R"({"$schema": "http://json-schema.org/draft-04/schema#", "title": "Error Schema", "type": "object", "properties": {"message": {"type": "string"}}})");
  return {};
}

Result<Json> get_api(const Reader& reader, std::string_view api) {
  if (auto found = find_api(reader, api)) return std::move(*found);
  return not_found(fmt::format("Invalid API identifier specified {}", api));
}

Result<void> update_api(Transaction& transaction, std::string_view api, const Json& members) {
  auto record = get_api(transaction, api);
  if (!record) return record.error();
  for (const auto& member : members.members())
    *record = member.value.is_null() ? record->without(member.name) : record->with(member.name, member.value);
  put_api(transaction, api, *record);
  return {};
}

// ---- resources -------------------------------------------------------------------------------------------------------------------------

std::string resource_id(std::string_view api, std::string_view parent, std::string_view path_part) {
  return stable_id({api, parent, path_part}, resource_id_length);
}

namespace {

/// Whether a resource of this name can be below `parent`, beside what is there but `itself`. Gives its path.
Result<std::string> check_place(const Reader& reader, std::string_view api, std::string_view parent, std::string_view path_part,
                                std::string_view itself) {
  if (auto there = must_exist(reader, api); !there) return there.error();
  const auto above = find_item(reader, api, Kind::Resource, parent);
  if (!above) return not_found("Invalid Resource identifier specified");
  if (!is_path_part(path_part))
    return bad_request(
        "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.");
  const auto path = member_text(*above, "path");
  if (path.ends_with("+}")) return bad_request(fmt::format("Cannot create a child of a resource with a greedy path variable: {}", path));
  for (const auto& [other_id, other] : list_items(reader, api, Kind::Resource)) {
    if (other_id == itself || member_text(other, "parentId") != parent) continue;
    const auto taken = member_text(other, "pathPart");
    if (taken == path_part) return conflict(fmt::format("Another resource with the same parent already has this name: {}", path_part));
    const bool both = is_parameter(taken) && is_parameter(path_part) && taken.ends_with("+}") == path_part.ends_with("+}");
    if (both)
      return bad_request(fmt::format("A sibling ({}) of this resource already has a variable path part -- only one is allowed", taken));
  }
  return (path == "/" ? "" : path) + "/" + std::string(path_part);
}

}  // namespace

Result<Json> create_resource(Transaction& transaction, std::string_view api, std::string_view parent, std::string_view path_part) {
  const auto path = check_place(transaction, api, parent, path_part, "");
  if (!path) return path.error();
  const auto id = resource_id(api, parent, path_part);
  const Json record = json_object({{"id", id}, {"parentId", parent}, {"pathPart", path_part}, {"path", *path}});
  put_item(transaction, api, Kind::Resource, id, record);
  return record;
}

Result<Json> move_resource(Transaction& transaction, std::string_view api, std::string_view id, std::string_view parent,
                           std::string_view path_part) {
  if (id == root_resource_id(api)) return bad_request("The root resource cannot be moved.");
  const auto below = subtree(transaction, api, id);
  if (std::find(below.begin(), below.end(), parent) != below.end())
    return bad_request("Resource's parent cannot be one of its own children.");
  const auto path = check_place(transaction, api, parent, path_part, id);
  if (!path) return path.error();
  const auto before = member_text(*find_item(transaction, api, Kind::Resource, id), "path");
  for (const auto& one : below) {
    auto record = *find_item(transaction, api, Kind::Resource, one);
    record = record.with("path", Json(*path + member_text(record, "path").substr(before.size())));
    if (one == id) record = record.with("parentId", Json(parent)).with("pathPart", Json(path_part));
    put_item(transaction, api, Kind::Resource, one, record);
  }
  return get_resource(transaction, api, id);
}

Result<void> delete_resource(Transaction& transaction, std::string_view api, std::string_view id) {
  if (!find_item(transaction, api, Kind::Resource, id)) return not_found("Invalid Resource identifier specified");
  if (id == root_resource_id(api)) return bad_request("The root resource cannot be deleted.");
  const auto methods = list_items(transaction, api, Kind::Method);
  for (const auto& one : subtree(transaction, api, id)) {
    for (const auto& [key, record] : methods)
      if (key.starts_with(one + " ")) erase_item(transaction, api, Kind::Method, key);
    erase_item(transaction, api, Kind::Resource, one);
  }
  return {};
}

Result<Json> get_resource(const Reader& reader, std::string_view api, std::string_view id) {
  if (auto there = must_exist(reader, api); !there) return there.error();
  const auto record = find_item(reader, api, Kind::Resource, id);
  if (!record) return not_found("Invalid Resource identifier specified");
  return with_methods(reader, api, std::string(id), *record);
}

// ---- methods ---------------------------------------------------------------------------------------------------------------------------

Result<void> put_method(Transaction& transaction, std::string_view api, std::string_view resource, const Json& record) {
  if (auto there = must_exist(transaction, api); !there) return there.error();
  if (!find_item(transaction, api, Kind::Resource, resource)) return not_found("Invalid Resource identifier specified");
  const auto http_method = member_text(record, "httpMethod");
  if (std::find(http_methods.begin(), http_methods.end(), http_method) == http_methods.end())
    return bad_request("Invalid HTTP method specified");
  const auto authorization = member_text(record, "authorizationType");
  if (authorization != "NONE" && !authorization.empty())
    return bad_request(fmt::format("the authorization type {} is not offered here; NONE is", authorization));
  if (auto read = read_method(record); !read) return read.error();
  put_item(transaction, api, Kind::Method, method_id(resource, http_method), record);
  return {};
}

Result<Json> get_method(const Reader& reader, std::string_view api, std::string_view resource, std::string_view http_method) {
  if (auto there = must_exist(reader, api); !there) return there.error();
  if (!find_item(reader, api, Kind::Resource, resource)) return not_found("Invalid Resource identifier specified");
  auto record = find_item(reader, api, Kind::Method, method_id(resource, http_method));
  if (!record) return not_found("Invalid Method identifier specified");
  return std::move(*record);
}

Result<void> delete_method(Transaction& transaction, std::string_view api, std::string_view resource, std::string_view http_method) {
  if (auto found = get_method(transaction, api, resource, http_method); !found) return found.error();
  erase_item(transaction, api, Kind::Method, method_id(resource, http_method));
  return {};
}

Result<void> put_part(Transaction& transaction, std::string_view api, Kind kind, std::string_view id, const Json& record) {
  if (auto there = must_exist(transaction, api); !there) return there.error();
  if (kind == Kind::Response && !find_response_type(id)) return bad_request(fmt::format("Invalid gateway response type specified: {}", id));
  if (kind == Kind::Model) {
    const auto schema = Json::parse(member_text(record, "schema"));
    if (!schema) return bad_request(fmt::format("Invalid model specified: {}", schema.error().message));
    if (auto fault = unsupported_keyword(*schema)) return bad_request(fmt::format("the model {}: {}", id, *fault));
  }
  put_item(transaction, api, kind, id, record);
  return {};
}

// ---- deployments and stages ------------------------------------------------------------------------------------------------------------

Result<Json> create_deployment(Transaction& transaction, std::string_view api, std::string_view id, std::string_view description) {
  if (auto there = must_exist(transaction, api); !there) return there.error();
  if (auto ready = check_deployable(transaction, api); !ready) return ready.error();
  const Json record = deployment_of(transaction, api, id)
                          .with("description", Json(description))
                          .with("createdDate", seconds_since_epoch(transaction.now()));
  if (auto read = read_snapshot(record); !read) return read.error();
  put_item(transaction, api, Kind::Deployment, id, record);
  return shown_deployment(record);
}

Result<void> delete_deployment(Transaction& transaction, std::string_view api, std::string_view id) {
  if (!find_item(transaction, api, Kind::Deployment, id)) return not_found("Invalid Deployment identifier specified");
  for (const auto& [name, stage] : list_items(transaction, api, Kind::Stage))
    if (member_text(stage, "deploymentId") == id) return bad_request("Active stages pointing to this deployment must be moved or deleted");
  erase_item(transaction, api, Kind::Deployment, id);
  return {};
}

Json deployment_of(const Reader& reader, std::string_view api, std::string_view id) {
  return json_object({{"id", id}, {"snapshot", snapshot_of(reader, api)}});
}

Json shown_deployment(const Json& record) {
  auto shown = record.without("snapshot");
  return member_text(shown, "description").empty() ? shown.without("description") : shown;
}

Result<Json> put_stage(Transaction& transaction, std::string_view api, std::string_view name, const Json& given) {
  if (auto there = must_exist(transaction, api); !there) return there.error();
  if (auto fine = check_stage(name, given); !fine) return fine.error();
  if (!find_item(transaction, api, Kind::Deployment, member_text(given, "deploymentId"))) return not_found("Deployment id does not exist");
  const auto existing = find_item(transaction, api, Kind::Stage, name);
  const auto now = seconds_since_epoch(transaction.now());
  const auto* created = existing ? existing->find("createdDate") : nullptr;
  const Json record = given.with("stageName", Json(name)).with("createdDate", created ? *created : now).with("lastUpdatedDate", now);
  put_item(transaction, api, Kind::Stage, name, record);
  return record;
}

}  // namespace signalbox::gateway
