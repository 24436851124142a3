#pragma once
/// What subscribers read: SNS's envelope as JSON, and mails as text.

#include "signalbox/mail.h"
#include "signalbox/topics.h"

#include <string>
#include <string_view>

namespace signalbox {

/// A published message as one subscription gets it.
struct Notification {
  std::string topic_arn, subscription_arn, message_id;
  std::string message;
  std::optional<std::string> subject;
  std::optional<std::string> sequence_number;
  Timestamp published_at;
  const TopicMessageAttributes* attributes;
  std::string unsubscribe_url, signing_certificate_url;
  std::string signature_version = "1", signature = {};  ///< see message_signature.h; FIFO messages have none
};

/// What of it is signed, in the form that verifiers rebuild.
[[nodiscard]] std::string string_to_sign(const Notification& notification);
/// The body of queue, http(s) and email-json deliveries.
[[nodiscard]] std::string notification_json(const Notification& notification);
/// The event of a function: `Records` with one `Sns`.
[[nodiscard]] std::string notification_event(const Notification& notification);
struct Confirmation {
  std::string topic_arn, message_id, token, subscribe_url;
  std::string signature_version, signing_certificate_url;
};
/// The request by which an http(s) endpoint is asked to confirm. Its URL is signed and known when it leaves only: sign_confirmation() then.
[[nodiscard]] std::string confirmation_json(const Confirmation& confirmation, Timestamp now);

[[nodiscard]] Mail notification_mail(const Notification& notification, const std::string& to, const std::string& display_name);
[[nodiscard]] Mail json_mail(const Notification& notification, const std::string& to, const std::string& display_name);
[[nodiscard]] Mail confirmation_mail(const std::string& topic_arn, const std::string& to, const std::string& display_name,
                                     const std::string& url);

}  // namespace signalbox
