#include "services/topics/deliveries.h"
#include "services/topics/filter_policy.h"
#include "services/topics/message_signature.h"
#include "services/topics/notification.h"
#include "services/topics/topic_rules.h"
#include "signalbox/encoding.h"
#include "signalbox/topics.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace signalbox {

using namespace topic_records;
using namespace topic_rules;

Error topic_rules::subscription_does_not_exist() { return error(ErrorCode::NotFound, "Subscription does not exist", "SubscriptionArn"); }

std::string topic_rules::confirm_path(const std::string& token) {
  return std::string(public_url_placeholder) + "/subscriptions/confirm?token=" + token;
}
std::string topic_rules::unsubscribe_path(const std::string& token) {
  return std::string(public_url_placeholder) + "/subscriptions/unsubscribe?token=" + token;
}

std::string topic_rules::unsubscribe_token(const TopicEnvironment& environment, const Subscription& subscription) {
  return make_subscription_token(
      environment.master_key(), {.action = SubscriptionAction::Unsubscribe, .row = subscription.row, .issued_at = subscription.created_at});
}

namespace {

constexpr std::array protocols{SubscriptionProtocol::Email,  SubscriptionProtocol::EmailJson, SubscriptionProtocol::Sqs,
                               SubscriptionProtocol::Lambda, SubscriptionProtocol::Http,      SubscriptionProtocol::Https};

bool is_email(SubscriptionProtocol protocol) {
  return protocol == SubscriptionProtocol::Email || protocol == SubscriptionProtocol::EmailJson;
}
bool is_http(SubscriptionProtocol protocol) { return protocol == SubscriptionProtocol::Http || protocol == SubscriptionProtocol::Https; }

Result<SubscriptionProtocol> parse_protocol(const std::string& text) {
  for (const auto protocol : protocols)
    if (to_string(protocol) == text) return protocol;
  if (text == "sms" || text == "application" || text == "firehose")
    return error(ErrorCode::NotSupported, "Invalid parameter: subscriptions by '" + text + "' are not supported here", "Protocol");
  return invalid("Amazon SNS does not support this protocol string: " + text, "Protocol");
}

bool is_arn_of(std::string_view endpoint, std::string_view service, std::string_view resource_start) {
  Arn arn;
  return parse_arn(endpoint, arn) && arn.service == service && arn.resource.starts_with(resource_start) &&
         arn.resource.size() > resource_start.size();
}

Result<void> check_endpoint(const Topic& topic, SubscriptionProtocol protocol, const std::string& endpoint) {
  if (topic.is_fifo() && protocol != SubscriptionProtocol::Sqs)
    return invalid("Invalid parameter: Endpoint Reason: FIFO topics deliver to queues only", "Endpoint");
  switch (protocol) {
    case SubscriptionProtocol::Email:
    case SubscriptionProtocol::EmailJson:
      if (!is_mail_address(endpoint)) return invalid("Email address", "Endpoint");
      return {};
    case SubscriptionProtocol::Sqs:
      if (!is_arn_of(endpoint, "sqs", "")) return invalid("SQS endpoint ARN", "Endpoint");
      if (!topic.is_fifo() && endpoint.ends_with(".fifo"))
        return invalid("Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics", "Endpoint");
      return {};
    case SubscriptionProtocol::Lambda:
      if (!is_arn_of(endpoint, "lambda", "function:")) return invalid("Lambda endpoint ARN", "Endpoint");
      return {};
    case SubscriptionProtocol::Http:
    case SubscriptionProtocol::Https: {
      const auto scheme = std::string(to_string(protocol)) + "://";
      if (!endpoint.starts_with(scheme) || endpoint.size() == scheme.size())
        return invalid("Endpoint must match the specified protocol", "Endpoint");
      // What could end a request line early is refused here, once.
      if (std::any_of(endpoint.begin(), endpoint.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; }))
        return invalid("Endpoint Reason: not a URL", "Endpoint");
      return {};
    }
  }
  SIGNALBOX_ASSERT(false);
  return {};
}

bool is_body_scope(const TextMap& attributes) {
  const auto found = attributes.find("FilterPolicyScope");
  return found != attributes.end() && found->second == "MessageBody";
}

Error bad_attribute(const std::string& what, const std::string& where) { return invalid("Attributes Reason: " + what, where); }

