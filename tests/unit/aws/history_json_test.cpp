#include "aws/history_json.h"

#include <catch2/catch.hpp>

#include "signalbox/encoding.h"

using namespace signalbox;

namespace {

std::string shown(HistoryFact fact, bool data = true) {
  HistoryEvent event{
      .id = 5, .previous_id = 4, .timestamp = *parse_rfc3339("2026-11-24T01:02:03.456Z"), .frame = {}, .fact = std::move(fact)};
  std::string out;
  aws::append_history_event(out, event, data);
  const std::string prefix = R"({"timestamp":1795482123.456,"type":)";
  REQUIRE(out.substr(0, prefix.size()) == prefix);
  return out.substr(prefix.size());
}

}  // namespace

TEST_CASE("history events have the shapes of GetExecutionHistory") {
  ExecutionStarted started;
  started.input = *Json::parse(R"({ "a": 0.0 })");
  started.role_arn = "role";
  CHECK(
      shown(started) ==
      R"("ExecutionStarted","id":5,"previousEventId":4,"executionStartedEventDetails":{"input":"{ \"a\": 0.0 }","inputDetails":{"truncated":false},"roleArn":"role"}})");
  CHECK(shown(started, false) == R"("ExecutionStarted","id":5,"previousEventId":4,"executionStartedEventDetails":{"roleArn":"role"}})");

  CHECK(shown(ExecutionAborted{}) == R"("ExecutionAborted","id":5,"previousEventId":4,"executionAbortedEventDetails":{}})");
  CHECK(shown(ExecutionFailed{{"E", "C"}}) ==
        R"("ExecutionFailed","id":5,"previousEventId":4,"executionFailedEventDetails":{"error":"E","cause":"C"}})");

  StateExited exited{.type = StateType::Choice, .name = "S", .output = Json(1), .assigned_variables = json_object({{"v", Json("x")}})};
  CHECK(
      shown(exited) ==
      R"("ChoiceStateExited","id":5,"previousEventId":4,"stateExitedEventDetails":{"name":"S","output":"1","outputDetails":{"truncated":false},)"
      R"("assignedVariables":{"v":"\"x\""},"assignedVariablesDetails":{"truncated":false}}})");
  CHECK(shown(ParallelStateStarted{}) == R"("ParallelStateStarted","id":5,"previousEventId":4})");
  CHECK(shown(StateEnded{StateType::Map, StateEnd::Aborted, {}}) == R"("MapStateAborted","id":5,"previousEventId":4})");
  CHECK(shown(MapIterationEnded{StateEnd::Failed, "M", 2}) ==
        R"("MapIterationFailed","id":5,"previousEventId":4,"mapIterationFailedEventDetails":{"name":"M","index":2}})");
}

TEST_CASE("the three families of tasks") {
  TaskScheduled scheduled{.family = TaskFamily::Task,
                          .attempt = {1},
                          .resource_type = "sqs",
                          .resource = "sendMessage.waitForTaskToken",
                          .input = json_object({{"a", Json(1)}}),
                          .region = "us-east-1",
                          .timeout_seconds = 9,
                          .heartbeat_seconds = 3,
                          .credentials_role_arn = {},
                          .timeout_at = {}};
  CHECK(
      shown(scheduled) ==
      R"("TaskScheduled","id":5,"previousEventId":4,"taskScheduledEventDetails":{"resourceType":"sqs","resource":"sendMessage.waitForTaskToken",)"
      R"("region":"us-east-1","parameters":"{\"a\":1}","timeoutInSeconds":9,"heartbeatInSeconds":3}})");
  scheduled.family = TaskFamily::Activity;
  scheduled.resource = "arn";
  CHECK(shown(scheduled) ==
        R"("ActivityScheduled","id":5,"previousEventId":4,"activityScheduledEventDetails":{"resource":"arn","input":"{\"a\":1}",)"
        R"("inputDetails":{"truncated":false},"timeoutInSeconds":9,"heartbeatInSeconds":3}})");
  CHECK(shown(TaskStarted{.family = TaskFamily::LambdaFunction, .attempt = {1}, .resource_type = {}, .resource = {}, .worker_name = {}}) ==
        R"("LambdaFunctionStarted","id":5,"previousEventId":4})");
  CHECK(shown(TaskStarted{.family = TaskFamily::Activity, .attempt = {1}, .resource_type = {}, .resource = {}, .worker_name = "w"}) ==
        R"("ActivityStarted","id":5,"previousEventId":4,"activityStartedEventDetails":{"workerName":"w"}})");
  CHECK(shown(TaskFailed{.family = TaskFamily::LambdaFunction,
                         .attempt = {1},
                         .kind = TaskFailureKind::TimedOut,
                         .resource_type = {},
                         .resource = {},
                         .error = {"States.Timeout", {}}}) ==
        R"("LambdaFunctionTimedOut","id":5,"previousEventId":4,"lambdaFunctionTimedOutEventDetails":{"error":"States.Timeout"}})");
  CHECK(
      shown(
          TaskSucceeded{.family = TaskFamily::Task, .attempt = {1}, .resource_type = "sns", .resource = "publish", .output = Json("x")}) ==
      R"("TaskSucceeded","id":5,"previousEventId":4,"taskSucceededEventDetails":{"resourceType":"sns","resource":"publish","output":"\"x\"","outputDetails":{"truncated":false}}})");
}
