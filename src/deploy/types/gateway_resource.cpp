/// AWS::ApiGateway::Resource: a part of an API's paths. Its id depends on its place, so that a new name for the same place changes nothing.

#include "deploy/types/gateway.h"

namespace signalbox::deploy::api_gateway {

namespace {

struct Place {
  std::string api, parent, path_part;
};

class ApiResourceType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::ApiGateway::Resource"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto place = read(resource, faults);
    const auto id = gateway::resource_id(place.api, place.parent, place.path_part);
    return {.physical_id = physical_id(place.api, id), .ref = Json(id), .attributes = {{"ResourceId", id}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto place = read(resource, none);
    const auto made = gateway::create_resource(transaction, place.api, place.parent, place.path_part);
    return made ? Result<void>() : made.error();
  }
  /// All of it is in its id.
  Result<void> update(EngineTransaction&, const Resource&) const override { return {}; }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [api, id] = split_physical_id(physical_id);
    return unless_gone(gateway::delete_resource(transaction, api, id));
  }

 private:
  static Place read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Place place{properties.required("RestApiId"), properties.required("ParentId"), properties.required("PathPart")};
    properties.refuse_others();
    return place;
  }
};

}  // namespace

std::unique_ptr<ResourceType> make_resource_type() { return std::make_unique<ApiResourceType>(); }

}  // namespace signalbox::deploy::api_gateway
