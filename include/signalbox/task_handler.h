#pragma once
/// What services offer to workflows: the other side of InvokeTask.

#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/task_resource.h"
#include "signalbox/transaction.h"
#include "signalbox/workflow_error.h"

#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace signalbox {

/// One call of a task's resource. `request_id` is a UUID derived from the execution and attempt: equal when the call is repeated
/// after a crash, so that what leaves the daemon can be recognised.
struct TaskCall {
  ExecutionRow execution;
  TaskAttempt attempt;
  std::string execution_arn, execution_name, state_machine_arn, state_name, role_arn;
  TaskResource resource;
  Json input;  ///< the parameters; for a function ARN the payload
  TaskToken token;
  std::string request_id;
  std::string machine_role_arn = {};  ///< the machine's own role; `role_arn` is another's where the state has Credentials
};

/// The resource's answer, or the error it raises.
using TaskAnswer = Evaluated<Json>;

/// A call that stays inside the data file (queue send, topic publish, child start, activity): it runs in the step's own
/// transaction, and its answer is stepped before the commit. Registered per `resource_type:action`.
class InternalTask {
 public:
  virtual ~InternalTask() = default;
  [[nodiscard]] virtual TaskAnswer call(Transaction& transaction, const TaskCall& call) = 0;
  /// The task is over before its end (timed out, aborted, stopped).
  virtual void cancel(Transaction&, ExecutionRow, TaskAttempt) {}
};

/// A call that leaves the daemon (a function): it runs after the commit, and its answer comes back as an event of a later
/// transaction. `call` is used on the engine's thread and must return at once; `done` may be called from any thread, once.
class ExternalTask {
 public:
  virtual ~ExternalTask() = default;
  virtual void call(const TaskCall& call, std::function<void(TaskAnswer)> done) = 0;
};

}  // namespace signalbox
