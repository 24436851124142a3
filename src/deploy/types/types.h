#pragma once
/// The resource types that templates can use, each in a file of its own here.

#include "deploy/resource_type.h"

#include "signalbox/queues.h"
#include "signalbox/topics.h"

#include <memory>

namespace signalbox::deploy {

std::unique_ptr<ResourceType> make_state_machine_type(Site site, bool allow_unsupported);
std::unique_ptr<ResourceType> make_function_type(Site site);
std::unique_ptr<ResourceType> make_queue_type(const Queues& queues);
std::unique_ptr<ResourceType> make_topic_type(const Topics& topics);
std::unique_ptr<ResourceType> make_subscription_type(const Topics& topics);
std::unique_ptr<ResourceType> make_route_type();

}  // namespace signalbox::deploy
