#pragma once
/// Which tasks wait for somebody's answer.

#include "signalbox/execution.h"

namespace signalbox::rest {

/// A callback task whose token is out, or an activity's: SendTaskSuccess would complete it.
[[nodiscard]] inline bool waits_for_callback(const PendingTask& task) {
  return task.scheduled.family == TaskFamily::Activity || task.scheduled.resource.ends_with(".waitForTaskToken");
}

}  // namespace signalbox::rest
