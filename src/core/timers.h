#pragma once
/// The moments at which an execution wants to be looked at, kept ordered so that the next one costs nothing to find.

#include "signalbox/execution.h"

#include <optional>

namespace signalbox {

/// Moves the frame's entry in Execution::due; nothing removes it.
void set_due(Execution& execution, Frame& frame, std::optional<Timestamp> due);

/// Runs the task's heartbeat clock from `now` on, if it has one. Spec: Task State, HeartbeatSeconds.
void start_heartbeat(Execution& execution, PendingTask& task, Timestamp now);

}  // namespace signalbox
