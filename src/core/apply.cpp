// The only place where an execution changes. Facts are complete: no state machine is needed, no decision is made.

#include "core/timers.h"
#include "signalbox/step.h"

#include <algorithm>

namespace signalbox {
namespace {

/// Applies one fact; the overload for a fact's type says all that it changes.
class Application {
 public:
  Application(Execution& execution, const HistoryEvent& event) : execution_(execution), event_(event) {}

  // ---- the execution ----
  void operator()(const ExecutionStarted& fact) {
    execution_.started = fact;
    execution_.started_at = event_.timestamp;
    // previousEventId of the first state's event is 0, not 1, as recorded on AWS: the root's chain begins at 0.
    Frame root;
    root.input = fact.input;
    execution_.frames.emplace(root.id, std::move(root));
    execution_.ready.insert(FrameId{0});
  }
  void operator()(const ExecutionSucceeded& fact) {
    end(ExecutionStatus::Succeeded);
    execution_.output = fact.output;
  }
  void operator()(const ExecutionFailed& fact) { end(ExecutionStatus::Failed, fact.error); }
  void operator()(const ExecutionTimedOut& fact) { end(ExecutionStatus::TimedOut, fact.error); }
  void operator()(const ExecutionAborted& fact) { end(ExecutionStatus::Aborted, fact.error); }
  void operator()(const ExecutionRedriven& fact) {
    execution_.status = ExecutionStatus::Running;
    execution_.stopped_at = std::nullopt;
    execution_.error = {};
    execution_.redrive_count = fact.redrive_count;
    execution_.redriven_at = event_.timestamp;
    execution_.started.timeout_at = fact.timeout_at;
    execution_.tasks.clear();
    Frame& root = execution_.frames.at(FrameId{0});
    if (fact.from_state) {
      std::erase_if(execution_.frames, [](const auto& entry) { return entry.first != FrameId{0}; });
      root.activity = Frame::Ready{};
      execution_.variables_bytes = root.variables_bytes;
    }
    revive(root);
  }

  // ---- states ----
  void operator()(const StateEntered& fact) {
    Frame& frame = chained();
    frame.state = fact.name;
    frame.state_type = fact.type;
    frame.input = fact.input;
    frame.entered_event_id = event_.id;
    frame.entered_after_event_id = event_.previous_id;
    frame.entered_at = event_.timestamp;
    frame.retries.clear();
    frame.retry_count = 0;
    become(frame, Frame::Ready{});
  }
  void operator()(const StateExited& fact) {
    Frame& frame = chained();
    frame.input = fact.output;
    if (fact.assigned_variables) assign(frame, fact.assigned_variables->members());
  }
  void operator()(const WaitStarted& fact) {
    Frame& frame = this->frame();
    become(frame, Frame::InWait{fact.due});
    set_due(frame, fact.due);
  }
  void operator()(const RetryScheduled& fact) {
    Frame& frame = this->frame();
    const auto retrier = static_cast<std::size_t>(fact.retrier);
    if (frame.retries.size() <= retrier) frame.retries.resize(retrier + 1);
    ++frame.retries[retrier];
    ++frame.retry_count;
    become(frame, Frame::InRetry{fact.due});
    set_due(frame, fact.due);
  }
  void operator()(const EvaluationFailed&) { chained(); }

  // ---- tasks ----
  void operator()(const TaskScheduled& fact) {
    Frame& frame = chained();
    execution_.next_attempt = TaskAttempt{fact.attempt.value + 1};
    become(frame, Frame::InTask{fact.attempt});
    auto& task = execution_.tasks[fact.attempt];
    task.attempt = fact.attempt;
    task.frame = frame.id;
    task.scheduled = fact;
    task.scheduled_at = event_.timestamp;
    task.timeout_at = fact.timeout_at;
    set_due(frame, fact.timeout_at);
  }
  void operator()(const TaskStarted& fact) {
    chained();
    PendingTask& task = execution_.tasks.at(fact.attempt);
    task.started = true;
    start_heartbeat(execution_, task, event_.timestamp);
  }
  void operator()(const TaskSubmitted& fact) {
    chained();
    execution_.tasks.at(fact.attempt).submitted = true;
  }
  void operator()(const SubmissionAwaited& fact) { execution_.tasks.at(fact.attempt).early_answer = fact; }
  void operator()(const TaskSucceeded& fact) { end_task(fact.attempt); }
  void operator()(const TaskFailed& fact) { end_task(fact.attempt); }

