#pragma once
/// How queues and messages lie in their tables. Every record begins with its version; stored: do not reorder fields.

#include "signalbox/queues.h"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::queues {

[[nodiscard]] std::string encode(const QueueRecord& queue);
[[nodiscard]] QueueRecord decode_queue(std::string_view record);

/// How far a standard queue's receiving has got, and how many messages it holds.
///
/// A message that was neither received nor delayed has one row, in queue_messages, so that sending is one appended row. Such fresh
/// messages are taken in the order of their numbers: all up to `received_through` have a delivery, or are gone.
/// Counting goes along with it: `counted` is exact for the numbers up to `counted_through`; those behind it are counted when
/// somebody asks, and by the sweeper once a minute.
struct QueueState {
  std::int64_t received_through = 0;
  std::int64_t counted_through = 0;
  std::int64_t counted = 0;
};
[[nodiscard]] QueueState load_state(const Reader& reader, std::int64_t row);
void store_state(Transaction& transaction, std::int64_t row, const QueueState& state);

/// A message as it was sent. What receiving changes is in Delivery, so that a body is written once.
struct Message {
  std::string message_id = {};
  Timestamp sent_at = {};
  std::optional<Timestamp> delayed_until = std::nullopt;
  std::string body = {};
  MessageAttributes attributes = {};
  std::optional<std::string> group_id = std::nullopt, deduplication_id = std::nullopt, trace_header = std::nullopt,
                             dead_letter_source = std::nullopt;
  std::int64_t earlier_receives = 0;  ///< in the queue from which it was moved here
};
[[nodiscard]] std::string encode(const Message& message);
[[nodiscard]] Message decode_message(std::string_view record);
/// Without reading the rest.
[[nodiscard]] Timestamp decode_sent_at(std::string_view record);

struct Delivery {
  Timestamp visible_at = {};
  std::int64_t receives = 0;  ///< 0: delayed, not yet received
  Timestamp first_received_at = {};
  std::int64_t leases = 0;  ///< like `receives`, but never goes down, so that no two receipt handles are equal
  bool by_trigger = false;  ///< leased by this daemon for a function: after a restart nobody holds it
};
[[nodiscard]] std::string encode(const Delivery& delivery);
[[nodiscard]] Delivery decode_delivery(std::string_view record);
[[nodiscard]] std::optional<Delivery> find_delivery(const Reader& reader, std::int64_t row, std::int64_t number);

/// A FIFO group that holds messages: from when it can be received, and under which number it stands in queue_due.
struct Group {
  Timestamp available_at = {};
  std::int64_t due_number = 0;
};
[[nodiscard]] std::string encode(const Group& group);
[[nodiscard]] std::optional<Group> find_group(const Reader& reader, std::int64_t row, std::string_view group_id);

/// What a deduplication id stands for.
struct Deduplication {
  Timestamp sent_at = {};
  std::string message_id = {};
  std::int64_t number = 0;
};
[[nodiscard]] std::string encode(const Deduplication& deduplication);
[[nodiscard]] Deduplication decode_deduplication(std::string_view record);

/// base64url of (version, queue id, row, number, leases): new with each receive.
struct ReceiptHandle {
  std::int64_t queue_id = 0, row = 0, number = 0, leases = 0;
};
[[nodiscard]] std::string encode(const ReceiptHandle& handle);
[[nodiscard]] std::optional<ReceiptHandle> decode_receipt_handle(std::string_view text);

/// 20 digits, growing.
[[nodiscard]] std::string sequence_number(std::int64_t number);

[[nodiscard]] inline std::int64_t to_ms(Timestamp time) { return time.time_since_epoch().count(); }
[[nodiscard]] inline Timestamp from_ms(std::int64_t ms) { return Timestamp{std::chrono::milliseconds{ms}}; }

}  // namespace signalbox::queues
