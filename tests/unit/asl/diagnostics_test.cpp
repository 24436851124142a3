/// Definitions and what is said about them, word for word. Sources of the texts: recordings of AWS, where they exist.

#include "unit/asl/support.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::asl::test;

namespace {

struct Case {
  const char* name;
  std::string definition;
  std::string diagnostics;
};

void check(const std::vector<Case>& cases) {
  for (const auto& item : cases) {
    INFO(item.name);
    CHECK(diagnose(item.definition) == item.diagnostics);
  }
}

std::string task(const std::string& fields) {
  return one_state(R"("Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:f", "End": true)" +
                   (fields.empty() ? "" : ", " + fields));
}
std::string pass(const std::string& fields) { return one_state(R"("Type": "Pass", "End": true, )" + fields); }
std::string wait(const std::string& fields) { return one_state(R"("Type": "Wait", "End": true, )" + fields); }
std::string choice(const std::string& rule) {
  return R"({"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{)" + rule + R"(}]}, "A": {"Type": "Succeed"}}})";
}
std::string map(const std::string& fields) { return R"({"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, )" + fields + "}}}"; }
const std::string processor = R"("ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}})";

}  // namespace

TEST_CASE("a definition that is none") {
  check({
      {"blank", " ", "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null\n"},
      {"an array", "[]", "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null\n"},
  });
  const auto parsed = parse_definition("{\"StartAt\": }");
  REQUIRE(parsed.diagnostics.size() == 1);
  CHECK(parsed.diagnostics[0].code == "INVALID_JSON_DESCRIPTION");
  CHECK(parsed.machine == nullptr);
}

TEST_CASE("top level") {
  check({
      {"empty", "{}", "SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /\n"},
      {"no States", R"({"Comment": "x", "StartAt": "A"})", "SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /\n"},
      {"no StartAt", R"({"States": {"A": {"Type": "Pass", "End": true}}})",
       "SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt] at /\n"},
      {"unknown field", R"({"StartAt": "A", "Foo": 1, "States": {"A": {"Type": "Succeed"}}})",
       "SCHEMA_VALIDATION_FAILED: Field 'Foo' is not supported at /\n"},
      {"types", R"({"StartAt": "A", "Comment": 1, "Version": "2", "TimeoutSeconds": "x", "States": {"A": {"Type": "Succeed"}}})",
       "SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /Comment\n"
       "SCHEMA_VALIDATION_FAILED: Value should be one of the following: [1.0] at /Version\n"
       "SCHEMA_VALIDATION_FAILED: Expected value of type Integer at /TimeoutSeconds\n"},
      {"timeout range", R"({"StartAt": "A", "TimeoutSeconds": -1, "States": {"A": {"Type": "Succeed"}}})",
       "SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /TimeoutSeconds\n"},
      {"no timeout", R"({"StartAt": "A", "TimeoutSeconds": 0, "States": {"A": {"Type": "Succeed"}}})", ""},
      {"no states", R"({"StartAt": "A", "States": {}})", "SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States\n"},
      {"a state that is none", R"({"StartAt": "A", "States": {"A": 1}})",
       "SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A\n"},
      {"no type", one_state(R"("End": true)"), "SCHEMA_VALIDATION_FAILED: These fields are required: [Type] at /States/A\n"},
      {"unknown type", one_state(R"("Type": "Foo", "End": true)"),
       "SCHEMA_VALIDATION_FAILED: Value should be one of the following: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at "
       "/States/A/Type\n"},
  });
}

TEST_CASE("transitions") {
  check({
      {"dangling, and so no end", one_state(R"("Type": "Pass", "Next": "NOPE")"),
       "MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next\n"
       "MISSING_END_STATE: Workflow has no terminal state at null\n"},
      {"dangling start", R"({"StartAt": "X", "States": {"A": {"Type": "Succeed"}}})",
       "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /StartAt\n"
       "MISSING_TRANSITION_TARGET: State \"A\" is not reachable. at /States/A\n"},
      {"dangling and unreachable",
       R"({"StartAt": "pass1", "States": {"pass1": {"Type": "Pass", "Next": "pass3"}, "pass2": {"Type": "Pass", "End": true}}})",
       "MISSING_TRANSITION_TARGET: Missing 'Next' target: pass3 at /States/pass1/Next\n"
       "MISSING_TRANSITION_TARGET: State \"pass2\" is not reachable. at /States/pass2\n"},
      {"Default, Choices and Catch say Next too",
       R"({"StartAt": "A", "States": {"A": {"Type": "Choice", "Default": "X", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "Y"},
           {"Variable": "$.a", "IsNull": true, "Next": "T"}]},
           "T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:f", "End": true,
                 "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Z"}]}}})",
       "MISSING_TRANSITION_TARGET: Missing 'Next' target: Y at /States/A/Choices[0]/Next\n"
       "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/A/Default\n"
       "MISSING_TRANSITION_TARGET: Missing 'Next' target: Z at /States/T/Catch[0]/Next\n"},
      {"a loop", R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}})",
       "MISSING_END_STATE: Workflow has no terminal state at null\n"},
      {"a loop hides the unreachable",
       R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}, "B": {"Type": "Pass", "Next": "A"}}})",
       "MISSING_END_STATE: Workflow has no terminal state at null\n"},
      {"a loop with an unreachable end", R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}, "C": {"Type": "Succeed"}}})",
       "MISSING_TRANSITION_TARGET: State \"C\" is not reachable. at /States/C\n"},
      {"neither", one_state(R"("Type": "Pass")"),
       "SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [Next, End] at /States/A\n"},
      {"both", R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B", "End": true}, "B": {"Type": "Succeed"}}})",
       "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [Next, End] at /States/A\n"},
      {"into another block",
       R"({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Pass", "Next": "P"}}}]}}})",
       "MISSING_TRANSITION_TARGET: Missing 'Next' target: P at /States/P/Branches[0]/States/B/Next\n"
       "MISSING_END_STATE: Workflow has no terminal state at null\n"},
  });
}

