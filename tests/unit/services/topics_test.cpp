#include "topics_fixture.h"

#include "services/topics/deliveries.h"
#include "services/topics/notification.h"
#include "services/topics/subscription_token.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace signalbox;
using signalbox::testing::TopicsFixture;

namespace {

/// What stands behind `token=` in the text.
std::string token_in(const std::string& text) {
  const auto at = text.find("oken=") + 5;
  return text.substr(at, text.find_first_of("\n\"& ", at) - at);
}

}  // namespace

TEST_CASE("CreateTopic is idempotent unless attributes or tags differ") {
  TopicsFixture f;
  REQUIRE(f.topics.create(f.transaction, "orders", {{"DisplayName", "Orders"}}, {{"team", "a"}}));
  CHECK(f.topics.create(f.transaction, "orders"));
  CHECK(f.topics.create(f.transaction, "orders", {{"DisplayName", "Orders"}}, {{"team", "a"}}));
  CHECK(f.topics.create(f.transaction, "orders", {{"DisplayName", "Other"}}).error().message ==
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes");
  CHECK(f.topics.create(f.transaction, "orders", {}, {{"team", "b"}}).error().message ==
        "Invalid parameter: Tags Reason: Topic already exists with different tags");
  CHECK(f.topics.list(f.transaction, 100).items.size() == 1);
}

TEST_CASE("Topic names are AWS's") {
  TopicsFixture f;
  for (const std::string name : {"a", "A-b_9", "x.fifo"}) {
    const TextMap attributes = name.ends_with(".fifo") ? TextMap{{"FifoTopic", "true"}} : TextMap{};
    CHECK(f.topics.create(f.transaction, name, attributes));
  }
  for (const std::string name : {"", "a b", "a.b", "x.fifo", "ä", "a:b"}) {
    INFO(name);
    CHECK(f.topics.create(f.transaction, name).error().message == "Invalid parameter: Topic Name");
  }
  CHECK_FALSE(f.topics.create(f.transaction, std::string(257, 'a')));
  CHECK_FALSE(f.topics.create(f.transaction, "plain", {{"FifoTopic", "true"}}));
}

TEST_CASE("An unknown topic is NotFound, for whatever is asked of it") {
  TopicsFixture f;
  const auto published = f.topics.publish(f.transaction, {.topic = "none", .message = "m"});
  CHECK(published.error().message == "Topic does not exist");
  CHECK(sns_error(published.error()).code == "NotFound");
  CHECK(sns_error(published.error()).status == 404);
  CHECK(f.topics.subscribe(f.transaction, {.topic = "none", .protocol = "email", .endpoint = "a@b.test"}).error().code ==
        ErrorCode::NotFound);
  CHECK(f.topics.attributes(f.transaction, "none").error().code == ErrorCode::NotFound);
  f.topics.remove(f.transaction, "none");  // no error
}

TEST_CASE("Topic ARNs are read as AWS reads them") {
  CHECK(topic_name_of_arn("arn:aws:sns:eu-west-1:123456789012:orders").value() == "orders");
  CHECK(topic_name_of_arn("orders").error().message == "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1");
  CHECK(topic_name_of_arn("arn:aws:sqs:eu-west-1:123456789012:orders").error().message == "Invalid parameter: TopicArn");
  CHECK(topic_name_of_arn("arn:aws:sns:eu-west-1:123456789012:orders:id", "TargetArn").error().message == "Invalid parameter: TargetArn");
}

TEST_CASE("Without an SMTP server mail is kept and needs no confirmation") {
  TopicsFixture f;
  REQUIRE(f.topics.create(f.transaction, "orders", {{"DisplayName", "Order desk"}}));
  const auto subscription = f.subscribe("orders", "email", "ann@example.test");
  CHECK_FALSE(f.topics.is_pending(subscription));
  CHECK(f.mails().empty());
  REQUIRE(f.topics.publish(f.transaction, {.topic = "orders", .message = "Hello, Ann\n", .subject = "News"}));
  const auto mails = f.mails();
  REQUIRE(mails.size() == 1);
  CHECK(mails[0].state == MailState::Kept);
  CHECK(mails[0].mail.to == "ann@example.test");
  CHECK(mails[0].mail.from_name == "Order desk");
  CHECK(mails[0].mail.subject == "News");
  CHECK(mails[0].mail.text.starts_with("Hello, Ann\n\n\n--\n"));
  CHECK(resolve_public_url(mails[0].mail.text, "https://x.test/p").find("https://x.test/p/subscriptions/unsubscribe?token=") !=
        std::string::npos);
}

TEST_CASE("With an SMTP server an e-mail subscription gets nothing but its confirmation until that is answered") {
  TopicsFixture f(true);
  REQUIRE(f.topics.create(f.transaction, "orders"));
  auto subscription = f.subscribe("orders", "email", "ann@example.test");
  CHECK(f.topics.is_pending(subscription));
  REQUIRE(f.mails().size() == 1);
  CHECK(f.mails()[0].state == MailState::Waiting);
  CHECK(f.mails()[0].mail.subject == "AWS Notification - Subscription Confirmation");

  REQUIRE(f.topics.publish(f.transaction, {.topic = "orders", .message = "too early"}));
  CHECK(f.mails().size() == 1);

  const auto token = token_in(f.mails()[0].mail.text);
  CHECK(f.topics.confirm(f.transaction, "other", token).error().message == "Invalid parameter: Token");
  REQUIRE(f.topics.confirm(f.transaction, "orders", token));
  CHECK(f.topics.confirm(f.transaction, "", token));  // again
  REQUIRE(f.topics.publish(f.transaction, {.topic = "orders", .message = "now"}));
  REQUIRE(f.mails().size() == 2);
  CHECK(f.mails()[0].mail.subject == "AWS Notification Message");
  CHECK(f.topics.attributes(f.transaction, "orders").value()["SubscriptionsConfirmed"] == "1");
}

TEST_CASE("Subscribing again gives the same subscription, and a pending one its mail again") {
  TopicsFixture f(true);
  REQUIRE(f.topics.create(f.transaction, "orders"));
  const auto first = f.subscribe("orders", "email", "ann@example.test");
  const auto second = f.subscribe("orders", "email", "ann@example.test");
  CHECK(first.id == second.id);
  CHECK(f.mails().size() == 2);
  CHECK(
      f.topics
          .subscribe(
              f.transaction,
              {.topic = "orders", .protocol = "email", .endpoint = "ann@example.test", .attributes = {{"FilterPolicy", R"({"a":["b"]})"}}})
          .error()
          .message == "Invalid parameter: Attributes Reason: Subscription already exists with different attributes");
}

TEST_CASE("Confirmation tokens: rubbish, another data file's and old ones are refused") {
  TopicsFixture f(true);
  REQUIRE(f.topics.create(f.transaction, "orders"));
  f.subscribe("orders", "email", "ann@example.test");
  const auto token = token_in(f.mails()[0].mail.text);
  CHECK(token.size() < 64);
  for (auto bad : {std::string(), std::string("x"), token + "A", token.substr(1), std::string(200, 'A')}) {
    INFO(bad);
    CHECK(f.topics.confirm(f.transaction, "orders", bad).error().message == "Invalid token");
  }
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    // The last character may hold bits that base64 ignores; all others count.
    if (base64url_decode(changed) != base64url_decode(token)) CHECK_FALSE(f.topics.confirm(f.transaction, "orders", changed));
  }
  f.master.bytes = std::string(32, 'x');
  CHECK_FALSE(f.topics.confirm(f.transaction, "orders", token));
  f.master.bytes = std::string(32, 'k');
  f.clock.advance(confirmation_life);
  CHECK(f.topics.confirm(f.transaction, "orders", token).error().message == "Invalid parameter: Token");
}