Result<void> check_redrive_policy(const std::string& value) {
  const auto policy = nlohmann::json::parse(value, nullptr, false);
  if (!policy.is_object() || !policy.contains("deadLetterTargetArn") || !policy["deadLetterTargetArn"].is_string())
    return bad_attribute("RedrivePolicy: failed to parse JSON, or no deadLetterTargetArn", "RedrivePolicy");
  if (!is_arn_of(policy["deadLetterTargetArn"].get<std::string>(), "sqs", ""))
    return bad_attribute("RedrivePolicy: deadLetterTargetArn is an invalid arn", "RedrivePolicy");
  return {};
}

struct EndpointKey {
  SubscriptionProtocol protocol;
  std::string endpoint;
};
std::optional<Subscription> find_same(const Reader& reader, const std::string& topic, const EndpointKey& wanted) {
  std::optional<Subscription> found;
  reader.scan({.prefix = Key(subscriptions_table, topic)}, [&](const Key& key, std::string_view record) {
    auto subscription = decode_subscription(key, record);
    if (subscription.protocol != wanted.protocol || subscription.endpoint != wanted.endpoint) return true;
    found = std::move(subscription);
    return false;
  });
  return found;
}

std::string display_name(const Reader& reader, const std::string& topic) {
  const auto found = get_topic(reader, topic);
  if (!found) return {};
  const auto name = found->attributes.find("DisplayName");
  return name == found->attributes.end() ? std::string() : name->second;
}

/// The row in a subscription's ARN; `topic` gets the topic's name. Errors: InvalidArgument.
Result<SubscriptionRow> row_of_arn(std::string_view text) {
  Arn arn;
  const auto colon = text.rfind(':');
  if (!parse_arn(text, arn) || arn.service != "sns" || colon == std::string_view::npos || arn.resource.find(':') == std::string::npos)
    return invalid("SubscriptionArn Reason: An ARN must have at least 7 elements", "SubscriptionArn");
  const auto row = uuid_v7_row(text.substr(colon + 1));
  if (!row) return subscription_does_not_exist();
  return SubscriptionRow{*row};
}

}  // namespace

std::string_view to_string(SubscriptionProtocol protocol) {
  switch (protocol) {
    case SubscriptionProtocol::Email: return "email";
    case SubscriptionProtocol::EmailJson: return "email-json";
    case SubscriptionProtocol::Sqs: return "sqs";
    case SubscriptionProtocol::Lambda: return "lambda";
    case SubscriptionProtocol::Http: return "http";
    case SubscriptionProtocol::Https: return "https";
  }
  SIGNALBOX_ASSERT(false);
  return "";
}

std::string subscription_arn(const Site& site, const Subscription& subscription) {
  return site.topic_arn(subscription.topic) + ":" + subscription.id;
}

Result<void> topic_rules::check_subscription_attribute(const Subscription& subscription, const std::string& name,
                                                       const std::string& value) {
  if (name == "RawMessageDelivery") {
    if (value != "true" && value != "false")
      return bad_attribute("RawMessageDelivery: Invalid value [" + value + "]. Must be true or false.", name);
    if (value == "true" && (is_email(subscription.protocol) || subscription.protocol == SubscriptionProtocol::Lambda))
      return bad_attribute("RawMessageDelivery: Delivery protocol [" + std::string(to_string(subscription.protocol)) +
                               "] does not support raw message delivery.",
                           name);
    return {};
  }
  if (name == "FilterPolicy") {
    if (value.empty()) return {};
    auto policy = FilterPolicy::parse(value, is_body_scope(subscription.attributes));
    if (!policy) return policy.error();
    return {};
  }
  if (name == "FilterPolicyScope") {
    if (value == "MessageAttributes" || value == "MessageBody") return {};
    return bad_attribute("FilterPolicyScope: Invalid value [" + value + "]. Please use either MessageBody or MessageAttributes", name);
  }
  if (name == "RedrivePolicy") {
    if (value.empty()) return {};
    return check_redrive_policy(value);
  }
  if (name == "DeliveryPolicy") {
    if (!value.empty() && !nlohmann::json::accept(value)) return bad_attribute("DeliveryPolicy: failed to parse JSON", name);
    return {};
  }
  if (name == "SubscriptionRoleArn" || name == "ReplayPolicy") return {};
  return bad_attribute("Unknown attribute: " + name, name);
}

bool Topics::is_pending(const Subscription& subscription) const {
  if (subscription.confirmed_at) return false;
  return is_http(subscription.protocol) || outbox_.mail_is_sent();
}

