#include "signalbox/step.h"

#include "base/overload.h"
#include "core/data_flow.h"
#include "core/redrive.h"
#include "core/states/states.h"
#include "signalbox/keys.h"
#include "signalbox/state_test.h"

namespace signalbox {
namespace {

using core::Interpreter;

/// Of a state that is tried by itself: as if states before it had assigned them.
void give_variables(Execution& execution, const Json& variables) {
  Frame& root = execution.frames.at(FrameId{0});
  root.variables = variables;
  for (const auto& member : variables.members()) root.variables_bytes += member.value.text_bytes();
  execution.variables_bytes = root.variables_bytes;
}

void start(Interpreter& interpreter, ExecutionStarted started) {
  Execution& execution = interpreter.execution();
  if (!execution.frames.empty()) return;
  const auto& timeout = interpreter.machine().timeout_seconds;
  if (timeout && !started.timeout_at) started.timeout_at = interpreter.now() + std::chrono::seconds(*timeout);
  Json input = started.input;
  if (!interpreter.record_from_outside(interpreter.now(), std::move(started))) return;
  if (const StateTest* test = interpreter.test()) give_variables(execution, test->variables);
  interpreter.enter(execution.frames.at(FrameId{0}), interpreter.machine().root.start_at, std::move(input));
}

void dispatch(Interpreter& interpreter, Event event) {
  std::visit(Overload{
                 [&](events::StartExecution& start_execution) { start(interpreter, std::move(start_execution.started)); },
                 [](const events::Continue&) {},
                 [](const events::TimerFired&) {},
                 [&](const events::TaskTaken& taken) { task_taken(interpreter, taken); },
                 [&](const events::TaskAnswered& answered) { task_answered(interpreter, answered); },
                 [&](const events::TaskRefused& refused) { task_refused(interpreter, refused); },
                 [&](const events::CallbackSucceeded& succeeded) { callback_succeeded(interpreter, succeeded); },
                 [&](const events::CallbackFailed& failed) { callback_failed(interpreter, failed); },
                 [&](const events::Heartbeat& beat) { heartbeat(interpreter, beat); },
                 [&](const events::Redrive& event_of_redrive) { redrive(interpreter, event_of_redrive); },
                 [&](const events::MapRunEnded& ended) { map_run_ended(interpreter, ended); },
                 [&](const events::Stop& stop) { interpreter.record_from_outside(interpreter.now(), ExecutionAborted{stop.error}); },
             },
             event);
}

Step step_observed(const StateMachine& machine, Execution& execution, Event event, Timestamp now, const Surroundings& surroundings,
                   StateTest* test) {
  Step out;
  if (execution.running() == std::holds_alternative<events::Redrive>(event)) return out;
  Interpreter interpreter(machine, execution, now, out, surroundings, test);
  // What was due before the event came has happened before it: an answer that comes after its deadline is late, even
  // if the timer has not fired yet.
  interpreter.fire_timers();
  dispatch(interpreter, std::move(event));
  interpreter.run();
  interpreter.finish();
  return out;
}

}  // namespace

Step step(const StateMachine& machine, Execution& execution, Event event, Timestamp now, const Surroundings& surroundings) {
  return step_observed(machine, execution, std::move(event), now, surroundings, nullptr);
}

Step step(const StateMachine& machine, Execution& execution, Event event, Timestamp now, StateTest& test) {
  return step_observed(machine, execution, std::move(event), now, {}, &test);
}

Evaluated<Json> map_run_item(const StateMachine& machine, Execution& execution, TaskAttempt run, const BroughtItem& item, Timestamp now) {
  Step unused;
  const Surroundings none;
  Interpreter interpreter(machine, execution, now, unused, none);
  return core::map_run_input(interpreter, run, {.index = item.index, .value = item.value, .key = item.key, .source = item.source});
}

std::vector<Command> pending_commands(const StateMachine& machine, const Execution& execution) {
  std::vector<Command> commands;
  if (!execution.running()) return commands;
  for (const auto& [attempt, task] : execution.tasks) {
    // An activity's task lies in its queue in the data file from the transaction that scheduled it.
    if (task.submitted || task.scheduled.family == TaskFamily::Activity) continue;
    const State& state = machine.state(machine.by_name.at(execution.frames.at(task.frame).state));
    commands.push_back(core::invoke_command(state, task, make_task_token(execution.started.key, execution.row, task.attempt)));
  }
  if (!execution.ready.empty()) commands.push_back(commands::Continue{});
  return commands;
}

}  // namespace signalbox
