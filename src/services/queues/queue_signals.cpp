#include "signalbox/queues.h"

#include <algorithm>

namespace signalbox {

std::uint64_t QueueSignals::subscribe(std::int64_t queue_id, Listener listener) {
  const std::lock_guard lock(mutex_);
  listeners_[queue_id].push_back({++last_number_, std::move(listener)});
  return last_number_;
}

void QueueSignals::unsubscribe(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  for (auto queue = listeners_.begin(); queue != listeners_.end(); ++queue) {
    const auto removed = std::erase_if(queue->second, [&](const Entry& entry) { return entry.number == number; });
    if (removed == 0) continue;
    if (queue->second.empty()) listeners_.erase(queue);
    return;
  }
}

void QueueSignals::notify(std::int64_t queue_id) const {
  // Called under the lock: listeners only post. So unsubscribe() may be followed by the listener's destruction.
  const std::lock_guard lock(mutex_);
  const auto found = listeners_.find(queue_id);
  if (found == listeners_.end()) return;
  for (const auto& entry : found->second) entry.listener();
}

}  // namespace signalbox