  // ---- Parallel and Map ----
  void operator()(const ParallelStateStarted&) { become(chained(), Frame::Gathering{}); }
  void operator()(const MapStateStarted& fact) {
    Frame::Gathering gathering;
    gathering.results.resize(static_cast<std::size_t>(fact.length));
    become(chained(), std::move(gathering));
  }
  void operator()(const MapPrepared& fact) {
    Frame& map = frame();
    std::get<Frame::Gathering>(map.activity).map = fact;
    update_ready(map);
  }
  void operator()(const FrameStarted& fact) {
    Frame& parent = frame();
    auto& gathering = std::get<Frame::Gathering>(parent.activity);
    Frame& child = execution_.frames[fact.child];
    child.id = fact.child;
    child.parent = parent.id;
    child.index = fact.index;
    child.last_event_id = parent.last_event_id;
    if (gathering.map) take_item(child, gathering.map->items);
    execution_.next_frame = FrameId{fact.child.value + 1};
    execution_.ready.insert(child.id);
    gathering.running.push_back(child.id);
    ++gathering.started;
    if (gathering.results.size() < static_cast<std::size_t>(gathering.started))
      gathering.results.resize(static_cast<std::size_t>(gathering.started));
    update_ready(parent);
  }
  void operator()(const FrameEnded& fact) {
    Frame& child = frame();
    Frame& parent = execution_.frames.at(child.parent);
    auto& gathering = std::get<Frame::Gathering>(parent.activity);
    std::erase(gathering.running, child.id);
    if (fact.end == StateEnd::Succeeded) gathering.results[static_cast<std::size_t>(child.index)] = child.input;
    if (fact.end == StateEnd::Failed) ++gathering.failed;
    // As recorded on AWS: what comes after an iteration or branch points at its last inner event.
    if (fact.end != StateEnd::Aborted) parent.last_event_id = child.last_event_id;
    if (const auto* in_task = std::get_if<Frame::InTask>(&child.activity)) execution_.tasks.erase(in_task->attempt);
    set_due(child, std::nullopt);
    execution_.variables_bytes -= child.variables_bytes;
    execution_.ready.erase(child.id);
    if (fact.end != StateEnd::Succeeded) gathering.given_up.push_back(std::move(child));
    execution_.frames.erase(event_.frame);
    update_ready(parent);
  }
  void operator()(const StateEnded& fact) {
    // Aborted stands beside the chain, not in it; so does Succeeded for the state's exit, see exit_of_gathering().
    if (fact.end != StateEnd::Aborted) chained();
  }
  void operator()(const MapRunStarted& fact) {
    execution_.next_attempt = TaskAttempt{fact.attempt.value + 1};
    become(chained(), Frame::InMapRun{.attempt = fact.attempt, .started_event_id = event_.id, .map_run_arn = fact.map_run_arn});
  }
  void operator()(const MapRunEnded& fact) {
    std::get<Frame::InMapRun>(chained().activity).redrivable = fact.end == StateEnd::Failed && is_redrivable(fact.error);
  }
  void operator()(const MapRunRedriven& fact) {
    Frame& frame = chained();
    auto& run = std::get<Frame::InMapRun>(frame.activity);
    run.started_event_id = event_.id;
    run.redrives = fact.redrive_count;
    run.redrivable = true;
    run.to_redrive = false;
    update_ready(frame);
  }
  void operator()(const MapIterationStarted&) { chained(); }
  void operator()(const MapIterationEnded&) {}

 private:
  Frame& frame() { return execution_.frames.at(event_.frame); }
  Frame& chained() {
    Frame& frame = this->frame();
    frame.last_event_id = event_.id;
    return frame;
  }

  /// Frames and tasks stay as they were: where the execution ended is worth knowing, and step() may still hold references.
  void end(ExecutionStatus status, const WorkflowError& error = {}) {
    execution_.status = status;
    execution_.stopped_at = event_.timestamp;
    execution_.error = error;
    execution_.due.clear();
    execution_.ready.clear();
  }