TEST_CASE("Once an SMTP server is configured, earlier e-mail subscriptions are pending and are asked once") {
  TopicsFixture f;
  REQUIRE(f.topics.create(f.transaction, "orders"));
  f.subscribe("orders", "email", "ann@example.test");
  REQUIRE(f.topics.publish(f.transaction, {.topic = "orders", .message = "kept"}));
  CHECK(f.topics.ask_for_missing_confirmations(f.transaction).value() == 0);

  const Outbox sending(true);
  const Topics restarted(f.topics.environment(), sending);
  CHECK(restarted.is_pending(restarted.subscriptions(f.transaction, std::nullopt, 10).items[0]));
  CHECK(restarted.ask_for_missing_confirmations(f.transaction).value() == 1);
  CHECK(restarted.ask_for_missing_confirmations(f.transaction).value() == 0);
  REQUIRE(f.mails().size() == 2);
  CHECK(f.mails()[0].state == MailState::Waiting);
  CHECK(f.mails()[1].state == MailState::Kept);  // never sent later
}

TEST_CASE("Queues get the envelope, or the bare message if they ask for it") {
  TopicsFixture f;
  f.queues["plain"];
  f.queues["raw"];
  REQUIRE(f.topics.create(f.transaction, "orders"));
  f.subscribe("orders", "sqs", "arn:aws:sqs:us-east-1:000000000000:plain");
  f.subscribe("orders", "sqs", "arn:aws:sqs:us-east-1:000000000000:raw", {{"RawMessageDelivery", "true"}});
  const auto published = f.topics.publish(f.transaction, {.topic = "orders",
                                                          .message = "{}",
                                                          .attributes = {{"kind", {.data_type = "String", .value = "new"}},
                                                                         {"blob", {.data_type = "Binary", .value = "\x01\x02"}}}});
  REQUIRE(published);
  REQUIRE(f.queues["plain"].size() == 1);
  const auto envelope = nlohmann::json::parse(f.queues["plain"][0].body);
  CHECK(envelope["Type"] == "Notification");
  CHECK(envelope["MessageId"] == published->message_id);
  CHECK(envelope["TopicArn"] == "arn:aws:sns:us-east-1:000000000000:orders");
  CHECK(envelope["Message"] == "{}");
  CHECK_FALSE(envelope.contains("Subject"));
  CHECK(envelope["MessageAttributes"]["kind"] == nlohmann::json{{"Type", "String"}, {"Value", "new"}});
  CHECK(envelope["MessageAttributes"]["blob"] == nlohmann::json{{"Type", "Binary"}, {"Value", "AQI="}});
  CHECK(f.queues["plain"][0].attributes.empty());
  CHECK(f.queues["raw"][0].body == "{}");
  CHECK(f.queues["raw"][0].attributes.at("kind").value == "new");
}

