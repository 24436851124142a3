#pragma once
/// Where topics meet queues.

#include "signalbox/queues.h"
#include "signalbox/topics.h"

#include <functional>

namespace signalbox {

/// For TopicEnvironment and TopicServiceOptions. `queues` outlives what it gives.
[[nodiscard]] std::function<Result<void>(Transaction&, const QueueDelivery&)> queue_sender(const Queues& queues);

}  // namespace signalbox
