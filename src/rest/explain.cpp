#include "rest/explain.h"

#include <fmt/format.h>

#include "base/overload.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

/// `in 4 min 10 s`, `12 s ago`.
std::string distance(Timestamp moment, Timestamp now) {
  using namespace std::chrono;
  const bool past = moment < now;
  auto left = past ? now - moment : moment - now;
  std::string text;
  const auto take = [&](auto unit, const char* name) {
    const auto count = duration_cast<decltype(unit)>(left);
    if (count.count() == 0) return;
    left -= count;
    text += fmt::format("{}{} {}", text.empty() ? "" : " ", count.count(), name);
  };
  take(days{}, "d");
  take(hours{}, "h");
  take(minutes{}, "min");
  take(seconds{}, "s");
  if (text.empty()) text = fmt::format("{} ms", left.count());
  return past ? text + " ago" : "in " + text;
}

std::string at(Timestamp moment, Timestamp now) { return fmt::format("at {} ({})", format_rfc3339(moment), distance(moment, now)); }

std::string explain_task(const PendingTask& task, const std::string& state, Timestamp now) {
  std::string text;
  const bool callback = task.submitted || task.scheduled.family == TaskFamily::Activity;
  if (task.scheduled.family == TaskFamily::Activity) {
    text = task.started ? fmt::format("State '{}' waits for the activity worker that took its task", state)
                        : fmt::format("State '{}' waits for a worker to take its task of activity {}", state, task.scheduled.resource);
  } else if (callback) {
    text = fmt::format("State '{}' waits for somebody to give back its task token ({} {} was sent)", state, task.scheduled.resource_type,
                       task.scheduled.resource);
  } else {
    text = fmt::format("State '{}' waits for the answer of {}{}{}", state, task.scheduled.resource_type,
                       task.scheduled.resource_type.empty() ? "" : ":", task.scheduled.resource);
  }
  if (task.heartbeat_due) text += fmt::format("; it must send a heartbeat or fails {}", at(*task.heartbeat_due, now));
  if (task.timeout_at) return text + fmt::format("; it times out {}", at(*task.timeout_at, now));
  return callback ? text + "; it has no time-out of its own" : text;
}

std::string explain_frame(const Execution& execution, const Frame& frame, Timestamp now) {
  return std::visit(
      Overload{
          [&](const Frame::Ready&) { return fmt::format("State '{}' is about to run", frame.state); },
          [&](const Frame::InTask& in) {
            const auto task = execution.tasks.find(in.attempt);
            return task == execution.tasks.end() ? fmt::format("State '{}' is about to run its task", frame.state)
                                                 : explain_task(task->second, frame.state, now);
          },
          [&](const Frame::InWait& in) { return fmt::format("State '{}' waits and goes on {}", frame.state, at(in.due, now)); },
          [&](const Frame::InRetry& in) { return fmt::format("State '{}' failed and is tried again {}", frame.state, at(in.due, now)); },
          [&](const Frame::InMapRun&) { return fmt::format("State '{}' waits for its map run's child executions", frame.state); },
          [&](const Frame::Gathering& in) {
            return fmt::format("State '{}' waits for {} of its {} branches or items", frame.state, in.running.size(), in.results.size());
          }},
      frame.activity);
}

}  // namespace

std::string explain(const ExecutionRecord& record, const Execution* execution, Timestamp now) {
  if (record.status != ExecutionStatus::Running) {
    return fmt::format("The execution ended as {} {}; nothing more will happen.", to_string(record.status),
                       record.stopped_at ? at(*record.stopped_at, now) : std::string("before now"));
  }
  if (record.set_aside) {
    return "The execution was set aside because its last step met a bug in the engine; the others go on. Resume it by hand once the cause "
           "is gone.";
  }
  if (record.express)
    return "The execution is an express one, and running: what it does stands in its machine's log group alone, if it has one.";
  if (!execution) return "The execution is running.";
  constexpr std::size_t shown_max = 5;
  std::string text;
  std::size_t leaves = 0;
  for (const auto& [id, frame] : execution->frames) {
    const bool inner =
        std::holds_alternative<Frame::Gathering>(frame.activity) && !std::get<Frame::Gathering>(frame.activity).running.empty();
    if (inner) continue;
    if (++leaves > shown_max) continue;
    text += explain_frame(*execution, frame, now) + ". ";
  }
  if (leaves > shown_max) text += fmt::format("And {} more. ", leaves - shown_max);
  if (execution->started.timeout_at) text += fmt::format("The whole execution times out {}. ", at(*execution->started.timeout_at, now));
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace signalbox::rest
