#include "services/topics/records.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

namespace signalbox::topic_records {

namespace {

using OrderedJson = nlohmann::ordered_json;

std::int64_t milliseconds(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp timestamp(const OrderedJson& value) { return Timestamp{std::chrono::milliseconds{value.get<std::int64_t>()}}; }

TextMap text_map(const OrderedJson& object) {
  TextMap map;
  for (const auto& [name, value] : object.items()) map.emplace(name, value.get<std::string>());
  return map;
}

std::string dump(const OrderedJson& record) { return record.dump(-1, ' ', false, OrderedJson::error_handler_t::replace); }

/// Runs `decode` on the parsed record; what does not parse is damage.
template <class Decode>
auto decoded(const char* what, std::string_view record, Decode decode) {
  try {
    return decode(OrderedJson::parse(record));
  } catch (const OrderedJson::exception& failure) {
    throw StoreFailure(std::string(what) + " cannot be read: " + failure.what());
  }
}

SubscriptionProtocol protocol_of(std::string_view text) {
  for (const auto protocol : {SubscriptionProtocol::Email, SubscriptionProtocol::EmailJson, SubscriptionProtocol::Sqs,
                              SubscriptionProtocol::Lambda, SubscriptionProtocol::Http, SubscriptionProtocol::Https})
    if (to_string(protocol) == text) return protocol;
  throw StoreFailure("a subscription has the unknown protocol " + std::string(text));
}

}  // namespace

Topic decode_topic(const std::string& name, std::string_view record) {
  return decoded("a topic", record, [&](const OrderedJson& value) {
    return Topic{.name = name,
                 .attributes = text_map(value.at("attributes")),
                 .tags = text_map(value.at("tags")),
                 .created_at = timestamp(value.at("createdAt")),
                 .sequence = value.at("sequence")};
  });
}

std::optional<Topic> get_topic(const Reader& reader, const std::string& name) {
  const auto record = reader.get(Key(topics_table, name));
  if (!record) return std::nullopt;
  return decode_topic(name, *record);
}

void put_topic(Transaction& transaction, const Topic& topic) {
  transaction.put(Key(topics_table, topic.name), dump({{"version", 1},
                                                       {"attributes", OrderedJson(topic.attributes)},
                                                       {"tags", OrderedJson(topic.tags)},
                                                       {"createdAt", milliseconds(topic.created_at)},
                                                       {"sequence", topic.sequence}}));
}

Subscription decode_subscription(const Key& key, std::string_view record) {
  return decoded("a subscription", record, [&](const OrderedJson& value) {
    Subscription subscription{.topic = key.text(0),
                              .row = SubscriptionRow{key.integer(1)},
                              .id = value.at("id"),
                              .protocol = protocol_of(value.at("protocol").get<std::string>()),
                              .endpoint = value.at("endpoint"),
                              .attributes = text_map(value.at("attributes")),
                              .created_at = timestamp(value.at("createdAt"))};
    if (value.contains("confirmedAt")) subscription.confirmed_at = timestamp(value.at("confirmedAt"));
    subscription.confirmation_sent = value.at("confirmationSent");
    return subscription;
  });
}

std::optional<Subscription> get_subscription(const Reader& reader, SubscriptionRow row) {
  const auto topic = reader.get(Key(subscription_topics_table, row.value));
  if (!topic) return std::nullopt;
  const Key key(subscriptions_table, *topic, row.value);
  const auto record = reader.get(key);
  if (!record) return std::nullopt;
  return decode_subscription(key, *record);
}

void put_subscription(Transaction& transaction, const Subscription& subscription) {
  OrderedJson record{{"version", 1},
                     {"id", subscription.id},
                     {"protocol", to_string(subscription.protocol)},
                     {"endpoint", subscription.endpoint},
                     {"attributes", OrderedJson(subscription.attributes)},
                     {"createdAt", milliseconds(subscription.created_at)},
                     {"confirmationSent", subscription.confirmation_sent}};
  if (subscription.confirmed_at) record["confirmedAt"] = milliseconds(*subscription.confirmed_at);
  transaction.put(Key(subscriptions_table, subscription.topic, subscription.row.value), dump(record));
  transaction.put(Key(subscription_topics_table, subscription.row.value), subscription.topic);
}

std::optional<Deduplication> get_deduplication(const Reader& reader, const std::string& topic, const std::string& id) {
  const auto record = reader.get(Key(deduplication_table, topic, id));
  if (!record) return std::nullopt;
  return decoded("a deduplication entry", *record, [](const OrderedJson& value) {
    return Deduplication{
        .published_at = timestamp(value.at("publishedAt")),
        .published = {.message_id = value.at("messageId"), .sequence_number = value.at("sequenceNumber").get<std::string>()}};
  });
}

void put_deduplication(Transaction& transaction, const std::string& topic, const std::string& id, const Deduplication& entry) {
  transaction.put(Key(deduplication_table, topic, id), dump({{"publishedAt", milliseconds(entry.published_at)},
                                                             {"messageId", entry.published.message_id},
                                                             {"sequenceNumber", entry.published.sequence_number.value_or("")}}));
}

Timestamp deduplication_time(std::string_view record) {
  return decoded("a deduplication entry", record, [](const OrderedJson& value) { return timestamp(value.at("publishedAt")); });
}

}  // namespace signalbox::topic_records
