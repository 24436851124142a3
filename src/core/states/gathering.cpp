#include "core/states/gathering.h"

#include "core/states/states.h"

namespace signalbox::core {
namespace {

/// Kinds of state whose being given up AWS records (`TaskStateAborted`).
bool has_aborted_event(StateType type) {
  return type == StateType::Task || type == StateType::Wait || type == StateType::Parallel || type == StateType::Map;
}

bool is_iteration(Interpreter& interpreter, const Frame& child) { return interpreter.parent_of(child).state_type == StateType::Map; }

/// Ends the child's frame, which is gone afterwards.
void end_child(Interpreter& interpreter, Frame& child, StateEnd end) {
  if (is_iteration(interpreter, child)) {
    interpreter.record(child, MapIterationEnded{.end = end, .name = interpreter.parent_of(child).state, .index = child.index});
  }
  interpreter.record(child, FrameEnded{.end = end});
}

void abort_children(Interpreter& interpreter, Frame& parent);

void abort_child(Interpreter& interpreter, Frame& child) {
  Execution& execution = interpreter.execution();
  if (std::holds_alternative<Frame::Gathering>(child.activity)) abort_children(interpreter, child);
  if (const auto* in_task = std::get_if<Frame::InTask>(&child.activity)) cancel_task(interpreter, execution.tasks.at(in_task->attempt));
  if (std::holds_alternative<Frame::InMapRun>(child.activity)) {
    stop_map_run(interpreter, child);
    interpreter.record(child, MapRunEnded{.end = StateEnd::Aborted, .error = {}});
  }
  if (has_aborted_event(child.state_type))
    interpreter.record(child, StateEnded{.type = child.state_type, .end = StateEnd::Aborted, .error = {}});
  end_child(interpreter, child, StateEnd::Aborted);
}

void abort_children(Interpreter& interpreter, Frame& parent) {
  const auto running = std::get<Frame::Gathering>(parent.activity).running;
  for (const FrameId id : running) {
    if (!interpreter.running()) return;
    abort_child(interpreter, interpreter.execution().frames.at(id));
  }
}

void finish(Interpreter& interpreter, Frame& parent) {
  const State& state = interpreter.state_of(parent);
  if (const auto* parallel = std::get_if<ParallelState>(&state.type)) return finish_parallel(interpreter, parent, state, *parallel);
  finish_map(interpreter, parent, state, std::get<MapState>(state.type));
}

bool all_have_ended(const Frame::Gathering& gathering) {
  return gathering.running.empty() && gathering.started == static_cast<std::int64_t>(gathering.results.size());
}

}  // namespace

Frame* start_child(Interpreter& interpreter, Frame& parent, std::int64_t index) {
  const FrameId id = interpreter.execution().next_frame;
  if (!interpreter.record(parent, FrameStarted{.child = id, .index = index})) return nullptr;
  return &interpreter.execution().frames.at(id);
}

void finish_if_all_ended(Interpreter& interpreter, Frame& frame) {
  const auto* gathering = std::get_if<Frame::Gathering>(&frame.activity);
  if (interpreter.running() && gathering && all_have_ended(*gathering)) finish(interpreter, frame);
}

std::int64_t exit_of_gathering(const Frame& frame) {
  const auto* run = std::get_if<Frame::InMapRun>(&frame.activity);
  return run != nullptr ? run->started_event_id : frame.last_event_id;
}

Json gathered(const Frame::Gathering& gathering) {
  Json::Array results;
  results.reserve(gathering.results.size());
  for (const auto& result : gathering.results) {
    if (result) results.push_back(*result);
  }
  return Json(std::move(results));
}

void child_succeeded(Interpreter& interpreter, Frame& child) {
  Frame& parent = interpreter.parent_of(child);
  end_child(interpreter, child, StateEnd::Succeeded);
  if (interpreter.running() && all_have_ended(std::get<Frame::Gathering>(parent.activity))) finish(interpreter, parent);
}

void child_failed(Interpreter& interpreter, Frame& child, const Failure& failure) {
  Frame& parent = interpreter.parent_of(child);
  // As recorded on AWS, the task whose failure ends its branch is aborted too; a Fail state, a Parallel or a Map is not.
  if (child.state_type == StateType::Task)
    interpreter.record(child, StateEnded{.type = StateType::Task, .end = StateEnd::Aborted, .error = {}});
  end_child(interpreter, child, StateEnd::Failed);
  if (!interpreter.running()) return;

  Failure parents{.error = failure.error, .heartbeat = failure.heartbeat, .from_child = true};
  const State& state = interpreter.state_of(parent);
  if (const auto* map = std::get_if<MapState>(&state.type)) {
    auto of_map = failure_of_map(parent, *map, parents);
    if (!of_map) {
      if (all_have_ended(std::get<Frame::Gathering>(parent.activity))) finish(interpreter, parent);
      return;
    }
    parents = std::move(*of_map);
  }
  fail_gathering(interpreter, parent, std::move(parents));
}

void fail_gathering(Interpreter& interpreter, Frame& parent, Failure failure) {
  abort_children(interpreter, parent);
  if (interpreter.running()) interpreter.fail(parent, std::move(failure));
}

}  // namespace signalbox::core
