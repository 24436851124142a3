#include "aws/sfn/state_trial.h"

#include "signalbox/encoding.h"

#include <iterator>

namespace signalbox::aws::sfn {

namespace {

class Run {
 public:
  Run(Trial trial, Timestamp now) : trial_(std::move(trial)), now_(now) {}

  std::optional<commands::InvokeTask> first_call() {
    auto made = step(*trial_.machine, execution_, events::StartExecution{trial_.started}, now_, trial_.test);
    for (auto& command : made.commands)
      if (auto* invoke = std::get_if<commands::InvokeTask>(&command)) return std::move(*invoke);
    return std::nullopt;
  }

  TrialResult run() {
    handle(events::StartExecution{trial_.started});
    if (const auto attempt = pending_attempt(); attempt && trial_.task) answer(*attempt);
    // Waiting is not what a Wait is tried for.
    for (auto due = next_due(execution_); execution_.running() && !left() && !retries() && due; due = next_due(execution_)) {
      now_ = *due;
      handle(events::TimerFired{});
    }
    return result();
  }

 private:
  void handle(const Event& event) {
    auto made = step(*trial_.machine, execution_, event, now_, trial_.test);
    std::move(made.history.begin(), made.history.end(), std::back_inserter(history_));
  }

  std::optional<TaskAttempt> pending_attempt() const {
    if (execution_.tasks.empty()) return std::nullopt;
    return execution_.tasks.begin()->first;
  }

  /// A call that waits for its end is answered twice: by the service, and by whoever completes it.
  void answer(TaskAttempt attempt) {
    handle(events::TaskTaken{attempt, std::nullopt});
    const TaskMock& mock = *trial_.task;
    const bool activity = execution_.tasks.contains(attempt) && execution_.tasks.at(attempt).scheduled.family == TaskFamily::Activity;
    if (!mock) {
      if (activity) return handle(events::CallbackFailed{attempt, mock.error()});
      return handle(events::TaskRefused{attempt, TaskFailureKind::Failed, mock.error()});
    }
    if (!activity) handle(events::TaskAnswered{attempt, *mock});
    if (execution_.tasks.contains(attempt)) handle(events::CallbackSucceeded{attempt, *mock});
  }

  template <class Fact>
  const Fact* first() const {
    for (const auto& event : history_)
      if (const auto* fact = std::get_if<Fact>(&event.fact)) return fact;
    return nullptr;
  }
  bool left() const { return first<StateExited>() != nullptr; }
  bool retries() const { return first<RetryScheduled>() != nullptr; }

  TrialResult result() {
    TrialResult out;
    out.inspection = trial_.test.inspection;
    out.variables = execution_.frames.at(FrameId{0}).variables;
    if (const auto* exited = first<StateExited>()) {
      out.status = out.inspection.catch_index ? TrialStatus::CaughtError : TrialStatus::Succeeded;
      out.output = exited->output;
      out.next_state = state_after(*exited);
      if (out.inspection.catch_index) out.error = out.inspection.failure.value_or(WorkflowError{});
    } else if (const auto* retry = first<RetryScheduled>()) {
      out.status = TrialStatus::Retriable;
      out.error = out.inspection.failure.value_or(WorkflowError{});
      out.retry_index = retry->retrier;
      out.retry_backoff_seconds = std::chrono::round<std::chrono::seconds>(retry->due - now_).count();
    } else {
      out.error = execution_.error;
    }
    return out;
  }

  /// The state that was entered next.
  std::optional<std::string> state_after(const StateExited& exited) const {
    bool passed = false;
    for (const auto& event : history_) {
      if (std::get_if<StateExited>(&event.fact) == &exited) passed = true;
      if (const auto* entered = std::get_if<StateEntered>(&event.fact); entered && passed) return entered->name;
    }
    return std::nullopt;
  }

  Trial trial_;
  Timestamp now_;
  Execution execution_ = blank_execution(ExecutionRow{0});
  std::vector<HistoryEvent> history_;
};

}  // namespace

ExecutionStarted start_of_trial(const Site& site, Json input) {
  ExecutionStarted started;
  started.input = std::move(input);
  started.name = random_uuid();
  started.execution_arn = site.execution_arn("StateName", started.name);
  started.key = random_uuid();
  return started;
}

std::optional<commands::InvokeTask> call_of(Trial trial, Timestamp now) { return Run(std::move(trial), now).first_call(); }
TrialResult try_state(Trial trial, Timestamp now) { return Run(std::move(trial), now).run(); }

}  // namespace signalbox::aws::sfn
