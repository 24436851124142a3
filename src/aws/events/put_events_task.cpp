#include "aws/events/put_events_task.h"

#include "aws/events/events.h"
#include "signalbox/engine.h"

#include <fmt/format.h>

namespace signalbox::aws {

namespace {

/// As PutEvents takes it: Detail is a text, and the execution and its machine are resources.
Json wire_entry(const Json& entry, const TaskCall& call) {
  Json out = entry;
  if (const Json* detail = entry.find("Detail"); detail && !detail->is_string() && !detail->is_null())
    out = out.with("Detail", Json(detail->text()));
  Json::Array resources;
  if (const Json* given = entry.find("Resources"); given && given->is_array()) resources = given->elements();
  resources.emplace_back(call.state_machine_arn);
  resources.emplace_back(call.execution_arn);
  return out.with("Resources", Json(std::move(resources)));
}

/// As the older SDK for Java writes it.
WorkflowError refused(const Failure& failure, const std::string& request_id) {
  return {.error = "EventBridge.AmazonEventBridgeException",
          .cause = fmt::format("{} (Service: AmazonEventBridge; Status Code: {}; Error Code: {}; Request ID: {}; Proxy: null)",
                               failure.message, failure.status, failure.code, request_id)};
}

/// In the order in which Step Functions shows its members.
Json shown(const Json& answer) {
  return json_object({{"Entries", *answer.find("Entries")}, {"FailedEntryCount", *answer.find("FailedEntryCount")}});
}

}  // namespace

TaskAnswer PutEventsTask::call(Transaction& transaction, const TaskCall& call) {
  const auto input = resolved_input(call.input, resolve_);
  const Json* given = input.find("Entries");
  if (!given || !given->is_array())
    return WorkflowError{.error = "States.Runtime", .cause = "The field 'Entries' is required but was missing"};
  if (const auto fault = events_api::entries_fault(*given)) return refused(*fault, call.request_id);
  Json::Array entries;
  for (const Json& entry : given->elements()) entries.push_back(entry.is_object() ? wire_entry(entry, call) : entry);
  const Json answer = shown(events_api::put_entries(events_, dynamic_cast<EngineTransaction&>(transaction), Json(std::move(entries))));
  if (answer.find("FailedEntryCount")->as_integer() != 0) return WorkflowError{.error = "EventBridge.FailedEntry", .cause = answer.text()};
  return answer;
}

}  // namespace signalbox::aws
