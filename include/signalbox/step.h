#pragma once
/// The interpreter: a pure function. Everything else exists to feed it and to carry out what it asks.

#include "signalbox/command.h"
#include "signalbox/event.h"
#include "signalbox/execution.h"
#include "signalbox/history.h"
#include "signalbox/state_machine.h"
#include "signalbox/workflow_error.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox {

/// The execution after an event, what happened, and what must now be done about it.
struct Step {
  std::vector<HistoryEvent> history;  ///< facts, in order; already applied to the execution
  std::vector<Command> commands;      ///< requests to the outside, to be carried out as engine.h says
};

/// What a step must know of the outside, which no event has told the execution.
struct Surroundings {
  std::vector<std::string> missing_activities;  ///< ARNs; their tasks fail before they are scheduled
};

/// Pure: equal arguments give an equal Step and an equal execution. No I/O, clock, randomness, threads, globals or logging
/// inside. The execution is taken by reference and moved through (a Map of 5,000 iterations must not be copied for
/// every event); on return it is the fold of its old history and `history`.
///
/// An event that does not fit the current state (a late answer, a leftover timer) changes nothing and gives an empty Step.
/// At most `transitions_per_step_max` state transitions are made at a time; then a Continue command asks for more.
[[nodiscard]] Step step(const StateMachine& machine, Execution& execution, Event event, Timestamp now,
                        const Surroundings& surroundings = {});

/// The only place where an execution changes. Needs no StateMachine: facts are complete.
void apply(Execution& execution, const HistoryEvent& event);

/// A new execution's state before its first fact; step() it with StartExecution.
[[nodiscard]] Execution blank_execution(ExecutionRow row);

/// The moment at which step() wants a TimerFired event if nothing else happens before; nothing if it waits for answers only.
[[nodiscard]] std::optional<Timestamp> next_due(const Execution& execution);

/// Heartbeats leave no history, so after a fold their clocks stand where the tasks started. Whoever loads a cold execution
/// starts them anew, so that nobody who did beat is timed out.
void restart_heartbeats(Execution& execution, Timestamp now);

/// What the outside still owes, derived from the state alone, so that a restart can carry it out again: the calls of all
/// tasks that have not ended, save those that wait for a callback (submitted, or an activity: its task lies in its queue). A started
/// call is owed too, since whoever worked on it may be gone. Includes Continue if a frame can go on.
[[nodiscard]] std::vector<Command> pending_commands(const StateMachine& machine, const Execution& execution);

/// An item of a map run as it was brought.
struct BroughtItem {
  std::int64_t index = 0;
  const Json& value;
  const std::optional<std::string>& key;  ///< if the items are an object's members
  const std::string& source;              ///< `STATE_DATA`, or the URI of what it was read from: `S3://bucket/key`
};

/// The input that ItemSelector makes of one item of a map run, or the item itself; of an object's member the pair. Reads the frame that waits for the
/// run. Errors: what the template raises, the cause complete.
[[nodiscard]] Evaluated<Json> map_run_item(const StateMachine& machine, Execution& execution, TaskAttempt run, const BroughtItem& item,
                                           Timestamp now);

/// The context object (`$$`) as the frame's current state sees it. Spec: The Context Object.
[[nodiscard]] Json context_object(const Execution& execution, const Frame& frame);

/// Bounds one step so that a loop of Pass states cannot hang the daemon.
inline constexpr int transitions_per_step_max = 1'000;

}  // namespace signalbox
