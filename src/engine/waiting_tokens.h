#pragma once

#include "signalbox/execution.h"

namespace signalbox {

/// Whether its end is somebody's answer by token: `.waitForTaskToken`, or an activity that a worker has taken up.
[[nodiscard]] bool is_waiting_for_callback(const PendingTask& task);

}  // namespace signalbox
