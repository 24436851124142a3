#pragma once
/// One step under way: decides facts and applies each at once, so the execution is always the fold of what is recorded.
/// The state types (states/) do their work through it.

#include "core/failure.h"
#include "signalbox/state_test.h"

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace signalbox::core {

class Interpreter {
 public:
  /// `test` is there if a state is tried by itself.
  Interpreter(const StateMachine& machine, Execution& execution, Timestamp now, Step& out, const Surroundings& surroundings,
              StateTest* test = nullptr)
      : machine_(machine), execution_(execution), now_(now), out_(out), surroundings_(surroundings), test_(test) {}

  [[nodiscard]] const StateMachine& machine() const { return machine_; }
  [[nodiscard]] Execution& execution() { return execution_; }
  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] const Surroundings& surroundings() const { return surroundings_; }
  [[nodiscard]] StateTest* test() const { return test_; }
  /// What the state's branches or iterations are said to have given; null: they are run.
  [[nodiscard]] const MockedChildren* mocked_children() const { return test_ != nullptr && test_->children ? &*test_->children : nullptr; }
  /// Shows a value between two fields of the state that is tried; costs nothing otherwise.
  template <class T, class Value>
  void show(T StateInspection::*what, const Value& value) const {
    if (test_ != nullptr) test_->inspection.*what = value;
  }
  /// False as soon as the execution has ended; then record() and all that builds on it do nothing, and frames stay where they are.
  [[nodiscard]] bool running() const { return execution_.running(); }
  [[nodiscard]] bool at_bound() const { return transitions_ >= transitions_per_step_max; }

  [[nodiscard]] const State& state_of(const Frame& frame);
  [[nodiscard]] Frame& parent_of(const Frame& frame) { return execution_.frames.at(frame.parent); }

  /// Records a fact of the frame that points at the frame's last event. False if the execution ends or has ended instead,
  /// because the history is full; the caller then stops.
  template <class Fact>
  bool record(const Frame& frame, Fact fact) {
    return record_after(frame.last_event_id, frame.id, now_, std::move(fact));
  }
  /// Records the end of the execution by something outside of its states: previousEventId is 0, as recorded on AWS.
  template <class Fact>
  bool record_from_outside(Timestamp at, Fact fact) {
    return record_after(0, FrameId{}, at, std::move(fact));
  }

  /// Records that a closed execution goes on.
  void record_redriven(ExecutionRedriven fact) { record_after(execution_.last_event_id, FrameId{}, now_, std::move(fact)); }

  void command(Command command) { out_.commands.push_back(std::move(command)); }

  /// Enters a state; its work begins when its turn comes.
  void enter(Frame& frame, StateIndex state, Json input);
  /// Exits the frame's state and enters the next, or ends the frame. `assigned` is what its Assign gave.
  void leave(Frame& frame, const State& state, Json output, Transition next, std::optional<Json> assigned = std::nullopt);
  /// The same for an exit that points at another event than the frame's last one.
  void leave_after(std::int64_t previous_id, Frame& frame, const State& state, Json output, Transition next, std::optional<Json> assigned);
  /// The frame's state has failed: retries it, goes to a catcher, or ends the frame and tells the parent.
  void fail(Frame& frame, Failure failure);

  /// A failed JSONata evaluation has an event of its own, before anything else comes of it; other failures have none. False if the
  /// execution is over.
  bool record_evaluation(const Frame& frame, const Failure& failure);
  /// What a catcher itself raises is caught by none. `previous_id`: what the event of a failed evaluation points at.
  void fail_in_catch(Frame& frame, std::int64_t previous_id, const Failure& failure);
  /// The frame's state has failed for good: ends the frame and tells the parent, or ends the execution.
  void end_failed(Frame& frame, const Failure& failure);

  /// Begins the work of the frame's state, also again for a retry.
  void begin(Frame& frame);
  /// Lets everything that can go on go on, up to the bound.
  void run();
  /// Lets happen what is overdue, in its order.
  void fire_timers();
  /// Completes the commands once nothing more happens.
  void finish();

  /// The context object's `Execution` and `StateMachine`, which do not change.
  [[nodiscard]] const Json& constant_context();

 private:
  template <class Fact>
  static constexpr bool ends_execution = std::is_same_v<Fact, ExecutionSucceeded> || std::is_same_v<Fact, ExecutionFailed> ||
                                         std::is_same_v<Fact, ExecutionTimedOut> || std::is_same_v<Fact, ExecutionAborted>;

  template <class Fact>
  bool record_after(std::int64_t previous_id, FrameId frame, Timestamp at, Fact fact);
  void end(Frame& frame, Json output);
  void fire(Frame& frame);
  /// What was asked for and given up in the same step is not asked for at all.
  void drop_what_was_given_up();

  const StateMachine& machine_;
  Execution& execution_;
  const Timestamp now_;
  Step& out_;
  const Surroundings& surroundings_;
  StateTest* test_;  ///< until the state that is tried has been left
  int transitions_ = 0;
  /// The state entered last: saves looking it up by name when its turn comes, which is mostly at once.
  std::optional<FrameId> entered_frame_;
  const State* entered_state_ = nullptr;
  std::optional<Json> constant_context_;
};

template <class Fact>
bool Interpreter::record_after(std::int64_t previous_id, FrameId frame, Timestamp at, Fact fact) {
  constexpr bool internal = is_internal_type(fact_type<Fact>());
  if (running() == std::is_same_v<Fact, ExecutionRedriven>) return false;
  if constexpr (!internal && !ends_execution<Fact>) {
    if (execution_.last_event_id + 1 >= history_events_max) {
      record_after(previous_id, frame, at, ExecutionFailed{history_full()});
      return false;
    }
  }
  if (out_.history.empty()) out_.history.reserve(4);  // a step that records one fact mostly records some more
  HistoryEvent& event = out_.history.emplace_back();
  event.timestamp = at;
  event.frame = frame;
  if constexpr (!internal) {
    event.id = execution_.last_event_id + 1;
    event.previous_id = previous_id;
  }
  event.fact.template emplace<Fact>(std::move(fact));
  apply(execution_, event);
  return running();
}

}  // namespace signalbox::core
