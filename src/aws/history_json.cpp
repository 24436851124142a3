#include "aws/history_json.h"

#include "base/overload.h"
#include "json/object_text.h"

namespace signalbox::aws {

namespace {

constexpr const char* not_truncated = R"({"truncated":false})";

/// The one member that holds an event's details; empty for types without details.
struct Details {
  std::string name;
  ObjectText members;
};

class DetailsWriter {
 public:
  explicit DetailsWriter(bool data) : data_(data) {}

  void input(ObjectText& out, const Json& value) const { payload(out, "input", "inputDetails", value); }
  void output(ObjectText& out, const Json& value) const { payload(out, "output", "outputDetails", value); }
  void error(ObjectText& out, const WorkflowError& value) const {
    out.text("error", value.error).text("cause", value.cause);  // shown without execution data too, as recorded in logs
  }
  [[nodiscard]] bool data() const { return data_; }

 private:
  void payload(ObjectText& out, const char* name, const char* details, const Json& value) const {
    if (data_) out.quoted(name, value).raw(details, not_truncated);
  }
  bool data_;
};

/// `lambdaFunctionScheduled`, `activityFailed`: the family and the event, as in the type's name.
std::string key_of(TaskFamily family, const char* event) {
  switch (family) {
    case TaskFamily::LambdaFunction: return std::string("lambdaFunction") + event + "EventDetails";
    case TaskFamily::Activity: return std::string("activity") + event + "EventDetails";
    case TaskFamily::Task: return std::string("task") + event + "EventDetails";
  }
  return {};
}

const char* failure_name(TaskFailureKind kind) {
  switch (kind) {
    case TaskFailureKind::Failed: return "Failed";
    case TaskFailureKind::TimedOut:
    case TaskFailureKind::HeartbeatTimedOut: return "TimedOut";
    case TaskFailureKind::ScheduleFailed: return "ScheduleFailed";
    case TaskFailureKind::StartFailed: return "StartFailed";
    case TaskFailureKind::SubmitFailed: return "SubmitFailed";
  }
  return "Failed";
}

/// Only the Task family says what was called.
void append_resource(ObjectText& out, const std::string& resource_type, const std::string& resource) {
  out.text("resourceType", resource_type).text("resource", resource);
}

Details scheduled_details(const TaskScheduled& fact, const DetailsWriter& writer) {
  Details out{key_of(fact.family, "Scheduled"), {}};
  if (fact.family == TaskFamily::Task) {
    append_resource(out.members, fact.resource_type, fact.resource);
    out.members.text("region", fact.region);
    if (writer.data()) out.members.quoted("parameters", fact.input);
  } else {
    out.members.text("resource", fact.resource);
    writer.input(out.members, fact.input);
  }
  if (fact.timeout_seconds) out.members.number("timeoutInSeconds", *fact.timeout_seconds);
  if (fact.heartbeat_seconds && fact.family != TaskFamily::LambdaFunction)
    out.members.number("heartbeatInSeconds", *fact.heartbeat_seconds);
  if (fact.credentials_role_arn) out.members.raw("taskCredentials", ObjectText().text("roleArn", *fact.credentials_role_arn).take());
  return out;
}

Details started_details(const TaskStarted& fact) {
  if (fact.family == TaskFamily::LambdaFunction) return {};
  Details out{key_of(fact.family, "Started"), {}};
  if (fact.family == TaskFamily::Task) append_resource(out.members, fact.resource_type, fact.resource);
  if (fact.family == TaskFamily::Activity) out.members.text("workerName", fact.worker_name);
  return out;
}

/// Each value as JSON text, as AWS shows variables.
std::string variables_text(const Json& variables) {
  std::string out = "{";
  for (const auto& [name, value] : variables.members()) {
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value.text());
  }
  return out + "}";
}

Details execution_end(const char* name, const WorkflowError& error, const DetailsWriter& writer) {
  Details out{name, {}};
  writer.error(out.members, error);
  return out;
}

Details details_of(const HistoryFact& fact, const DetailsWriter& writer) {
  return std::visit(
      Overload{
          [&](const ExecutionStarted& f) {
            Details out{"executionStartedEventDetails", {}};
            writer.input(out.members, f.input);
            out.members.text("roleArn", f.role_arn)
                .text("stateMachineAliasArn", f.state_machine_alias_arn)
                .text("stateMachineVersionArn", f.state_machine_version_arn);
            return out;
          },
          [&](const ExecutionSucceeded& f) {
            Details out{"executionSucceededEventDetails", {}};
            writer.output(out.members, f.output);
            return out;
          },
          [&](const ExecutionFailed& f) { return execution_end("executionFailedEventDetails", f.error, writer); },
          [&](const ExecutionTimedOut& f) { return execution_end("executionTimedOutEventDetails", f.error, writer); },
          [&](const ExecutionAborted& f) { return execution_end("executionAbortedEventDetails", f.error, writer); },
          [&](const StateEntered& f) {
            Details out{"stateEnteredEventDetails", {}};
            out.members.text("name", f.name);
            writer.input(out.members, f.input);
            return out;
          },
          [&](const StateExited& f) {
            Details out{"stateExitedEventDetails", {}};
            out.members.text("name", f.name);
            writer.output(out.members, f.output);
            if (f.assigned_variables && writer.data())
              out.members.raw("assignedVariables", variables_text(*f.assigned_variables)).raw("assignedVariablesDetails", not_truncated);
            return out;
          },
          [&](const TaskScheduled& f) { return scheduled_details(f, writer); },
          [&](const TaskStarted& f) { return started_details(f); },
          [&](const TaskSubmitted& f) {
            Details out{"taskSubmittedEventDetails", {}};
            append_resource(out.members, f.resource_type, f.resource);
            writer.output(out.members, f.output);
            return out;
          },
          [&](const TaskSucceeded& f) {
            Details out{key_of(f.family, "Succeeded"), {}};
            if (f.family == TaskFamily::Task) append_resource(out.members, f.resource_type, f.resource);
            writer.output(out.members, f.output);
            return out;
          },
          [&](const TaskFailed& f) {
            Details out{key_of(f.family, failure_name(f.kind)), {}};
            if (f.family == TaskFamily::Task) append_resource(out.members, f.resource_type, f.resource);
            writer.error(out.members, f.error);
            return out;
          },
          [&](const ParallelStateStarted&) { return Details{}; },
          [&](const MapStateStarted& f) {
            Details out{"mapStateStartedEventDetails", {}};
            out.members.number("length", f.length);
            return out;
          },
          [&](const StateEnded&) { return Details{}; },
          [&](const MapIterationStarted& f) {
            Details out{"mapIterationStartedEventDetails", {}};
            out.members.text("name", f.name).number("index", f.index);
            return out;
          },
          [&](const MapIterationEnded& f) {
            const char* end = f.end == StateEnd::Succeeded ? "Succeeded" : f.end == StateEnd::Failed ? "Failed" : "Aborted";
            Details out{std::string("mapIteration") + end + "EventDetails", {}};
            out.members.text("name", f.name).number("index", f.index);
            return out;
          },
          [&](const EvaluationFailed& f) {
            Details out{"evaluationFailedEventDetails", {}};
            writer.error(out.members, f.error);
            out.members.text("location", f.location).text("state", f.state);
            return out;
          },
          [](const FrameStarted&) { return Details{}; },
          [](const FrameEnded&) { return Details{}; },
          [](const WaitStarted&) { return Details{}; },
          [](const RetryScheduled&) { return Details{}; },
          [](const MapPrepared&) { return Details{}; },
          [](const SubmissionAwaited&) { return Details{}; },
          [](const ExecutionRedriven& f) {
            Details out{"executionRedrivenEventDetails", {}};
            out.members.number("redriveCount", f.redrive_count);
            return out;
          },
          [](const MapRunStarted& f) {
            Details out{"mapRunStartedEventDetails", {}};
            out.members.text("mapRunArn", f.map_run_arn);
            return out;
          },
          [](const MapRunRedriven& f) {
            Details out{"mapRunRedrivenEventDetails", {}};
            out.members.text("mapRunArn", f.map_run_arn).number("redriveCount", f.redrive_count);
            return out;
          },
          [&](const MapRunEnded& f) {
            return f.end == StateEnd::Failed ? execution_end("mapRunFailedEventDetails", f.error, writer) : Details{};
          },
      },
      fact);
}

}  // namespace

std::string log_event(const HistoryEvent& event, bool data, std::string_view execution_arn, std::int64_t redrive_count) {
  SIGNALBOX_ASSERT(!is_internal(event));
  const auto milliseconds = std::to_string(event.timestamp.time_since_epoch().count());
  return ObjectText()
      .text("id", std::to_string(event.id))
      .text("type", event_type_name(event))
      .raw("details", details_of(event.fact, DetailsWriter(data)).members.take())
      .text("redrive_count", std::to_string(redrive_count))
      .text("previous_event_id", std::to_string(event.previous_id))
      .text("event_timestamp", milliseconds)
      .text("execution_arn", execution_arn)
      .take();
}

void append_history_event(std::string& out, const HistoryEvent& event, bool data) {
  SIGNALBOX_ASSERT(!is_internal(event));
  ObjectText text;
  text.time("timestamp", event.timestamp).text("type", event_type_name(event));
  text.number("id", event.id).number("previousEventId", event.previous_id);
  Details details = details_of(event.fact, DetailsWriter(data));
  if (!details.name.empty()) text.raw(details.name, details.members.take());
  out += text.take();
}

}  // namespace signalbox::aws
