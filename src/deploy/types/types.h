#pragma once
/// The resource types that templates can use, each in a file of its own here.

#include "deploy/resource_type.h"

#include "signalbox/events.h"
#include "signalbox/queues.h"
#include "signalbox/schedules.h"
#include "signalbox/topics.h"
#include "signalbox/triggers.h"

#include <memory>

namespace signalbox::deploy {

std::unique_ptr<ResourceType> make_state_machine_type(Site site, bool allow_unsupported);
std::unique_ptr<ResourceType> make_function_type(Site site);
std::unique_ptr<ResourceType> make_connection_type(Site site);
std::unique_ptr<ResourceType> make_function_version_type(Site site);
std::unique_ptr<ResourceType> make_layer_version_type(Site site);
std::unique_ptr<ResourceType> make_queue_type(const Queues& queues);
std::unique_ptr<ResourceType> make_topic_type(const Topics& topics);
std::unique_ptr<ResourceType> make_subscription_type(const Topics& topics);
std::unique_ptr<ResourceType> make_trigger_type(const Triggers& triggers);
std::unique_ptr<ResourceType> make_schedule_type(const Schedules& schedules);
std::unique_ptr<ResourceType> make_route_type();

class AwsCalls;
void add_state_machine_version_types(ResourceTypes& types);
void add_gateway_types(ResourceTypes& types);
void add_http_api_types(ResourceTypes& types);
void add_harmless_types(ResourceTypes& types);
void add_iam_types(ResourceTypes& types, const AwsCalls& calls);
void add_log_types(ResourceTypes& types, const Site& site);
void add_event_types(ResourceTypes& types, const events::Events& events);
void add_function_setting_types(ResourceTypes& types, const AwsCalls& calls, const Site& site);
void add_schedule_group_type(ResourceTypes& types, const AwsCalls& calls, const Site& site);
void add_policy_types(ResourceTypes& types, const Queues& queues, const Topics& topics, const AwsCalls& calls);
void add_stored_types(ResourceTypes& types, const AwsCalls& calls, const Site& site);

/// The services whose resources templates make; all outlive the types.
struct Services {
  Site site;
  const Queues& queues;
  const Triggers& triggers;
  const Schedules& schedules;
  const Topics& topics;
  const AwsCalls* calls = nullptr;  ///< null: without the types that are made by AWS's operations
  bool allow_unsupported = false;   ///< accept state machines that use services which are not here
};
[[nodiscard]] ResourceTypes make_resource_types(const Services& services);

}  // namespace signalbox::deploy
