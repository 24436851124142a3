#pragma once
/// History events as GetExecutionHistory shows them; REST shows the same.

#include "signalbox/history.h"

#include <string>
#include <string_view>

namespace signalbox::aws {

/// Appends the event as a JSON object: timestamp (epoch seconds), type, id, previousEventId and its details. Without `data`,
/// inputs, outputs, parameters and variables stay out. Precondition: it is no internal fact. [GetExecutionHistory, HistoryEvent]
void append_history_event(std::string& out, const HistoryEvent& event, bool data);

/// The event as a log group gets it: the same details, the rest in other names and as texts. Precondition: it is no internal fact.
[[nodiscard]] std::string log_event(const HistoryEvent& event, bool data, std::string_view execution_arn, std::int64_t redrive_count);

}  // namespace signalbox::aws