TEST_CASE("What a queue refuses goes to the subscription's dead-letter queue") {
  TopicsFixture f;
  f.queues["dead"];
  REQUIRE(f.topics.create(f.transaction, "orders"));
  f.subscribe("orders", "sqs", "arn:aws:sqs:us-east-1:000000000000:gone",
              {{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead"})"}});
  REQUIRE(f.topics.publish(f.transaction, {.topic = "orders", .message = "m"}));
  CHECK(f.queues["dead"].size() == 1);
}

TEST_CASE("Functions and endpoints get a delivery that leaves after the commit") {
  TopicsFixture f;
  int told = 0;
  f.topics.on_delivery([&] { ++told; });
  REQUIRE(f.topics.create(f.transaction, "orders"));
  f.subscribe("orders", "lambda", "arn:aws:lambda:us-east-1:000000000000:function:work");
  const auto endpoint = f.subscribe("orders", "https", "https://example.test/hook");
  CHECK(f.topics.is_pending(endpoint));
  REQUIRE(f.topics.publish(f.transaction, {.topic = "orders", .message = "m", .subject = "s"}));
  const auto due = due_deliveries(f.transaction, f.clock.now(), 10);
  REQUIRE(due.size() == 2);
  CHECK(due[0].kind == DeliveryKind::Confirmation);
  CHECK(due[1].kind == DeliveryKind::Function);
  const auto event = nlohmann::json::parse(due[1].body)["Records"][0];
  CHECK(event["EventSource"] == "aws:sns");
  CHECK(event["Sns"]["Subject"] == "s");
  CHECK(event["Sns"].contains("SigningCertUrl"));
  CHECK(told == 0);
  REQUIRE(f.transaction.commit());
  CHECK(told == 2);

  const auto confirmation = nlohmann::json::parse(due[0].body);
  CHECK(confirmation["Type"] == "SubscriptionConfirmation");
  REQUIRE(f.topics.confirm(f.transaction, "orders", confirmation["Token"].get<std::string>()));
  REQUIRE(f.topics.publish(f.transaction, {.topic = "orders", .message = "m"}));
  CHECK(due_deliveries(f.transaction, f.clock.now(), 10).size() == 4);
}

