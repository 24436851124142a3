#pragma once
/// "Step Functions Execution Status Change", as EventBridge gets it. Source: Step Functions Developer Guide, Automating Step Functions event delivery
/// with EventBridge.

#include "signalbox/executions.h"
#include "signalbox/site.h"

namespace signalbox::aws {

/// The whole event; `id` is its UUID, `now` its time. Payloads are JSON texts. Use it in Engine::on_status_change(): the record's status says what
/// happened.
[[nodiscard]] Json status_change_event(const Reader& reader, const Site& site, const ExecutionRecord& record, const Uuid& id,
                                       Timestamp now);

}  // namespace signalbox::aws
