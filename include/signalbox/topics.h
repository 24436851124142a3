#pragma once
/// Topics and their subscriptions: the rules of SNS over Reader and Transaction. Source of behaviour and of error texts: SNS API Reference.
///
/// Errors carry AWS's text; sns_error() gives the code and status that go with it.

#include "signalbox/ids.h"
#include "signalbox/keys.h"
#include "signalbox/mail.h"
#include "signalbox/result.h"
#include "signalbox/service_call.h"
#include "signalbox/site.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox {

class MessageSigner;

using TextMap = std::map<std::string, std::string>;

struct Topic {
  std::string name = {};
  TextMap attributes = {};  ///< as set: DisplayName, Policy, FifoTopic, …
  TextMap tags = {};
  Timestamp created_at = {};
  std::int64_t sequence = 0;  ///< FIFO: number of the last message

  [[nodiscard]] bool is_fifo() const;
};

/// Stored: do not renumber.
enum class SubscriptionProtocol : std::uint8_t { Email, EmailJson, Sqs, Lambda, Http, Https };
[[nodiscard]] std::string_view to_string(SubscriptionProtocol protocol);  ///< `email`, `email-json`, `sqs`, …

using SubscriptionRow = Number<struct SubscriptionRowTag>;

struct Subscription {
  std::string topic = {};  ///< name
  SubscriptionRow row = {};
  std::string id = {};  ///< UUIDv7 that carries the row; last part of the ARN
  SubscriptionProtocol protocol = SubscriptionProtocol::Email;
  std::string endpoint = {};
  TextMap attributes = {};  ///< as set: RawMessageDelivery, FilterPolicy, …
  Timestamp created_at = {};
  std::optional<Timestamp> confirmed_at = {};  ///< e-mail without SMTP has none and is served all the same
  bool confirmation_sent = false;              ///< e-mail and http(s): a confirmation has been sent, or is under way
};

/// A message attribute, of topics and queues alike. For `Binary…` types `value` holds the raw bytes.
struct TopicMessageAttribute {
  std::string data_type = {};  ///< `String`, `Number`, `Binary`, `String.Array`
  std::string value = {};
};
using TopicMessageAttributes = std::map<std::string, TopicMessageAttribute>;

struct SubscribeRequest {
  std::string topic = {};  ///< name
  std::string protocol = {};
  std::string endpoint = {};
  TextMap attributes = {};
};

struct PublishRequest {
  std::string topic = {};  ///< name
  std::string message = {};
  std::optional<std::string> subject = {};
  std::optional<std::string> message_structure = {};  ///< `json`, or nothing
  TopicMessageAttributes attributes = {};
  std::optional<std::string> group_id = {}, deduplication_id = {};
};
struct PublishedMessage {
  std::string message_id = {};
  std::optional<std::string> sequence_number = {};  ///< FIFO only
};

/// What a queue subscription or a dead-letter queue gets.
struct QueueDelivery {
  std::string queue = {};  ///< name
  std::string body = {};
  TopicMessageAttributes attributes = {};  ///< raw delivery only
  std::optional<std::string> group_id = {}, deduplication_id = {};
};

/// What the rules need from elsewhere. All functions are called on the engine's thread, after Engine::start() has read the master key.
struct TopicEnvironment {
  Site site;
  std::function<const MasterKey&()> master_key;
  std::function<std::string()> public_url;  ///< no slash at its end
  /// In the same transaction. Errors: NotFound (no such queue), what queues refuse.
  std::function<Result<void>(Transaction&, const QueueDelivery&)> send_to_queue;
  /// Fills in the daemon's own URLs, for which stored definitions and templates have placeholders; nothing: there are none.
  std::function<std::string(std::string_view)> resolve = {};
  /// Asked before a subscription's queue or function gets a message.
  ServiceCallGuard permits = {};
};

/// SNS's code and HTTP status for an error of these rules.
struct SnsError {
  std::string code = {};  ///< `NotFound`, `InvalidParameter`, …
  int status = 400;
};
[[nodiscard]] SnsError sns_error(const Error& error);

/// The topic's name. Errors: InvalidArgument with AWS's words, `parameter` (TopicArn, TargetArn) in them.
[[nodiscard]] Result<std::string> topic_name_of_arn(std::string_view arn, std::string_view parameter = "TopicArn");
[[nodiscard]] std::string subscription_arn(const Site& site, const Subscription& subscription);

template <class T, class Cursor = std::string>
struct Page {
  std::vector<T> items;
  std::optional<Cursor> next = {};  ///< pass as `after` for the following page; nothing: this is the last
};

/// Names, not ARNs, go in and out. Used on the engine's thread where it takes a Transaction, on any with a Reader.
class Topics {
 public:
  Topics(TopicEnvironment environment, const Outbox& outbox);

  /// Called on the engine's thread after a commit that left something for the deliverer; must return at once.
  void on_delivery(std::function<void()> listener) { delivery_listener_ = std::move(listener); }
  [[nodiscard]] const Site& site() const { return environment_.site; }