TEST_CASE("MessageStructure json chooses the text by protocol") {
  TopicsFixture f;
  f.queues["q"];
  REQUIRE(f.topics.create(f.transaction, "orders"));
  f.subscribe("orders", "email", "ann@example.test");
  f.subscribe("orders", "sqs", "arn:aws:sqs:us-east-1:000000000000:q");
  REQUIRE(f.topics.publish(f.transaction,
                           {.topic = "orders", .message = R"({"default":"d","email":"for people"})", .message_structure = "json"}));
  CHECK(f.mails()[0].mail.text.starts_with("for people"));
  CHECK(nlohmann::json::parse(f.queues["q"][0].body)["Message"] == "d");
  CHECK(f.topics.publish(f.transaction, {.topic = "orders", .message = R"({"email":"e"})", .message_structure = "json"}).error().message ==
        "Invalid parameter: Message Structure - No default entry in JSON message body");
  CHECK(f.topics.publish(f.transaction, {.topic = "orders", .message = "{", .message_structure = "json"}).error().message ==
        "Invalid parameter: Message Structure - JSON message body failed to parse");
}

TEST_CASE("What is published holds the daemon's own URL, whoever gets it") {
  TopicsFixture f;
  f.queues["q"];
  REQUIRE(f.topics.create(f.transaction, "orders"));
  f.subscribe("orders", "email", "ann@example.test");
  f.subscribe("orders", "sqs", "arn:aws:sqs:us-east-1:000000000000:q", {{"RawMessageDelivery", "true"}});
  f.subscribe("orders", "lambda", "arn:aws:lambda:us-east-1:000000000000:function:f");
  REQUIRE(f.topics.publish(
      f.transaction,
      {.topic = "orders", .message = "at ${signalbox:admin-url}/q", .attributes = {{"url", {"String", "${signalbox:admin-url}"}}}}));
  CHECK(f.mails()[0].mail.text.starts_with("at http://admin.test/q\n"));
  CHECK(f.queues["q"][0].body == "at http://admin.test/q");
  CHECK(f.queues["q"][0].attributes.at("url").value == "http://admin.test");
  // What was signed is what arrives.
  const auto deliveries = due_deliveries(f.transaction, f.transaction.now(), 10);
  REQUIRE(deliveries.size() == 1);
  CHECK(nlohmann::json::parse(deliveries[0].body)["Records"][0]["Sns"]["Message"] == "at http://admin.test/q");
}