TEST_CASE("names") {
  const std::string longest(80, 'x');
  check({
      {"80 characters", R"({"StartAt": ")" + longest + R"(", "States": {")" + longest + R"(": {"Type": "Succeed"}}})", ""},
      {"twice in one machine",
       R"({"StartAt": "A", "States": {"A": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}]}}})",
       "DUPLICATE_STATE_NAME: Duplicate State name: A at /States/A/Branches[0]/States/A\n"},
  });
  const auto parsed = parse_definition(R"({"StartAt": ")" + longest + R"(x", "States": {")" + longest + R"(x": {"Type": "Succeed"}}})");
  REQUIRE(parsed.diagnostics.size() == 1);
  CHECK(parsed.diagnostics[0].code == "INVALID_STATE_NAME");
}

TEST_CASE("fields of the wrong state type") {
  for (const std::string type : {"Pass", "Wait", "Choice", "Succeed", "Fail", "Map", "Parallel"}) {
    INFO(type);
    CHECK(diagnose(one_state("\"Type\": \"" + type + "\", \"TimeoutSeconds\": 1"))
              .find("Field 'TimeoutSeconds' is not supported at /States/A\n") != std::string::npos);
  }
  for (const std::string type : {"Pass", "Wait", "Choice", "Succeed", "Fail"}) {
    for (const std::string field : {"Catch", "Retry"}) {
      INFO(type << " " << field);
      CHECK(diagnose(one_state("\"Type\": \"" + type + "\", \"" + field + "\": []"))
                .find("Field '" + field + "' is not supported at /States/A\n") != std::string::npos);
    }
  }
  check({
      {"End on Succeed", one_state(R"("Type": "Succeed", "End": true)"),
       "SCHEMA_VALIDATION_FAILED: Field 'End' is not supported at /States/A\n"},
      {"ResultPath on Wait", wait(R"("Seconds": 1, "ResultPath": null)"),
       "SCHEMA_VALIDATION_FAILED: Field 'ResultPath' is not supported at /States/A\n"},
      {"ResultSelector on Pass", pass(R"("ResultSelector": {})"),
       "SCHEMA_VALIDATION_FAILED: Field 'ResultSelector' is not supported at /States/A\n"},
      {"JSONata's fields", pass(R"("Output": 1)"),
       "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' "
       "QueryLanguage at /States/A\n"},
  });
}

TEST_CASE("paths and templates") {
  check({
      {"every form",
       pass(
           R"J("InputPath": "$$.Execution.Input", "Parameters": {"a.$": "$.x[0]", "b": [{"c.$": "States.UUID()"}]}, "ResultPath": null, "OutputPath": "$.a[1:]")J"),
       ""},
      {"a template's fault",
       pass(R"J("Parameters": {"parsed.$": "States.StringToJson('{\"text\":\"An \\\"escaped double quote\\\" here\"}')"})J"),
       "SCHEMA_VALIDATION_FAILED: The value for the field 'parsed.$' must be a valid JSONPath or a valid intrinsic function call at "
       "/States/A/Parameters\n"},
      {"a nested one, and another", pass(R"("Parameters": {"a": {"b.$": "x"}, "c.$": 1})"),
       "SCHEMA_VALIDATION_FAILED: The value for the field 'b.$' must be a valid JSONPath or a valid intrinsic function call at "
       "/States/A/Parameters/a\n"
       "SCHEMA_VALIDATION_FAILED: The value for the field 'c.$' must be a STRING that contains a JSONPath or an intrinsic function call at "
       "/States/A/Parameters\n"},
      {"no string", pass(R"("InputPath": 1)"), "SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /States/A/InputPath\n"},
  });
  CHECK_THAT(diagnose(pass(R"("ResultPath": "$.a[*]")")),
             Catch::Equals("SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/A/ResultPath\n"));
  CHECK_THAT(diagnose(pass(R"("ResultPath": "$$.a")")),
             Catch::Equals("SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/A/ResultPath\n"));
  CHECK_THAT(diagnose(pass(R"("InputPath": "a")")),
             Catch::Equals("SCHEMA_VALIDATION_FAILED: Value must be a valid JSONPath. at /States/A/InputPath\n"));
  CHECK(diagnose(pass(R"("ResultPath": "a")")) == "SCHEMA_VALIDATION_FAILED: Value must be a valid JSONPath. at /States/A/ResultPath\n");
}

