#pragma once
/// `states:startExecution`, plain, `.sync`, `.sync:2` and `.waitForTaskToken`: a workflow starts another.

#include "signalbox/task_handler.h"

namespace signalbox {

/// Parameters: StateMachineArn, Input (JSON, or JSON text), Name, TraceHeader (unused). Answers ExecutionArn and StartDate (epoch milliseconds); a
/// `.sync` task then waits for the child's end, and stops it when it is itself cancelled. Errors: `StepFunctions.` and the name of StartExecution's
/// error. [AWS: Manage AWS Step Functions executions as an integrated service]
class StartExecutionTask final : public InternalTask {
 public:
  [[nodiscard]] TaskAnswer call(Transaction& transaction, const TaskCall& call) override;
  void cancel(Transaction& transaction, ExecutionRow execution, TaskAttempt attempt) override;
};

}  // namespace signalbox