TEST_CASE("Publish refuses what AWS refuses") {
  TopicsFixture f;
  REQUIRE(f.topics.create(f.transaction, "orders"));
  const auto message_of = [&](PublishRequest request) {
    request.topic = "orders";
    const auto published = f.topics.publish(f.transaction, request);
    return published ? std::string("accepted") : published.error().message;
  };
  CHECK(message_of({.message = ""}) == "Invalid parameter: Empty message");
  CHECK(message_of({.message = std::string(262'144, 'x')}) == "accepted");
  CHECK(message_of({.message = std::string(262'145, 'x')}) == "Invalid parameter: Message too long");
  CHECK(message_of({.message = "m", .subject = ""}) == "Invalid parameter: Subject");
  CHECK(message_of({.message = "m", .subject = "a\r\nBcc: x@y.test"}) == "Invalid parameter: Subject");
  CHECK(message_of({.message = "m", .subject = std::string(101, 's')}) == "Invalid parameter: Subject");
  CHECK(message_of({.message = "m", .deduplication_id = "d"}).starts_with("Invalid parameter: MessageDeduplicationId"));
  CHECK(message_of({.message = "m", .attributes = {{"a", {.data_type = "String", .value = ""}}}}) ==
        "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'.");
  CHECK(message_of({.message = "m", .attributes = {{"a", {.data_type = "Number", .value = "x"}}}}) ==
        "Could not cast message attribute 'a' value to number.");
}

TEST_CASE("Subscribe refuses what AWS refuses") {
  TopicsFixture f;
  REQUIRE(f.topics.create(f.transaction, "orders"));
  const auto message_of = [&](const std::string& protocol, const std::string& endpoint, TextMap attributes = {}) {
    const auto subscribed = f.topics.subscribe(
        f.transaction, {.topic = "orders", .protocol = protocol, .endpoint = endpoint, .attributes = std::move(attributes)});
    return subscribed ? std::string("accepted") : subscribed.error().message;
  };
  CHECK(message_of("pigeon", "x") == "Invalid parameter: Amazon SNS does not support this protocol string: pigeon");
  CHECK(message_of("sms", "+49") == "Invalid parameter: subscriptions by 'sms' are not supported here");
  CHECK(message_of("email", "nobody") == "Invalid parameter: Email address");
  CHECK(message_of("email", "a@b.test\r\nRCPT TO:<x@y.test>") == "Invalid parameter: Email address");
  CHECK(message_of("sqs", "queue") == "Invalid parameter: SQS endpoint ARN");
  CHECK(message_of("lambda", "arn:aws:sqs:us-east-1:000000000000:q") == "Invalid parameter: Lambda endpoint ARN");
  CHECK(message_of("http", "https://x.test/") == "Invalid parameter: Endpoint must match the specified protocol");
  CHECK(message_of("email", "a@b.test", {{"Colour", "red"}}) == "Invalid parameter: Attributes Reason: Unknown attribute: Colour");
  CHECK(message_of("email", "a@b.test", {{"FilterPolicy", "{"}}) == "Invalid parameter: FilterPolicy: failed to parse JSON.");
}

TEST_CASE("FIFO topics number their messages and drop repetitions for five minutes") {
  TopicsFixture f;
  f.queues["q.fifo"];
  REQUIRE(f.topics.create(f.transaction, "orders.fifo", {{"FifoTopic", "true"}}));
  f.subscribe("orders.fifo", "sqs", "arn:aws:sqs:us-east-1:000000000000:q.fifo");
  const PublishRequest request{.topic = "orders.fifo", .message = "m", .group_id = "g", .deduplication_id = "d"};
  const auto first = f.topics.publish(f.transaction, request).value();
  CHECK(first.sequence_number == "10000000000000000001");
  CHECK(f.topics.publish(f.transaction, request).value().message_id == first.message_id);
  CHECK(f.queues["q.fifo"].size() == 1);
  CHECK(f.queues["q.fifo"][0].group_id == "g");
  f.clock.advance(std::chrono::minutes{5});
  CHECK(f.topics.forget_old_deduplication(f.transaction, 10) == 1);
  CHECK(f.topics.publish(f.transaction, request).value().sequence_number == "10000000000000000002");
  CHECK(f.topics.publish(f.transaction, {.topic = "orders.fifo", .message = "m"}).error().message ==
        "Invalid parameter: The MessageGroupId parameter is required for FIFO topics");
  CHECK(f.topics.publish(f.transaction, {.topic = "orders.fifo", .message = "m", .group_id = "g"}).error().message ==
        "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly");
}

TEST_CASE("Unsubscribing and deleting a topic end subscriptions") {
  TopicsFixture f;
  REQUIRE(f.topics.create(f.transaction, "orders"));
  const auto ann = f.subscribe("orders", "email", "ann@example.test");
  f.subscribe("orders", "email", "bob@example.test");
  const auto arn = subscription_arn(f.topics.site(), ann);
  CHECK(f.topics.find_subscription(f.transaction, arn));
  CHECK(f.topics.unsubscribe(f.transaction, arn));
  CHECK(f.topics.unsubscribe(f.transaction, arn));  // again: no error
  CHECK(f.topics.unsubscribe(f.transaction, "nonsense").error().code == ErrorCode::InvalidArgument);
  CHECK(f.topics.find_subscription(f.transaction, arn).error().message == "Subscription does not exist");
  CHECK(f.topics.subscriptions(f.transaction, "orders", 10).items.size() == 1);
  f.topics.remove(f.transaction, "orders");
  CHECK(f.topics.subscriptions(f.transaction, std::nullopt, 10).items.empty());
}

TEST_CASE("Lists go page by page") {
  TopicsFixture f;
  for (const auto* name : {"a", "b", "c"}) {
    REQUIRE(f.topics.create(f.transaction, name));
    f.subscribe(name, "email", "x@y.test");
    f.subscribe(name, "email", "z@y.test");
  }
  auto topics = f.topics.list(f.transaction, 2);
  CHECK(topics.next == "b");
  topics = f.topics.list(f.transaction, 2, topics.next);
  CHECK(topics.items.size() == 1);
  CHECK_FALSE(topics.next);

  std::vector<std::string> seen;
  std::optional<std::string> cursor;
  do {
    const auto page = f.topics.subscriptions(f.transaction, std::nullopt, 4, cursor);
    for (const auto& one : page.items) seen.push_back(one.topic + one.endpoint);
    cursor = page.next;
  } while (cursor);
  CHECK(seen == std::vector<std::string>{"ax@y.test", "az@y.test", "bx@y.test", "bz@y.test", "cx@y.test", "cz@y.test"});
}
