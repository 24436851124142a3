/// Signalbox::Route: an Api event of a function. Physical id: method and path.

#include "deploy/properties.h"
#include "deploy/types/types.h"
#include "services/routes/routes.h"

#include <utility>

namespace signalbox::deploy {

namespace {

class RouteType final : public ResourceType {
 public:
  std::string_view name() const override { return "Signalbox::Route"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto route = read(resource, faults);
    const auto checked = routes::check_route(route);
    if (!checked && !route.path.empty()) faults.add(resource.place, checked.error().message);
    const auto& known = checked ? *checked : route;
    return {.physical_id = known.method + " " + known.path, .ref = std::nullopt, .attributes = {}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    return routes::put_route(transaction, read(resource, none));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto blank = physical_id.find(' ');
    routes::remove_route(transaction, physical_id.substr(blank + 1), physical_id.substr(0, blank));
    return {};
  }

 private:
  static routes::Route read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    routes::Route route;
    route.path = properties.required("Path");
    route.method = properties.required("Method");
    route.function = properties.required("FunctionName");
    route.stack = resource.stack;
    properties.refuse_others();
    return route;
  }
};

}  // namespace

std::unique_ptr<ResourceType> make_route_type() { return std::make_unique<RouteType>(); }

}  // namespace signalbox::deploy
