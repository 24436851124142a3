#include "aws/events/connections.h"

#include <array>

#include "aws/kept.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::events_api {

namespace {

constexpr const char* connection_kind = "events-connection";  // ("", name) → JSON

/// What belongs to a type of authorization, and what it must hold.
struct Kind {
  std::string_view type, member;
  std::array<std::string_view, 2> required;
};
constexpr std::array kinds{Kind{"BASIC", "BasicAuthParameters", {"Username", "Password"}},
                           Kind{"API_KEY", "ApiKeyAuthParameters", {"ApiKeyName", "ApiKeyValue"}},
                           Kind{"OAUTH_CLIENT_CREDENTIALS", "OAuthParameters", {"AuthorizationEndpoint", "HttpMethod"}}};

const Kind* kind_of(std::string_view type) {
  for (const auto& kind : kinds) {
    if (kind.type == type) return &kind;
  }
  return nullptr;
}

Failure invalid(const std::string& member, const std::string& why) {
  return {"ValidationException", "Parameter " + member + " is not valid. Reason: " + why};
}

bool has_text(const Json& object, std::string_view name) {
  const Json* value = object.find(name);
  return value && value->is_string() && !value->as_string().empty();
}

Json time_json(Timestamp time) { return Json(time.time_since_epoch().count()); }
Timestamp time_of(const Json& record, const char* name) {
  const Json* ms = record.find(name);
  return Timestamp{std::chrono::milliseconds{ms ? ms->as_integer().value_or(0) : 0}};
}

Connection decode(const Json& record) {
  const auto text = [&](const char* name) { return std::string(record.find(name)->as_string()); };
  Connection connection{.name = text("name"),
                        .id = text("id"),
                        .authorization_type = text("authorizationType"),
                        .auth_parameters = *record.find("authParameters")};
  if (record.find("description")) connection.description = text("description");
  connection.created_at = time_of(record, "createdAt");
  connection.modified_at = time_of(record, "modifiedAt");
  return connection;
}

/// Lists of `{Key, Value, IsValueSecret}`.
Json without_secret_values(const Json& parameters) {
  Json::Object out;
  for (const auto& [name, list] : parameters.members()) {
    if (!list.is_array()) continue;
    Json::Array shown;
    for (const Json& each : list.elements()) {
      const Json* secret = each.find("IsValueSecret");
      shown.push_back(secret && secret->is_boolean() && secret->as_boolean() ? each.without("Value") : each);
    }
    out.push_back({name, Json(std::move(shown))});
  }
  return Json(std::move(out));
}

Json shown_oauth(const Json& parameters) {
  Json out = parameters;
  if (const Json* client = parameters.find("ClientParameters")) out = out.with("ClientParameters", client->without("ClientSecret"));
  if (const Json* http = parameters.find("OAuthHttpParameters")) out = out.with("OAuthHttpParameters", without_secret_values(*http));
  return out;
}

Json merged(const Json* present, const Json& changes) {
  Json out = present && present->is_object() ? *present : Json::empty_object();
  for (const auto& [name, value] : changes.members()) out = out.with(name, value);
  return out;
}

}  // namespace

std::optional<Connection> find_connection(const Reader& reader, std::string_view name) {
  const auto record = find_kept(reader, connection_kind, "", name);
  if (!record) return std::nullopt;
  return decode(*record);
}

std::optional<Connection> find_connection_by_arn(const Reader& reader, std::string_view text) {
  Arn arn;
  constexpr std::string_view kind = "connection/";
  if (!parse_arn(std::string(text), arn) || arn.service != "events" || !arn.resource.starts_with(kind)) return std::nullopt;
  const auto rest = arn.resource.substr(kind.size());
  const auto slash = rest.find('/');
  auto connection = find_connection(reader, rest.substr(0, slash));
  if (!connection || (slash != std::string::npos && rest.substr(slash + 1) != connection->id)) return std::nullopt;
  return connection;
}

