#pragma once
/// Executions' events in their machine's log group. Source: Step Functions Developer Guide, Logging using CloudWatch Logs, log levels.

#include "signalbox/engine.h"

namespace signalbox::aws {

/// ALL, ERROR, FATAL or OFF, of an event that AWS shows.
[[nodiscard]] bool is_logged_at(std::string_view level, const HistoryEvent& event);

/// For Engine::on_history(): writes what the level of the execution's revision lets pass, in AWS's shape, to its log group; with or without execution
/// data. A group that does not exist gets nothing, as on AWS.
void write_execution_log(Transaction& transaction, const Site& site, const ExecutionRecord& record, std::span<const HistoryEvent> facts);

}  // namespace signalbox::aws