  /// The frame's state begins its work again, its retries forgotten; a Parallel or Map goes on with the children that did not succeed.
  void revive(Frame& frame) {
    frame.last_event_id = event_.id;
    frame.retries.clear();
    frame.retry_count = 0;
    frame.due = std::nullopt;
    if (auto* run = std::get_if<Frame::InMapRun>(&frame.activity); run && run->redrivable) {
      run->to_redrive = true;
      return update_ready(frame);
    }
    auto* gathering = std::get_if<Frame::Gathering>(&frame.activity);
    const bool unprepared = gathering && frame.state_type == StateType::Map && !gathering->map;
    if (!gathering || unprepared) {
      frame.activity = Frame::Ready{};
      return update_ready(frame);
    }
    for (Frame& child : gathering->given_up) {
      const FrameId id = child.id;
      gathering->running.push_back(id);
      execution_.variables_bytes += child.variables_bytes;
      execution_.frames.insert_or_assign(id, std::move(child));
    }
    gathering->given_up.clear();
    gathering->failed = 0;
    std::sort(gathering->running.begin(), gathering->running.end());
    for (const FrameId id : gathering->running) revive(execution_.frames.at(id));
    update_ready(frame);
  }

  /// Whether the children are to blame: what is wrong with the items' or results' data would fail again, so AWS starts another run for it.
  /// Source: Step Functions Developer Guide, Redriving Map Runs.
  static bool is_redrivable(const WorkflowError& error) {
    return error.error != error_names::DataLimitExceeded && error.error != error_names::Runtime &&
           error.error != error_names::QueryEvaluationError;
  }

  void end_task(TaskAttempt attempt) {
    execution_.tasks.erase(attempt);
    become(chained(), Frame::Ready{});
  }

  void assign(Frame& frame, const Json::Object& assigned) {
    for (const auto& [name, value] : assigned) {
      const Json* const old = frame.variables.find(name);
      const auto change = value.text_bytes() - (old == nullptr ? 0 : old->text_bytes());  // modulo 2^64: may be less
      frame.variables_bytes += change;
      execution_.variables_bytes += change;
      frame.variables = frame.variables.with(name, value);
    }
  }

  template <class Activity>
  void become(Frame& frame, Activity activity) {
    const bool was_ready = std::holds_alternative<Frame::Ready>(frame.activity);
    frame.activity = std::move(activity);
    if (frame.due) set_due(frame, std::nullopt);
    if (was_ready != std::is_same_v<Activity, Frame::Ready>) update_ready(frame);
  }

  void set_due(Frame& frame, std::optional<Timestamp> due) { signalbox::set_due(execution_, frame, due); }

  void update_ready(const Frame& frame) {
    if (can_go_on(frame)) {
      execution_.ready.insert(frame.id);
    } else {
      execution_.ready.erase(frame.id);
    }
  }
  static bool can_go_on(const Frame& frame) {
    if (std::holds_alternative<Frame::Ready>(frame.activity)) return true;
    if (const auto* run = std::get_if<Frame::InMapRun>(&frame.activity)) return run->to_redrive;
    const auto* gathering = std::get_if<Frame::Gathering>(&frame.activity);
    return gathering != nullptr && gathering->map && gathering->started < static_cast<std::int64_t>(gathering->results.size()) &&
           static_cast<std::int64_t>(gathering->running.size()) < gathering->map->max_concurrency;
  }

  static void take_item(Frame& child, const Json& items) {
    const auto index = static_cast<std::size_t>(child.index);
    if (items.is_array()) {
      child.item = items.elements()[index];
    } else {
      child.item = items.members()[index].value;
      child.item_key = items.members()[index].name;
    }
  }

  Execution& execution_;
  const HistoryEvent& event_;
};

}  // namespace

void apply(Execution& execution, const HistoryEvent& event) {
  if (event.id != 0) execution.last_event_id = event.id;
  std::visit(Application(execution, event), event.fact);
}

Execution blank_execution(ExecutionRow row) {
  Execution execution;
  execution.row = row;
  return execution;
}

}  // namespace signalbox
