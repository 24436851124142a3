#pragma once
/// The resource types that templates can use, each in a file of its own here.

#include "deploy/resource_type.h"

#include "signalbox/queues.h"
#include "signalbox/schedules.h"
#include "signalbox/topics.h"
#include "signalbox/triggers.h"

#include <memory>

namespace signalbox::deploy {

std::unique_ptr<ResourceType> make_state_machine_type(Site site, bool allow_unsupported);
std::unique_ptr<ResourceType> make_function_type(Site site);
std::unique_ptr<ResourceType> make_queue_type(const Queues& queues);
std::unique_ptr<ResourceType> make_topic_type(const Topics& topics);
std::unique_ptr<ResourceType> make_subscription_type(const Topics& topics);
std::unique_ptr<ResourceType> make_trigger_type(const Triggers& triggers);
std::unique_ptr<ResourceType> make_schedule_type(const Schedules& schedules);
std::unique_ptr<ResourceType> make_route_type();

/// The services whose resources templates make; all outlive the types.
struct Services {
  Site site;
  const Queues& queues;
  const Triggers& triggers;
  const Schedules& schedules;
  const Topics& topics;
  bool allow_unsupported = false;                      ///< accept state machines that use services which are not here
};
[[nodiscard]] ResourceTypes make_resource_types(const Services& services);

}  // namespace signalbox::deploy
