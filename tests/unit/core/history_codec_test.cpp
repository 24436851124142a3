#include "core/history_codec.h"

#include "core/print.h"
#include "signalbox/store.h"

#include <catch2/catch.hpp>

namespace signalbox {
namespace {

Timestamp at(std::int64_t milliseconds) { return Timestamp{std::chrono::milliseconds(milliseconds)}; }

std::vector<HistoryEvent> decoded(const std::string& chunk) {
  std::vector<HistoryEvent> events;
  decode_events(chunk, [&events](HistoryEvent&& event) { events.push_back(std::move(event)); });
  return events;
}

/// One event of every kind, every optional once there and once not.
std::vector<HistoryEvent> one_of_each() {
  const Json payload = Json::parse(R"({"a": [1, 2.50, null]})").value();
  const WorkflowError error{"Error", "because"};
  std::vector<HistoryFact> facts{
      ExecutionStarted{payload, "role", "version", std::nullopt, "arn", "name", "machine arn", "machine", std::string("\0\xff key", 6),
                       at(99)},
      ExecutionSucceeded{payload},
      ExecutionFailed{error},
      ExecutionTimedOut{WorkflowError{"States.Timeout", std::nullopt}},
      ExecutionAborted{},
      StateEntered{StateType::Map, "M", payload},
      StateExited{StateType::Wait, "W", Json("other"), json_object({{"v", 1}})},
      StateExited{StateType::Choice, "C", payload, std::nullopt},
      TaskScheduled{TaskFamily::Task, TaskAttempt{3}, "sqs", "sendMessage", payload, "us-east-1", 5, std::nullopt, "role", at(-5)},
      TaskStarted{TaskFamily::Activity, TaskAttempt{3}, "", "", "worker"},
      TaskSubmitted{TaskAttempt{3}, "sqs", "sendMessage", payload},
      TaskSucceeded{TaskFamily::LambdaFunction, TaskAttempt{3}, "", "", payload},
      TaskFailed{TaskFamily::Task, TaskAttempt{3}, TaskFailureKind::HeartbeatTimedOut, "sqs", "sendMessage", error},
      ParallelStateStarted{},
      MapStateStarted{5000},
      StateEnded{StateType::Parallel, StateEnd::Failed, error},
      MapIterationStarted{"M", 4999},
      MapIterationEnded{StateEnd::Aborted, "M", 4999},
      EvaluationFailed{error, "Output/v", "S"},
      FrameStarted{FrameId{70000}, 2},
      FrameEnded{StateEnd::Aborted},
      WaitStarted{at(1'800'000'000'000)},
      RetryScheduled{1, at(1'800'000'000'001)},
      MapPrepared{payload, 40, std::nullopt, 12.5},
      SubmissionAwaited{TaskAttempt{3}, std::nullopt, error},
  };
  std::vector<HistoryEvent> events;
  std::int64_t id = 6;
  for (auto& fact : facts) {
    HistoryEvent event{
        .id = 0, .previous_id = 0, .timestamp = at(1'700'000'000'000 + id * 7), .frame = FrameId{id % 3}, .fact = std::move(fact)};
    if (!is_internal(event)) {
      event.id = ++id;
      event.previous_id = id % 4 == 0 ? 0 : id - id % 4;
    }
    events.push_back(std::move(event));
  }
  return events;
}

TEST_CASE("Every kind of event survives being stored") {
  const auto events = one_of_each();
  const auto read = decoded(encode_events(events));
  REQUIRE(read.size() == events.size());
  for (std::size_t index = 0; index < events.size(); ++index) {
    INFO(print(events[index]));
    CHECK(print(read[index]) == print(events[index]));
    CHECK(read[index].fact.index() == events[index].fact.index());
    CHECK(read[index].id == events[index].id);
    CHECK(read[index].previous_id == events[index].previous_id);
    CHECK(read[index].timestamp == events[index].timestamp);
    CHECK(read[index].frame == events[index].frame);
    CHECK(encode_events(std::span(&read[index], 1)) == encode_events(std::span(&events[index], 1)));
  }
}

TEST_CASE("Members of the start event that nobody shows are stored too") {
  const auto read = decoded(encode_events(one_of_each()));
  const auto& started = std::get<ExecutionStarted>(read.front().fact);
  CHECK(started.key == std::string("\0\xff key", 6));
  CHECK(started.execution_arn == "arn");
  CHECK(started.state_machine_name == "machine");
  CHECK(started.state_machine_version_arn == "version");
  CHECK_FALSE(started.state_machine_alias_arn);
  CHECK(started.timeout_at == at(99));
}

TEST_CASE("A payload keeps its text, and an equal neighbour costs one byte") {
  const Json payload = Json::parse(R"({"long":  "text that is not repeated", "n": 0.0})").value();
  HistoryEvent entered{.id = 2, .previous_id = 0, .timestamp = at(0), .frame = {}, .fact = StateEntered{StateType::Pass, "A", payload}};
  HistoryEvent exited{
      .id = 3, .previous_id = 2, .timestamp = at(0), .frame = {}, .fact = StateExited{StateType::Pass, "A", payload, std::nullopt}};
  const std::string one = encode_events(std::span(&entered, 1));
  const std::string both = encode_events(std::vector{entered, exited});
  CHECK(both.size() <= one.size() + 10);
  CHECK(std::get<StateExited>(decoded(both).back().fact).output.text() == payload.text());
}

TEST_CASE("An empty chunk holds no events") { CHECK(decoded(encode_events({})).empty()); }

TEST_CASE("A damaged chunk is reported, wherever it ends") {
  const auto chunk = encode_events(one_of_each());
  CHECK_THROWS_AS(decoded(""), StoreFailure);
  std::string unknown_version = chunk;
  unknown_version[0] = '\x7f';
  CHECK_THROWS_AS(decoded(unknown_version), StoreFailure);
  CHECK_THROWS_AS(decoded(std::string("\x01\x7e\x00\x00", 4)), StoreFailure);  // type 63
  CHECK_THROWS_AS(decoded(chunk.substr(0, chunk.size() - 1)), StoreFailure);
}

TEST_CASE("The stored form of a known chunk does not change") {
  HistoryEvent event{
      .id = 5, .previous_id = 3, .timestamp = at(1000), .frame = FrameId{1}, .fact = StateEntered{StateType::Task, "T", Json(7)}};
  CHECK(encode_events(std::span(&event, 1)) == std::string("\x01\x0a\x02\xd0\x0f\x08\x06\x02\x02T\x02"
                                                           "7",
                                                           12));
}

}  // namespace
}  // namespace signalbox
