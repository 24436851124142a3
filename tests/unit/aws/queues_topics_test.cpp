#include "api_fixture.h"
#include "http/text.h"
#include "signalbox/encoding.h"

using namespace signalbox;
using namespace signalbox::aws::testing;
using Catch::Contains;

namespace {

const std::string url = "http://localhost:8083/000000000000/orders";
const std::string url_member = R"("QueueUrl":")" + url + "\"";

/// The text of the first element of that name.
std::string element(const std::string& xml, const std::string& name) {
  const auto start = xml.find("<" + name + ">");
  INFO(xml);
  REQUIRE(start != std::string::npos);
  const auto text = start + name.size() + 2;
  return xml.substr(text, xml.find("</" + name + ">") - text);
}

}  // namespace

TEST_CASE("a message through a queue, in SQS's JSON protocol") {
  ApiFixture f;
  CHECK(member(f.json("AmazonSQS.CreateQueue", R"({"QueueName":"orders","Attributes":{"VisibilityTimeout":"10"}})"), "QueueUrl") == url);
  CHECK(member(f.json("AmazonSQS.GetQueueUrl", R"({"QueueName":"orders"})"), "QueueUrl") == url);
  const auto sent =
      f.json("AmazonSQS.SendMessage",
             "{" + url_member + R"(,"MessageBody":"hello","MessageAttributes":{"n":{"DataType":"Number","StringValue":"1"}}})");
  CHECK(member(sent, "MD5OfMessageBody") == "5d41402abc4b2a76b9719d911017c592");
  const auto received = f.json("AmazonSQS.ReceiveMessage",
                               "{" + url_member + R"(,"WaitTimeSeconds":1,"MessageAttributeNames":["All"],"AttributeNames":["All"]})");
  CHECK_THAT(received, Contains(R"("Body":"hello")") && Contains(R"("MessageAttributes":{"n":{"DataType":"Number","StringValue":"1"}})") &&
                           Contains(R"("ApproximateReceiveCount":"1")"));
  CHECK(f.json("AmazonSQS.ReceiveMessage", "{" + url_member + "}") == "{}");
  const auto message = Json::parse(received)->find("Messages")->at(0)->find("ReceiptHandle")->text();
  CHECK(f.json("AmazonSQS.ChangeMessageVisibility", "{" + url_member + R"(,"VisibilityTimeout":5,"ReceiptHandle":)" + message + "}") ==
        "{}");
  CHECK(f.json("AmazonSQS.DeleteMessage", "{" + url_member + R"(,"ReceiptHandle":)" + message + "}") == "{}");
  CHECK(
      member(member(f.json("AmazonSQS.GetQueueAttributes", "{" + url_member + R"(,"AttributeNames":["VisibilityTimeout"]})"), "Attributes"),
             "VisibilityTimeout") == "10");
}

TEST_CASE("a receive that waits is woken by a message") {
  ApiFixture f;
  f.json("AmazonSQS.CreateQueue", R"({"QueueName":"orders"})");
  auto polled = boost::asio::co_spawn(
      f.context, f.api->handler()(ApiFixture::json_request("AmazonSQS.ReceiveMessage", "{" + url_member + R"(,"WaitTimeSeconds":20})")),
      boost::asio::use_future);
  const auto begun = std::chrono::steady_clock::now();
  f.json("AmazonSQS.SendMessage", "{" + url_member + R"(,"MessageBody":"wake up"})");
  while (polled.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    f.context.restart();
    f.context.run_one();
  }
  CHECK_THAT(polled.get().body, Contains("wake up"));
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(15));
}

TEST_CASE("batches answer for each entry") {
  ApiFixture f;
  f.json("AmazonSQS.CreateQueue", R"({"QueueName":"orders"})");
  const auto answer = f.json(
      "AmazonSQS.SendMessageBatch",
      "{" + url_member + R"(,"Entries":[{"Id":"a","MessageBody":"1"},{"Id":"b"},{"Id":"c","MessageBody":"3","DelaySeconds":9999}]})");
  const auto parsed = *Json::parse(answer);
  CHECK(parsed.find("Successful")->size() == 1);
  CHECK(parsed.find("Failed")->size() == 2);
  CHECK_THAT(f.json("AmazonSQS.SendMessageBatch", "{" + url_member + R"(,"Entries":[]})"), Contains("EmptyBatchRequest"));
}

