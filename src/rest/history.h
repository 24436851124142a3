#pragma once
/// History events as REST shows them: AWS's type and details (src/aws renders those), flat, with payloads as JSON values.

#include "signalbox/history.h"
#include "signalbox/json.h"

namespace signalbox::rest {

[[nodiscard]] Json history_event_json(const HistoryEvent& event);

}  // namespace signalbox::rest
