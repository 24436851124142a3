#pragma once
/// The state types. One file each; begin_TYPE does what a state does once it has been entered, and again when it is retried.
/// docs/adding-a-state-type.md is the checklist for another one.

#include "core/interpreter.h"

namespace signalbox::core {

struct MapItem;

/// Spec: Pass State. Reads the data-flow fields and Result. Raises States.Runtime, States.IntrinsicFailure, States.DataLimitExceeded.
void begin_pass(Interpreter& interpreter, Frame& frame, const State& state, const PassState& pass);

/// Spec: Choice State. Raises States.Runtime: a variable that is not there, or no rule that holds and no Default.
void begin_choice(Interpreter& interpreter, Frame& frame, const State& state, const ChoiceState& choice);

/// Spec: Wait State. A moment that is not in the future does not wait at all. Raises States.Runtime.
void begin_wait(Interpreter& interpreter, Frame& frame, const State& state, const WaitState& wait);
void end_wait(Interpreter& interpreter, Frame& frame);

/// Spec: Succeed State. In a branch or iteration it ends only that.
void begin_succeed(Interpreter& interpreter, Frame& frame, const State& state, const SucceedState& succeed);

/// Spec: Fail State. Raises its own Error.
void begin_fail(Interpreter& interpreter, Frame& frame, const FailState& fail);

/// Spec: Task State. Emits InvokeTask, and CancelTask if given up. Raises what the resource raises, States.Timeout, States.DataLimitExceeded,
/// and what evaluating its fields raises.
void begin_task(Interpreter& interpreter, Frame& frame, const State& state, const TaskState& task);
/// What the outside says about an attempt; nothing happens if the attempt has ended or is not in need of it.
void task_taken(Interpreter& interpreter, const events::TaskTaken& event);
void task_answered(Interpreter& interpreter, const events::TaskAnswered& event);
void task_refused(Interpreter& interpreter, const events::TaskRefused& event);
void callback_succeeded(Interpreter& interpreter, const events::CallbackSucceeded& event);
void callback_failed(Interpreter& interpreter, const events::CallbackFailed& event);
void heartbeat(Interpreter& interpreter, const events::Heartbeat& event);
/// TimeoutSeconds or HeartbeatSeconds has passed.
void time_out_task(Interpreter& interpreter, Frame& frame, TaskAttempt attempt);
/// Emits CancelTask.
void cancel_task(Interpreter& interpreter, const PendingTask& task);
/// The command by which a scheduled task is (again) carried out.
[[nodiscard]] commands::InvokeTask invoke_command(const State& state, const PendingTask& task, TaskToken token);

/// Spec: Parallel State. Starts all branches; the first failure aborts the others. Raises what a branch raises.
void begin_parallel(Interpreter& interpreter, Frame& frame, const State& state, const ParallelState& parallel);
void finish_parallel(Interpreter& interpreter, Frame& frame, const State& state, const ParallelState& parallel);

/// Spec: Map State, inline. Raises what an iteration raises, States.ExceedToleratedFailureThreshold, States.Runtime.
void begin_map(Interpreter& interpreter, Frame& frame, const State& state, const MapState& map);
/// Precondition: the Map may start another iteration (Execution::ready).
void start_iteration(Interpreter& interpreter, Frame& frame);
void finish_map(Interpreter& interpreter, Frame& frame, const State& state, const MapState& map);
/// An iteration failed and is already ended: whether the Map fails with it, and by which error.
[[nodiscard]] std::optional<Failure> failure_of_map(const Frame& frame, const MapState& map, const Failure& iteration);

/// Spec: Map State, distributed. Emits StartMapRun, and StopMapRun if given up. Raises States.ItemReaderFailed, States.ResultWriterFailed,
/// States.ExceedToleratedFailureThreshold, States.DataLimitExceeded, States.Runtime.
void begin_distributed_map(Interpreter& interpreter, Frame& frame, const State& state, const MapState& map);
void map_run_ended(Interpreter& interpreter, const events::MapRunEnded& event);
/// The frame's map run goes on with its unsuccessful children. Emits RedriveMapRun. Raises States.Runtime after a thousand redrives of the run.
void redrive_map_run(Interpreter& interpreter, Frame& frame);
/// Emits StopMapRun if the frame waits for a map run.
void stop_map_run(Interpreter& interpreter, const Frame& frame);
/// The input of one of its child executions.
[[nodiscard]] Evaluated<Json> map_run_input(Interpreter& interpreter, TaskAttempt run, const MapItem& item);

/// Children of a Parallel or Map; the child's frame is gone afterwards.
void child_succeeded(Interpreter& interpreter, Frame& child);
void child_failed(Interpreter& interpreter, Frame& child, const Failure& failure);

}  // namespace signalbox::core
