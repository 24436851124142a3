#include "signalbox/state_machine_versions.h"

#include "aws/sfn/page.h"

namespace signalbox::aws::sfn {

namespace {

std::optional<ExecutionStatus> status_of(std::string_view text) {
  for (const auto status : {ExecutionStatus::Running, ExecutionStatus::Succeeded, ExecutionStatus::Failed, ExecutionStatus::TimedOut,
                            ExecutionStatus::Aborted}) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

/// `out` may hold members already.
std::string summary(const Site& site, const ExecutionRecord& record, std::string_view status, ObjectText out = {}) {
  return out.text("executionArn", execution_arn(site, record))
      .text("stateMachineArn", site.state_machine_arn(record.state_machine))
      .text("name", record.name)
      .text("status", status)
      .time("startDate", record.started_at)
      .time("stopDate", record.stopped_at)
      .text("stateMachineVersionArn", version_arn(site, record))
      .text("stateMachineAliasArn", alias_arn(site, record))
      .number("redriveCount", record.redrives)
      .time("redriveDate", record.redriven_at)
      .take();
}

/// Narrows the filter to a version's or alias's executions. False if there is no such one.
bool qualify(const Reader& reader, const MachineName& name, ExecutionFilter& filter) {
  if (name.qualifier.empty()) return true;
  filter.version = version_number(name.qualifier);
  if (filter.version) return find_version(reader, name.name, *filter.version).has_value();
  filter.alias = name.qualifier;
  return find_alias(reader, name.name, name.qualifier).has_value();
}

Answer<std::optional<ExecutionRow>> start_row(const Api& api, std::string_view scope, const std::optional<std::string>& token) {
  const auto number = page_start_number(api, scope, token);
  if (!number) return number.error();
  return *number ? std::optional(ExecutionRow{**number}) : std::nullopt;
}

/// Child executions of a map run.
Answer<std::string> list_children(const Api& api, const std::string& arn, const std::optional<std::string>& status,
                                  const std::optional<std::string>& redrive, std::size_t limit, const std::optional<std::string>& token) {
  const auto run = find_map_run_by_arn(api.reader, arn);
  if (!run) return run.error();
  const auto scope = "ListExecutions of map run " + std::to_string(run->row.value) + " " + status.value_or("") + " " + redrive.value_or("");
  const auto before = start_row(api, scope, token);
  if (!before) return before.error();
  MapRunChildFilter filter{.status = status ? status_of(*status) : std::nullopt, .pending_redrive = status == "PENDING_REDRIVE"};
  if (redrive) filter.redriven = redrive == "REDRIVEN";
  auto page = list_map_run_children(api.reader, *run, filter, *before, limit + 1);
  const auto next = cut_page(api, scope, page, limit, [](const MapRunChild& child) { return std::to_string(child.record.row.value); });
  const auto& site = api.engine.site();
  ObjectText out;
  out.raw("executions", array_text(page, [&](const MapRunChild& child) {
            const auto shown = child.pending_redrive ? std::string_view("PENDING_REDRIVE") : to_string(child.record.status);
            return summary(site, child.record, shown, ObjectText().text("mapRunArn", run->arn(site)).number("itemCount", child.items));
          }));
  return out.text("nextToken", next).take();
}

}  // namespace

Answer<std::string> list_executions_page(const Api& api, const Json& request) {
  constexpr Length longer_token_length{1, 3096};
  Parameters parameters(request);
  const auto arn = parameters.text("stateMachineArn", arn_length);
  const auto map_run = parameters.text("mapRunArn", long_arn_length);
  const auto status = parameters.one_of("statusFilter", {"SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"});
  const auto redrive = parameters.one_of("redriveFilter", {"REDRIVEN", "NOT_REDRIVEN"});
  const auto limit = page_size(parameters.integer("maxResults", page_range));
  const auto token = parameters.text("nextToken", longer_token_length);
  if (auto fault = parameters.fault()) return *fault;
  if (arn.has_value() == map_run.has_value())
    return validation_failure("MISSING_REQUIRED_PARAMETER", "Must provide exactly one of stateMachineArn and mapRunArn");
  if (map_run) return list_children(api, *map_run, status, redrive, limit, token);
  const auto name = machine_name(*arn);
  if (!name) return name.error();
  const auto machine = find_state_machine(api.reader, name->name);
  ExecutionFilter filter{.state_machine = name->name, .status = status ? status_of(*status) : std::nullopt};
  if (!machine || !qualify(api.reader, *name, filter)) return machine_missing(*arn);
  if (redrive) filter.redriven = redrive == "REDRIVEN";
  if (machine->type == StateMachineType::Express)
    return Failure{"StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"};

  const auto scope = "ListExecutions " + qualified(*name) + " " + status.value_or("") + " " + redrive.value_or("");
  const auto before = start_row(api, scope, token);
  if (!before) return before.error();
  std::vector<ExecutionRecord> page;
  if (status != "PENDING_REDRIVE") page = list_executions(api.reader, filter, *before, limit + 1);
  const auto next = cut_page(api, scope, page, limit, [](const ExecutionRecord& record) { return std::to_string(record.row.value); });
  ObjectText out;
  out.raw("executions",
          array_text(page, [&](const ExecutionRecord& record) { return summary(api.engine.site(), record, to_string(record.status)); }));
  return out.text("nextToken", next).take();
}

}  // namespace signalbox::aws::sfn
