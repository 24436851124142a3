#include "rest/explain.h"

#include <catch2/catch.hpp>

#include "signalbox/step.h"

using namespace signalbox;
using namespace std::chrono_literals;

namespace {

const Timestamp now{1763946123000ms};

Execution with_frame(Frame frame) {
  Execution execution = blank_execution(ExecutionRow{1});
  frame.id = FrameId{0};
  execution.frames.clear();
  execution.frames.emplace(frame.id, std::move(frame));
  return execution;
}

std::string explained(const Execution& execution) { return rest::explain(ExecutionRecord{}, &execution, now); }

Frame in_state(std::string name) {
  Frame frame;
  frame.state = std::move(name);
  return frame;
}

}  // namespace

TEST_CASE("a closed execution says how and when it ended") {
  ExecutionRecord record;
  record.status = ExecutionStatus::TimedOut;
  record.stopped_at = now - 90s;
  CHECK(rest::explain(record, nullptr, now) ==
        "The execution ended as TIMED_OUT at 2025-11-24T01:00:33.000Z (1 min 30 s ago); nothing more will happen.");
}

TEST_CASE("a waiting state says until when") {
  auto frame = in_state("Pause");
  frame.activity = Frame::InWait{now + 26h + 5s};
  CHECK(explained(with_frame(frame)) == "State 'Pause' waits and goes on at 2025-11-25T03:02:08.000Z (in 1 d 2 h 5 s).");
}

TEST_CASE("a callback says what was sent, its heartbeat and its time-out") {
  auto frame = in_state("Ask");
  frame.activity = Frame::InTask{TaskAttempt{1}};
  Execution execution = with_frame(frame);
  PendingTask task;
  task.attempt = TaskAttempt{1};
  task.submitted = true;
  task.scheduled.resource_type = "sqs";
  task.scheduled.resource = "sendMessage.waitForTaskToken";
  execution.tasks.emplace(task.attempt, task);
  CHECK(explained(execution) ==
        "State 'Ask' waits for somebody to give back its task token (sqs sendMessage.waitForTaskToken was sent); it has no time-out of its "
        "own.");
  execution.tasks.begin()->second.heartbeat_due = now + 30s;
  execution.tasks.begin()->second.timeout_at = now + 5min;
  execution.started.timeout_at = now + 1h;
  CHECK(explained(execution) ==
        "State 'Ask' waits for somebody to give back its task token (sqs sendMessage.waitForTaskToken was sent); it must send a heartbeat "
        "or fails at "
        "2025-11-24T01:02:33.000Z (in 30 s); it times out at 2025-11-24T01:07:03.000Z (in 5 min). The whole execution times out at "
        "2025-11-24T02:02:03.000Z (in 1 h).");
}

TEST_CASE("one that was set aside says so before all else") {
  ExecutionRecord record;
  record.set_aside = true;
  CHECK_THAT(rest::explain(record, nullptr, now), Catch::Contains("set aside"));
}
