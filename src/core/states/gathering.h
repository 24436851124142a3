#pragma once
/// What Parallel and Map have in common: children that are started, end, and are given up.

#include "core/interpreter.h"

namespace signalbox::core {

/// A new child of a gathering frame, its first state not yet entered; null if the execution is over.
[[nodiscard]] Frame* start_child(Interpreter& interpreter, Frame& parent, std::int64_t index);

/// If the frame gathers and all its children have succeeded, its state ends.
void finish_if_all_ended(Interpreter& interpreter, Frame& frame);

/// The Parallel or Map itself has failed: gives up its children, then fails.
void fail_gathering(Interpreter& interpreter, Frame& parent, Failure failure);

/// What the exit of a Parallel or Map that has succeeded points at: past the …StateSucceeded event, as recorded on AWS, and since the end of
/// 2024 past a map run, at its start. Asked before that event is recorded.
[[nodiscard]] std::int64_t exit_of_gathering(const Frame& frame);
/// The children's results in their order; what failed and was tolerated is left out.
[[nodiscard]] Json gathered(const Frame::Gathering& gathering);

}  // namespace signalbox::core
