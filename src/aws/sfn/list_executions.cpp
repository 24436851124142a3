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

std::string summary(const Site& site, const ExecutionRecord& record) {
  return ObjectText()
      .text("executionArn", site.execution_arn(record.state_machine, record.name))
      .text("stateMachineArn", site.state_machine_arn(record.state_machine))
      .text("name", record.name)
      .text("status", to_string(record.status))
      .time("startDate", record.started_at)
      .time("stopDate", record.stopped_at)
      .number("redriveCount", 0)
      .take();
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
  if (arn.has_value() == map_run.has_value()) return Failure{"ValidationException", "Must provide exactly one of stateMachineArn and mapRunArn"};
  if (map_run) return Failure{"ResourceNotFound", "Resource not found: '" + *map_run + "'"};   // there are no map runs yet
  const auto machine = find_machine_by_arn(api.reader, *arn);
  if (!machine) return machine.error();
  if (machine->type == StateMachineType::Express) return Failure{"StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"};

  const auto scope = "ListExecutions " + machine->name + " " + status.value_or("") + " " + redrive.value_or("");
  std::optional<ExecutionRow> before;
  if (token) {
    const auto position = read_page_token(api.engine.master_key(), scope, *token);
    if (!position) return invalid_page_token();
    std::int64_t row = 0;
    std::from_chars(position->data(), position->data() + position->size(), row);
    before = ExecutionRow{row};
  }
  std::vector<ExecutionRecord> page;
  const ExecutionFilter filter{machine->name, status ? status_of(*status) : std::nullopt};
  const bool none = status == "PENDING_REDRIVE" || redrive == "REDRIVEN";   // nothing is ever redriven here yet
  if (!none) page = list_executions(api.reader, filter, before, limit + 1);
  const bool more = page.size() > limit;
  if (more) page.pop_back();
  ObjectText out;
  out.raw("executions", array_text(page, [&](const ExecutionRecord& record) { return summary(api.engine.site(), record); }));
  if (more) out.text("nextToken", make_page_token(api.engine.master_key(), scope, std::to_string(page.back().row.value)));
  return out.take();
}

}  // namespace signalbox::aws::sfn