TEST_CASE("tasks") {
  check({
      {"plain", task(""), ""},
      {"no resource", one_state(R"("Type": "Task", "End": true)"),
       "SCHEMA_VALIDATION_FAILED: These fields are required: [Resource] at /States/A\n"},
      {"no ARN", one_state(R"("Type": "Task", "Resource": "f", "End": true)"),
       "SCHEMA_VALIDATION_FAILED: Value is not a valid resource ARN at /States/A/Resource\n"},
      {"both forms", task(R"("TimeoutSeconds": 5, "TimeoutSecondsPath": "$.t")"),
       "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [TimeoutSeconds, TimeoutSecondsPath] at /States/A\n"},
      {"heartbeat too long", task(R"("TimeoutSeconds": 5, "HeartbeatSeconds": 5)"),
       "SCHEMA_VALIDATION_FAILED: HeartbeatSeconds must be smaller than TimeoutSeconds at /States/A/HeartbeatSeconds\n"},
      {"ranges", task(R"("TimeoutSeconds": 0, "HeartbeatSeconds": 1.5)"),
       "SCHEMA_VALIDATION_FAILED: Minimum value is 1 at /States/A/TimeoutSeconds\n"
       "SCHEMA_VALIDATION_FAILED: Expected value of type Integer at /States/A/HeartbeatSeconds\n"},
      {"credentials", task(R"("Credentials": {"InvalidField": "invalid"})"),
       "SCHEMA_VALIDATION_FAILED: The field 'RoleArn' is required but was missing at /States/A/Credentials\n"},
      {"a role that is no text", task(R"("Credentials": {"RoleArn": 1})"),
       "SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /States/A/Credentials/RoleArn\n"},
      {"retriers",
       task(R"("Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": []}, {"IntervalSeconds": 0, "MaxAttempts": -1, "BackoffRate": 0.5,
                            "MaxDelaySeconds": 31622401, "JitterStrategy": "SOME", "Foo": 1, "ErrorEquals": ["a", 1]}])"),
       "SCHEMA_VALIDATION_FAILED: States.ALL must appear alone and at end of list at /States/A/Retry[0]/ErrorEquals\n"
       "SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Retry[1]/ErrorEquals\n"
       "SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /States/A/Retry[2]/ErrorEquals[1]\n"
       "SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /States/A/Retry[2]/MaxAttempts\n"
       "SCHEMA_VALIDATION_FAILED: Minimum value is 1.0 at /States/A/Retry[2]/BackoffRate\n"
       "SCHEMA_VALIDATION_FAILED: Maximum value is 31622400 at /States/A/Retry[2]/MaxDelaySeconds\n"
       "SCHEMA_VALIDATION_FAILED: Value should be one of the following: [NONE, FULL] at /States/A/Retry[2]/JitterStrategy\n"
       "SCHEMA_VALIDATION_FAILED: Field 'Foo' is not supported at /States/A/Retry[2]\n"},
      {"States.ALL with others", task(R"("Retry": [{"ErrorEquals": ["States.ALL", "x"]}])"),
       "SCHEMA_VALIDATION_FAILED: States.ALL must appear alone and at end of list at /States/A/Retry[0]/ErrorEquals\n"},
      {"of an activity",
       one_state(
           R"("Type": "Task", "End": true, "Resource": "arn:aws:states:us-east-1:000000000000:activity:a", "Credentials": {"RoleArn": "arn:aws:iam::1:role/r"})"),
       "SCHEMA_VALIDATION_FAILED: The field 'Credentials' is not supported for activities at /States/A/Credentials\n"},
      {"an integration without parameters", one_state(R"("Type": "Task", "End": true, "Resource": "arn:aws:states:::sqs:sendMessage")"),
       "SCHEMA_VALIDATION_FAILED: Parameters field is required for resource ARN: arn:aws:states:::sqs:sendMessage at /States/A\n"},
      {"an integration without arguments",
       one_state(R"("Type": "Task", "End": true, "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::aws-sdk:sfn:listActivities")"),
       "SCHEMA_VALIDATION_FAILED: Arguments field is required for resource ARN: arn:aws:states:::aws-sdk:sfn:listActivities at "
       "/States/A\n"},
      {"an interval of nothing", task(R"("Retry": [{"ErrorEquals": ["a"], "IntervalSeconds": 0}])"), ""},
      {"empty lists are fine", task(R"("Retry": [], "Catch": [])"), ""},
      {"catchers", task(R"("Catch": [{}, 1])"),
       "SCHEMA_VALIDATION_FAILED: These fields are required: [ErrorEquals] at /States/A/Catch[0]\n"
       "SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/A/Catch[0]\n"
       "SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A/Catch[1]\n"},
  });
}

