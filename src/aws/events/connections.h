#pragma once
/// EventBridge connections: how HTTP tasks prove themselves to the APIs they call. Secrets are kept in the data file and never shown.
/// Source: EventBridge API Reference, CreateConnection.

#include "aws/failure.h"
#include "signalbox/json.h"
#include "signalbox/site.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::aws::events_api {

struct Connection {
  std::string name, id;                         ///< id: a UUID, new for each creation
  std::string authorization_type;               ///< BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY
  Json auth_parameters = Json::empty_object();  ///< as given, secrets included
  std::optional<std::string> description = std::nullopt;
  Timestamp created_at = {}, modified_at = {};
};

[[nodiscard]] std::optional<Connection> find_connection(const Reader& reader, std::string_view name);
/// By `arn:aws:events:REGION:ACCOUNT:connection/NAME/ID`.
[[nodiscard]] std::optional<Connection> find_connection_by_arn(const Reader& reader, std::string_view arn);
/// In order of name.
[[nodiscard]] std::vector<Connection> all_connections(const Reader& reader);
void store_connection(Transaction& transaction, const Connection& connection);
void remove_connection(Transaction& transaction, std::string_view name);
[[nodiscard]] std::string connection_arn(const Site& site, const Connection& connection);

/// Whether the parameters are those of the type. Errors: ValidationException.
[[nodiscard]] Answer<void> check_auth_parameters(std::string_view type, const Json& parameters);
/// Without passwords, keys, client secrets and the values that are said to be secret.
[[nodiscard]] Json shown_auth_parameters(const Json& parameters);
/// `changes` of UpdateConnection over what is there: members of the same kind of authorization may be left out.
[[nodiscard]] Json merged_auth_parameters(std::string_view type, const Json& present, const Json& changes);

}  // namespace signalbox::aws::events_api