TEST_CASE("errors of SQS in both protocols") {
  ApiFixture f;
  const auto json = f.send(ApiFixture::json_request("AmazonSQS.GetQueueUrl", R"({"QueueName":"nothing"})"));
  CHECK(json.status == 400);
  CHECK(json.headers.get("x-amzn-query-error") == "AWS.SimpleQueueService.NonExistentQueue;Sender");
  const auto query = f.query("/", "Action=GetQueueUrl&Version=2012-11-05&QueueName=nothing");
  CHECK(query.status == 400);
  CHECK(element(query.body, "Code") == "AWS.SimpleQueueService.NonExistentQueue");
  CHECK(element(f.query("/", "Action=SendMessage&Version=2012-11-05&MessageBody=x").body, "Message") ==
        "The request must contain the parameter QueueUrl.");
  CHECK(element(f.query("/", "Action=Dance&Version=2012-11-05").body, "Code") == "InvalidAction");
  CHECK(f.query("/", "Action=CreatePlatformApplication&Version=2010-03-31").status == 400);
}

TEST_CASE("a message through a queue, in the Query protocol") {
  ApiFixture f;
  const auto created =
      f.query("/", "Action=CreateQueue&Version=2012-11-05&QueueName=orders&Attribute.1.Name=DelaySeconds&Attribute.1.Value=0");
  CHECK(element(created.body, "QueueUrl") == url);
  CHECK(created.headers.get("content-type") == "text/xml");
  // As botocore did it: to the queue's own URL, without QueueUrl.
  const auto sent = f.query("/000000000000/orders", "Action=SendMessage&Version=2012-11-05&MessageBody=a%26b");
  CHECK(element(sent.body, "MD5OfMessageBody") == hex_encode(digest(DigestAlgorithm::Md5, "a&b")));
  const auto received = f.query("/000000000000/orders", "Action=ReceiveMessage&Version=2012-11-05&AttributeName.1=All");
  CHECK(element(received.body, "Body") == "a&amp;b");
  const auto deleted = f.query("/000000000000/orders", "Action=DeleteMessage&Version=2012-11-05&ReceiptHandle=" +
                                                           percent_encode(element(received.body, "ReceiptHandle")));
  CHECK(deleted.status == 200);
  CHECK(element(f.query("/", "Action=ListQueues&Version=2012-11-05").body, "QueueUrl") == url);
}

TEST_CASE("a topic delivers to its queue") {
  ApiFixture f;
  f.json("AmazonSQS.CreateQueue", R"({"QueueName":"orders"})");
  const std::string version = "&Version=2010-03-31";
  const auto arn = element(f.query("/", "Action=CreateTopic&Name=news" + version).body, "TopicArn");
  CHECK(arn == "arn:aws:sns:us-east-1:000000000000:news");
  const auto subscribed =
      f.query("/", "Action=Subscribe&Protocol=sqs&Endpoint=arn:aws:sqs:us-east-1:000000000000:orders&TopicArn=" + arn + version);
  CHECK_THAT(element(subscribed.body, "SubscriptionArn"), Catch::StartsWith(arn + ":"));
  const auto published = f.query("/", "Action=Publish&Message=hello&Subject=s&TopicArn=" + arn + version);
  CHECK(element(published.body, "MessageId").size() == 36);
  CHECK_THAT(f.json("AmazonSQS.ReceiveMessage", "{" + url_member + "}"), Contains("hello"));
  CHECK(element(f.query("/", "Action=ListSubscriptionsByTopic&TopicArn=" + arn + version).body, "Protocol") == "sqs");
  CHECK_THAT(f.query("/", "Action=ListTopics" + version).body, Contains("<Topics><member><TopicArn>" + arn));
  CHECK_THAT(f.query("/", "Action=GetTopicAttributes&TopicArn=" + arn + version).body, Contains("<entry><key>TopicArn</key><value>" + arn));
  const auto batch = f.query("/", "Action=PublishBatch&TopicArn=" + arn +
                                      "&PublishBatchRequestEntries.member.1.Id=a&PublishBatchRequestEntries.member.1.Message=x" + version);
  CHECK(element(batch.body, "Id") == "a");
  CHECK(f.query("/", "Action=Unsubscribe&SubscriptionArn=" + element(subscribed.body, "SubscriptionArn") + version).status == 200);
  CHECK(f.query("/", "Action=DeleteTopic&TopicArn=" + arn + version).status == 200);
  const auto missing = f.query("/", "Action=Publish&Message=x&TopicArn=" + arn + version);
  CHECK(missing.status == 404);
  CHECK(element(missing.body, "Code") == "NotFound");
}
