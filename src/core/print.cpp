#include "core/print.h"

#include "base/overload.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <array>

namespace signalbox {
namespace {

constexpr std::size_t payload_shown_max = 400;

/// `name=value` pairs after one another; empty and absent values are left out.
class Line {
 public:
  explicit Line(std::string text) : text_(std::move(text)) {}

  Line& add(std::string_view name, const std::string& value) { return value.empty() ? *this : put(name, value); }
  Line& add(std::string_view name, const std::optional<std::string>& value) { return value ? put(name, *value) : *this; }
  Line& add(std::string_view name, const Json& value) {
    const std::string text = value.text();
    return put(name, text.size() <= payload_shown_max ? text : fmt::format("{}…({} bytes)", text.substr(0, 40), text.size()));
  }
  Line& add(std::string_view name, std::int64_t value) { return put(name, std::to_string(value)); }
  Line& add(std::string_view name, double value) { return put(name, fmt::format("{}", value)); }
  Line& add(std::string_view name, Timestamp value) { return put(name, format_rfc3339(value)); }
  Line& add(std::string_view name, bool value) { return value ? put(name, "yes") : *this; }
  template <class Tag>
  Line& add(std::string_view name, Number<Tag> value) {
    return add(name, value.value);
  }
  template <class T>
  Line& add(std::string_view name, const std::optional<T>& value) {
    return value ? add(name, *value) : *this;
  }
  Line& add(const WorkflowError& error) { return add("error", error.error).add("cause", error.cause); }
  Line& add(const std::optional<WorkflowError>& error) { return error ? add(*error) : *this; }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  Line& put(std::string_view name, std::string_view value) {
    text_.append(" ").append(name).append("=").append(value);
    return *this;
  }
  std::string text_;
};

std::string internal_name(const HistoryEvent& event) {
  constexpr std::array<std::string_view, 6> names{"FrameStarted",   "FrameEnded",  "WaitStarted",
                                                  "RetryScheduled", "MapPrepared", "SubmissionAwaited"};
  return std::string(names.at(event.fact.index() - fact_type<FrameStarted>()));
}

std::string_view to_string(StateEnd end) {
  constexpr std::array<std::string_view, 3> names{"Succeeded", "Failed", "Aborted"};
  return names.at(static_cast<std::size_t>(end));
}

void add_details(Line& line, const HistoryFact& fact) {
  std::visit(
      Overload{
          [&](const ExecutionStarted& f) { line.add("input", f.input).add("timeout_at", f.timeout_at); },
          [&](const ExecutionSucceeded& f) { line.add("output", f.output); },
          [&](const ExecutionFailed& f) { line.add(f.error); },
          [&](const ExecutionTimedOut& f) { line.add(f.error); },
          [&](const ExecutionAborted& f) { line.add(f.error); },
          [&](const StateEntered& f) { line.add("name", f.name).add("input", f.input); },
          [&](const StateExited& f) { line.add("name", f.name).add("output", f.output).add("assigned", f.assigned_variables); },
          [&](const TaskScheduled& f) {
            line.add("attempt", f.attempt)
                .add("resource", f.resource_type.empty() ? f.resource : f.resource_type + ":" + f.resource)
                .add("input", f.input);
            line.add("timeout", f.timeout_seconds).add("heartbeat", f.heartbeat_seconds).add("role", f.credentials_role_arn);
          },
          [&](const TaskStarted& f) { line.add("attempt", f.attempt).add("worker", f.worker_name); },
          [&](const TaskSubmitted& f) { line.add("attempt", f.attempt).add("output", f.output); },
          [&](const TaskSucceeded& f) { line.add("attempt", f.attempt).add("output", f.output); },
          [&](const TaskFailed& f) {
            line.add("attempt", f.attempt).add(f.error).add("heartbeat", f.kind == TaskFailureKind::HeartbeatTimedOut);
          },
          [&](const ParallelStateStarted&) {},
          [&](const MapStateStarted& f) { line.add("length", f.length); },
          [&](const StateEnded& f) { line.add(f.error); },
          [&](const MapIterationStarted& f) { line.add("name", f.name).add("index", f.index); },
          [&](const MapIterationEnded& f) { line.add("name", f.name).add("index", f.index); },
          [&](const EvaluationFailed& f) { line.add("state", f.state).add("location", f.location).add(f.error); },
          [&](const FrameStarted& f) { line.add("child", f.child).add("index", f.index); },
          [&](const FrameEnded& f) { line.add("end", std::string(to_string(f.end))); },
          [&](const WaitStarted& f) { line.add("due", f.due); },
          [&](const RetryScheduled& f) { line.add("retrier", f.retrier).add("due", f.due); },
          [&](const MapPrepared& f) {
            line.add("items", f.items).add("max_concurrency", f.max_concurrency);
            line.add("tolerated_count", f.tolerated_failure_count).add("tolerated_percentage", f.tolerated_failure_percentage);
          },
          [&](const MapRunRedriven& f) { line.add("attempt", f.attempt).add("arn", f.map_run_arn).add("redrive_count", f.redrive_count); },
          [&](const MapRunStarted& f) { line.add("attempt", f.attempt).add("arn", f.map_run_arn); },
          [&](const MapRunEnded& f) { line.add(f.error); },
          [&](const SubmissionAwaited& f) { line.add("attempt", f.attempt).add("output", f.output).add(f.error); },
          [&](const ExecutionRedriven& f) { line.add("count", f.redrive_count).add("timeout_at", f.timeout_at).add("from", f.from_state); },
      },
      fact);
}

std::string resource_text(const TaskResource& resource) {
  const auto* service = std::get_if<ServiceResource>(&resource.kind);
  return service != nullptr ? service->resource_type + ":" + service->resource : resource.arn;
}

std::string print_activity(const Frame& frame) {
  return std::visit(Overload{
                        [](const Frame::Ready&) { return std::string(" ready"); },
                        [](const Frame::InTask& in) { return fmt::format(" in task {}", in.attempt.value); },
                        [](const Frame::InWait& in) { return fmt::format(" waits until {}", format_rfc3339(in.due)); },
                        [](const Frame::InRetry& in) { return fmt::format(" retries at {}", format_rfc3339(in.due)); },
                        [](const Frame::InMapRun& in) {
                          return fmt::format(" in map run {} of {} redriven {} times{}{}", in.attempt.value, in.started_event_id,
                                             in.redrives, in.redrivable ? "" : " for good", in.to_redrive ? ", to be redriven" : "");
                        },
                        [](const Frame::Gathering& in) {
                          Line line(" gathers");
                          line.add("started", in.started).add("failed", in.failed);
                          for (const FrameId id : in.running) line.add("running", id);
                          for (const auto& result : in.results) line.add("result", result);
                          for (const Frame& child : in.given_up) line.add("given_up", child.id);
                          if (in.map) add_details(line, *in.map);
                          return line.take();
                        },
                    },
                    frame.activity);
}

std::string print_frame(const Frame& frame, PrintedClocks clocks) {
  Line line(fmt::format("frame {} of {} {}", frame.id.value, frame.parent.value, to_string(frame.state_type)));
  line.add("state", frame.state).add("index", frame.index).add("item", frame.item).add("key", frame.item_key).add("input", frame.input);
  line.add("entered", frame.entered_event_id)
      .add("entered_at", frame.entered_at)
      .add("last", frame.last_event_id)
      .add("retry_count", frame.retry_count);
  for (const auto used : frame.retries) line.add("retries", used);
  line.add("variables", frame.variables);
  if (clocks == PrintedClocks::All) line.add("due", frame.due);
  return line.take() + print_activity(frame);
}

std::string print_task(const PendingTask& task, PrintedClocks clocks) {
  Line line(fmt::format("task {} of frame {}", task.attempt.value, task.frame.value));
  add_details(line, task.scheduled);
  line.add("scheduled_at", task.scheduled_at)
      .add("started", task.started)
      .add("submitted", task.submitted)
      .add("timeout_at", task.timeout_at);
  if (clocks == PrintedClocks::All) line.add("heartbeat_due", task.heartbeat_due);
  if (task.early_answer) add_details(line, *task.early_answer);
  return line.take();
}

}  // namespace

std::string print(const HistoryEvent& event) {
  Line line(is_internal(event) ? "· " + internal_name(event)
                               : fmt::format("{}<{} {}", event.id, event.previous_id, event_type_name(event)));
  if (event.frame.value != 0) line.add("frame", event.frame);
  add_details(line, event.fact);
  return line.take();
}

std::string print(const Command& command) {
  return std::visit(Overload{
                        [](const commands::InvokeTask& invoke) {
                          Line line(fmt::format("InvokeTask {} {}", invoke.attempt.value, resource_text(invoke.resource)));
                          return line.add("input", invoke.input).take();
                        },
                        [](const commands::CancelTask& cancel) {
                          return fmt::format("CancelTask {} {}", cancel.attempt.value, resource_text(cancel.resource));
                        },
                        [](const commands::StartMapRun& start) {
                          return Line(fmt::format("StartMapRun {}", start.attempt.value)).add("plan", to_json(start.plan)).take();
                        },
                        [](const commands::RedriveMapRun& redrive) { return fmt::format("RedriveMapRun {}", redrive.attempt.value); },
                        [](const commands::StopMapRun& stop) { return fmt::format("StopMapRun {}", stop.attempt.value); },
                        [](const commands::Continue&) { return std::string("Continue"); },
                        [](const commands::Close&) { return std::string("Close"); },
                    },
                    command);
}

std::string print(const Execution& execution, PrintedClocks clocks) {
  Line line(fmt::format("execution {} {}", execution.row.value, to_string(execution.status)));
  line.add("name", execution.started.name).add("started_at", execution.started_at).add("stopped_at", execution.stopped_at);
  line.add("output", execution.output).add(execution.error).add("last", execution.last_event_id);
  if (execution.redriven_at) line.add("redrives", execution.redrive_count).add("redriven_at", execution.redriven_at);
  line.add("next_frame", execution.next_frame).add("next_attempt", execution.next_attempt);
  line.add("variables_bytes", static_cast<std::int64_t>(execution.variables_bytes));
  for (const FrameId id : execution.ready) line.add("ready", id);
  if (clocks == PrintedClocks::All) {
    for (const auto& [moment, id] : execution.due) line.add("due", moment).add("frame", id);
  }
  std::string text = line.take() + "\n";
  for (const auto& [id, frame] : execution.frames) text += print_frame(frame, clocks) + "\n";
  for (const auto& [attempt, task] : execution.tasks) text += print_task(task, clocks) + "\n";
  return text;
}

}  // namespace signalbox