TEST_CASE("service integrations") {
  const auto integration = [](const std::string& resource, const std::string& parameters) {
    return one_state(R"("Type": "Task", "End": true, "Resource": "arn:aws:states:::)" + resource + R"(", "Parameters": )" + parameters);
  };
  check({
      {"sqs", integration("sqs:sendMessage.waitForTaskToken", R"({"QueueUrl": "u", "MessageBody": {"t.$": "$$.Task.Token"}})"), ""},
      {"sns", integration("sns:publish", R"({"TopicArn": "t", "Message.$": "$.m"})"), ""},
      {"lambda", integration("lambda:invoke", R"({"FunctionName.$": "$.f"})"), ""},
      {"states", integration("states:startExecution.sync:2", R"({"StateMachineArn": "s", "Input.$": "$"})"), ""},
      {"activity", one_state(R"("Type": "Task", "End": true, "Resource": "arn:aws:states:us-east-1:000000000000:activity:a")"), ""},
      {"parameters", integration("sqs:sendMessage", R"({"QueueUrl": "u", "Foo": 1})"),
       "SCHEMA_VALIDATION_FAILED: The field 'MessageBody' is required but was missing at /States/A/Parameters\n"
       "SCHEMA_VALIDATION_FAILED: The field \"Foo\" is not supported by Step Functions at /States/A/Parameters\n"},
      {"a pattern that it lacks", integration("sqs:sendMessage.sync", "{}"),
       "SCHEMA_VALIDATION_FAILED: The resource provided arn:aws:states:::sqs:sendMessage.sync is not recognized. The value is not a valid "
       "resource ARN, or the "
       "resource is not available in this region. at /States/A/Resource\n"},
      {"another service", integration("dynamodb:putItem", "{}"),
       "- /States/A/Resource: the service dynamodb (putItem) is not offered here\n"},
      {"an SDK integration", integration("aws-sdk:sfn:startExecution", "{}"), ""},
      {"an SDK integration of another service", integration("aws-sdk:kms:encrypt", "{}"),
       "- /States/A/Resource: the service aws-sdk:kms (encrypt) is not offered here\n"},
      {"an SDK integration that waits for an end", integration("aws-sdk:sfn:startExecution.sync", "{}"),
       "SCHEMA_VALIDATION_FAILED: The resource provided arn:aws:states:::aws-sdk:sfn:startExecution.sync is not recognized. The value is "
       "not a valid resource ARN, or the "
       "resource is not available in this region. at /States/A/Resource\n"},
      {"events", integration("events:putEvents", "{}"),
       "SCHEMA_VALIDATION_FAILED: The field 'Entries' is required but was missing at /States/A/Parameters\n"},
  });
  CHECK(parse_definition(integration("dynamodb:putItem", "{}")).machine != nullptr);
}

TEST_CASE("waits") {
  check({
      {"seconds", wait(R"("Seconds": 0)"), ""},
      {"two", wait(R"("Seconds": 1, "Timestamp": "2026-01-01T00:00:00Z")"),
       "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at "
       "/States/A\n"},
      {"none", wait(R"("Comment": "x")"),
       "SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, "
       "Timestamp] at /States/A\n"},
      {"not a time", wait(R"("Timestamp": "2016-12-05T25:29:29Z")"),
       "SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at /States/A/Timestamp\n"},
      {"negative", wait(R"("Seconds": -1)"), "SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /States/A/Seconds\n"},
  });
}

