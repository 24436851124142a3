#pragma once
/// Why an execution is not moving, and when it will, in a sentence.

#include "signalbox/execution.h"
#include "signalbox/executions.h"
#include "signalbox/ids.h"

#include <string>

namespace signalbox::rest {

/// Pure. `execution` is the folded state of a running execution; null for a closed one.
[[nodiscard]] std::string explain(const ExecutionRecord& record, const Execution* execution, Timestamp now);

}  // namespace signalbox::rest
