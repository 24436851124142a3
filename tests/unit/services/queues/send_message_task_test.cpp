#include "fixture.h"

#include "services/queues/send_message_task.h"

#include <nlohmann/json.hpp>

using namespace signalbox;
using namespace signalbox::testing;
using nlohmann::json;

namespace {

TaskCall call_with(const char* parameters) {
  TaskCall call;
  call.input = Json::parse(parameters).value();
  call.request_id = "REQUEST";
  return call;
}

}  // namespace

TEST_CASE("sqs:sendMessage answers with what was recorded on AWS") {
  QueueFixture f;
  f.create("work");
  SendMessageTask task(f.queues);
  const auto answer =
      task.call(f.transaction, call_with(R"({"QueueUrl":"${signalbox:admin-url}/000000000000/work","MessageBody":"test"})"));
  REQUIRE(answer.has_value());
  const auto message = f.receive("work").at(0);
  CHECK(message.body == "test");
  const auto date = json::parse(answer->text())["SdkHttpMetadata"]["HttpHeaders"]["Date"];
  CHECK(json::parse(answer->text()) == json{{"MD5OfMessageBody", "098f6bcd4621d373cade4e832627b4f6"},
                                            {"MessageId", message.message_id},
                                            {"SdkHttpMetadata",
                                             {{"AllHttpHeaders",
                                               {{"x-amzn-RequestId", {"REQUEST"}},
                                                {"connection", {"keep-alive"}},
                                                {"Content-Length", {"106"}},
                                                {"Date", {date}},
                                                {"Content-Type", {"application/x-amz-json-1.0"}}}},
                                              {"HttpHeaders",
                                               {{"connection", "keep-alive"},
                                                {"Content-Length", "106"},
                                                {"Content-Type", "application/x-amz-json-1.0"},
                                                {"Date", date},
                                                {"x-amzn-RequestId", "REQUEST"}}},
                                              {"HttpStatusCode", 200}}},
                                            {"SdkResponseMetadata", {{"RequestId", "REQUEST"}}}});
  CHECK(answer->text().starts_with(R"({"MD5OfMessageBody":)"));
}

TEST_CASE("sqs:sendMessage takes any JSON as its body, and AWS's parameters") {
  QueueFixture f;
  f.create("work");
  f.create("q.fifo");
  SendMessageTask task(f.queues);
  REQUIRE(
      task.call(
              f.transaction,
              call_with(
                  R"({"QueueUrl":"http://x/1/work","MessageBody":{"b":1.50,"a":[ ]},"MessageAttributes":{"n":{"DataType":"Number","StringValue":"1"}}})"))
          .has_value());
  const auto message = f.receive("work").at(0);
  CHECK(json::parse(message.body) == json::parse(R"({"b":1.5,"a":[]})"));
  CHECK(message.attributes == MessageAttributes{{"n", {"Number", "1"}}});
  REQUIRE(task.call(f.transaction,
                    call_with(R"({"QueueUrl":"http://x/1/q.fifo","MessageBody":"x","MessageGroupId":"g","MessageDeduplicationId":"d"})"))
              .has_value());
  CHECK(f.receive("q.fifo").at(0).group_id == "g");
  REQUIRE(task.call(f.transaction, call_with(R"({"QueueUrl":"http://x/1/work","MessageBody":"x","DelaySeconds":5})")).has_value());
  CHECK(f.counts("work") == "0/1/1");
  const auto traced = task.call(
      f.transaction,
      call_with(
          R"({"QueueUrl":"http://x/1/work","MessageBody":"x","MessageSystemAttributes":{"AWSTraceHeader":{"DataType":"String","StringValue":"Root=1"}}})"));
  REQUIRE(traced.has_value());
  CHECK(json::parse(traced->text()).contains("MD5OfMessageSystemAttributes"));
}

TEST_CASE("sqs:sendMessage fails as on AWS") {
  QueueFixture f;
  f.create("work");
  SendMessageTask task(f.queues);
  const auto failure = [&](const char* parameters) {
    const auto answer = task.call(f.transaction, call_with(parameters));
    return answer ? "none" : *answer.error().error + ": " + *answer.error().cause;
  };
  CHECK(failure(R"({"QueueUrl":"http://x/1/work","MessageBody":null})") ==
        "SQS.AmazonSQSException: The request must contain the parameter MessageBody. (Service: AmazonSQS; Status Code: 400; Error Code: "
        "MissingParameter; Request ID: REQUEST; Proxy: null)");
  CHECK(failure(R"({"QueueUrl":"http://x/1/none","MessageBody":"x"})") ==
        "SQS.QueueDoesNotExistException: The specified queue does not exist. (Service: AmazonSQS; Status Code: 400; Error Code: "
        "AWS.SimpleQueueService.NonExistentQueue; Request ID: REQUEST; Proxy: null)");
  CHECK(failure(R"({"MessageBody":"x"})").starts_with("SQS.AmazonSQSException: The request must contain the parameter QueueUrl."));
  CHECK(failure(R"({"QueueUrl":"http://x/1/work","MessageBody":"x","Colour":1})").find("The field 'Colour' is not supported") !=
        std::string::npos);
  CHECK(f.counts("work") == "0/0/0");
}
