#pragma once
/// How a parent learns that the execution it started with `startExecution.sync` or `.sync:2` has ended.

#include "signalbox/event.h"
#include "signalbox/execution.h"
#include "signalbox/executions.h"
#include "signalbox/site.h"

namespace signalbox {

/// CallbackSucceeded with the child's DescribeExecution in PascalCase (`.sync`: Input and Output as JSON text; `.sync:2`: as JSON), or
/// CallbackFailed with States.TaskFailed and that text as cause. [AWS: Manage AWS Step Functions executions as an integrated service]
[[nodiscard]] Event child_answer(const Site& site, const ExecutionRecord& child, const ExecutionPayloads& payloads,
                                 const PendingTask& task);

}  // namespace signalbox
