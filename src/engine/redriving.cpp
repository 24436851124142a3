/// RedriveExecution.

#include "signalbox/state_machines.h"
#include "signalbox/step.h"

#include "engine/open_transaction.h"

namespace signalbox {

namespace {

using namespace std::chrono_literals;

// [aws docs: Restarting state machine executions with redrive, eligibility]
constexpr std::chrono::hours redrivable_for{14 * 24};
constexpr std::chrono::hours open_time_max{365 * 24};
constexpr std::int64_t events_max = history_events_max - 1;

/// The input with which a state was entered last.
std::optional<Json> last_input_of(const Reader& reader, const ExecutionRecord& record, const std::string& state) {
  std::optional<Json> input;
  for_each_fact(reader, record, [&](const HistoryEvent& event) {
    if (const auto* entered = std::get_if<StateEntered>(&event.fact); entered && entered->name == state) input = entered->input;
  });
  return input;
}

bool is_at_top_level(const StateMachine& machine, const std::string& state) {
  const auto found = machine.by_name.find(state);
  return found != machine.by_name.end() && machine.state(found->second).place.rfind("/States/") == 0;
}

}  // namespace

std::optional<std::string> not_redrivable(const Reader& reader, const ExecutionRecord& record, Timestamp now) {
  if (record.status == ExecutionStatus::Running || record.status == ExecutionStatus::Succeeded) {
    return "Execution is " + std::string(to_string(record.status)) + " and cannot be redriven";
  }
  const auto machine = find_state_machine(reader, base_name(record.state_machine));
  if (!machine || machine->status == StateMachineStatus::Deleting) return "State machine is in DELETING status";
  if (record.events > events_max) return "Execution history event limit exceeded";
  if (now - record.started_at > open_time_max) return "Execution has exceeded the max execution time";
  if (record.stopped_at && now - *record.stopped_at > redrivable_for) return "Execution redrivable period exceeded";
  return std::nullopt;
}

Result<Timestamp> OpenTransaction::redrive_execution(ExecutionRow row, RedriveRequest request) {
  auto record = find_execution(*this, row);
  if (!record) return error(ErrorCode::NotFound, "Execution Does Not Exist: '" + std::to_string(row.value) + "'");
  if (request.client_token && record->redrive_token == request.client_token && record->redriven_at) return *record->redriven_at;
  if (record->map_run) return error(ErrorCode::Conflict, "Execution can only be redriven by its Map Run");
  if (const auto reason = not_redrivable(*this, *record, now_)) return error(ErrorCode::Conflict, *reason);
  auto event = chosen_redrive(*record, request);
  if (!event) return event.error();
  reopen_execution(std::move(*record), std::move(request.client_token), std::move(*event));
  drain();
  return now_;
}

/// Precondition: it is closed, and not not_redrivable().
void OpenTransaction::reopen_execution(ExecutionRecord record, std::optional<std::string> client_token, events::Redrive event) {
  const ExecutionRow row = record.row;
  CachedExecution execution;
  execution.state = load_execution(*this, record);
  execution.program = workshop_.machines.program(*this, record.definition, record.map_state);
  execution.record = std::move(record);
  execution.record.status = ExecutionStatus::Running;
  execution.record.stopped_at = std::nullopt;
  execution.record.parent = std::nullopt;  // who waited for it has been told how it ended
  execution.record.redrives = event.count;
  execution.record.redriven_at = now_;
  execution.record.redrive_token = std::move(client_token);
  execution.began = true;
  effects_.changes.push_back({execution.record.row, execution.record.status});
  touch(workshop_.cache.insert(std::move(execution)));
  deliver(row, std::move(event));
}

Result<events::Redrive> OpenTransaction::chosen_redrive(const ExecutionRecord& record, const RedriveRequest& request) {
  events::Redrive event{.count = record.redrives + 1};
  if (!request.from_state && !request.input) return event;
  if (request.input && request.input->text_bytes() > payload_bytes_max) {
    return error(ErrorCode::TooLarge,
                 "the input has " + std::to_string(request.input->text_bytes()) + " bytes; at most " + std::to_string(payload_bytes_max) +
                     " are allowed",
                 "input");
  }
  event.from_state = request.from_state ? *request.from_state : load_execution(*this, record).frames.at(FrameId{0}).state;
  if (!is_at_top_level(*workshop_.machines.program(*this, record.definition)->machine, *event.from_state)) {
    return error(ErrorCode::InvalidArgument, "the machine has no state '" + *event.from_state + "' at its top level", "state");
  }
  auto input = request.input ? request.input : last_input_of(*this, record, *event.from_state);
  if (!input)
    return error(ErrorCode::InvalidArgument,
                 "the state '" + *event.from_state + "' has never been entered: give the input with which to enter it", "input");
  event.input = std::move(*input);
  return event;
}

}  // namespace signalbox