TEST_CASE("choices") {
  const std::string operators =
      "[StringEquals, StringEqualsPath, StringLessThan, StringLessThanPath, StringGreaterThan, StringGreaterThanPath, "
      "StringLessThanEquals, StringLessThanEqualsPath, "
      "StringGreaterThanEquals, StringGreaterThanEqualsPath, StringMatches, NumericEquals, NumericEqualsPath, NumericLessThan, "
      "NumericLessThanPath, NumericGreaterThan, "
      "NumericGreaterThanPath, NumericLessThanEquals, NumericLessThanEqualsPath, NumericGreaterThanEquals, NumericGreaterThanEqualsPath, "
      "BooleanEquals, BooleanEqualsPath, "
      "TimestampEquals, TimestampEqualsPath, TimestampLessThan, TimestampLessThanPath, TimestampGreaterThan, TimestampGreaterThanPath, "
      "TimestampLessThanEquals, "
      "TimestampLessThanEqualsPath, TimestampGreaterThanEquals, TimestampGreaterThanEqualsPath, IsNull, IsPresent, IsNumeric, IsString, "
      "IsBoolean, IsTimestamp]";
  check({
      {"a tree",
       choice(
           R"("And": [{"Variable": "$.a", "StringEquals": "x"}, {"Not": {"Or": [{"Variable": "$.b", "NumericLessThanPath": "$.c"}]}}], "Next": "A")"),
       ""},
      {"no Next",
       R"({"StartAt": "C", "States": {"C": {"Type": "Choice", "Default": "A", "Choices": [{"Variable": "$.x", "IsNull": true}]}, "A": {"Type": "Succeed"}}})",
       "SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/C/Choices[0]\n"},
      {"no operator", choice(R"("Variable": "$.a", "Next": "A")"),
       "SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: " + operators + " at /States/C/Choices[0]\n"},
      {"two operators", choice(R"("Variable": "$.a", "IsNull": true, "StringEquals": "x", "Next": "A")"),
       "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: " + operators + " at /States/C/Choices[0]\n"},
      {"no variable", choice(R"("IsNull": true, "Next": "A")"),
       "SCHEMA_VALIDATION_FAILED: The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at "
       "/States/C/Choices[0]\n"
       "SCHEMA_VALIDATION_FAILED: Field 'IsNull' is not supported at /States/C/Choices[0]\n"},
      {"two kinds of rule", choice(R"("Variable": "$.a", "IsNull": true, "Not": {"Variable": "$.a", "IsNull": true}, "Next": "A")"),
       "SCHEMA_VALIDATION_FAILED: The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at "
       "/States/C/Choices[0]\n"
       "SCHEMA_VALIDATION_FAILED: Field 'Variable' is not supported at /States/C/Choices[0]\n"
       "SCHEMA_VALIDATION_FAILED: Field 'IsNull' is not supported at /States/C/Choices[0]\n"},
      {"no path", choice(R"("Variable": "a", "StringEqualsPath": "b", "Next": "A")"),
       "SCHEMA_VALIDATION_FAILED: Value is not a Reference Path: Reference path didn't start with '$' at /States/C/Choices[0]/Variable\n"
       "SCHEMA_VALIDATION_FAILED: Value is not a Reference Path: Reference path didn't start with '$' at "
       "/States/C/Choices[0]/StringEqualsPath\n"},
      {"wrong types",
       choice(
           R"("Or": [{"Variable": "$.a", "StringEquals": 1}, {"Variable": "$.a", "NumericEquals": "1"}, {"Variable": "$.a", "BooleanEquals": "x"},
                                 {"Variable": "$.a", "TimestampEquals": "yesterday"}], "Next": "A")"),
       "SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /States/C/Choices[0]/Or[0]/StringEquals\n"
       "SCHEMA_VALIDATION_FAILED: Expected value of type [NUMBER] at /States/C/Choices[0]/Or[1]/NumericEquals\n"
       "SCHEMA_VALIDATION_FAILED: Expected value of type [BOOLEAN] at /States/C/Choices[0]/Or[2]/BooleanEquals\n"
       "SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at /States/C/Choices[0]/Or[3]/TimestampEquals\n"},
      {"Next inside", choice(R"("Not": {"Variable": "$.a", "IsNull": true, "Next": "A"}, "Next": "A")"),
       "SCHEMA_VALIDATION_FAILED: Field 'Next' is not supported at /States/C/Choices[0]/Not\n"},
      {"no choices", R"({"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [], "Default": "A"}, "A": {"Type": "Succeed"}}})",
       "SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/C/Choices\n"},
  });
}

TEST_CASE("fails") {
  check({
      {"texts", one_state(R"J("Type": "Fail", "Error": "E", "CausePath": "States.Format('{}', $.c)")J"), ""},
      {"bare", one_state(R"("Type": "Fail")"), ""},
      {"both forms", one_state(R"("Type": "Fail", "Error": "E", "ErrorPath": "$.e")"),
       "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [Error, ErrorPath] at /States/A\n"},
  });
}

