#pragma once
/// Tables of topics, and their records as text.

#include "signalbox/topics.h"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::topic_records {

inline constexpr Table topics_table{"topics", {KeyPart::Text}};
inline constexpr Table subscriptions_table{"subscriptions", {KeyPart::Text, KeyPart::Integer}};
inline constexpr Table subscription_topics_table{"subscription_topics", {KeyPart::Integer}};
inline constexpr Table deduplication_table{"topic_deduplication", {KeyPart::Text, KeyPart::Text}};

[[nodiscard]] std::optional<Topic> get_topic(const Reader& reader, const std::string& name);
void put_topic(Transaction& transaction, const Topic& topic);
[[nodiscard]] Topic decode_topic(const std::string& name, std::string_view record);

[[nodiscard]] std::optional<Subscription> get_subscription(const Reader& reader, SubscriptionRow row);
void put_subscription(Transaction& transaction, const Subscription& subscription);
[[nodiscard]] Subscription decode_subscription(const Key& key, std::string_view record);

/// Of FIFO topics: the message that a deduplication id stands for.
struct Deduplication {
  Timestamp published_at;
  PublishedMessage published;
};
[[nodiscard]] std::optional<Deduplication> get_deduplication(const Reader& reader, const std::string& topic, const std::string& id);
void put_deduplication(Transaction& transaction, const std::string& topic, const std::string& id, const Deduplication& entry);
[[nodiscard]] Timestamp deduplication_time(std::string_view record);

}  // namespace signalbox::topic_records
