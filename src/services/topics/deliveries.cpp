#include "services/topics/deliveries.h"

#include "signalbox/record.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace signalbox {

namespace {

std::int64_t milliseconds(Timestamp time) { return time.time_since_epoch().count(); }
Key key_of(std::int64_t row) { return Key(deliveries_table, row); }
Key due_key(const Delivery& delivery) { return Key(delivery_due_table, milliseconds(delivery.due), delivery.row); }

std::string encode(const Delivery& delivery) {
  RecordWriter writer(1);
  writer.integer(static_cast<std::int64_t>(delivery.kind))
      .integer(delivery.subscription.value)
      .text(delivery.request_id)
      .text(delivery.message_id);
  writer.text(delivery.body)
      .boolean(delivery.raw)
      .text(delivery.dead_letter_body)
      .integer(delivery.attempts)
      .timestamp(delivery.created_at);
  writer.timestamp(delivery.due);
  return writer.take();
}

Delivery decode(std::int64_t row, std::string_view record) {
  RecordReader reader(record);
  Delivery delivery{.row = row};
  delivery.kind = static_cast<DeliveryKind>(reader.integer());
  delivery.subscription = SubscriptionRow{reader.integer()};
  delivery.request_id = reader.text();
  delivery.message_id = reader.text();
  delivery.body = reader.text();
  delivery.raw = reader.boolean();
  delivery.dead_letter_body = reader.text();
  delivery.attempts = reader.integer();
  delivery.created_at = reader.timestamp();
  delivery.due = reader.timestamp();
  return delivery;
}

void store(Transaction& transaction, const Delivery& delivery) {
  transaction.put(key_of(delivery.row), encode(delivery));
  transaction.put(due_key(delivery), "");
}

std::chrono::seconds seconds_of(const nlohmann::json& policy, const char* name, std::int64_t otherwise) {
  const auto found = policy.find(name);
  const auto value = found != policy.end() && found->is_number() ? found->get<std::int64_t>() : otherwise;
  return std::chrono::seconds{std::clamp<std::int64_t>(value, 0, 3600)};
}

}  // namespace

void put_delivery(Transaction& transaction, Delivery delivery) {
  delivery.row = transaction.next_row(deliveries_table);
  delivery.created_at = delivery.due = transaction.now();
  store(transaction, delivery);
}

std::optional<Delivery> find_delivery(const Reader& reader, std::int64_t row) {
  const auto record = reader.get(key_of(row));
  if (!record) return std::nullopt;
  return decode(row, *record);
}

std::vector<Delivery> due_deliveries(const Reader& reader, Timestamp now, std::size_t limit) {
  std::vector<std::int64_t> rows;
  reader.scan({.prefix = Key(delivery_due_table)}, [&](const Key& key, std::string_view) {
    if (key.integer(0) > milliseconds(now) || rows.size() == limit) return false;
    rows.push_back(key.integer(1));
    return true;
  });
  std::vector<Delivery> deliveries;
  for (const auto row : rows)
    if (auto delivery = find_delivery(reader, row)) deliveries.push_back(std::move(*delivery));
  return deliveries;
}

namespace {

std::optional<Timestamp> first_due(const Reader& reader, std::optional<Key> after) {
  std::optional<Timestamp> due;
  reader.scan({.prefix = Key(delivery_due_table), .after = std::move(after)}, [&](const Key& key, std::string_view) {
    due = Timestamp{std::chrono::milliseconds{key.integer(0)}};
    return false;
  });
  return due;
}

}  // namespace

std::optional<Timestamp> next_delivery_due(const Reader& reader) { return first_due(reader, std::nullopt); }
std::optional<Timestamp> next_delivery_due_after(const Reader& reader, Timestamp now) {
  return first_due(reader, Key(delivery_due_table, milliseconds(now)));
}

void erase_delivery(Transaction& transaction, const Delivery& delivery) {
  transaction.erase(due_key(delivery));
  transaction.erase(key_of(delivery.row));
}

void postpone_delivery(Transaction& transaction, Delivery delivery, Timestamp due) {
  transaction.erase(due_key(delivery));
  ++delivery.attempts;
  delivery.due = due;
  store(transaction, delivery);
}

std::optional<std::chrono::milliseconds> delivery_retry_delay(DeliveryKind kind, std::int64_t attempts, std::string_view policy_text) {
  if (kind == DeliveryKind::Function) {
    if (attempts > 2) return std::nullopt;
    return std::chrono::minutes{attempts};
  }
  const auto parsed = nlohmann::json::parse(policy_text, nullptr, false);
  const auto policy = parsed.is_object() && parsed.contains("healthyRetryPolicy") && parsed["healthyRetryPolicy"].is_object()
                          ? parsed["healthyRetryPolicy"]
                          : nlohmann::json::object();
  const auto retries = policy.contains("numRetries") && policy["numRetries"].is_number()
                           ? std::clamp<std::int64_t>(policy["numRetries"].get<std::int64_t>(), 0, 100)
                           : 3;
  if (attempts > retries) return std::nullopt;
  const auto least = seconds_of(policy, "minDelayTarget", 20);
  const auto most = std::max(least, seconds_of(policy, "maxDelayTarget", 20));
  // Linear from the one to the other; AWS's other shapes (geometric, exponential) stay between the same bounds.
  const auto steps = std::max<std::int64_t>(retries - 1, 1);
  return least + (most - least) * (attempts - 1) / steps;
}

}  // namespace signalbox
