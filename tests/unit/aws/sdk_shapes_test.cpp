#include "aws/sdk/sdk_shapes.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace signalbox::aws::sdk {

namespace {

const SdkService& service(std::string_view resource) {
  const auto found = std::find_if(services().begin(), services().end(), [&](const SdkService& each) { return each.resource == resource; });
  REQUIRE(found != services().end());
  return *found;
}

Json json(const char* text) { return *Json::parse(text); }

}  // namespace

TEST_CASE("parameters are spelled as the wire spells them, and texts may be given as JSON") {
  CHECK(wire_request(service("sfn"), "StartExecution", json(R"({"StateMachineArn":"m","Input":{"Some":{"Key":1}}})")).text() ==
        R"({"stateMachineArn":"m","input":"{\"Some\":{\"Key\":1}}"})");
  CHECK(wire_request(service("sfn"), "StartExecution", json(R"({"Input":null})")).text() == R"({"input":null})");
  CHECK(wire_request(service("sqs"), "SendMessage", json(R"({"QueueUrl":"q","MessageBody":[1,2]})")).text() ==
        R"({"QueueUrl":"q","MessageBody":"[1,2]"})");
  CHECK(wire_request(service("sqs"), "CreateQueue", json(R"({"QueueName":"q","Tags":{"A":"b"}})")).find("tags")->text() == R"({"A":"b"})");
  CHECK(wire_request(service("eventbridge"), "PutEvents", json(R"({"Entries":[{"Detail":{"a":1}}]})")).text() ==
        R"({"Entries":[{"Detail":"{\"a\":1}"}]})");
}

TEST_CASE("results are spelled in PascalCase, with times as texts") {
  CHECK(task_result(service("sfn"), json(R"({"executionArn":"e","startDate":1763912345.123})")).text() ==
        R"({"ExecutionArn":"e","StartDate":"2025-11-23T15:39:05.123Z"})");
  CHECK(task_result(service("sfn"), json(R"({"variableReferences":{"state name":["x"]},"input":"{\"a\":1}"})")).text() ==
        R"({"VariableReferences":{"state name":["x"]},"Input":"{\"a\":1}"})");
  CHECK(task_result(service("cloudwatchlogs"), json(R"({"logGroups":[{"creationTime":1763912345123}]})")).text() ==
        R"({"LogGroups":[{"CreationTime":1763912345123}]})");
}

TEST_CASE("errors have the SDK's names") {
  const auto name = [](const char* resource, const char* code) {
    return *task_error(service(resource), Failure(code, "TEXT", 400), "ID").error;
  };
  CHECK(name("sfn", "InvalidToken") == "Sfn.InvalidTokenException");
  CHECK(name("sfn", "ValidationException") == "Sfn.ValidationException");
  CHECK(name("sqs", "QueueDoesNotExist") == "Sqs.QueueDoesNotExistException");
  CHECK(name("sqs", "MissingParameter") == "Sqs.SqsException");
  CHECK(name("lambda", "ResourceNotFoundException") == "Lambda.ResourceNotFoundException");
  CHECK(name("lambda", "ValidationException") == "Lambda.LambdaException");
  CHECK(*task_error(service("sfn"), Failure("InvalidToken", "TEXT", 400), "ID").cause ==
        "TEXT (Service: Sfn, Status Code: 400, Request ID: ID) (SDK Attempt Count: 1)");
}

}  // namespace signalbox::aws::sdk
