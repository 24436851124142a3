#pragma once
/// The state of one execution: a cache of its history, changed by apply() alone (heartbeats aside, which are no part of
/// history). It is never stored; a cold execution is read as its history and folded again.

#include "signalbox/history.h"
#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/state_machine.h"
#include "signalbox/vocabulary.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace signalbox {

/// An attempt of a task that has been scheduled and has not ended.
struct PendingTask {
  TaskAttempt attempt;
  FrameId frame;
  TaskScheduled scheduled;  ///< as recorded: what to send if it must be sent again
  Timestamp scheduled_at;
  bool started = false;    ///< TaskStarted is recorded
  bool submitted = false;  ///< TaskSubmitted is recorded: a .sync or .waitForTaskToken task waits for its end
  std::optional<Timestamp> timeout_at;
  std::optional<Timestamp> heartbeat_due;  ///< runs from TaskStarted on; moved by heartbeats, which are no part of history
  std::optional<SubmissionAwaited> early_answer;
};

/// A thread of control: the root, a branch of a Parallel, an iteration of a Map.
struct Frame {
  FrameId id;
  FrameId parent;                       ///< itself for the root
  std::int64_t index = 0;               ///< branch or iteration
  std::optional<Json> item;             ///< Map: the item's value, for the context object
  std::optional<std::string> item_key;  ///< Map over an object: the item's name

  std::string state;  ///< current state's name; empty only before the first is entered
  StateType state_type = StateType::Pass;
  Json input;  ///< its raw input; once it is exited, its output
  std::int64_t entered_event_id = 0;
  std::int64_t entered_after_event_id = 0;  ///< previousEventId of that event
  std::int64_t last_event_id = 0;           ///< what the next event names as previousEventId
  Timestamp entered_at;
  std::vector<std::int64_t> retries;      ///< retries used up, per retrier of the current state; grows when one is first used
  std::int64_t retry_count = 0;           ///< the context object's State.RetryCount
  Json variables = Json::empty_object();  ///< assigned in this frame; outer frames' are read through their parents
  std::size_t variables_bytes = 0;        ///< of their values as text

  struct Ready {};  ///< in a state whose work has not begun; a step that reached its bound leaves it so
  struct InTask {
    TaskAttempt attempt;
  };
  struct InWait {
    Timestamp due;
  };
  struct InRetry {
    Timestamp due;
  };
  struct InMapRun {  ///< a distributed Map
    TaskAttempt attempt;
    std::int64_t started_event_id = 0;  ///< or redriven, last
    std::string map_run_arn;
    std::int64_t redrives = 0;
    bool redrivable = true;   ///< a redrive of the execution redrives the run, instead of starting another
    bool to_redrive = false;  ///< that is due now
  };
  /// Inside a Parallel or Map: its children at work.
  struct Gathering {
    std::vector<std::optional<Json>> results;  ///< by branch or iteration; what ended well
    std::vector<FrameId> running;              ///< ascending
    std::int64_t started = 0;                  ///< children begun so far
    std::int64_t failed = 0;
    std::optional<MapPrepared> map;  ///< Map only
    std::vector<Frame> given_up;     ///< what failed or was aborted, where it stood: a redrive goes on there
  };
  std::variant<Ready, InTask, InWait, InRetry, Gathering, InMapRun> activity;
  std::optional<Timestamp> due;  ///< its entry in Execution::due
};

struct Execution {
  ExecutionRow row;
  ExecutionStarted started;  ///< the first fact: input, names, key
  Timestamp started_at;
  ExecutionStatus status = ExecutionStatus::Running;
  std::optional<Timestamp> stopped_at;
  std::optional<Json> output;
  WorkflowError error;
  std::int64_t redrive_count = 0;
  std::optional<Timestamp> redriven_at;  ///< last

  std::int64_t last_event_id = 0;  ///< of AWS's events
  FrameId next_frame{1};
  TaskAttempt next_attempt{1};
  std::map<FrameId, Frame> frames;              ///< those that have not ended; when the execution has ended, those it ended in
  std::map<TaskAttempt, PendingTask> tasks;     ///< likewise
  std::set<std::pair<Timestamp, FrameId>> due;  ///< every frame's next moment (task time-out, heartbeat, wait, retry)
  std::size_t variables_bytes = 0;              ///< of all frames' variables
  std::set<FrameId> ready;  ///< frames that can go on now: Ready, a Map that may start an iteration, a map run to redrive

  [[nodiscard]] bool running() const { return status == ExecutionStatus::Running; }
};

}  // namespace signalbox
