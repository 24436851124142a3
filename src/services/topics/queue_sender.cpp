#include "services/topics/queue_sender.h"

namespace signalbox {

std::function<Result<void>(Transaction&, const QueueDelivery&)> queue_sender(const Queues& queues) {
  return [&queues](Transaction& transaction, const QueueDelivery& delivery) -> Result<void> {
    SendMessage message{.body = delivery.body, .group_id = delivery.group_id, .deduplication_id = delivery.deduplication_id};
    for (const auto& [name, attribute] : delivery.attributes)
      message.attributes[name] = MessageAttribute{.data_type = attribute.data_type, .value = attribute.value};
    const auto sent = queues.send(transaction, delivery.queue, message);
    if (!sent) return sent.error();
    return {};
  };
}

}  // namespace signalbox
