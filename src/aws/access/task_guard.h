#pragma once
/// Service integrations act as their state machine's role. Source of the errors: as Step Functions reports them; where no report is known, as it reports
/// other errors of that service.

#include "aws/access/authorizer.h"
#include "signalbox/task_handler.h"

#include <optional>

namespace signalbox::aws {

/// A task's role, in a session named after its execution.
[[nodiscard]] Caller caller_of(const TaskCall& call);
/// The error that a task fails with which its role does not permit; nothing if it may be called. For Engine::guard_tasks().
[[nodiscard]] std::optional<WorkflowError> refuse_task(Authorizer& authorizer, const Site& site, const TaskCall& call);

}  // namespace signalbox::aws
