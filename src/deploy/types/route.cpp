/// Signalbox::Route: an Api event of a function at the root of the public listener, besides the stage of its API. Physical id: stack, method and path. The first
/// stack that has a path keeps it; paths that the daemon serves itself stay its own.

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
    return {.physical_id = resource.stack + " " + route.method + " " + route.path, .ref = std::nullopt, .attributes = {}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto route = read(resource, none);
    if (!routes::check_route(route)) return {};
    auto put = routes::put_route(transaction, route);
    return !put && put.error().code == ErrorCode::AlreadyExists ? Result<void>() : put;
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto first = physical_id.find(' '), second = physical_id.find(' ', first + 1);
    const auto stack = physical_id.substr(0, first), method = physical_id.substr(first + 1, second - first - 1),
               path = physical_id.substr(second + 1);
    const auto checked = routes::check_route({.path = path, .method = method, .function = {}, .stack = stack});
    const auto existing = checked ? routes::find_route(transaction, checked->path, checked->method) : std::nullopt;
    if (existing && existing->stack == stack) routes::remove_route(transaction, existing->path, existing->method);
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
