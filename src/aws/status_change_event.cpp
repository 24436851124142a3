#include "aws/status_change_event.h"

#include "signalbox/encoding.h"

namespace signalbox::aws {

namespace {

Json milliseconds(std::optional<Timestamp> time) { return time ? Json(time->time_since_epoch().count()) : Json(); }
Json text(const std::optional<std::string>& value) { return value ? Json(*value) : Json(); }

}  // namespace

Json status_change_event(const Reader& reader, const Site& site, const ExecutionRecord& record, const Uuid& id, Timestamp now) {
  const auto payloads = read_payloads(reader, record);
  const auto reason = not_redrivable(reader, record, now);
  const Json included = json_object({{"included", Json(true)}});
  const bool shows_error = record.status != ExecutionStatus::TimedOut;
  const auto arn = site.execution_arn(record.state_machine, record.name);
  Json detail = json_object({{"executionArn", Json(arn)},
                             {"stateMachineArn", Json(site.state_machine_arn(record.state_machine))},
                             {"name", Json(record.name)},
                             {"status", Json(to_string(record.status))},
                             {"startDate", milliseconds(record.started_at)},
                             {"stopDate", milliseconds(record.stopped_at)},
                             {"input", Json(payloads.input.text())},
                             {"output", payloads.output ? Json(payloads.output->text()) : Json()},
                             {"stateMachineVersionArn", text(version_arn(site, record))},
                             {"stateMachineAliasArn", text(alias_arn(site, record))},
                             {"redriveCount", Json(record.redrives)},
                             {"redriveDate", milliseconds(record.redriven_at)},
                             {"redriveStatus", Json(reason ? "NOT_REDRIVABLE" : "REDRIVABLE")},
                             {"redriveStatusReason", text(reason)},
                             {"inputDetails", included},
                             {"outputDetails", payloads.output ? included : Json()},
                             {"error", shows_error ? text(payloads.error.error) : Json()},
                             {"cause", shows_error ? text(payloads.error.cause) : Json()}});
  std::string time = format_rfc3339(now);
  time.replace(std::string_view("2026-11-24T01:02:03").size(), std::string::npos, "Z");
  return json_object({{"version", Json("0")},
                      {"id", Json(id.value)},
                      {"detail-type", Json("Step Functions Execution Status Change")},
                      {"source", Json("aws.states")},
                      {"account", Json(site.account)},
                      {"time", Json(time)},
                      {"region", Json(site.region)},
                      {"resources", json_array({Json(arn)})},
                      {"detail", std::move(detail)}});
}

}  // namespace signalbox::aws
