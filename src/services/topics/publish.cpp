#include "services/topics/deliveries.h"
#include "services/topics/filter_policy.h"
#include "services/topics/message_signature.h"
#include "services/topics/notification.h"
#include "services/topics/topic_rules.h"
#include "signalbox/encoding.h"
#include "signalbox/topics.h"

#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace signalbox {

using namespace topic_records;
using namespace topic_rules;

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t message_bytes_max = 262'144;

std::size_t bytes_max(const Topic& topic) {
  const auto found = topic.attributes.find("MaximumMessageSize");
  return found == topic.attributes.end() ? message_bytes_max : std::stoul(found->second);
}

bool is_subject(std::string_view text) {
  if (text.empty() || text.size() > 100 || text.front() == ' ') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

Error bad_attribute(const std::string& message) { return error(ErrorCode::InvalidArgument, message, "MessageAttributes"); }

bool is_attribute_name(std::string_view name) {
  if (name.empty() || name.size() > 256 || name.front() == '.' || name.back() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

Result<void> check_attributes(const TopicMessageAttributes& attributes) {
  for (const auto& [name, attribute] : attributes) {
    if (!is_attribute_name(name)) return bad_attribute("Invalid attribute name: '" + name + "'");
    const auto type = std::string_view(attribute.data_type).substr(0, attribute.data_type.find('.'));
    if (type != "String" && type != "Number" && type != "Binary")
      return bad_attribute("The message attribute '" + name +
                           "' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.");
    if (attribute.value.empty())
      return bad_attribute("The message attribute '" + name +
                           "' must contain non-empty message attribute value for message attribute type '" + attribute.data_type + "'.");
    if (type == "Number") {
      const auto number = nlohmann::json::parse(attribute.value, nullptr, false);
      if (!number.is_number()) return bad_attribute("Could not cast message attribute '" + name + "' value to number.");
    }
  }
  return {};
}

std::size_t payload_bytes(const PublishRequest& request) {
  auto bytes = request.message.size();
  for (const auto& [name, attribute] : request.attributes) bytes += name.size() + attribute.data_type.size() + attribute.value.size();
  return bytes;
}

Result<void> check_structure(const PublishRequest& request) {
  const auto parsed = OrderedJson::parse(request.message, nullptr, false);
  if (!parsed.is_object()) return invalid("Message Structure - JSON message body failed to parse", "Message");
  if (!parsed.contains("default") || !parsed["default"].is_string())
    return invalid("Message Structure - No default entry in JSON message body", "Message");
  return {};
}

Result<void> check(const Topic& topic, const PublishRequest& request) {
  if (request.message.empty()) return invalid("Empty message", "Message");
  if (!is_utf8(request.message)) return invalid("Message Reason: not UTF-8", "Message");
  if (request.subject && !is_subject(*request.subject)) return invalid("Subject", "Subject");
  if (request.message_structure && *request.message_structure != "json") return invalid("MessageStructure", "MessageStructure");
  if (payload_bytes(request) > bytes_max(topic)) return error(ErrorCode::TooLarge, "Invalid parameter: Message too long", "Message");
  if (auto checked = check_attributes(request.attributes); !checked) return checked;
  if (request.message_structure)
    if (auto checked = check_structure(request); !checked) return checked;
  if (!topic.is_fifo()) {
    // MessageGroupId is allowed: fair queues use it.
    if (request.deduplication_id)
      return invalid(
          "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
          "MessageDeduplicationId");
    return {};
  }
  if (!request.group_id || request.group_id->empty())
    return invalid("The MessageGroupId parameter is required for FIFO topics", "MessageGroupId");
  if (!request.deduplication_id) {
    const auto content = topic.attributes.find("ContentBasedDeduplication");
    if (content == topic.attributes.end() || content->second != "true")
      return invalid("The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
                     "MessageDeduplicationId");
  }
  return {};
}

std::string deduplication_id(const PublishRequest& request) {
  return request.deduplication_id.value_or(hex_encode(digest(DigestAlgorithm::Sha256, request.message)));
}

/// AWS's are 20 digits.
std::string sequence_number(std::int64_t sequence) {
  auto digits = std::to_string(sequence);
  return "1" + std::string(19 - digits.size(), '0') + digits;
}

std::string attribute(const TextMap& attributes, const char* name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string() : found->second;
}

/// The text that this protocol gets: with MessageStructure json its own member, or `default`.
std::string message_for(const PublishRequest& request, SubscriptionProtocol protocol) {
  if (!request.message_structure) return request.message;
  const auto parsed = OrderedJson::parse(request.message, nullptr, false);
  const auto own = parsed.find(std::string(to_string(protocol)));
  return own != parsed.end() && own->is_string() ? own->get<std::string>() : parsed.at("default").get<std::string>();
}

bool passes_filter(const Subscription& subscription, const PublishRequest& request, const std::string& message) {
  const auto text = attribute(subscription.attributes, "FilterPolicy");
  if (text.empty()) return true;
  const bool body = attribute(subscription.attributes, "FilterPolicyScope") == "MessageBody";
  const auto policy = FilterPolicy::parse(text, body);
  if (!policy) return true;  // stored before a stricter check: better too many than too few
  return body ? policy->matches_body(message) : policy->matches_attributes(request.attributes);
}

/// What is signed, and what readers take as it is, can hold no placeholder.
PublishRequest resolved(PublishRequest request, const std::function<std::string(std::string_view)>& resolve) {
  request.message = resolve(request.message);
  if (request.subject) request.subject = resolve(*request.subject);
  for (auto& [name, attribute] : request.attributes)
    if (!attribute.data_type.starts_with("Binary")) attribute.value = resolve(attribute.value);
  return request;
}

void sign(Notification& notification, MessageSigner& signer, const std::string& base) {
  notification.signature_version = signer.version();
  notification.signature = signer.sign(string_to_sign(notification));
  notification.signing_certificate_url = base + certificate_path(signer.key());
}

}  // namespace

Result<PublishedMessage> Topics::publish(Transaction& transaction, const PublishRequest& given) const {
  auto topic = get_topic(transaction, given.topic);
  if (!topic) return topic_does_not_exist();
  const auto request = environment_.resolve ? resolved(given, environment_.resolve) : given;
  if (auto checked = check(*topic, request); !checked) return checked.error();

  PublishedMessage published{.message_id = transaction.new_uuid().value};
  if (topic->is_fifo()) {
    const auto id = deduplication_id(request);
    if (const auto earlier = get_deduplication(transaction, topic->name, id);
        earlier && transaction.now() - earlier->published_at < std::chrono::minutes{5})
      return earlier->published;
    published.sequence_number = sequence_number(++topic->sequence);
    put_topic(transaction, *topic);
    put_deduplication(transaction, topic->name, id, {.published_at = transaction.now(), .published = published});
  }

  std::vector<Subscription> subscriptions;
  transaction.scan({.prefix = Key(subscriptions_table, topic->name)}, [&](const Key& key, std::string_view record) {
    auto subscription = decode_subscription(key, record);
    if (!is_pending(subscription)) subscriptions.push_back(std::move(subscription));
    return true;
  });
  MessageSigner signer(transaction, signature_version(*topic));
  for (const auto& subscription : subscriptions) deliver(transaction, *topic, subscription, request, published, signer);
  return published;
}

void Topics::deliver(Transaction& transaction, const Topic& topic, const Subscription& subscription, const PublishRequest& request,
                     const PublishedMessage& published, MessageSigner& signer) const {
  const auto message = message_for(request, subscription.protocol);
  if (!passes_filter(subscription, request, message)) return;

  const auto arn = subscription_arn(environment_.site, subscription);
  const bool is_mail = subscription.protocol == SubscriptionProtocol::Email || subscription.protocol == SubscriptionProtocol::EmailJson;
  // The links of mails and calls keep a placeholder until they leave; those of a queue's message cannot, since its readers take it as it is.
  const auto base = subscription.protocol == SubscriptionProtocol::Sqs ? environment_.public_url() : std::string(public_url_placeholder);
  Notification notification{.topic_arn = environment_.site.topic_arn(topic.name),
                            .subscription_arn = arn,
                            .message_id = published.message_id,
                            .message = message,
                            .subject = request.subject,
                            .sequence_number = published.sequence_number,
                            .published_at = transaction.now(),
                            .attributes = &request.attributes,
                            .unsubscribe_url = base + "/subscriptions/unsubscribe?token=" + unsubscribe_token(environment_, subscription),
                            .signing_certificate_url = ""};
  // Unlike a mail's reader, a program knows SNS's own form of the link.
  if (!is_mail) notification.unsubscribe_url = base + "/?Action=Unsubscribe&SubscriptionArn=" + arn;

  const bool raw = attribute(subscription.attributes, "RawMessageDelivery") == "true";
  if (!raw && !topic.is_fifo() && subscription.protocol != SubscriptionProtocol::Email) sign(notification, signer, base);
  const auto name = attribute(topic.attributes, "DisplayName");
  const auto refused = [&](const Error& why) {
    spdlog::warn("topic {}: a message for {} was lost: {}", topic.name, subscription.endpoint, why.message);
  };

  switch (subscription.protocol) {
    case SubscriptionProtocol::Email:
      if (auto put = outbox_.put(transaction, notification_mail(notification, subscription.endpoint, name)); !put) refused(put.error());
      return;
    case SubscriptionProtocol::EmailJson:
      if (auto put = outbox_.put(transaction, json_mail(notification, subscription.endpoint, name)); !put) refused(put.error());
      return;
    case SubscriptionProtocol::Sqs: {
      Arn queue;
      SIGNALBOX_ASSERT(parse_arn(subscription.endpoint, queue));
      QueueDelivery delivery{.queue = queue.resource, .body = raw ? message : notification_json(notification)};
      if (raw) delivery.attributes = request.attributes;
      delivery.group_id = request.group_id;
      if (topic.is_fifo() && delivery.queue.ends_with(".fifo")) delivery.deduplication_id = deduplication_id(request);
      auto sent = permits(subscription);
      if (sent) sent = environment_.send_to_queue(transaction, delivery);
      if (!sent) {
        if (!send_to_dead_letter_queue(transaction, subscription, delivery)) refused(sent.error());
      }
      return;
    }
    case SubscriptionProtocol::Lambda:
    case SubscriptionProtocol::Http:
    case SubscriptionProtocol::Https: {
      const bool function = subscription.protocol == SubscriptionProtocol::Lambda;
      if (auto permitted = permits(subscription); !permitted) {
        const QueueDelivery letter{.queue = {}, .body = notification_json(notification)};
        if (!send_to_dead_letter_queue(transaction, subscription, letter)) refused(permitted.error());
        return;
      }
      put_delivery(transaction, {.kind = function ? DeliveryKind::Function : DeliveryKind::Http,
                                 .subscription = subscription.row,
                                 .request_id = transaction.new_uuid().value,
                                 .message_id = published.message_id,
                                 .body = function ? notification_event(notification)
                                         : raw    ? message
                                                  : notification_json(notification),
                                 .raw = raw,
                                 .dead_letter_body = function ? notification_json(notification) : std::string()});
      if (delivery_listener_) transaction.on_commit(delivery_listener_);
      return;
    }
  }
}

Result<void> Topics::permits(const Subscription& subscription) const {
  if (!environment_.permits) return {};
  const bool queue = subscription.protocol == SubscriptionProtocol::Sqs;
  if (!queue && subscription.protocol != SubscriptionProtocol::Lambda) return {};
  return environment_.permits({.service = "sns.amazonaws.com",
                               .source_arn = environment_.site.topic_arn(subscription.topic),
                               .action = queue ? "sqs:SendMessage" : "lambda:InvokeFunction",
                               .resource = subscription.endpoint});
}

bool Topics::send_to_dead_letter_queue(Transaction& transaction, const Subscription& subscription, QueueDelivery delivery) const {
  const auto policy = nlohmann::json::parse(attribute(subscription.attributes, "RedrivePolicy"), nullptr, false);
  Arn queue;
  if (!policy.is_object() || !parse_arn(policy.value("deadLetterTargetArn", ""), queue)) return false;
  delivery.queue = queue.resource;
  Result<void> sent;
  if (environment_.permits) {
    sent = environment_.permits({.service = "sns.amazonaws.com",
                                 .source_arn = environment_.site.topic_arn(subscription.topic),
                                 .action = "sqs:SendMessage",
                                 .resource = policy.value("deadLetterTargetArn", "")});
  }
  if (sent) sent = environment_.send_to_queue(transaction, delivery);
  if (!sent)
    spdlog::warn("dead-letter queue {} of a subscription of topic {}: {}", queue.resource, subscription.topic, sent.error().message);
  return sent.has_value();
}

}  // namespace signalbox