TEST_CASE("parallel and map") {
  check({
      {"no branches", one_state(R"("Type": "Parallel", "Branches": [], "End": true)"),
       "SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Branches\n"},
      {"a branch's fields", one_state(R"("Type": "Parallel", "End": true, "Branches": [{"Foo": 1}])"),
       "SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /States/A/Branches[0]\n"
       "SCHEMA_VALIDATION_FAILED: Field 'Foo' is not supported at /States/A/Branches[0]\n"},
      {"map", map(processor), ""},
      {"legacy",
       map(R"("Iterator": {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}, "Parameters": {"v.$": "$$.Map.Item.Value"}, "MaxConcurrency": 0)"),
       ""},
      {"no processor", map(R"("MaxConcurrency": 1)"),
       "SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [ItemProcessor, Iterator] at /States/M\n"},
      {"exclusive", map(processor + R"(, "ItemSelector": {}, "Parameters": {}, "MaxConcurrency": 1, "MaxConcurrencyPath": "$.m")"),
       "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [ItemSelector, Parameters] at /States/M\n"
       "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [MaxConcurrency, MaxConcurrencyPath] at /States/M\n"},
      {"ranges", map(processor + R"(, "MaxConcurrency": -1, "ToleratedFailurePercentage": 101)"),
       "SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /States/M/MaxConcurrency\n"
       "SCHEMA_VALIDATION_FAILED: Maximum value is 100.0 at /States/M/ToleratedFailurePercentage\n"},
      {"an unknown language is JSONata", one_state(R"("Type": "Pass", "End": true, "QueryLanguage": "jsonpath", "InputPath": "$.a")"),
       "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' "
       "QueryLanguage at /States/A\n"
       "SCHEMA_VALIDATION_FAILED: Value should be one of the following: [JSONPath, JSONata] at /States/A/QueryLanguage\n"},
      {"a language that is no text", R"({"QueryLanguage": 5, "StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}})",
       "SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /QueryLanguage\n"},
      {"back to JSONPath, which hides what its fields are",
       R"({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "QueryLanguage": "JSONPath", "InputPath": "$.a", "Output": 1, "End": true}}})",
       "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A\n"},
      {"a limit from the context object",
       map(processor + R"(, "ItemsPath": "$$.Execution.Input", "MaxConcurrencyPath": "$$.Execution.Input.n")"),
       "SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/M/MaxConcurrencyPath\n"},
      {"a processor has no language",
       map(R"("ItemProcessor": {"QueryLanguage": "JSONPath", "StartAt": "I", "States": {"I": {"Type": "Succeed"}}})"),
       "SCHEMA_VALIDATION_FAILED: Field 'QueryLanguage' is not supported at /States/M/ItemProcessor\n"},
  });
}

TEST_CASE("variables") {
  const std::string long_name(81, 'v');
  check({
      {"names", pass(R"("Assign": {"x": 1, "y.$": "$.a", "größe": 2, "_1": 3})"), ""},
      {"no object", pass(R"("Assign": "x")"), "SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A/Assign\n"},
      {"no identifier", pass(R"("Assign": {"a.b": 1})"),
       "INVALID_VARIABLE_NAME: Invalid variable name 'a.b': the variable name contains invalid characters. at /States/A/Assign\n"},
      {"begins with a digit", pass(R"("Assign": {"1a.$": "$"})"),
       "INVALID_VARIABLE_NAME: Invalid variable name '1a': the variable name contains invalid characters. at /States/A/Assign\n"},
      {"reserved", pass(R"("Assign": {"states": 1})"),
       "RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at /States/A/Assign\n"},
      {"Succeed has none", one_state(R"("Type": "Succeed", "Assign": {"x": 1})"),
       "SCHEMA_VALIDATION_FAILED: Field 'Assign' is not supported at /States/A\n"},
      {"a faulty path", pass(R"("Assign": {"x.$": "y"})"),
       "SCHEMA_VALIDATION_FAILED: The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call at "
       "/States/A/Assign\n"},
  });
  CHECK(diagnose(pass(R"("Assign": {")" + long_name + R"(": 1})")) ==
        "INVALID_VARIABLE_NAME: Invalid variable name '" + long_name +
            "': the variable name exceeds the 80-character limit allowed by the service at /States/A/Assign\n");
}

