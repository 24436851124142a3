#pragma once
/// Where messages lie while they are fresh, delayed, in flight and due again: the only code that writes the message tables.

#include "services/queues/queue_records.h"

#include <string>
#include <vector>

namespace signalbox::queues {

/// Appends a message; its number orders it among its queue's messages.
std::int64_t insert(Transaction& transaction, const QueueRecord& queue, const Message& message);

/// Removes every trace of a message. `group_id` for FIFO queues; the group goes on with its next message.
void forget(Transaction& transaction, const QueueRecord& queue, std::int64_t number, const std::optional<Delivery>& delivery,
            const std::optional<std::string>& group_id);

/// A message becomes invisible until `after.visible_at` (or visible, if that is over). For FIFO queues call refresh_group() then.
void set_delivery(Transaction& transaction, const QueueRecord& queue, std::int64_t number, const std::optional<Delivery>& before,
                  const Delivery& after);

/// After a change to some of a FIFO group's messages: it can be received when none of them is in flight and its first is not delayed.
void refresh_group(Transaction& transaction, const QueueRecord& queue, std::string_view group_id);

/// Moves a message that was received too often. A standard queue's message keeps the time at which it was sent, so its retention counts
/// from there; a FIFO queue's begins anew. [Developer Guide: dead-letter queues]
void move_to(Transaction& transaction, const QueueRecord& from, const QueueRecord& to, std::int64_t number, Message message,
             const Delivery& delivery, const std::string& source_arn);

struct Leased {
  std::int64_t number = 0;
  Message message;
  Delivery delivery;
};
struct LeaseRequest {
  std::size_t messages_max;
  std::size_t bytes_max;
  std::chrono::milliseconds visibility_timeout;
  bool by_trigger;
  /// Where to put what was received too often; null: it stays.
  const QueueRecord* dead_letter_queue;
  std::string source_arn;
};
struct LeaseResult {
  std::vector<Leased> leased;
  bool moved = false;  ///< something went to the dead-letter queue
};
[[nodiscard]] LeaseResult lease(Transaction& transaction, const QueueRecord& queue, const LeaseRequest& request);

[[nodiscard]] inline bool is_expired(const QueueRecord& queue, Timestamp sent_at, Timestamp now) {
  return sent_at + queue.retention <= now;
}
[[nodiscard]] std::size_t size_bytes(std::string_view body, const MessageAttributes& attributes);

struct Counts {
  std::int64_t visible = 0, not_visible = 0, delayed = 0;
};
[[nodiscard]] Counts count(const Reader& reader, const QueueRecord& queue, Timestamp now);

}  // namespace signalbox::queues
