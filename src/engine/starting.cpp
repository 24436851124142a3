/// StartExecution.

#include "signalbox/encoding.h"
#include "signalbox/state_machine_versions.h"
#include "signalbox/step.h"

#include <algorithm>

#include "engine/execution_records.h"
#include "engine/names.h"
#include "engine/open_transaction.h"

namespace signalbox {

namespace {

/// A number from 0 to 99 that is the same whenever it is drawn for this execution.
int draw_of(const MasterKey& master, ExecutionRow row) {
  const auto bytes = hmac_sha256(execution_key(master, row), "alias");
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return static_cast<int>(value % 100);
}

}  // namespace

Result<StartedExecution> OpenTransaction::start_execution(StartRequest request) {
  const auto hash = request.state_machine.find('#');
  const auto test_case = hash == std::string::npos ? std::nullopt : std::optional(request.state_machine.substr(hash + 1));
  request.state_machine.resize(std::min(hash, request.state_machine.size()));
  const auto colon = request.state_machine.find(':');
  const std::string qualifier = colon == std::string::npos ? std::string() : request.state_machine.substr(colon + 1);
  const auto machine_arn = [this, name = request.state_machine] { return workshop_.site.state_machine_arn(name); };
  const auto missing = [&] { return error(ErrorCode::NotFound, "State Machine Does Not Exist: '" + machine_arn() + "'"); };
  request.state_machine.resize(std::min(colon, request.state_machine.size()));
  const StateMachineRecord* machine = workshop_.machines.find(*this, request.state_machine);
  if (!machine) return missing();
  if (request.input.text_bytes() > payload_bytes_max) {
    return error(ErrorCode::TooLarge,
                 "the input has " + std::to_string(request.input.text_bytes()) + " bytes; at most " + std::to_string(payload_bytes_max) +
                     " are allowed",
                 "input");
  }
  if (request.name) {
    if (auto checked = check_name(*request.name); !checked) return checked.error();
  }
  if (test_case && (!workshop_.mocks || !workshop_.mocks->has_test_case(request.state_machine, *test_case))) {
    return error(ErrorCode::InvalidArgument,
                 "the mock configuration has no test case '" + *test_case + "' for the state machine '" + request.state_machine + "'",
                 "testCase");
  }
  if (machine->type == StateMachineType::Express && machine->status == StateMachineStatus::Active) {
    StateMachineRecord pinned = *machine;
    ExecutionRecord chosen = new_record(pinned, request);
    if (!qualifier.empty() && !qualify(chosen, pinned, qualifier)) return missing();
    chosen.definition = pinned.definition;
    chosen.test_case = test_case;
    return start_express(std::move(chosen), pinned, std::move(request));
  }
  if (request.name) {
    if (const auto existing = find_execution(*this, request.state_machine, *request.name)) return existing_execution(*existing, request);
  }
  if (machine->status == StateMachineStatus::Deleting)
    return error(ErrorCode::Conflict, "State Machine is being deleted: '" + machine_arn() + "'");

  ExecutionRecord record = new_record(*machine, request);
  record.test_case = test_case;
  std::optional<StateMachineRecord> qualified;
  if (!qualifier.empty() && !qualify(record, qualified.emplace(*machine), qualifier)) return missing();
  const ExecutionRow row = record.row;
  StartedExecution started{.record = {}, .arn = workshop_.site.execution_arn(record.state_machine, record.name), .existed = false};
  begin_execution(std::move(record), qualified ? *qualified : *machine, std::move(request));
  drain();
  if (const auto* running = workshop_.cache.find(row)) {
    started.record = running->record;
  } else {
    started.record = find_execution(*this, row).value();  // it ended at once
  }
  return started;
}

/// Pins the execution to a version, directly or as an alias routes it. False if there is no such version or alias.
bool OpenTransaction::qualify(ExecutionRecord& record, StateMachineRecord& machine, const std::string& qualifier) const {
  record.version = version_number(qualifier);
  if (!record.version) {
    const auto alias = find_alias(*this, machine.name, qualifier);
    if (!alias) return false;
    record.alias = qualifier;
    record.version = chosen_version(*alias, draw_of(workshop_.master_key, record.row));
  }
  const auto version = find_version(*this, machine.name, *record.version);
  const auto revision = version ? find_revision(*this, version->definition) : std::nullopt;
  if (!revision) return false;
  machine = at_revision(std::move(machine), *revision);
  record.definition = machine.definition;
  return true;
}

/// Spec: StartExecution is idempotent for STANDARD machines while the execution runs and the input is the same text.
Result<StartedExecution> OpenTransaction::existing_execution(const ExecutionRecord& record, const StartRequest& request) {
  const std::string arn = workshop_.site.execution_arn(record.state_machine, record.name);
  const auto taken = error(ErrorCode::AlreadyExists, "Execution Already Exists: '" + arn + "'");
  if (record.status != ExecutionStatus::Running) return taken;
  CachedExecution* execution = load(record.row);
  if (!execution || execution->state.started.input.text() != request.input.text()) return taken;
  if (request.parent) {
    if (execution->record.parent) return taken;  // it has somebody to tell already
    execution->record.parent = request.parent;
    put(Key(executions_table, record.row.value), encode_execution(execution->record));
    put(Key(child_tasks_table, request.parent->execution.value, request.parent->attempt.value), encode_row(record.row.value));
    operation_rows_.push_back(record.row);
  }
  return StartedExecution{.record = execution->record, .arn = arn, .existed = true};
}

ExecutionRecord OpenTransaction::new_record(const StateMachineRecord& machine, const StartRequest& request) {
  std::array<std::uint8_t, 16> random{};
  const std::string bytes = random_bytes(random.size());
  std::copy(bytes.begin(), bytes.end(), random.begin());
  const std::int64_t row = next_row(executions_table);
  ExecutionRecord record;
  record.row = ExecutionRow{row};
  record.id = uuid_v7(now_, random, row);
  record.state_machine = machine.name;
  record.name = request.name.value_or(record.id.value);
  record.definition = machine.definition;
  record.started_at = now_;
  record.parent = request.parent;
  return record;
}

void OpenTransaction::begin_execution(ExecutionRecord begun, const StateMachineRecord& machine, StartRequest request) {
  CachedExecution execution;
  execution.record = std::move(begun);
  const ExecutionRecord& record = execution.record;
  const ExecutionRow row = record.row;
  execution.began = true;
  execution.state = blank_execution(record.row);
  execution.program = workshop_.machines.program(*this, machine.definition, record.map_state);
  // Its own row is written with its history.
  put(Key(machine_executions_table, record.state_machine, record.row.value), "");
  if (record.name != record.id.value) put(Key(execution_names_table, record.state_machine, record.name), encode_row(record.row.value));
  if (record.parent)
    put(Key(child_tasks_table, record.parent->execution.value, record.parent->attempt.value), encode_row(record.row.value));
  effects_.changes.push_back({row, record.status});

  const auto timeout = execution.program->machine->timeout_seconds;
  ExecutionStarted started{.input = std::move(request.input),
                           .role_arn = machine.role_arn,
                           .state_machine_version_arn = version_arn(workshop_.site, record),
                           .state_machine_alias_arn = alias_arn(workshop_.site, record),
                           .execution_arn = workshop_.site.execution_arn(record.state_machine, record.name),
                           .name = record.name,
                           .state_machine_arn = workshop_.site.state_machine_arn(record.state_machine),
                           .state_machine_name = record.state_machine,
                           .key = execution_key(workshop_.master_key, record.row),
                           .timeout_at = timeout ? std::optional(now_ + std::chrono::seconds(*timeout)) : std::nullopt};
  touch(workshop_.cache.insert(std::move(execution)));
  deliver(row, events::StartExecution{std::move(started)});
}

}  // namespace signalbox