  /// An existing topic is given back if attributes and tags agree. Errors: InvalidArgument. [CreateTopic]
  [[nodiscard]] Result<Topic> create(Transaction& transaction, const std::string& name, const TextMap& attributes = {},
                                     const TextMap& tags = {}) const;
  /// With its subscriptions. A topic that does not exist is no error. [DeleteTopic]
  void remove(Transaction& transaction, const std::string& name) const;
  /// Errors: NotFound. [SetTopicAttributes]
  [[nodiscard]] Result<void> set_attribute(Transaction& transaction, const std::string& name, const std::string& attribute,
                                           const std::string& value) const;
  /// As GetTopicAttributes shows them, with counts and policy. Errors: NotFound.
  [[nodiscard]] Result<TextMap> attributes(const Reader& reader, const std::string& name) const;
  [[nodiscard]] Result<Topic> find(const Reader& reader, const std::string& name) const;
  [[nodiscard]] Page<Topic> list(const Reader& reader, std::size_t limit, std::optional<std::string> after = std::nullopt) const;
  [[nodiscard]] Result<void> tag(Transaction& transaction, const std::string& name, const TextMap& tags) const;
  [[nodiscard]] Result<void> untag(Transaction& transaction, const std::string& name, const std::vector<std::string>& keys) const;

  /// The same topic, protocol and endpoint give the same subscription; a pending one gets its confirmation again.
  /// Errors: NotFound (topic), InvalidArgument, NotSupported (sms, application, firehose). [Subscribe]
  [[nodiscard]] Result<Subscription> subscribe(Transaction& transaction, const SubscribeRequest& request) const;
  /// By token, whatever the topic if `topic` is empty. Again is no error. Errors: InvalidArgument (AWS's words), NotFound. [ConfirmSubscription]
  [[nodiscard]] Result<Subscription> confirm(Transaction& transaction, std::string_view topic, std::string_view token) const;
  /// By ARN; one that does not exist is no error. Errors: InvalidArgument for what is no subscription ARN. [Unsubscribe]
  [[nodiscard]] Result<void> unsubscribe(Transaction& transaction, std::string_view arn) const;
  [[nodiscard]] Result<Subscription> find_subscription(const Reader& reader, std::string_view arn) const;
  [[nodiscard]] std::optional<Subscription> find_subscription(const Reader& reader, SubscriptionRow row) const;
  /// Whether the queue or function of a subscription lets the topic deliver to it. Errors: Forbidden.
  [[nodiscard]] Result<void> permits(const Subscription& subscription) const;
  void remove_subscription(Transaction& transaction, const Subscription& subscription) const;
  /// As GetSubscriptionAttributes shows them.
  [[nodiscard]] TextMap subscription_attributes(const Subscription& subscription) const;
  /// Errors: NotFound, InvalidArgument. [SetSubscriptionAttributes]
  [[nodiscard]] Result<void> set_subscription_attribute(Transaction& transaction, std::string_view arn, const std::string& attribute,
                                                        const std::string& value) const;
  /// Of all topics, or of one; in the order of topics, then of subscribing. The cursor is `TOPIC/ROW`.
  [[nodiscard]] Page<Subscription> subscriptions(const Reader& reader, const std::optional<std::string>& topic, std::size_t limit,
                                                 std::optional<std::string> after = std::nullopt) const;
  /// It waits for its confirmation and gets nothing until then. Never true for e-mail while no SMTP server is configured.
  [[nodiscard]] bool is_pending(const Subscription& subscription) const;

  /// Accepted for every subscription in this very transaction: queues have it, mail is in the outbox, calls are noted.
  /// Errors: NotFound, InvalidArgument, TooLarge. [Publish]
  [[nodiscard]] Result<PublishedMessage> publish(Transaction& transaction, const PublishRequest& request) const;

  /// E-mail subscriptions made while there was no SMTP server get their confirmation mail. Once at each start, in a transaction; does
  /// nothing without an SMTP server. Gives the number of mails.
  [[nodiscard]] Result<std::size_t> ask_for_missing_confirmations(Transaction& transaction) const;
  /// Forgets FIFO deduplication older than five minutes, at most `limit` entries. Gives how many went.
  [[nodiscard]] bool has_old_deduplication(const Reader& reader, Timestamp now) const;
  std::size_t forget_old_deduplication(Transaction& transaction, std::size_t limit) const;

  /// What could not be delivered goes to the queue that the subscription's RedrivePolicy names. False: there is none, or it refused.
  bool send_to_dead_letter_queue(Transaction& transaction, const Subscription& subscription, QueueDelivery delivery) const;

  [[nodiscard]] const TopicEnvironment& environment() const { return environment_; }
  [[nodiscard]] bool mail_is_sent() const { return outbox_.mail_is_sent(); }

 private:
  [[nodiscard]] Result<void> send_confirmation(Transaction& transaction, Subscription& subscription) const;
  void deliver(Transaction& transaction, const Topic& topic, const Subscription& subscription, const PublishRequest& request,
               const PublishedMessage& published, MessageSigner& signer) const;

  TopicEnvironment environment_;
  const Outbox& outbox_;
  std::function<void()> delivery_listener_;
};

}  // namespace signalbox
