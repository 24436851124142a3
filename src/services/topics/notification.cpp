#include "services/topics/notification.h"

#include "signalbox/encoding.h"

#include <nlohmann/json.hpp>

namespace signalbox {

namespace {

using OrderedJson = nlohmann::ordered_json;

std::string dump(const OrderedJson& value) { return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace); }

OrderedJson attributes_json(const TopicMessageAttributes& attributes) {
  OrderedJson result = OrderedJson::object();
  for (const auto& [name, attribute] : attributes)
    result[name] = {{"Type", attribute.data_type},
                    {"Value", attribute.data_type.starts_with("Binary") ? base64_encode(attribute.value) : attribute.value}};
  return result;
}

std::string subject_of(const Notification& notification) { return notification.subject.value_or("AWS Notification Message"); }

}  // namespace

std::string string_to_sign(const Notification& notification) {
  std::string text = "Message\n" + notification.message + "\nMessageId\n" + notification.message_id + "\n";
  if (notification.subject) text += "Subject\n" + *notification.subject + "\n";
  return text + "Timestamp\n" + format_rfc3339(notification.published_at) + "\nTopicArn\n" + notification.topic_arn +
         "\nType\nNotification\n";
}

std::string notification_json(const Notification& notification) {
  OrderedJson body{{"Type", "Notification"}, {"MessageId", notification.message_id}};
  if (notification.sequence_number) body["SequenceNumber"] = *notification.sequence_number;
  body["TopicArn"] = notification.topic_arn;
  if (notification.subject) body["Subject"] = *notification.subject;
  body["Message"] = notification.message;
  body["Timestamp"] = format_rfc3339(notification.published_at);
  // FIFO envelopes carry no signature on AWS either.
  if (!notification.sequence_number) {
    body["SignatureVersion"] = notification.signature_version;
    body["Signature"] = notification.signature;
    body["SigningCertURL"] = notification.signing_certificate_url;
  }
  body["UnsubscribeURL"] = notification.unsubscribe_url;
  if (!notification.attributes->empty()) body["MessageAttributes"] = attributes_json(*notification.attributes);
  return dump(body);
}

std::string notification_event(const Notification& notification) {
  const OrderedJson sns{{"Type", "Notification"},
                        {"MessageId", notification.message_id},
                        {"TopicArn", notification.topic_arn},
                        {"Subject", notification.subject ? OrderedJson(*notification.subject) : OrderedJson(nullptr)},
                        {"Message", notification.message},
                        {"Timestamp", format_rfc3339(notification.published_at)},
                        {"SignatureVersion", notification.signature_version},
                        {"Signature", notification.signature},
                        {"SigningCertUrl", notification.signing_certificate_url},
                        {"UnsubscribeUrl", notification.unsubscribe_url},
                        {"MessageAttributes", attributes_json(*notification.attributes)}};
  const OrderedJson record{
      {"EventSource", "aws:sns"}, {"EventVersion", "1.0"}, {"EventSubscriptionArn", notification.subscription_arn}, {"Sns", sns}};
  return dump({{"Records", OrderedJson::array({record})}});
}

std::string confirmation_json(const Confirmation& confirmation, Timestamp now) {
  return dump({{"Type", "SubscriptionConfirmation"},
               {"MessageId", confirmation.message_id},
               {"Token", confirmation.token},
               {"TopicArn", confirmation.topic_arn},
               {"Message", "You have chosen to subscribe to the topic " + confirmation.topic_arn +
                               ".\nTo confirm the subscription, visit the SubscribeURL included in this message."},
               {"SubscribeURL", confirmation.subscribe_url},
               {"Timestamp", format_rfc3339(now)},
               {"SignatureVersion", confirmation.signature_version},
               {"Signature", ""},
               {"SigningCertURL", confirmation.signing_certificate_url}});
}

Mail notification_mail(const Notification& notification, const std::string& to, const std::string& display_name) {
  return Mail{.to = to,
              .from_name = display_name,
              .subject = subject_of(notification),
              .text = notification.message + "\n\n--\nTo stop receiving mail from this topic, open this link:\n" +
                      notification.unsubscribe_url + "\n"};
}

Mail json_mail(const Notification& notification, const std::string& to, const std::string& display_name) {
  return Mail{.to = to, .from_name = display_name, .subject = subject_of(notification), .text = notification_json(notification) + "\n"};
}

Mail confirmation_mail(const std::string& topic_arn, const std::string& to, const std::string& display_name, const std::string& url) {
  return Mail{.to = to,
              .from_name = display_name,
              .subject = "AWS Notification - Subscription Confirmation",
              .text = "Somebody, perhaps you, has subscribed this address to the topic\n" + topic_arn +
                      "\n\nTo receive its mail, confirm the subscription by this link, within two days:\n" + url +
                      "\n\nIf this was a mistake, do nothing, and no mail will come.\n"};
}

}  // namespace signalbox