std::vector<Connection> all_connections(const Reader& reader) {
  std::vector<Connection> found;
  for (const auto& [name, record] : list_kept(reader, connection_kind, "")) found.push_back(decode(record));
  return found;
}

void store_connection(Transaction& transaction, const Connection& connection) {
  Json record = json_object({{"version", 1},
                             {"name", Json(connection.name)},
                             {"id", Json(connection.id)},
                             {"authorizationType", Json(connection.authorization_type)},
                             {"authParameters", connection.auth_parameters},
                             {"createdAt", time_json(connection.created_at)},
                             {"modifiedAt", time_json(connection.modified_at)}});
  if (connection.description) record = record.with("description", Json(*connection.description));
  keep(transaction, connection_kind, "", connection.name, record);
}

void remove_connection(Transaction& transaction, std::string_view name) { (void)drop_kept(transaction, connection_kind, "", name); }

std::string connection_arn(const Site& site, const Connection& connection) {
  return site.arn("events", "connection/" + connection.name + "/" + connection.id);
}

Answer<void> check_auth_parameters(std::string_view type, const Json& parameters) {
  const Kind* kind = kind_of(type);
  if (!kind) return invalid("AuthorizationType", std::string(type) + " is none of BASIC, OAUTH_CLIENT_CREDENTIALS and API_KEY.");
  if (parameters.find("ConnectivityParameters"))
    return invalid("AuthParameters.ConnectivityParameters", "Private APIs are not supported here.");
  for (const auto& other : kinds) {
    if (&other != kind && parameters.find(other.member))
      return invalid("AuthParameters." + std::string(other.member),
                     "It does not belong to the authorization type " + std::string(type) + ".");
  }
  const std::string path = "AuthParameters." + std::string(kind->member);
  const Json* own = parameters.find(kind->member);
  if (!own || !own->is_object()) return invalid(path, "It is required for the authorization type " + std::string(type) + ".");
  for (const auto name : kind->required) {
    if (!has_text(*own, name)) return invalid(path + "." + std::string(name), "It must be a text that is not empty.");
  }
  if (kind->type != "OAUTH_CLIENT_CREDENTIALS") return {};
  const auto method = own->find("HttpMethod")->as_string();
  if (method != "GET" && method != "POST" && method != "PUT") return invalid(path + ".HttpMethod", "It must be GET, POST or PUT.");
  const Json* client = own->find("ClientParameters");
  if (!client || !has_text(*client, "ClientID") || !has_text(*client, "ClientSecret"))
    return invalid(path + ".ClientParameters", "It must have a ClientID and a ClientSecret.");
  return {};
}

Json shown_auth_parameters(const Json& parameters) {
  Json out = Json::empty_object();
  if (const Json* basic = parameters.find("BasicAuthParameters")) out = out.with("BasicAuthParameters", basic->without("Password"));
  if (const Json* key = parameters.find("ApiKeyAuthParameters")) out = out.with("ApiKeyAuthParameters", key->without("ApiKeyValue"));
  if (const Json* oauth = parameters.find("OAuthParameters")) out = out.with("OAuthParameters", shown_oauth(*oauth));
  if (const Json* invocation = parameters.find("InvocationHttpParameters"))
    out = out.with("InvocationHttpParameters", without_secret_values(*invocation));
  return out;
}

Json merged_auth_parameters(std::string_view type, const Json& present, const Json& changes) {
  Json out = Json::empty_object();
  const Kind* kind = kind_of(type);
  const Json* own = kind ? present.find(kind->member) : nullptr;
  if (own) out = out.with(kind->member, *own);
  if (const Json* invocation = present.find("InvocationHttpParameters")) out = out.with("InvocationHttpParameters", *invocation);
  for (const auto& [name, value] : changes.members()) {
    const bool is_own = kind && name == kind->member && value.is_object();
    out = out.with(name, is_own ? merged(own, value) : value);
  }
  return out;
}

}  // namespace signalbox::aws::events_api
