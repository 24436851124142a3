/// Definitions and the machine that is made of them, in its printed form.

#include "asl/print.h"
#include "unit/asl/support.h"

#include <catch2/catch.hpp>

using namespace signalbox;

namespace {

std::string printed(const std::string& definition) {
  const auto parsed = parse_definition(definition);
  for (const auto& diagnostic : parsed.diagnostics) UNSCOPED_INFO(diagnostic.message << " at " << diagnostic.where.value_or("null"));
  REQUIRE(parsed.machine);
  return asl::print(*parsed.machine);
}

}  // namespace

TEST_CASE("defaults are left out, all else is kept") {
  CHECK(printed(R"({"StartAt": "A", "TimeoutSeconds": 300, "States": {
      "A": {"Type": "Pass", "InputPath": null, "Result": {"b": 1}, "ResultPath": "$.x", "OutputPath": "$.x.b", "Next": "B"},
      "B": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "HeartbeatSecondsPath": "$.h", "TimeoutSeconds": 60,
            "Parameters": {"QueueUrl": "q", "MessageBody.$": "$"}, "ResultSelector": {"a.$": "$.a"}, "ResultPath": null,
            "Retry": [{"ErrorEquals": ["A", "B"], "IntervalSeconds": 2, "MaxDelaySeconds": 9, "JitterStrategy": "FULL"}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 0, "BackoffRate": 1.5}],
            "Catch": [{"ErrorEquals": ["States.Timeout"], "ResultPath": "$.error", "Next": "D"}], "Next": "C"},
      "C": {"Type": "Choice", "Choices": [
              {"And": [{"Variable": "$.a", "StringEquals": "x"}, {"Not": {"Variable": "$.b", "IsPresent": true}}], "Next": "D"},
              {"Variable": "$.n", "NumericGreaterThanPath": "$.m", "Next": "E"}], "Default": "D"},
      "D": {"Type": "Fail", "Error": "E", "CausePath": "$.cause"},
      "E": {"Type": "Wait", "Timestamp": "2026-01-02T03:04:05Z", "Next": "F"},
      "F": {"Type": "Succeed", "OutputPath": null}}})") ==
        "machine start=A timeout=300\n"
        "/States/A Pass input=null result=$.x output=$['x']['b'] value={\"b\":1} next=B\n"
        "/States/B Task resource=sqs:sendMessage.waitForTaskToken parameters={\"QueueUrl\":\"q\",\"MessageBody.$\":\"$\"} "
        "selector={\"a.$\":\"$.a\"} result=null "
        "timeout=60 heartbeat=$['h'] retry=(A|B interval=2 attempts=3 rate=2 max=9 jitter=full) retry=(States.ALL interval=1 attempts=0 "
        "rate=1.5) "
        "catch=(States.Timeout result=$.error next=D) next=C\n"
        "/States/C Choice [($['a'] StringEquals \"x\" and not $['b'] IsPresent true) -> D] [$['n'] NumericGreaterThan $['m'] -> E] "
        "default=D\n"
        "/States/D Fail error=E cause=$['cause']\n"
        "/States/E Wait until=2026-01-02T03:04:05.000Z next=F\n"
        "/States/F Succeed output=null\n");
}

TEST_CASE("nested blocks share the machine's vector, each with its own start") {
  CHECK(printed(R"({"StartAt": "P", "States": {
      "P": {"Type": "Parallel", "Next": "M", "Branches": [
          {"StartAt": "B2", "States": {"B1": {"Type": "Succeed"}, "B2": {"Type": "Pass", "Next": "B1"}}},
          {"StartAt": "C1", "States": {"C1": {"Type": "Wait", "SecondsPath": "$.s", "End": true}}}]},
      "M": {"Type": "Map", "ItemsPath": "$.items", "ItemSelector": {"v.$": "$$.Map.Item.Value"}, "MaxConcurrency": 5, "ToleratedFailureCount": 1,
            "ToleratedFailurePercentagePath": "$.p", "End": true,
            "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "I",
                "States": {"I": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:f", "End": true}}}}}})") ==
        "machine start=P\n"
        "/States/P Parallel branches=B2,C1 next=M\n"
        "/States/M Map processor=I items=$['items'] item={\"v.$\":\"$$.Map.Item.Value\"} concurrency=5 tolerated=1 tolerated%=$['p'] "
        "end=true\n"
        "/States/P/Branches[0]/States/B1 Succeed\n"
        "/States/P/Branches[0]/States/B2 Pass next=B1\n"
        "/States/P/Branches[1]/States/C1 Wait seconds=$['s'] end=true\n"
        "/States/M/ItemProcessor/States/I Task resource=function end=true\n");
}

TEST_CASE("a stored definition loads whatever rules were added since") {
  const auto machine = load_definition(R"({"StartAt": "A", "Foo": 1, "States": {"A": {"Type": "Succeed", "Bar": 2}}})");
  CHECK(asl::print(*machine) == "machine start=A\n/States/A Succeed\n");
}

TEST_CASE("task resources") {
  const auto kind = [](const std::string& arn) -> std::string {
    const auto resource = parse_task_resource(arn);
    if (!resource) return resource.error().message;
    CHECK(resource->arn == arn);
    if (std::holds_alternative<FunctionResource>(resource->kind)) return "function";
    if (std::holds_alternative<ActivityResource>(resource->kind)) return "activity";
    const auto& service = std::get<ServiceResource>(resource->kind);
    return service.resource_type + " " + service.action + " " + service.resource + " " + std::to_string(static_cast<int>(service.pattern));
  };
  CHECK(kind("arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST") == "function");
  CHECK(kind("arn:aws-cn:lambda:cn-north-1:000000000000:function:f") == "function");
  CHECK(kind("arn:aws:states:us-east-1:000000000000:activity:a") == "activity");
  CHECK(kind("arn:aws:states:::sqs:sendMessage") == "sqs sendMessage sendMessage 0");
  CHECK(kind("arn:aws:states:::states:startExecution.sync") == "states startExecution startExecution.sync 1");
  CHECK(kind("arn:aws:states:::states:startExecution.sync:2") == "states startExecution startExecution.sync:2 2");
  CHECK(kind("arn:aws:states:::lambda:invoke.waitForTaskToken") == "lambda invoke invoke.waitForTaskToken 3");
  CHECK(kind("arn:aws:states:::aws-sdk:sfn:startExecution.waitForTaskToken") ==
        "aws-sdk:sfn startExecution startExecution.waitForTaskToken 3");
  CHECK(kind("arn:aws:swf:us-east-1:000000000000:task:x") == "swf task:x task:x 0");
  for (const auto* bad : {"", "f", "arn:aws:lambda:us-east-1:000000000000:f", "arn:aws:states:::sqs",
                          "arn:aws:states:::sqs:", "arn:aws:states:::sqs:sendMessage.foo"})
    CHECK(kind(bad) == "Value is not a valid resource ARN");
}
