#include "fixture.h"

#include "services/queues/queue_url.h"

using namespace signalbox;
using namespace signalbox::testing;

TEST_CASE("creating a queue again with attributes that agree gives the same one") {
  QueueFixture f;
  const auto queue = f.create("work", {{"VisibilityTimeout", "10"}});
  CHECK(f.create("work").id == queue.id);
  CHECK(f.create("work", {{"VisibilityTimeout", "10"}, {"DelaySeconds", "0"}}).id == queue.id);
  CHECK(fault(f.queues.create(f.transaction, {.name = "work", .attributes = {{"VisibilityTimeout", "11"}}})) ==
        "QueueNameExists: A queue already exists with the same name and a different value for attribute VisibilityTimeout");
  REQUIRE(f.queues.remove(f.transaction, "work").has_value());
  CHECK(fault(f.queues.find(f.transaction, "work")) == "QueueDoesNotExist: The specified queue does not exist.");
  CHECK(f.create("work").id != queue.id);
}

TEST_CASE("names and attributes at fault are refused") {
  QueueFixture f;
  const auto create = [&](std::string name, QueueTextMap attributes = {}) {
    return fault(f.queues.create(f.transaction, {.name = std::move(name), .attributes = std::move(attributes)}));
  };
  CHECK(create("") == "InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.");
  CHECK(create(std::string(81, 'x')).starts_with("InvalidParameterValue: "));
  CHECK(create("a b").starts_with("InvalidParameterValue: "));
  CHECK(create("a.fifo").starts_with("InvalidParameterValue: "));
  CHECK(create("a", {{"FifoQueue", "true"}}).starts_with("InvalidParameterValue: The name of a FIFO queue"));
  CHECK(create("a", {{"VisibilityTimeout", "43201"}}) == "InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout.");
  CHECK(create("a", {{"DelaySeconds", "1s"}}) == "InvalidAttributeValue: Invalid value for the parameter DelaySeconds.");
  CHECK(create("a", {{"Colour", "red"}}) == "InvalidAttributeName: Unknown Attribute Colour.");
  CHECK(create("a", {{"ContentBasedDeduplication", "true"}}) == "InvalidAttributeName: Unknown Attribute ContentBasedDeduplication.");
  CHECK(create("a", {{"RedrivePolicy", "{}"}}).find("mandatory attribute: deadLetterTargetArn") != std::string::npos);
  CHECK(create("a", {{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:r:1:none","maxReceiveCount":3})"}})
            .ends_with("Dead letter target does not exist."));
  CHECK(create("a", {{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:r:1:none","maxReceiveCount":0})"}})
            .ends_with("Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive."));
  CHECK(f.queues.list(f.transaction, "", "", 10).empty());
}

TEST_CASE("a dead-letter queue may say who may use it") {
  QueueFixture f;
  f.create("dead",
           {{"RedriveAllowPolicy", R"({"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:us-east-1:000000000000:a"]})"}});
  const QueueTextMap redrive{{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":3})"}};
  f.create("a", redrive);
  CHECK(fault(f.queues.create(f.transaction, {.name = "b", .attributes = redrive})).find("does not permit queue b") != std::string::npos);
}

TEST_CASE("attributes are set, shown and survive the store") {
  QueueFixture f;
  f.create("work", {{"Policy", "{}"}});
  REQUIRE(f.queues.set_attributes(f.transaction, "work", {{"DelaySeconds", "7"}, {"Policy", ""}}).has_value());
  REQUIRE(f.queues.tag(f.transaction, "work", {{"team", "red"}, {"x", "y"}}).has_value());
  REQUIRE(f.queues.untag(f.transaction, "work", {"x"}).has_value());
  REQUIRE(f.transaction.commit().has_value());
  CHECK(f.queues.find(f.store, "work")->tags == QueueTextMap{{"team", "red"}});
  const auto all = f.queues.attributes(f.store, "work", {"All"}, f.clock.now()).value();
  CHECK(all.at("DelaySeconds") == "7");
  CHECK(all.at("VisibilityTimeout") == "30");
  CHECK(all.at("MaximumMessageSize") == "1048576");
  CHECK(all.at("QueueArn") == "arn:aws:sqs:us-east-1:000000000000:work");
  CHECK_FALSE(all.contains("Policy"));
  CHECK_FALSE(all.contains("FifoQueue"));
  CHECK(f.queues.attributes(f.store, "work", {"DelaySeconds", "Policy"}, f.clock.now()).value().size() == 1);
  CHECK(fault(f.queues.attributes(f.store, "work", {"Colour"}, f.clock.now())) == "InvalidAttributeName: Unknown Attribute Colour.");
}

TEST_CASE("queues are listed by prefix, page by page") {
  QueueFixture f;
  for (const char* name : {"a1", "b1", "b2", "b3", "c1"}) f.create(name);
  const auto names = [&](const char* prefix, const char* after, std::size_t limit) {
    std::string text;
    for (const auto& queue : f.queues.list(f.transaction, prefix, after, limit)) text += queue.name + " ";
    return text;
  };
  CHECK(names("", "", 10) == "a1 b1 b2 b3 c1 ");
  CHECK(names("b", "", 2) == "b1 b2 ");
  CHECK(names("b", "b2", 2) == "b3 ");
}

TEST_CASE("a queue is named by its URL, whatever the host, by its ARN or its name") {
  CHECK(queue_name_of("http://127.0.0.1:8083/000000000000/work") == "work");
  CHECK(queue_name_of("https://sqs.eu-west-1.amazonaws.com/123456789012/q.fifo") == "q.fifo");
  CHECK(queue_name_of("${signalbox:admin-url}/000000000000/work/") == "work");
  CHECK(queue_name_of("arn:aws:sqs:us-east-1:000000000000:work") == "work");
  CHECK(queue_name_of("work") == "work");
  for (const char* rubbish : {"", "/", "a b", "arn:aws:sns:us-east-1:000000000000:work", "http://host/1/a?b"})
    CHECK(queue_name_of(rubbish) == std::nullopt);
  CHECK(queue_url("http://h:1", Site{}, "work") == "http://h:1/000000000000/work");
}

TEST_CASE("errors have SQS's names in both protocols") {
  const auto error = sqs_error(Error{ErrorCode::NotFound, "", "QueueDoesNotExist"});
  CHECK(error.shape == "QueueDoesNotExist");
  CHECK(error.query_code == "AWS.SimpleQueueService.NonExistentQueue");
  CHECK(sqs_error(Error{ErrorCode::InvalidArgument, "", "MissingParameter"}).query_code == "MissingParameter");
  CHECK(sqs_error(Error{ErrorCode::Unavailable, "", ""}).status == 503);
}
