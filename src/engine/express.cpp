/// Express executions inside the open transaction.

#include "signalbox/express.h"

#include "engine/engine_core.h"
#include "engine/open_transaction.h"
#include "signalbox/encoding.h"
#include "signalbox/record.h"
#include "signalbox/step.h"

#include <algorithm>

namespace signalbox {

namespace {

constexpr std::uint8_t start_version = 1;

Error lost() { return error(ErrorCode::Unavailable, "the data file cannot be written: the express execution is lost"); }

/// `arn:…:express:MACHINE:NAME:ID`. [recorded on AWS]
std::string express_arn(const Site& site, const ExpressStart& start) { return site.arn("states", "express:" + start.state_machine + ":" + start.name + ":" + start.id.value); }

}  // namespace

std::string encode_express_start(const ExpressStart& start) {
  return RecordWriter(start_version).text(start.id.value).text(start.state_machine).text(start.name).integer(start.definition.value).text(start.role_arn).text(start.input.text()).take();
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
  return start;
}

Result<StartedExecution> OpenTransaction::start_express(ExecutionRecord record, const StateMachineRecord& machine, StartRequest request) {
  if (request.parent) return error(ErrorCode::NotSupported, "This operation is not supported by this type of state machine");
  ExpressStart start{.id = record.id, .state_machine = machine.name, .name = request.name.value_or(new_uuid().value), .definition = machine.definition, .role_arn = machine.role_arn,
                     .input = std::move(request.input)};
  StartedExecution started{.record = record, .arn = express_arn(workshop_.site, start), .existed = false};
  started.record.name = start.name;
  if (!request.on_express_end) put(Key(express_executions_table, record.row.value), encode_express_start(start));
  begin_express(record.row, std::move(start), std::move(request.on_express_end));
  drain();
  return started;
}

void OpenTransaction::begin_express(ExecutionRow row, ExpressStart start, ExpressListener on_end) {
  CachedExecution execution;
  execution.record.row = row;
  execution.record.id = start.id;
  execution.record.state_machine = start.state_machine;
  execution.record.name = start.name;
  execution.record.definition = start.definition;
  execution.record.started_at = now_;
  execution.record.express = true;
  execution.state = blank_execution(row);
  execution.program = workshop_.machines.program(*this, start.definition);
  execution.express = ExpressRun{.is_stored = !on_end, .on_end = std::move(on_end)};
  std::chrono::seconds timeout = express_duration_max;
  if (const auto own = execution.program->machine->timeout_seconds) timeout = std::min(timeout, std::chrono::seconds(*own));
  ExecutionStarted started{.input = start.input,
                           .role_arn = start.role_arn,
                           .state_machine_version_arn = std::nullopt,
                           .state_machine_alias_arn = std::nullopt,
                           .execution_arn = express_arn(workshop_.site, start),
                           .name = start.name,
                           .state_machine_arn = workshop_.site.state_machine_arn(start.state_machine),
                           .state_machine_name = start.state_machine,
                           .key = execution_key(workshop_.master_key, row),
                           .timeout_at = now_ + timeout};
  touch(workshop_.cache.insert(std::move(execution)));
  deliver(row, events::StartExecution{std::move(started)});
}

/// Nothing is stored of what happened; its log group is told.
void OpenTransaction::write_express(CachedExecution& execution) {
  if (!execution.facts.empty() && execution.program->is_logged && workshop_.history_listener) workshop_.history_listener(*this, execution.record, execution.facts);
  effects_.events += static_cast<std::uint64_t>(std::count_if(execution.facts.begin(), execution.facts.end(), [](const HistoryEvent& fact) { return !is_internal(fact); }));
  execution.facts.clear();
  if (!execution.closed) return;
  if (execution.express->is_stored) overlay_.erase(Key(express_executions_table, execution.record.row.value));
  if (!execution.express->on_end) return;
  const Execution& state = execution.state;
  ExpressEnd end{.status = state.status, .output = state.output, .error = state.error, .started_at = state.started_at, .stopped_at = state.stopped_at.value_or(now_)};
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
