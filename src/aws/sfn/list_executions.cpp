#include "signalbox/state_machine_versions.h"

#include <charconv>

#include "aws/page_token.h"
#include "aws/sfn/sfn.h"

namespace signalbox::aws::sfn {

namespace {

std::optional<ExecutionStatus> status_of(std::string_view text) {
  for (const auto status : {ExecutionStatus::Running, ExecutionStatus::Succeeded, ExecutionStatus::Failed, ExecutionStatus::TimedOut, ExecutionStatus::Aborted}) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

/// `out` may hold members already.
std::string summary(const Site& site, const ExecutionRecord& record, std::string_view status, ObjectText out = {}) {
  return out
      .text("executionArn", execution_arn(site, record))
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

/// Child executions of a map run.
Answer<std::string> list_children(const Api& api, const std::string& arn, const std::optional<std::string>& status, const std::optional<std::string>& redrive, std::size_t limit,
                                  const std::optional<std::string>& token) {
  const auto run = find_map_run_by_arn(api.reader, arn);
  if (!run) return run.error();
  const auto scope = "ListExecutions of map run " + std::to_string(run->row.value) + " " + status.value_or("") + " " + redrive.value_or("");
  std::optional<ExecutionRow> before;
  if (token) {
    const auto position = read_page_token(api.engine.master_key(), scope, *token);
    if (!position) return invalid_page_token();
    std::int64_t row = 0;
    std::from_chars(position->data(), position->data() + position->size(), row);
    before = ExecutionRow{row};
  }
  MapRunChildFilter filter{.status = status ? status_of(*status) : std::nullopt, .pending_redrive = status == "PENDING_REDRIVE"};
  if (redrive) filter.redriven = redrive == "REDRIVEN";
  auto page = list_map_run_children(api.reader, *run, filter, before, limit + 1);
  const bool more = page.size() > limit;
  if (more) page.pop_back();
  const auto& site = api.engine.site();
  ObjectText out;
  out.raw("executions", array_text(page, [&](const MapRunChild& child) {
    const auto shown = child.pending_redrive ? std::string_view("PENDING_REDRIVE") : to_string(child.record.status);
    return summary(site, child.record, shown, ObjectText().text("mapRunArn", run->arn(site)).number("itemCount", child.items));
  }));
  if (more) out.text("nextToken", make_page_token(api.engine.master_key(), scope, std::to_string(page.back().record.row.value)));
  return out.take();
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
  if (arn.has_value() == map_run.has_value()) return validation_failure("MISSING_REQUIRED_PARAMETER", "Must provide exactly one of stateMachineArn and mapRunArn");
  if (map_run) return list_children(api, *map_run, status, redrive, limit, token);
  const auto name = machine_name(*arn);
  if (!name) return name.error();
  const auto machine = find_state_machine(api.reader, name->name);
  ExecutionFilter filter{.state_machine = name->name, .status = status ? status_of(*status) : std::nullopt};
  if (!machine || !qualify(api.reader, *name, filter)) return machine_missing(*arn);
  if (redrive) filter.redriven = redrive == "REDRIVEN";
  if (machine->type == StateMachineType::Express) return Failure{"StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"};

  const auto scope = "ListExecutions " + qualified(*name) + " " + status.value_or("") + " " + redrive.value_or("");
  std::optional<ExecutionRow> before;
  if (token) {
    const auto position = read_page_token(api.engine.master_key(), scope, *token);
    if (!position) return invalid_page_token();
    std::int64_t row = 0;
    std::from_chars(position->data(), position->data() + position->size(), row);
    before = ExecutionRow{row};
  }
  std::vector<ExecutionRecord> page;
  if (status != "PENDING_REDRIVE") page = list_executions(api.reader, filter, before, limit + 1);
  const bool more = page.size() > limit;
  if (more) page.pop_back();
  ObjectText out;
  out.raw("executions", array_text(page, [&](const ExecutionRecord& record) { return summary(api.engine.site(), record, to_string(record.status)); }));
  if (more) out.text("nextToken", make_page_token(api.engine.master_key(), scope, std::to_string(page.back().row.value)));
  return out.take();
}

}  // namespace signalbox::aws::sfn