TEST_CASE("an inner scope does not assign what an outer one does") {
  const auto nested = [](const std::string& outer, const std::string& inner) {
    return R"({"StartAt": "P", "States": {"P": {"Type": "Parallel", "Next": "Q", "Branches": [
      {"StartAt": "B", "States": {"B": {"Type": "Pass", "Assign": {"own": 1}, "End": true}}},
      {"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true, "Assign": {)" +
           inner + R"(}}}}}}}]}, "Q": {"Type": "Pass", "End": true, "Assign": {)" + outer + "}}}}";
  };
  check({
      {"siblings", nested(R"("x": 1)", R"("own": 2)"), ""},
      {"two levels", nested(R"("x": 1)", R"("x.$": "$")"),
       "SCHEMA_VALIDATION_FAILED: The variable 'x' is assigned in an outer scope already at "
       "/States/P/Branches[1]/States/M/ItemProcessor/States/I/Assign\n"},
  });
}

TEST_CASE("the variables that states read") {
  const auto parsed = parse_definition(R"x({"StartAt": "A", "States": {
    "A": {"Type": "Pass", "InputPath": "$b.c", "Parameters": {"x.$": "States.Format('{}{}', $a, States.MathAdd($b, $.d))", "y": "$text"}, "Next": "M"},
    "M": {"Type": "Map", "ItemsPath": "$items", "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"e.$": "$caught"}, "Next": "F"}], "Next": "C", "ItemProcessor": {"StartAt": "I", "States": {
      "I": {"Type": "Wait", "SecondsPath": "$seconds", "End": true}}}},
    "C": {"Type": "Choice", "Choices": [{"Variable": "$.x", "NumericEqualsPath": "$limit", "Next": "F"}], "Default": "N"},
    "N": {"Type": "Pass", "End": true},
    "F": {"Type": "Fail", "CausePath": "States.Format('{}', $why)", "Comment": "no next"}}})x");
  REQUIRE(parsed.machine);
  CHECK(variable_references(*parsed.machine).text() ==
        R"({"A":["a","b"],"M":["caught","items"],"C":["limit"],"F":["why"],"I":["seconds"]})");
}

TEST_CASE("JSONata") {
  const auto jsonata = [](const std::string& fields) { return one_state(R"("QueryLanguage": "JSONata", )" + fields); };
  const std::string task_fields = R"("Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:f", "End": true, )";
  check({
      {"downgrade",
       R"({"QueryLanguage": "JSONata", "StartAt": "Pass", "States": {"Pass": {"QueryLanguage": "JSONPath", "Type": "Pass", "End": true}}})",
       "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/Pass\n"},
      {"the other language's fields", jsonata(R"("Type": "Pass", "End": true, "InputPath": "$", "Parameters": {})"),
       "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' "
       "QueryLanguage at /States/A\n"
       "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'Parameters' is only supported for the 'JSONPath' "
       "QueryLanguage at /States/A\n"},
      {"Output in JSONPath", pass(R"("Output": 1)"),
       "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' "
       "QueryLanguage at /States/A\n"},
      {"does not parse", jsonata(R"("Type": "Pass", "End": true, "Output": {"a": ["{% 1 + %}"]})"),
       "INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/A/Output/a[0]\n"},
      {"a name at the top level", jsonata(R"("Type": "Pass", "End": true, "Output": {"v": "{% phone.number %}"})"),
       "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/A/Output/v\n"},
      {"no result in Arguments", jsonata(task_fields + R"("Arguments": {"v": "{% $states.result %}"})"),
       "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist. at /States/A/Arguments/v\n"},
      {"no error output outside of a catcher", jsonata(task_fields + R"("Output": "{% $states.errorOutput %}")"),
       "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.errorOutput' does not exist. at /States/A/Output\n"},
      {"no result in a catcher",
       jsonata(task_fields + R"("Catch": [{"ErrorEquals": ["E"], "Output": "{% $states.result %}", "Next": "A"}])"),
       "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist. at /States/A/Catch[0]/Output\n"},
      {"Retry has no expressions", jsonata(task_fields + R"("Retry": [{"ErrorEquals": ["E"], "MaxAttempts": "{% 1 %}"}])"),
       "SCHEMA_VALIDATION_FAILED: Expected value of type Integer at /States/A/Retry[0]/MaxAttempts\n"},
      {"a condition",
       R"({"StartAt": "C", "QueryLanguage": "JSONata", "States": {"C": {"Type": "Choice", "Choices": [{"Condition": "yes", "Next": "A"}], "Default": "A"}, "A": {"Type": "Succeed"}}})",
       "SCHEMA_VALIDATION_FAILED: Expected value of type [BOOLEAN] at /States/C/Choices[0]/Condition\n"},
  });
}

TEST_CASE("valid on AWS, not offered yet") { check({}); }

