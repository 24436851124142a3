#include "cli/assumed_substitutions.h"

#include <catch2/catch.hpp>

#include "signalbox/state_machine.h"

using namespace signalbox;
using cli::with_assumed_substitutions;

TEST_CASE("what a template fills in gets a value that fits its place") {
  const auto assumed = with_assumed_substitutions(
      R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"${Make}","TimeoutSeconds":"${Limit}","Next":"B"},)"
      R"("B":{"Type":"Task","Resource":"arn:${AWS::Partition}:states:::sqs:sendMessage","Parameters":{"QueueUrl":"${Queue}","MessageBody":"${Make} ${"},"End":true}}})");
  CHECK(assumed.names == std::vector<std::string>{"Make", "Limit", "AWS::Partition", "Queue"});
  CHECK(
      assumed.text ==
      R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:Make","TimeoutSeconds":1,"Next":"B"},)"
      R"("B":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","Parameters":{"QueueUrl":"${Queue}","MessageBody":"${Make} ${"},"End":true}}})");
  CHECK(parse_definition(assumed.text).diagnostics.empty());
}

TEST_CASE("a definition without substitutions, and what is no JSON, stay as they are") {
  for (const std::string text : {R"({"StartAt" : "A"})", "{ ${no json", R"({"Comment":"$ {A}"})"}) {
    CHECK(with_assumed_substitutions(text).text == text);
    CHECK(with_assumed_substitutions(text).names.empty());
  }
}