Result<Subscription> Topics::subscribe(Transaction& transaction, const SubscribeRequest& request) const {
  auto protocol = parse_protocol(request.protocol);
  if (!protocol) return protocol.error();
  const auto topic = get_topic(transaction, request.topic);
  if (!topic) return topic_does_not_exist();
  if (auto checked = check_endpoint(*topic, *protocol, request.endpoint); !checked) return checked.error();

  Subscription subscription{.topic = request.topic,
                            .protocol = *protocol,
                            .endpoint = request.endpoint,
                            .attributes = request.attributes,
                            .created_at = transaction.now()};
  for (const auto& [name, value] : subscription.attributes)
    if (auto checked = check_subscription_attribute(subscription, name, value); !checked) return checked.error();

  if (auto existing = find_same(transaction, request.topic, {.protocol = *protocol, .endpoint = request.endpoint})) {
    for (const auto& [name, value] : request.attributes)
      if (const auto found = existing->attributes.find(name); found == existing->attributes.end() || found->second != value)
        return bad_attribute("Subscription already exists with different attributes", "Attributes");
    if (is_pending(*existing))
      if (auto sent = send_confirmation(transaction, *existing); !sent) return sent.error();
    return std::move(*existing);
  }

  const auto row = transaction.next_row(subscription_topics_table);
  subscription.row = SubscriptionRow{row};
  std::array<std::uint8_t, 16> random{};
  const auto bytes = random_bytes(random.size());
  std::copy(bytes.begin(), bytes.end(), random.begin());
  subscription.id = uuid_v7(transaction.now(), random, row).value;
  if (!is_email(*protocol) && !is_http(*protocol)) subscription.confirmed_at = transaction.now();
  put_subscription(transaction, subscription);
  if (is_pending(subscription))
    if (auto sent = send_confirmation(transaction, subscription); !sent) return sent.error();
  return subscription;
}

Result<void> Topics::send_confirmation(Transaction& transaction, Subscription& subscription) const {
  const auto token = make_subscription_token(
      environment_.master_key(), {.action = SubscriptionAction::Confirm, .row = subscription.row, .issued_at = transaction.now()});
  const auto arn = environment_.site.topic_arn(subscription.topic);
  if (is_email(subscription.protocol)) {
    auto put = outbox_.put(
        transaction, confirmation_mail(arn, subscription.endpoint, display_name(transaction, subscription.topic), confirm_path(token)));
    if (!put) return put.error();
  } else {
    const auto topic = get_topic(transaction, subscription.topic);
    const auto message_id = transaction.new_uuid().value;
    const auto url =
        std::string(public_url_placeholder) + "/?Action=ConfirmSubscription&TopicArn=" + percent_encode(arn) + "&Token=" + token;
    put_delivery(transaction, {.kind = DeliveryKind::Confirmation,
                               .subscription = subscription.row,
                               .request_id = message_id,
                               .message_id = message_id,
                               .body = confirmation_json({.topic_arn = arn,
                                                          .message_id = message_id,
                                                          .token = token,
                                                          .subscribe_url = url,
                                                          .signature_version = topic ? signature_version(*topic) : "1",
                                                          .signing_certificate_url = std::string(public_url_placeholder) +
                                                                                     certificate_path(signing_key(transaction))},
                                                         transaction.now())});
    if (delivery_listener_) transaction.on_commit(delivery_listener_);
  }
  subscription.confirmation_sent = true;
  put_subscription(transaction, subscription);
  return {};
}

Result<Subscription> Topics::confirm(Transaction& transaction, std::string_view topic, std::string_view token) const {
  auto parsed = parse_subscription_token(environment_.master_key(), token);
  if (!parsed) return parsed.error();
  if (parsed->action != SubscriptionAction::Confirm) return invalid("Token", "Token");
  auto subscription = get_subscription(transaction, parsed->row);
  if (!subscription) return subscription_does_not_exist();
  if (!topic.empty() && subscription->topic != topic) return invalid("Token", "Token");
  if (subscription->confirmed_at) return std::move(*subscription);
  if (is_expired(*parsed, transaction.now())) return invalid("Token", "Token");
  subscription->confirmed_at = transaction.now();
  put_subscription(transaction, *subscription);
  return std::move(*subscription);
}

void Topics::remove_subscription(Transaction& transaction, const Subscription& subscription) const {
  transaction.erase(Key(subscriptions_table, subscription.topic, subscription.row.value));
  transaction.erase(Key(subscription_topics_table, subscription.row.value));
}

