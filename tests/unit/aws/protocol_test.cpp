#include <catch2/catch.hpp>

#include "aws/call.h"
#include "aws/page_token.h"
#include "aws/parameters.h"
#include "aws/query_form.h"
#include "aws/respond.h"
#include "aws/xml.h"
#include "http/text.h"

using namespace signalbox;
using namespace signalbox::aws;

namespace {

http::Request post(std::string path, std::vector<std::pair<std::string, std::string>> headers, std::string body = {}) {
  http::Request request;
  request.method = "POST";
  request.target = request.path = std::move(path);
  for (auto& [name, value] : headers) request.headers.add(name, value);
  request.body = std::move(body);
  return request;
}

const std::pair<std::string, std::string> form{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"};

std::pair<std::string, std::string> signed_for(const std::string& service) {
  return {"Authorization",
          "AWS4-HMAC-SHA256 Credential=AKID/20261124/eu-west-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0"};
}

Json parsed(const char* text) { return *Json::parse(text); }

std::string fault_text(Parameters& parameters) {
  const auto fault = parameters.fault();
  return fault ? fault->code + ": " + fault->message : "";
}

}  // namespace

TEST_CASE("a request's service and operation") {
  struct Case {
    http::Request request;
    Service service;
    Protocol protocol;
    std::string operation;
  };
  const auto& [request, service, protocol, operation] = GENERATE(
      Case{post("/", {{"X-Amz-Target", "AWSStepFunctions.StartExecution"}}), Service::StepFunctions, Protocol::Json10, "StartExecution"},
      Case{post("/", {{"X-Amz-Target", "AmazonSQS.SendMessage"}, {"Content-Type", "application/x-amz-json-1.0"}}), Service::Sqs,
           Protocol::Json10, "SendMessage"},
      Case{post("/", {{"X-Amz-Target", "AWSEvents.PutRule"}, {"Content-Type", "application/x-amz-json-1.1"}}), Service::Events,
           Protocol::Json11, "PutRule"},
      Case{post("/", {form}, "Action=Publish&Version=2010-03-31"), Service::Sns, Protocol::Query, "Publish"},
      Case{post("/", {form}, "Action=SendMessage&Version=2012-11-05"), Service::Sqs, Protocol::Query, "SendMessage"},
      Case{post("/", {form, signed_for("sns")}, "Action=Publish"), Service::Sns, Protocol::Query, "Publish"},
      Case{post("/000000000000/orders", {form}, "Action=SendMessage"), Service::Sqs, Protocol::Query, "SendMessage"},
      Case{post("/", {form}, "Action=DescribeInstances&Version=2016-11-15"), Service::Other, Protocol::Query, "DescribeInstances"},
      Case{post("/", {}), Service::Other, Protocol::Query, ""});
  CAPTURE(request.body);
  const auto call = identify(request);
  CHECK(call.service == service);
  CHECK(call.protocol == protocol);
  CHECK(call.operation == operation);
}

TEST_CASE("the credential scope's service") {
  CHECK(credential_service(post("/", {signed_for("states")})) == "states");
  CHECK(credential_service(post("/", {{"Authorization", "Credential=a/b"}})).empty());
  CHECK(credential_service(post("/", {})).empty());
}

TEST_CASE("forms become trees") {
  const auto tree = [](const char* text) { return tree_of_form(http::parse_form(text)).text(); };
  CHECK(tree("Action=Publish&Version=x&TopicArn=a&Message=b%26c") == R"({"TopicArn":"a","Message":"b&c"})");
  CHECK(tree("Tags.member.2.Key=b&Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Value=2") ==
        R"({"Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]})");
  CHECK(tree("Attributes.entry.1.key=k&Attributes.entry.1.value=v&Attributes.entry.2.key=l&Attributes.entry.2.value=") ==
        R"({"Attributes":{"k":"v","l":""}})");
  CHECK(tree("MessageAttributes.entry.1.Name=n&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue="
             "s") == R"({"MessageAttributes":{"n":{"DataType":"String","StringValue":"s"}}})");
  CHECK(tree("TagKeys.member.1=a&TagKeys.member.10=c&TagKeys.member.9=b") == R"({"TagKeys":["a","b","c"]})");
  CHECK(tree("") == "{}");
}

TEST_CASE("SQS's flat names become the members of its JSON protocol") {
  const auto request = [](const char* text, const char* operation) {
    return sqs_request_of_form(http::parse_form(text), operation).text();
  };
  CHECK(request("QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5&Tag.1.Key=a&Tag.1.Value=b", "CreateQueue") ==
        R"({"QueueName":"q","Attributes":{"DelaySeconds":"5"},"tags":{"a":"b"}})");
  CHECK(request("MessageAttribute.1.Name=n&MessageAttribute.1.Value.DataType=Number&MessageAttribute.1.Value.StringValue=1",
                "SendMessage") == R"({"MessageAttributes":{"n":{"DataType":"Number","StringValue":"1"}}})");
  CHECK(request("AttributeName.1=All&MessageAttributeName.1=.*", "ReceiveMessage") ==
        R"({"AttributeNames":["All"],"MessageAttributeNames":[".*"]})");
  CHECK(request("SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=b&SendMessageBatchRequestEntry.1."
                "MessageAttribute.1.Name=n&"
                "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=String&SendMessageBatchRequestEntry.1.MessageAttribute.1."
                "Value.StringValue=s",
                "SendMessageBatch") ==
        R"({"Entries":[{"Id":"a","MessageBody":"b","MessageAttributes":{"n":{"DataType":"String","StringValue":"s"}}}]})");
}

