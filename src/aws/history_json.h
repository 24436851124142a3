#pragma once
/// History events as GetExecutionHistory shows them; REST shows the same.

#include "signalbox/history.h"

#include <string>

namespace signalbox::aws {

/// Appends the event as a JSON object: timestamp (epoch seconds), type, id, previousEventId and its details. Without `data`,
/// inputs, outputs, parameters, errors' causes stay out. Precondition: it is no internal fact. [GetExecutionHistory, HistoryEvent]
void append_history_event(std::string& out, const HistoryEvent& event, bool data);

}  // namespace signalbox::aws
