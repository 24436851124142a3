/// AWS::Events::Connection: how HTTP tasks prove themselves. Ref: name. Fn::GetAtt: Arn, ArnForPolicy. Its id depends on stack and name, so that its ARN is
/// known before it is made.

#include "deploy/properties.h"
#include "deploy/types/types.h"

#include "aws/events/connections.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

using aws::events_api::Connection;

class ConnectionType final : public ResourceType {
 public:
  explicit ConnectionType(Site site) : site_(std::move(site)) {}

  std::string_view name() const override { return "AWS::Events::Connection"; }

  Identity identify(const Resource& resource, Faults& faults) const override { return identity_of(read(resource, faults)); }

  Identity foresee(const Resource& resource, const Reader& now, Faults& faults) const override {
    auto connection = read(resource, faults);
    if (const auto existing = aws::events_api::find_connection(now, connection.name)) connection.id = existing->id;
    return identity_of(connection);
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    auto connection = read(resource, none);
    if (aws::events_api::find_connection(transaction, connection.name))
      return error(ErrorCode::AlreadyExists, fmt::format("Connection {} already exists.", connection.name));
    connection.created_at = connection.modified_at = transaction.now();
    aws::events_api::store_connection(transaction, connection);
    return {};
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    auto connection = read(resource, none);
    const auto existing = aws::events_api::find_connection(transaction, connection.name);
    if (!existing) return create(transaction, resource);
    connection.id = existing->id;
    connection.created_at = existing->created_at;
    connection.modified_at = transaction.now();
    aws::events_api::store_connection(transaction, connection);
    return {};
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    if (aws::events_api::find_connection(transaction, physical_id)) aws::events_api::remove_connection(transaction, physical_id);
    return {};
  }

 private:
  Identity identity_of(const Connection& connection) const {
    const auto arn = aws::events_api::connection_arn(site_, connection);
    return {.physical_id = connection.name,
            .ref = Json(connection.name),
            .attributes = {{"Arn", Json(arn)}, {"ArnForPolicy", Json(site_.arn("events", "connection/" + connection.name))}}};
  }

  static Connection read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Connection connection;
    connection.name = properties.string("Name").value_or(resource.default_name(64));
    connection.id = uuid_of(fmt::format("connection {} {}", resource.stack, connection.name));
    connection.authorization_type = properties.required("AuthorizationType");
    connection.description = properties.string("Description");
    if (const auto* parameters = properties.object("AuthParameters")) connection.auth_parameters = *parameters;
    else properties.fault("AuthParameters", "this property is required");
    if (const auto checked = aws::events_api::check_auth_parameters(connection.authorization_type, connection.auth_parameters);
        !checked && !connection.authorization_type.empty())
      properties.fault("AuthParameters", checked.error().message);
    properties.ignore({"KmsKeyIdentifier"});
    properties.refuse_others();
    return connection;
  }

  Site site_;
};

}  // namespace

std::unique_ptr<ResourceType> make_connection_type(Site site) { return std::make_unique<ConnectionType>(std::move(site)); }

}  // namespace signalbox::deploy