TEST_CASE("answers of the Query protocol") {
  CHECK(
      sns_response("Publish", parsed(R"({"MessageId":"m"})"), "r") ==
      R"(<?xml version="1.0"?><PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId></PublishResult>)"
      R"(<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>)");
  CHECK_THAT(sns_response("ListTopics", parsed(R"({"Topics":[{"TopicArn":"a"},{"TopicArn":"b"}]})"), "r"),
             Catch::Contains("<Topics><member><TopicArn>a</TopicArn></member><member><TopicArn>b</TopicArn></member></Topics>"));
  CHECK_THAT(sns_response("GetTopicAttributes", parsed(R"({"Attributes":{"Policy":"<\"&\r"}})"), "r"),
             Catch::Contains("<Attributes><entry><key>Policy</key><value>&lt;&quot;&amp;&#xD;</value></entry></Attributes>"));
  CHECK_THAT(
      sqs_response(
          "ReceiveMessage",
          parsed(
              R"({"Messages":[{"Body":"b","Attributes":{"SenderId":"x"},"MessageAttributes":{"n":{"DataType":"String","StringValue":"s"}}}]})"),
          "r"),
      Catch::Contains(
          "<ReceiveMessageResult><Message><Body>b</Body><Attribute><Name>SenderId</Name><Value>x</Value></"
          "Attribute><MessageAttribute><Name>n</Name><Value>"
          "<DataType>String</DataType><StringValue>s</StringValue></Value></MessageAttribute></Message></ReceiveMessageResult>"));
  CHECK_THAT(sqs_response("SendMessageBatch", parsed(R"({"Successful":[{"Id":"a"}],"Failed":[{"Id":"b","SenderFault":true}]})"), "r"),
             Catch::Contains("<SendMessageBatchResultEntry><Id>a</Id></SendMessageBatchResultEntry><BatchResultErrorEntry><Id>b</"
                             "Id><SenderFault>true</SenderFault></BatchResultErrorEntry>"));
  CHECK_THAT(sqs_response("ReceiveMessage", Json::empty_object(), "r"), Catch::Contains("<ReceiveMessageResult></ReceiveMessageResult>"));
}

TEST_CASE("failures in the words of each protocol") {
  const Failure failure{"QueueDoesNotExist", "The specified queue does not exist.", 400, "AWS.SimpleQueueService.NonExistentQueue"};
  Call call;
  call.service = Service::Sqs;
  const auto json = failure_answer(call, failure, "r");
  CHECK(json.status == 400);
  CHECK(json.body == R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."})");
  CHECK(json.headers.get("x-amzn-query-error") == "AWS.SimpleQueueService.NonExistentQueue;Sender");
  call.protocol = Protocol::Query;
  CHECK_THAT(failure_answer(call, failure, "r").body,
             Catch::Contains("<Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>The specified queue "
                             "does not exist for this wsdl version.</Message>"));
}

TEST_CASE("violations in AWS's words") {
  const Json json = parsed(R"({"maxResults":1001,"statusFilter":"succeeded","name":"","nested":{"value":"abc"},"flag":true,"list":[1]})");
  SECTION("one") {
    Parameters p(json);
    CHECK(p.integer("maxResults", {0, 1000}) == 1001);
    CHECK(fault_text(p) ==
          "ValidationException: 1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have "
          "value less than or equal to 1000");
  }
  SECTION("several") {
    Parameters p(json);
    (void)p.required("arn");
    (void)p.text("name", {1, 80});
    (void)p.one_of("statusFilter", {"SUCCEEDED", "FAILED"});
    CHECK(fault_text(p) ==
          "ValidationException: 3 validation errors detected: Value null at 'arn' failed to satisfy constraint: Member must not be null; "
          "Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1; "
          "Value 'succeeded' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [SUCCEEDED, FAILED]");
  }
  SECTION("a sensitive value is not repeated; lengths count characters") {
    const Json text = parsed(R"({"output":"äöü"})");
    Parameters p(text);
    CHECK(p.text("output", {0, 3, true}) == "äöü");
    CHECK(fault_text(p).empty());
    (void)p.text("output", {0, 2, true});
    CHECK_THAT(fault_text(p), Catch::Contains("Value at 'output' failed"));
  }
  SECTION("types") {
    Parameters p(json);
    (void)p.text("maxResults");
    CHECK(fault_text(p) == "SerializationException: NUMBER_VALUE can not be converted to a String");
    Parameters q(json);
    (void)q.integer("nested");
    CHECK(fault_text(q) == "SerializationException: Start of structure or map found where not expected.");
    Parameters r(json);
    (void)r.texts("list");
    CHECK(!fault_text(r).empty());
  }
}

TEST_CASE("page tokens are good for their own list only") {
  const MasterKey master{std::string(32, 'k')};
  const auto token = make_page_token(master, "ListActivities", "position");
  CHECK(read_page_token(master, "ListActivities", token) == "position");
  CHECK(!read_page_token(master, "ListStateMachines", token));
  CHECK(!read_page_token(MasterKey{std::string(32, 'x')}, "ListActivities", token));
  for (const char* wrong : {"", "InvalidToken", "AAAA", "!"}) CHECK(!read_page_token(master, "ListActivities", wrong));
}
