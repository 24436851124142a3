/// Express executions inside the open transaction.

#include "signalbox/express.h"

#include "engine/engine_core.h"
#include "engine/execution_records.h"
#include "engine/open_transaction.h"
#include "signalbox/encoding.h"
#include "signalbox/record.h"
#include "signalbox/step.h"

#include <algorithm>

namespace signalbox {

namespace {

constexpr std::uint8_t start_version = 2, end_version = 1;

Error lost() { return error(ErrorCode::Unavailable, "the data file cannot be written: the express execution is lost"); }

ExecutionRecord record_of(ExecutionRow row, const ExpressStart& start) {
  ExecutionRecord record;
  record.row = row;
  record.id = start.id;
  record.state_machine = start.state_machine;
  record.name = start.name;
  record.definition = start.definition;
  record.test_case = start.test_case;
  record.map_run = start.map_run;
  record.map_state = start.map_state;
  record.express = true;
  return record;
}

ExpressStart child_start(const ExecutionRecord& record, const std::string& role_arn, Json input) {
  return {.id = record.id,
          .state_machine = record.state_machine,
          .name = record.name,
          .definition = record.definition,
          .role_arn = role_arn,
          .input = std::move(input),
          .test_case = record.test_case,
          .map_run = record.map_run,
          .map_state = record.map_state};
}

std::string encode_express_end(const Execution& state) {
  RecordWriter writer(end_version);
  writer.text(state.started.input.text()).optional_text(state.output ? std::optional(state.output->text()) : std::nullopt);
  return writer.optional_text(state.error.error).optional_text(state.error.cause).take();
}

}  // namespace

std::string encode_express_start(const ExpressStart& start) {
  RecordWriter writer(start_version);
  writer.text(start.id.value)
      .text(start.state_machine)
      .text(start.name)
      .integer(start.definition.value)
      .text(start.role_arn)
      .text(start.input.text());
  writer.optional_text(start.test_case).boolean(start.map_run.has_value());
  if (start.map_run) writer.integer(start.map_run->run.value).integer(start.map_run->child).text(start.map_state);
  return writer.take();
}

ExpressStart decode_express_start(std::string_view bytes) {
  RecordReader reader(bytes);
  ExpressStart start;
  start.id.value = reader.text();
  start.state_machine = reader.text();
  start.name = reader.text();
  start.definition.value = reader.integer();
  start.role_arn = reader.text();
  start.input = Json::from_stored(std::string(reader.text()));
  if (reader.version() == 1) return start;
  start.test_case = reader.optional_text();
  if (reader.boolean()) {
    const MapRunRow run{reader.integer()};
    start.map_run = MapRunChildLink{run, reader.integer()};
    start.map_state = reader.text();
  }
  return start;
}

ExecutionPayloads read_express_payloads(const Reader& reader, ExecutionRow row) {
  ExecutionPayloads payloads;
  if (const auto running = reader.get(Key(express_executions_table, row.value))) {
    payloads.input = decode_express_start(*running).input;
    return payloads;
  }
  const auto ended = reader.get(Key(express_ends_table, row.value));
  if (!ended) throw StoreFailure("damaged data file: the end of the express execution " + std::to_string(row.value) + " is missing");
  RecordReader bytes(*ended);
  payloads.input = Json::from_stored(std::string(bytes.text()));
  if (auto output = bytes.optional_text()) payloads.output = Json::from_stored(std::move(*output));
  payloads.error.error = bytes.optional_text();
  payloads.error.cause = bytes.optional_text();
  return payloads;
}

Result<StartedExecution> OpenTransaction::start_express(ExecutionRecord record, const StateMachineRecord& machine, StartRequest request) {
  if (request.parent) return error(ErrorCode::NotSupported, "This operation is not supported by this type of state machine");
  ExpressStart start{.id = record.id,
                     .state_machine = machine.name,
                     .name = request.name.value_or(new_uuid().value),
                     .definition = machine.definition,
                     .role_arn = machine.role_arn,
                     .input = std::move(request.input),
                     .test_case = record.test_case};
  StartedExecution started{.record = record_of(record.row, start), .arn = {}, .existed = false};
  started.arn = execution_arn(workshop_.site, started.record);
  started.record.started_at = now_;
  if (!request.on_express_end) put(Key(express_executions_table, record.row.value), encode_express_start(start));
  begin_express(record.row, start, std::move(request.on_express_end));
  drain();
  return started;
}

/// In memory, before its first step; gives it and the fact that its start will be.
std::pair<CachedExecution&, ExecutionStarted> OpenTransaction::add_express(ExecutionRow row, const ExpressStart& start,
                                                                           ExpressListener on_end) {
  CachedExecution execution;
  execution.record = record_of(row, start);
  execution.record.started_at = now_;
  execution.state = blank_execution(row);
  execution.program = workshop_.machines.program(*this, start.definition, start.map_state);
  execution.express = ExpressRun{.is_stored = !on_end, .on_end = std::move(on_end)};
  std::chrono::seconds timeout = express_duration_max;
  if (const auto own = execution.program->machine->timeout_seconds) timeout = std::min(timeout, std::chrono::seconds(*own));
  ExecutionStarted started{.input = start.input,
                           .role_arn = start.role_arn,
                           .state_machine_version_arn = std::nullopt,
                           .state_machine_alias_arn = std::nullopt,
                           .execution_arn = execution_arn(workshop_.site, execution.record),
                           .name = start.name,
                           .state_machine_arn = workshop_.site.state_machine_arn(start.state_machine),
                           .state_machine_name = start.state_machine,
                           .key = execution_key(workshop_.master_key, row),
                           .timeout_at = now_ + timeout};
  CachedExecution& added = workshop_.cache.insert(std::move(execution));
  touch(added);
  return {added, std::move(started)};
}

void OpenTransaction::begin_express(ExecutionRow row, const ExpressStart& start, ExpressListener on_end) {
  auto started = add_express(row, start, std::move(on_end)).second;
  deliver(row, events::StartExecution{std::move(started)});
}

// What led to the bug is not stored, and to begin again would lead to it again: it ends, without a step.
bool OpenTransaction::give_up_express(ExecutionRow row) {
  const auto stored = get(Key(express_executions_table, row.value));
  if (!stored) return false;
  auto [execution, started] = add_express(row, decode_express_start(*stored), nullptr);
  execution.state.started = std::move(started);
  execution.state.started_at = now_;
  execution.state.status = ExecutionStatus::Failed;
  execution.state.stopped_at = now_;
  execution.state.error = {"States.Runtime", "The execution met a bug in the interpreter and was given up."};
  close(execution);
  write_touched();
  map_runs_due_.clear();  // at a start all open runs are gone on with
  return true;
}

void OpenTransaction::begin_express_child(ExecutionRecord record, const std::string& role_arn, Json input) {
  record.express = true;
  record.name = new_uuid().value;
  put(Key(machine_executions_table, record.state_machine, record.row.value), "");
  restart_express_child(record, role_arn, std::move(input));
}

/// From the beginning, by the same ARN. [aws: Redriving Map Runs]
void OpenTransaction::redrive_express_child(ExecutionRecord record, const std::string& role_arn) {
  Json input = read_express_payloads(*this, record.row).input;
  record.status = ExecutionStatus::Running;
  record.stopped_at = std::nullopt;
  erase(Key(express_ends_table, record.row.value));
  restart_express_child(record, role_arn, std::move(input));
}

void OpenTransaction::restart_express_child(const ExecutionRecord& record, const std::string& role_arn, Json input) {
  ExpressStart start = child_start(record, role_arn, std::move(input));
  put(Key(executions_table, record.row.value), encode_execution(record));
  put(Key(express_executions_table, record.row.value), encode_express_start(start));
  begin_express(record.row, start, nullptr);
}

/// Nothing is stored of what happened; its log group is told.
void OpenTransaction::write_express(CachedExecution& execution) {
  if (!execution.facts.empty() && execution.program->is_logged && workshop_.history_listener)
    workshop_.history_listener(*this, execution.record, execution.facts);
  effects_.events += static_cast<std::uint64_t>(
      std::count_if(execution.facts.begin(), execution.facts.end(), [](const HistoryEvent& fact) { return !is_internal(fact); }));
  execution.facts.clear();
  if (!execution.closed) return;
  if (execution.express->is_stored) overlay_.erase(Key(express_executions_table, execution.record.row.value));
  if (execution.record.map_run) {
    overlay_.put(Key(executions_table, execution.record.row.value), encode_execution(execution.record));
    overlay_.put(Key(express_ends_table, execution.record.row.value), encode_express_end(execution.state));
  }
  if (!execution.express->on_end) return;
  const Execution& state = execution.state;
  ExpressEnd end{.status = state.status,
                 .output = state.output,
                 .error = state.error,
                 .started_at = state.started_at,
                 .stopped_at = state.stopped_at.value_or(now_)};
  effects_.actions.push_back([on_end = execution.express->on_end, end = std::move(end)] { on_end(end); });
}

void OpenTransaction::restart_express(ExecutionRow row) {
  if (workshop_.cache.find(row)) return;
  const auto stored = get(Key(express_executions_table, row.value));
  if (!stored) return;
  begin_express(row, decode_express_start(*stored), nullptr);
  drain();
}

// Its state was in memory alone. A stored one runs again from the beginning; who waits for the end of another is told that there will be none.
void OpenTransaction::lose_express(CachedExecution& execution) {
  if (execution.express->on_end) execution.express->on_end(lost());
  if (execution.express->is_stored) workshop_.lost_express.insert(execution.record.row);
}

}  // namespace signalbox
