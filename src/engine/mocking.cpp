/// Executions whose state machine ARN named a test case: mocked states are answered from the mock configuration.

#include "signalbox/mocks.h"

#include "base/overload.h"
#include "engine/open_transaction.h"

#include <map>

namespace signalbox {

namespace {

/// Counts how often a state of one execution has been scheduled, from its facts.
class Scheduled {
 public:
  explicit Scheduled(std::string_view state) : state_(state) {}
  void look_at(const HistoryEvent& event) {
    if (const auto* entered = std::get_if<StateEntered>(&event.fact)) states_[event.frame] = entered->name == state_;
    if (std::holds_alternative<TaskScheduled>(event.fact) && states_[event.frame]) ++count_;
  }
  [[nodiscard]] std::int64_t count() const { return count_; }

 private:
  std::string_view state_;
  std::map<FrameId, bool> states_;  ///< whether the frame is in the state
  std::int64_t count_ = 0;
};

std::int64_t calls_before(const Reader& reader, const CachedExecution& execution, const std::string& state) {
  Scheduled scheduled(state);
  for_each_fact(reader, execution.record, [&](const HistoryEvent& event) { scheduled.look_at(event); });
  for (const auto& event : execution.facts) scheduled.look_at(event);
  return scheduled.count() - 1;
}

bool is_completed_by_callback(const TaskResource& resource) {
  const auto* service = std::get_if<ServiceResource>(&resource.kind);
  return std::holds_alternative<ActivityResource>(resource.kind) || (service && service->pattern != IntegrationPattern::RequestResponse);
}

}  // namespace

bool OpenTransaction::answer_mocked(CachedExecution& execution, const commands::InvokeTask& command) {
  const auto& record = execution.record;
  const MockedResponse* response = record.test_case && workshop_.mocks
                                       ? workshop_.mocks->find(base_name(record.state_machine), *record.test_case, command.state_name)
                                       : nullptr;
  if (!response) return false;
  const std::int64_t invocation =
      execution.express ? execution.express->mocked_calls[command.state_name]++ : calls_before(*this, execution, command.state_name);
  const MockedAnswer* answer = response->at(invocation);

  deliver(record.row, events::TaskTaken{command.attempt, std::nullopt});
  const auto refuse = [&](const WorkflowError& error) {
    deliver(record.row, events::TaskRefused{command.attempt, TaskFailureKind::Failed, error});
  };
  if (!answer) {
    refuse({"Signalbox.NoMockedResponse", "The test case '" + *record.test_case + "' has no response for invocation " +
                                              std::to_string(invocation) + " of the state '" + command.state_name + "'"});
    return true;
  }
  std::visit(Overload{
                 [&](const Json& returned) {
                   const bool activity = std::holds_alternative<ActivityResource>(command.resource.kind);
                   if (!activity) deliver(record.row, events::TaskAnswered{command.attempt, returned});
                   if (is_completed_by_callback(command.resource))
                     deliver(record.row, events::CallbackSucceeded{command.attempt, returned});
                 },
                 [&](const WorkflowError& thrown) { refuse(thrown); },
             },
             *answer);
  return true;
}

bool OpenTransaction::mocks(std::string_view state_machine, std::string_view state) const {
  return workshop_.mocks && workshop_.mocks->mocks(state_machine, state);
}

}  // namespace signalbox
