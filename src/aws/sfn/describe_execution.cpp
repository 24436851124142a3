#include "aws/sfn/sfn.h"

namespace signalbox::aws::sfn {

namespace {

void append_redrive(ObjectText& out, const Api& api, const ExecutionRecord& record) {
  out.number("redriveCount", record.redrives).time("redriveDate", record.redriven_at);
  const auto reason = not_redrivable(api.reader, record, api.engine.clock().now());
  out.text("redriveStatus", reason           ? "NOT_REDRIVABLE"
                            : record.map_run ? "REDRIVABLE_BY_MAP_RUN"
                                             : "REDRIVABLE")
      .text("redriveStatusReason", reason);
}

std::string_view shown_status(const ExecutionRecord& record, const std::optional<MapRunRecord>& run) {
  return run && run->is_pending_redrive(record.map_run->child, record.status) ? "PENDING_REDRIVE" : to_string(record.status);
}

}  // namespace

Answer<std::string> describe_execution(const Api& api, const Json& request) {
  constexpr const char* included_details = R"({"included":true})";
  Parameters parameters(request);
  const auto arn = parameters.required("executionArn", arn_length);
  const auto included = parameters.one_of("includedData", {"ALL_DATA", "METADATA_ONLY"});
  if (auto fault = parameters.fault()) return *fault;
  const auto record = find_described_execution(api.reader, arn);
  if (!record) return record.error();
  const auto& site = api.engine.site();
  const auto payloads = read_payloads(api.reader, *record);
  const bool data = included != "METADATA_ONLY";
  ObjectText out;
  const auto run = record->map_run ? find_map_run(api.reader, record->map_run->run) : std::nullopt;
  out.text("executionArn", execution_arn(site, *record));
  out.text("stateMachineArn", site.state_machine_arn(record->state_machine)).text("name", record->name);
  out.text("status", shown_status(*record, run)).time("startDate", record->started_at).time("stopDate", record->stopped_at);
  if (data) out.quoted("input", payloads.input).raw("inputDetails", included_details);
  if (data && payloads.output) out.quoted("output", *payloads.output).raw("outputDetails", included_details);
  out.text("stateMachineVersionArn", version_arn(site, *record)).text("stateMachineAliasArn", alias_arn(site, *record));
  if (run) out.text("mapRunArn", run->arn(site));
  append_redrive(out, api, *record);
  // A machine's own time-out shows none. [recorded on AWS]
  if (data && record->status != ExecutionStatus::TimedOut) out.text("error", payloads.error.error).text("cause", payloads.error.cause);
  return out.take();
}

}  // namespace signalbox::aws::sfn
