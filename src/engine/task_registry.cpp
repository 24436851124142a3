#include "engine/task_registry.h"

#include "base/overload.h"

namespace signalbox {

std::string offer_name(const TaskResource& resource) {
  return std::visit(Overload{
                        [](const FunctionResource&) { return std::string("function"); },
                        [](const ActivityResource&) { return std::string("activity"); },
                        [](const ServiceResource& service) { return service.resource_type + ":" + service.action; },
                    },
                    resource.kind);
}

InternalTask* TaskRegistry::internal(const TaskResource& resource) const {
  const auto found = internal_.find(offer_name(resource));
  return found == internal_.end() ? nullptr : found->second.get();
}

ExternalTask* TaskRegistry::external(const TaskResource& resource) const {
  const auto found = external_.find(offer_name(resource));
  return found == external_.end() ? nullptr : found->second.get();
}

}  // namespace signalbox