Result<void> Topics::unsubscribe(Transaction& transaction, std::string_view arn) const {
  const auto row = row_of_arn(arn);
  if (!row) return row.error().code == ErrorCode::NotFound ? Result<void>() : Result<void>(row.error());
  if (const auto subscription = get_subscription(transaction, *row); subscription && arn.ends_with(subscription->id))
    remove_subscription(transaction, *subscription);
  return {};
}

std::optional<Subscription> Topics::find_subscription(const Reader& reader, SubscriptionRow row) const {
  return get_subscription(reader, row);
}

Result<Subscription> Topics::find_subscription(const Reader& reader, std::string_view arn) const {
  const auto row = row_of_arn(arn);
  if (!row) return row.error();
  auto subscription = get_subscription(reader, *row);
  if (!subscription || !arn.ends_with(subscription->id)) return subscription_does_not_exist();
  return std::move(*subscription);
}

TextMap Topics::subscription_attributes(const Subscription& subscription) const {
  TextMap shown{{"SubscriptionArn", subscription_arn(environment_.site, subscription)},
                {"TopicArn", environment_.site.topic_arn(subscription.topic)},
                {"Owner", environment_.site.account},
                {"Protocol", std::string(to_string(subscription.protocol))},
                {"Endpoint", subscription.endpoint},
                {"PendingConfirmation", is_pending(subscription) ? "true" : "false"},
                {"ConfirmationWasAuthenticated", is_email(subscription.protocol) || is_http(subscription.protocol) ? "false" : "true"},
                {"RawMessageDelivery", "false"},
                {"SubscriptionPrincipal", "arn:aws:iam::" + environment_.site.account + ":root"}};
  for (const auto& [name, value] : subscription.attributes) shown[name] = value;
  if (shown.contains("FilterPolicy")) shown.try_emplace("FilterPolicyScope", "MessageAttributes");
  return shown;
}

Result<void> Topics::set_subscription_attribute(Transaction& transaction, std::string_view arn, const std::string& attribute,
                                                const std::string& value) const {
  auto subscription = find_subscription(transaction, arn);
  if (!subscription) return subscription.error();
  if (auto checked = check_subscription_attribute(*subscription, attribute, value); !checked) {
    auto fault = checked.error();
    if (fault.message.ends_with("Unknown attribute: " + attribute)) return invalid("AttributeName", attribute);
    return fault;
  }
  if (value.empty()) subscription->attributes.erase(attribute);
  else subscription->attributes[attribute] = value;
  // A scope that no longer allows the policy's nesting is refused as well.
  if (const auto policy = subscription->attributes.find("FilterPolicy"); policy != subscription->attributes.end())
    if (auto checked = check_subscription_attribute(*subscription, "FilterPolicy", policy->second); !checked) return checked;
  put_subscription(transaction, *subscription);
  return {};
}

Page<Subscription> Topics::subscriptions(const Reader& reader, const std::optional<std::string>& topic, std::size_t limit,
                                         std::optional<std::string> after) const {
  Page<Subscription> page;
  KeyRange range{.prefix = topic ? Key(subscriptions_table, *topic) : Key(subscriptions_table)};
  if (const auto slash = after ? after->rfind('/') : std::string::npos; slash != std::string::npos) {
    std::int64_t row = 0;
    std::from_chars(after->data() + slash + 1, after->data() + after->size(), row);
    range.after = Key(subscriptions_table, after->substr(0, slash), row);
  }
  reader.scan(range, [&](const Key& key, std::string_view record) {
    if (page.items.size() == limit) {
      page.next = page.items.back().topic + "/" + std::to_string(page.items.back().row.value);
      return false;
    }
    page.items.push_back(decode_subscription(key, record));
    return true;
  });
  return page;
}

Result<std::size_t> Topics::ask_for_missing_confirmations(Transaction& transaction) const {
  if (!outbox_.mail_is_sent()) return std::size_t{0};
  std::vector<Subscription> unasked;
  transaction.scan({.prefix = Key(subscriptions_table)}, [&](const Key& key, std::string_view record) {
    auto subscription = decode_subscription(key, record);
    if (is_email(subscription.protocol) && !subscription.confirmed_at && !subscription.confirmation_sent)
      unasked.push_back(std::move(subscription));
    return true;
  });
  for (auto& subscription : unasked)
    if (auto sent = send_confirmation(transaction, subscription); !sent) return sent.error();
  return unasked.size();
}

}  // namespace signalbox
