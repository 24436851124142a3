#include "deploy/types/types.h"

#include "deploy/types/aws_calls.h"
#include "deploy/types/function_url.h"

namespace signalbox::deploy {

ResourceTypes make_resource_types(const Services& services) {
  ResourceTypes types;
  types.push_back(make_state_machine_type(services.site, services.allow_unsupported));
  types.push_back(make_function_type(services.site));
  types.push_back(make_connection_type(services.site));
  types.push_back(make_function_version_type(services.site));
  types.push_back(make_layer_version_type(services.site));
  types.push_back(make_queue_type(services.queues));
  types.push_back(make_topic_type(services.topics));
  types.push_back(make_subscription_type(services.topics));
  types.push_back(make_trigger_type(services.triggers));
  types.push_back(make_schedule_type(services.schedules));
  types.push_back(make_route_type());
  add_state_machine_version_types(types);
  add_gateway_types(types);
  add_http_api_types(types);
  add_log_types(types, services.site);
  add_harmless_types(types);
  if (!services.calls) return types;
  add_iam_types(types, *services.calls);
  add_policy_types(types, services.queues, services.topics, *services.calls);
  add_stored_types(types, *services.calls, services.site);
  add_function_setting_types(types, *services.calls, services.site);
  types.push_back(make_function_url_type(*services.calls, services.site));
  add_schedule_group_type(types, *services.calls, services.site);
  if (services.calls->services().events) add_event_types(types, *services.calls->services().events);
  return types;
}

}  // namespace signalbox::deploy
