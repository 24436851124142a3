#include "core/timers.h"

#include "signalbox/step.h"

#include <algorithm>

namespace signalbox {

void set_due(Execution& execution, Frame& frame, std::optional<Timestamp> due) {
  if (frame.due == due) return;
  if (frame.due) execution.due.erase({*frame.due, frame.id});
  if (due) execution.due.emplace(*due, frame.id);
  frame.due = due;
}

namespace {

/// Whether anybody can beat for the task: a call that is merely answered has no token, and AWS does not look at its HeartbeatSeconds (recorded).
bool has_token(const TaskScheduled& scheduled) {
  if (scheduled.family != TaskFamily::Task) return scheduled.family == TaskFamily::Activity;
  return scheduled.resource.find('.') != std::string::npos;  // `sendMessage.waitForTaskToken`, `startExecution.sync`
}

}  // namespace

void start_heartbeat(Execution& execution, PendingTask& task, Timestamp now) {
  if (!task.scheduled.heartbeat_seconds || !has_token(task.scheduled)) return;
  task.heartbeat_due = now + std::chrono::seconds(*task.scheduled.heartbeat_seconds);
  set_due(execution, execution.frames.at(task.frame),
          task.timeout_at ? std::min(*task.timeout_at, *task.heartbeat_due) : *task.heartbeat_due);
}

void restart_heartbeats(Execution& execution, Timestamp now) {
  if (!execution.running()) return;
  for (auto& [attempt, task] : execution.tasks) {
    if (task.started) start_heartbeat(execution, task, now);
  }
}

std::optional<Timestamp> next_due(const Execution& execution) {
  if (!execution.running()) return std::nullopt;
  if (execution.due.empty()) return execution.started.timeout_at;
  const auto due = execution.due.begin()->first;
  return execution.started.timeout_at ? std::min(due, *execution.started.timeout_at) : due;
}

}  // namespace signalbox
