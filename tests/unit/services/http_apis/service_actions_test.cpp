// First-class integrations: what is asked of AWS's services.

#include "services/http_apis/service_actions.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::http_apis;

namespace {

Integration integration(const char* subtype, Pairs parameters) {
  Integration made;
  made.type = Integration::Type::Service;
  made.subtype = subtype;
  made.credentials = "arn:aws:iam::000000000000:role/r";
  made.parameters = std::move(parameters);
  return made;
}

/// Its target and body, every mapping being its own value, but `-`, which has none.
std::string asked(const Integration& of) {
  const auto request = action_request(
      of, "id", [](std::string_view mapping) { return mapping == "-" ? std::nullopt : std::optional(std::string(mapping)); });
  return request ? std::string(*request->headers.get("X-Amz-Target")) + " " + request->body : request.error().message;
}

std::string fault(const Integration& of) {
  const auto checked = check_action(of);
  return checked ? "fine" : checked.error().message;
}

}  // namespace

TEST_CASE("parameters become the operation's members") {
  CHECK(asked(integration("StepFunctions-StartExecution", {{"StateMachineArn", "arn"}, {"Input", "{}"}, {"Name", "-"}})) ==
        R"(AWSStepFunctions.StartExecution {"stateMachineArn":"arn","input":"{}"})");
  CHECK(asked(integration("SQS-SendMessage", {{"QueueUrl", "u"},
                                              {"MessageBody", "b"},
                                              {"DelaySeconds", "5"},
                                              {"MessageAttributes", R"({"a": {"DataType": "String"}})"},
                                              {"Region", "r"}})) ==
        R"(AmazonSQS.SendMessage {"QueueUrl":"u","MessageBody":"b","DelaySeconds":5,"MessageAttributes":{"a":{"DataType":"String"}}})");
  CHECK(asked(integration("EventBridge-PutEvents", {{"Source", "s"}, {"DetailType", "t"}, {"Detail", "{}"}})) ==
        R"(AWSEvents.PutEvents {"Entries":[{"Detail":"{}","DetailType":"t","Source":"s"}]})");
  CHECK(asked(integration("SQS-SendMessage", {{"QueueUrl", "u"}, {"MessageBody", "b"}, {"DelaySeconds", "soon"}})) ==
        "the value of DelaySeconds is no JSON");
}

TEST_CASE("what an integration lacks or has too much is said") {
  CHECK(fault(integration("SQS-PurgeQueue", {{"QueueUrl", "u"}})) == "fine");
  CHECK(fault(integration("Kinesis-PutRecord", {})) == "the integration subtype Kinesis-PutRecord is not offered here");
  CHECK(fault(integration("SQS-SendMessage", {{"QueueUrl", "u"}})) ==
        "Parameter: MessageBody is required for integration subtype: SQS-SendMessage");
  CHECK(fault(integration("SQS-PurgeQueue", {{"QueueUrl", "u"}, {"Colour", "red"}})) ==
        "Parameter: Colour does not fit schema for Operation: SQS-PurgeQueue.");
  auto nobody = integration("SQS-PurgeQueue", {{"QueueUrl", "u"}});
  nobody.credentials.clear();
  CHECK(fault(nobody) == "Credentials must not be null when integration subtype is specified");
}
