#include "core/interpreter.h"

#include "base/overload.h"
#include "core/catch.h"
#include "core/context_object.h"
#include "core/retry.h"
#include "core/states/states.h"

#include <set>
#include <variant>

namespace signalbox::core {
namespace {

StateType type_of(const State& state) { return static_cast<StateType>(state.type.index()); }

// StateType is stored; the order of State::type's alternatives is not, but type_of() relies on it.
static_assert(std::is_same_v<std::variant_alternative_t<static_cast<std::size_t>(StateType::Map), decltype(State::type)>, MapState>);
static_assert(std::is_same_v<std::variant_alternative_t<static_cast<std::size_t>(StateType::Choice), decltype(State::type)>, ChoiceState>);

}  // namespace

const State& Interpreter::state_of(const Frame& frame) {
  if (entered_frame_ == frame.id) return *entered_state_;
  return machine_.state(machine_.by_name.at(frame.state));
}

void Interpreter::enter(Frame& frame, StateIndex index, Json input) {
  const State& state = machine_.state(index);
  ++transitions_;
  entered_frame_ = frame.id;
  entered_state_ = &state;
  record(frame, StateEntered{.type = type_of(state), .name = state.name, .input = std::move(input)});
}

void Interpreter::leave(Frame& frame, const State& state, Json output, Transition next, std::optional<Json> assigned) {
  leave_after(frame.last_event_id, frame, state, std::move(output), next, std::move(assigned));
}

void Interpreter::leave_after(std::int64_t previous_id, Frame& frame, const State& state, Json output, Transition next,
                              std::optional<Json> assigned) {
  test_ = nullptr;
  if (!record_after(previous_id, frame.id, now_,
                    StateExited{.type = type_of(state), .name = state.name, .output = output, .assigned_variables = std::move(assigned)}))
    return;
  if (next) {
    enter(frame, *next, std::move(output));
  } else {
    end(frame, std::move(output));
  }
}

void Interpreter::begin(Frame& frame) {
  const State& state = state_of(frame);
  std::visit(Overload{
                 [&](const PassState& pass) { begin_pass(*this, frame, state, pass); },
                 [&](const TaskState& task) { begin_task(*this, frame, state, task); },
                 [&](const ChoiceState& choice) { begin_choice(*this, frame, state, choice); },
                 [&](const WaitState& wait) { begin_wait(*this, frame, state, wait); },
                 [&](const SucceedState& succeed) { begin_succeed(*this, frame, state, succeed); },
                 [&](const FailState& fail_state) { begin_fail(*this, frame, fail_state); },
                 [&](const ParallelState& parallel) { begin_parallel(*this, frame, state, parallel); },
                 [&](const MapState& map) { begin_map(*this, frame, state, map); },
             },
             state.type);
}

void Interpreter::run() {
  while (running() && !execution_.ready.empty()) {
    if (at_bound()) return command(commands::Continue{});
    Frame& frame = execution_.frames.at(*execution_.ready.begin());
    if (std::holds_alternative<Frame::Gathering>(frame.activity)) {
      ++transitions_;
      start_iteration(*this, frame);
    } else if (std::holds_alternative<Frame::InMapRun>(frame.activity)) {
      redrive_map_run(*this, frame);
    } else {
      begin(frame);
    }
  }
}

void Interpreter::end(Frame& frame, Json output) {
  if (frame.id == frame.parent) {
    record(frame, ExecutionSucceeded{.output = std::move(output)});
  } else {
    child_succeeded(*this, frame);
  }
}

bool Interpreter::record_evaluation(const Frame& frame, const Failure& failure) {
  if (!failure.evaluation) return true;
  // As recorded on AWS, the event points past the one that entered the state, if nothing else has happened in it; that of a Wait does not.
  const bool just_entered = frame.last_event_id == frame.entered_event_id && frame.state_type != StateType::Wait;
  return record_after(just_entered ? frame.entered_after_event_id : frame.last_event_id, frame.id, now_,
                      EvaluationFailed{.error = failure.error, .location = failure.location, .state = frame.state});
}

void Interpreter::fail(Frame& frame, Failure failure) {
  const State& state = state_of(frame);
  failure.error = shortened(std::move(failure.error));
  show(&StateInspection::failure, failure.error);
  if (!record_evaluation(frame, failure)) return;
  if (const auto retry = find_retry(*this, frame, state, failure)) {
    record(frame, RetryScheduled{.retrier = retry->retrier, .due = now_ + retry->delay});
    return;
  }
  // A Parallel or Map that fails by itself with States.Runtime has no event of its own, as recorded on AWS; one whose JSONata fails has,
  // even before it was started.
  const bool gathering =
      std::holds_alternative<Frame::Gathering>(frame.activity) || std::holds_alternative<Frame::InMapRun>(frame.activity);
  const bool gathers = frame.state_type == StateType::Parallel || frame.state_type == StateType::Map;
  const auto before_end = frame.last_event_id;
  if ((gathering && (failure.from_child || failure.error.error != error_names::Runtime)) || (gathers && failure.evaluation)) {
    if (!record(frame, StateEnded{.type = type_of(state), .end = StateEnd::Failed, .error = failure.error})) return;
  }
  if (const auto* catcher = find_catcher(state, failure)) {
    const auto fault = catch_failure(*this, frame, state, *catcher, failure);
    if (fault) fail_in_catch(frame, gathers ? before_end : frame.last_event_id, *fault);
    return;
  }
  end_failed(frame, failure);
}

void Interpreter::fail_in_catch(Frame& frame, std::int64_t previous_id, const Failure& failure) {
  // A Parallel or Map fails a second time, and the evaluation's event stands where its first failure does, as measured on AWS.
  const bool gathers = frame.state_type == StateType::Parallel || frame.state_type == StateType::Map;
  const EvaluationFailed fact{.error = failure.error, .location = failure.location, .state = frame.state};
  if (failure.evaluation && !record_after(previous_id, frame.id, now_, fact)) return;
  if (failure.evaluation && gathers &&
      !record(frame, StateEnded{.type = frame.state_type, .end = StateEnd::Failed, .error = failure.error}))
    return;
  end_failed(frame, failure);
}

void Interpreter::end_failed(Frame& frame, const Failure& failure) {
  // States.Runtime ends the execution wherever it comes from: as measured on AWS, nothing is recorded of the branches and iterations around it.
  if (frame.id == frame.parent || failure.error.error == error_names::Runtime) {
    record(frame, ExecutionFailed{.error = failure.error});
  } else {
    child_failed(*this, frame, failure);
  }
}

void Interpreter::fire_timers() {
  const auto& timeout_at = execution_.started.timeout_at;
  if (running() && timeout_at && *timeout_at <= now_) record_from_outside(*timeout_at, ExecutionTimedOut{.error = timed_out()});
  while (running() && !at_bound() && !execution_.due.empty() && execution_.due.begin()->first <= now_) {
    fire(execution_.frames.at(execution_.due.begin()->second));
  }
}

void Interpreter::fire(Frame& frame) {
  std::visit(Overload{
                 [&](const Frame::InTask& in_task) { time_out_task(*this, frame, in_task.attempt); },
                 [&](const Frame::InWait&) { end_wait(*this, frame); },
                 [&](const Frame::InRetry&) {
                   ++transitions_;
                   begin(frame);
                 },
                 [](const Frame::Ready&) { SIGNALBOX_ASSERT(!"a ready frame waits for no moment"); },
                 [](const Frame::InMapRun&) { SIGNALBOX_ASSERT(!"a frame in a map run waits for no moment"); },
                 [](const Frame::Gathering&) { SIGNALBOX_ASSERT(!"a gathering frame waits for no moment"); },
             },
             frame.activity);
}

void Interpreter::finish() {
  const bool overdue = !execution_.due.empty() && execution_.due.begin()->first <= now_;
  if (running() && overdue && execution_.ready.empty()) command(commands::Continue{});
  if (!running() && !out_.history.empty()) {
    for (const auto& [attempt, task] : execution_.tasks) cancel_task(*this, task);
    for (const auto& [id, frame] : execution_.frames) stop_map_run(*this, frame);
    command(commands::Close{});
  }
  drop_what_was_given_up();
}

void Interpreter::drop_what_was_given_up() {
  std::set<TaskAttempt> dropped;
  std::erase_if(out_.commands, [&](const Command& command) {
    const auto* invoke = std::get_if<commands::InvokeTask>(&command);
    if (invoke == nullptr || (running() && execution_.tasks.contains(invoke->attempt))) return false;
    dropped.insert(invoke->attempt);
    return true;
  });
  std::erase_if(out_.commands, [&](const Command& command) {
    const auto* cancel = std::get_if<commands::CancelTask>(&command);
    return cancel != nullptr && dropped.contains(cancel->attempt);
  });
}

const Json& Interpreter::constant_context() {
  if (!constant_context_) constant_context_ = make_constant_context(execution_);
  return *constant_context_;
}

}  // namespace signalbox::core
