#pragma once
/// What topics owe to functions and HTTP endpoints: calls that leave the daemon, noted in the publishing transaction.

#include "signalbox/ids.h"
#include "signalbox/store.h"
#include "signalbox/topics.h"
#include "signalbox/transaction.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace signalbox {

inline constexpr Table deliveries_table{"deliveries", {KeyPart::Integer}};
inline constexpr Table delivery_due_table{"delivery_due", {KeyPart::Integer, KeyPart::Integer}};

/// Stored: do not renumber.
enum class DeliveryKind : std::uint8_t { Function = 0, Http = 1, Confirmation = 2 };

struct Delivery {
  std::int64_t row = 0;
  DeliveryKind kind = DeliveryKind::Http;
  SubscriptionRow subscription = {};
  std::string request_id = {};  ///< UUID; the same at each attempt
  std::string message_id = {};
  std::string body = {};  ///< the event, the envelope, or the raw message; may hold public_url_placeholder
  bool raw = false;
  std::string dead_letter_body = {};  ///< what a dead-letter queue gets; empty: `body`
  std::int64_t attempts = 0;
  Timestamp created_at = {};
  Timestamp due = {};
};

/// Stores a new one (row and due moment are given here).
void put_delivery(Transaction& transaction, Delivery delivery);
[[nodiscard]] std::vector<Delivery> due_deliveries(const Reader& reader, Timestamp now, std::size_t limit);
/// When the next one is due; of those due later than `now` for the second form.
[[nodiscard]] std::optional<Timestamp> next_delivery_due(const Reader& reader);
[[nodiscard]] std::optional<Timestamp> next_delivery_due_after(const Reader& reader, Timestamp now);
[[nodiscard]] std::optional<Delivery> find_delivery(const Reader& reader, std::int64_t row);
/// Done, or given up.
void erase_delivery(Transaction& transaction, const Delivery& delivery);
void postpone_delivery(Transaction& transaction, Delivery delivery, Timestamp due);

/// Pause before the next attempt after `attempts` made, or nothing: give up. `policy` is the subscription's DeliveryPolicy
/// (healthyRetryPolicy: numRetries, minDelayTarget, maxDelayTarget), AWS's default being 3 retries after 20 seconds each. Functions are
/// retried after 1 and 2 minutes, as asynchronous invocations are.
[[nodiscard]] std::optional<std::chrono::milliseconds> delivery_retry_delay(DeliveryKind kind, std::int64_t attempts,
                                                                            std::string_view policy);

}  // namespace signalbox
