#include "rest/history.h"

#include "base/overload.h"
#include "rest/request.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

Json optional_number(const std::optional<std::int64_t>& number) { return number ? Json(*number) : Json(); }
Json nonempty(const std::string& text) { return text.empty() ? Json() : Json(text); }
Json error_members(const WorkflowError& error) {
  return present_members({{"error", optional_text(error.error)}, {"cause", optional_text(error.cause)}});
}

/// What the fact says, in AWS's member names; payloads are values here, not texts.
Json details(const HistoryFact& fact) {
  return std::visit(Overload{[](const ExecutionStarted& f) {
                               return present_members({{"input", f.input}, {"roleArn", nonempty(f.role_arn)}});
                             },
                             [](const ExecutionSucceeded& f) {
                               return json_object({{"output", f.output}});
                             },
                             [](const ExecutionFailed& f) { return error_members(f.error); },
                             [](const ExecutionTimedOut& f) { return error_members(f.error); },
                             [](const ExecutionAborted& f) { return error_members(f.error); },
                             [](const StateEntered& f) {
                               return json_object({{"name", f.name}, {"input", f.input}});
                             },
                             [](const StateExited& f) {
                               return json_object({{"name", f.name}, {"output", f.output}});
                             },
                             [](const TaskScheduled& f) {
                               return present_members({{"resourceType", nonempty(f.resource_type)},
                                                       {"resource", f.resource},
                                                       {f.family == TaskFamily::Task ? "parameters" : "input", f.input},
                                                       {"timeoutInSeconds", optional_number(f.timeout_seconds)},
                                                       {"heartbeatInSeconds", optional_number(f.heartbeat_seconds)}});
                             },
                             [](const TaskStarted& f) {
                               return present_members({{"resourceType", nonempty(f.resource_type)},
                                                       {"resource", nonempty(f.resource)},
                                                       {"workerName", optional_text(f.worker_name)}});
                             },
                             [](const TaskSubmitted& f) {
                               return present_members({{"resourceType", nonempty(f.resource_type)}, {"resource", nonempty(f.resource)}})
                                   .with("output", f.output);
                             },
                             [](const TaskSucceeded& f) {
                               return present_members({{"resourceType", nonempty(f.resource_type)}, {"resource", nonempty(f.resource)}})
                                   .with("output", f.output);
                             },
                             [](const TaskFailed& f) {
                               return present_members({{"resourceType", nonempty(f.resource_type)},
                                                       {"resource", nonempty(f.resource)},
                                                       {"error", optional_text(f.error.error)},
                                                       {"cause", optional_text(f.error.cause)}});
                             },
                             [](const ParallelStateStarted&) { return Json::empty_object(); },
                             [](const MapStateStarted& f) {
                               return json_object({{"length", f.length}});
                             },
                             [](const StateEnded& f) { return error_members(f.error); },
                             [](const MapIterationStarted& f) {
                               return json_object({{"name", f.name}, {"index", f.index}});
                             },
                             [](const MapIterationEnded& f) {
                               return json_object({{"name", f.name}, {"index", f.index}});
                             },
                             [](const EvaluationFailed& f) {
                               return present_members({{"state", f.state},
                                                       {"location", optional_text(f.location)},
                                                       {"error", optional_text(f.error.error)},
                                                       {"cause", optional_text(f.error.cause)}});
                             },
                             [](const ExecutionRedriven& f) {
                               return present_members({{"redriveCount", f.redrive_count}, {"fromState", optional_text(f.from_state)}});
                             },
                             [](const MapRunStarted& f) {
                               return json_object({{"mapRunArn", f.map_run_arn}});
                             },
                             [](const MapRunRedriven& f) {
                               return json_object({{"mapRunArn", f.map_run_arn}, {"redriveCount", f.redrive_count}});
                             },
                             [](const MapRunEnded& f) { return error_members(f.error); },
                             // Internal facts are not shown: they have no event id.
                             [](const auto&) { return Json::empty_object(); }},
                    fact);
}

}  // namespace

Json history_event_json(const HistoryEvent& event) {
  return json_object({{"id", event.id},
                      {"previousId", event.previous_id},
                      {"timestamp", format_rfc3339(event.timestamp)},
                      {"type", event_type_name(event)},
                      {"details", details(event.fact)}});
}

}  // namespace signalbox::rest