TEST_CASE("distributed Map states") {
  const std::string processor =
      R"("ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Succeed"}}})";
  check({
      {"plain", map(processor), ""},
      {"parquet",
       map(processor +
           R"(, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "PARQUET"}, "Parameters": {"Bucket": "b", "Key": "k"}})"),
       "- /States/M/ItemReader/ReaderConfig/InputType: reading items from PARQUET files is not offered\n"},
      {"headers", map(processor + R"(, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV"}})"),
       "SCHEMA_VALIDATION_FAILED: The field 'CSVHeaderLocation' is required at /States/M/ItemReader/ReaderConfig\n"},
      {"headers of JSON",
       map(processor +
           R"(, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON", "CSVHeaderLocation": "FIRST_ROW"}})"),
       "SCHEMA_VALIDATION_FAILED: Field 'CSVHeaderLocation' is not supported at /States/M/ItemReader/ReaderConfig\n"},
      {"headers that are not given",
       map(processor +
           R"(, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}})"),
       "SCHEMA_VALIDATION_FAILED: These fields are required: [CSVHeaders] at /States/M/ItemReader/ReaderConfig\n"},
      {"a reader of another service",
       map(processor + R"(, "ItemReader": {"Resource": "arn:aws:states:::sqs:receiveMessage", "ReaderConfig": {"InputType": "JSON"}})"),
       "SCHEMA_VALIDATION_FAILED: The field 'Resource' does not match any of the allowed values at /States/M/ItemReader/Resource\n"},
      {"children's type of an inline Map",
       map(R"("ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Succeed"}}})"),
       "SCHEMA_VALIDATION_FAILED: Field 'ExecutionType' is not supported at /States/M/ItemProcessor/ProcessorConfig\n"},
      {"labels",
       R"({"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "l", "Next": "N", )" + processor +
           R"(}, "N": {"Type": "Map", "End": true, "Label": "l",
           "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "J", "States": {"J": {"Type": "Succeed"}}}}}})",
       "DUPLICATE_LABEL_NAME: Duplicate Label name: l at /States/N/Label\n"},
      {"an unknown input type",
       map(processor +
           R"(, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "XML"}, "Parameters": {"Bucket": "b", "Key": "k"}})"),
       "SCHEMA_VALIDATION_FAILED: Value should be one of the following: [CSV, JSON, JSONL, PARQUET, MANIFEST] at "
       "/States/M/ItemReader/ReaderConfig/InputType\n"},
  });
}

TEST_CASE("what Express machines may not do") {
  CHECK(
      diagnose(
          map(R"("ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "I", "States": {"I": {"Type": "Succeed"}}})"),
          StateMachineType::Express) ==
      "SCHEMA_VALIDATION_FAILED: The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines at "
      "/States/M/ItemProcessor/ProcessorConfig/Mode\n");
  const auto with = [](const std::string& resource, const std::string& parameters) {
    return diagnose(one_state(R"("Type": "Task", "End": true, "Resource": ")" + resource + R"(", "Parameters": )" + parameters),
                    StateMachineType::Express);
  };
  CHECK_THAT(with("arn:aws:states:::sqs:sendMessage.waitForTaskToken", R"({"QueueUrl": "u", "MessageBody": "b"})"),
             Catch::StartsWith("SCHEMA_VALIDATION_FAILED: Express state machine does not support '.waitForTaskToken' service integration  "
                               "at /States/A/Resource\n"));
  CHECK_THAT(with("arn:aws:states:::states:startExecution.sync", R"({"StateMachineArn": "s"})"),
             Catch::StartsWith(
                 "SCHEMA_VALIDATION_FAILED: Express state machine does not support '.sync' service integration at /States/A/Resource\n"));
  CHECK_THAT(with("arn:aws:states:us-east-1:000000000000:activity:a", "{}"),
             Catch::StartsWith("SCHEMA_VALIDATION_FAILED: Express state machine does not support Activity ARN at /States/A/Resource\n"));
}

TEST_CASE("what was probably meant otherwise is a warning") {
  const std::string no_dollar =
      "NO_DOLLAR: The field name should end with '.$' because its value appears to be a JSONPath or Intrinsic Function. at ";
  check({
      {"names without the dollar",
       task(R"J("Parameters": {"a": "$.a", "b": {"c": "States.UUID()"}, "d": "$5.00", "e.$": "$.e", "f": "States."})J"),
       no_dollar + "/States/A/Parameters/a\n" + no_dollar + "/States/A/Parameters/b/c\n"},
      {"a static Result", pass(R"("Result": {"a": ["$.a"]})"),
       "PASS_RESULT_IS_STATIC: Content of this field will be treated as raw text even though it contains a JSONPath or Intrinsic Function. "
       "at /States/A/Result\n"},
      {"names without Path", one_state(R"("Type": "Fail", "Error": "$.e", "Cause": "because")"),
       "NO_PATH: The field name should end with 'Path' because its value appears to be a JSONPath. at /States/A/Error\n"},
      {"comparison with a path", choice(R"("Variable": "$.a", "StringEquals": "$.b", "Next": "A")"),
       "NO_PATH: The field name should end with 'Path' because its value appears to be a JSONPath. at /States/C/Choices[0]/StringEquals\n"},
  });
  const auto parsed = parse_definition(pass(R"("Result": "$.a")"));
  REQUIRE(parsed.machine != nullptr);
  CHECK(parsed.diagnostics.front().severity == Diagnostic::Severity::Warning);
}
