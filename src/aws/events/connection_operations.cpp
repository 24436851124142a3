// Connections: made, shown, changed, deleted.
#include <algorithm>

#include "aws/aws_api.h"
#include "aws/events/connections.h"
#include "aws/events/events.h"
#include "aws/page_token.h"
#include "aws/parameters.h"

namespace signalbox::aws::events_api {

namespace {

/// There is nobody to ask: a connection is ready once it is stored. OAuth's token is asked for when it is needed.
constexpr const char* authorized = "AUTHORIZED";

Json seconds(Timestamp time) { return Json(static_cast<double>(time.time_since_epoch().count()) / 1000); }

bool is_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-").find(c) != std::string_view::npos;
  };
  return std::all_of(name.begin(), name.end(), fits);
}

std::string name_of(Parameters& parameters) {
  auto name = parameters.required("Name", {1, 64});
  if (!is_name(name)) parameters.violation("'" + name + "'", "name", "Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+");
  return name;
}

Failure missing(const char* what, const std::string& name) {
  return {"ResourceNotFoundException", std::string("Failed to ") + what + " the connection(s). Connection '" + name + "' does not exist."};
}

Json summary(const OperationContext& context, const Connection& connection, const char* state) {
  return json_object({{"ConnectionArn", Json(connection_arn(context.services.engine.site(), connection))},
                      {"ConnectionState", Json(state)},
                      {"CreationTime", seconds(connection.created_at)},
                      {"LastModifiedTime", seconds(connection.modified_at)},
                      {"LastAuthorizedTime", seconds(connection.modified_at)}});
}

/// The secret that EventBridge would keep in Secrets Manager.
std::string secret_arn(const Site& site, const Connection& connection) {
  return site.arn("secretsmanager", "secret:events!connection/" + connection.name + "/" + connection.id);
}

}  // namespace

Answer<Json> create_connection(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  Connection connection;
  connection.name = name_of(parameters);
  connection.authorization_type = parameters.required("AuthorizationType");
  connection.description = parameters.text("Description", {0, 512});
  const Json* given = parameters.object("AuthParameters");
  if (!given) parameters.violation("null", "authParameters", "Member must not be null");
  if (auto fault = parameters.fault()) return *fault;
  if (auto checked = check_auth_parameters(connection.authorization_type, *given); !checked) return checked.error();
  if (find_connection(transaction, connection.name))
    return Failure{"ResourceAlreadyExistsException", "Connection " + connection.name + " already exists."};
  connection.auth_parameters = *given;
  connection.id = transaction.new_uuid().value;
  connection.created_at = connection.modified_at = transaction.now();
  store_connection(transaction, connection);
  return summary(context, connection, authorized);
}

Answer<Json> update_connection(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto name = name_of(parameters);
  const auto type = parameters.text("AuthorizationType");
  const auto description = parameters.text("Description", {0, 512});
  const Json* changes = parameters.object("AuthParameters");
  if (auto fault = parameters.fault()) return *fault;
  auto connection = find_connection(transaction, name);
  if (!connection) return missing("update", name);
  if (type) connection->authorization_type = *type;
  if (description) connection->description = *description;
  connection->auth_parameters =
      merged_auth_parameters(connection->authorization_type, connection->auth_parameters, changes ? *changes : Json::empty_object());
  if (auto checked = check_auth_parameters(connection->authorization_type, connection->auth_parameters); !checked) return checked.error();
  connection->modified_at = transaction.now();
  store_connection(transaction, *connection);
  return summary(context, *connection, authorized);
}

Answer<Json> delete_connection(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto name = name_of(parameters);
  if (auto fault = parameters.fault()) return *fault;
  const auto connection = find_connection(transaction, name);
  if (!connection) return missing("delete", name);
  remove_connection(transaction, name);
  return summary(context, *connection, "DELETING");
}

Answer<Json> describe_connection(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto name = name_of(parameters);
  if (auto fault = parameters.fault()) return *fault;
  const auto connection = find_connection(reader, name);
  if (!connection) return missing("describe", name);
  Json out = summary(context, *connection, authorized)
                 .with("Name", Json(connection->name))
                 .with("AuthorizationType", Json(connection->authorization_type))
                 .with("SecretArn", Json(secret_arn(context.services.engine.site(), *connection)))
                 .with("AuthParameters", shown_auth_parameters(connection->auth_parameters));
  return connection->description ? out.with("Description", Json(*connection->description)) : out;
}

Answer<Json> list_connections(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto prefix = parameters.text("NamePrefix", {1, 64}).value_or("");
  const auto state = parameters.text("ConnectionState").value_or(authorized);
  const auto limit = static_cast<std::size_t>(parameters.integer("Limit", {1, 100}).value_or(100));
  const auto token = parameters.text("NextToken", {1, 2048});
  if (auto fault = parameters.fault()) return *fault;
  const auto& master = context.services.engine.master_key();
  const auto after = token ? read_page_token(master, "ListConnections", *token) : std::optional(std::string());
  if (!after) return Failure{"ValidationException", "NextToken is not valid."};
  Json::Array shown;
  std::optional<std::string> last;
  bool more = false;
  for (const auto& connection : all_connections(reader)) {
    if (!connection.name.starts_with(prefix) || connection.name <= *after || state != authorized) continue;
    if ((more = shown.size() == limit)) break;
    shown.push_back(summary(context, connection, authorized)
                        .with("Name", Json(connection.name))
                        .with("AuthorizationType", Json(connection.authorization_type)));
    last = connection.name;
  }
  Json out = json_object({{"Connections", Json(std::move(shown))}});
  return more ? out.with("NextToken", Json(make_page_token(master, "ListConnections", *last))) : out;
}

}  // namespace signalbox::aws::events_api
