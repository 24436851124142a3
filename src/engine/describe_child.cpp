#include "engine/describe_child.h"

namespace signalbox {

namespace {

std::int64_t milliseconds(Timestamp time) { return time.time_since_epoch().count(); }

/// Members in the order of their names, as AWS has them.
Json described(const Site& site, const ExecutionRecord& child, const ExecutionPayloads& payloads, bool parsed) {
  const auto payload = [&](const Json& value) { return parsed ? value : Json(value.text()); };
  const std::string status(to_string(child.status));
  const Json included = json_object({{"Included", Json(true)}});
  Json::Object members;
  if (payloads.error.cause) members.push_back({"Cause", Json(*payloads.error.cause)});
  if (payloads.error.error) members.push_back({"Error", Json(*payloads.error.error)});
  members.push_back({"ExecutionArn", Json(site.execution_arn(child.state_machine, child.name))});
  members.push_back({"Input", payload(payloads.input)});
  members.push_back({"InputDetails", included});
  members.push_back({"Name", Json(child.name)});
  if (payloads.output) members.push_back({"Output", payload(*payloads.output)});
  if (payloads.output) members.push_back({"OutputDetails", included});
  members.push_back({"RedriveCount", Json(0)});
  if (child.status == ExecutionStatus::Succeeded) {
    members.push_back({"RedriveStatus", Json("NOT_REDRIVABLE")});
    members.push_back({"RedriveStatusReason", Json("Execution is SUCCEEDED and cannot be redriven")});
  } else {
    members.push_back({"RedriveStatus", Json("REDRIVABLE")});
  }
  members.push_back({"StartDate", Json(milliseconds(child.started_at))});
  members.push_back({"StateMachineArn", Json(site.state_machine_arn(child.state_machine))});
  members.push_back({"Status", Json(status)});
  if (child.stopped_at) members.push_back({"StopDate", Json(milliseconds(*child.stopped_at))});
  return Json(std::move(members));
}

}  // namespace

Event child_answer(const Site& site, const ExecutionRecord& child, const ExecutionPayloads& payloads, const PendingTask& task) {
  const bool succeeded = child.status == ExecutionStatus::Succeeded;
  const Json description = described(site, child, payloads, succeeded && task.scheduled.resource.ends_with(".sync:2"));
  if (succeeded) return events::CallbackSucceeded{task.attempt, description};
  return events::CallbackFailed{task.attempt, {error_names::TaskFailed, description.text()}};
}

}  // namespace signalbox
