#pragma once
/// Executions of machines of type EXPRESS: the same core, but nothing of their steps is stored. An asynchronous one is a row from its start to its end, and
/// runs again from the beginning after a crash; a synchronous one lives and ends with the connection that asked for it. Neither has a history to
/// read: its events go to the log group, if the machine has one. A map run's express children are asynchronous ones, and besides executions that can
/// be described and listed; how they ended is kept.

#include "signalbox/engine.h"
#include "signalbox/ids.h"
#include "signalbox/result.h"
#include "signalbox/store.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace signalbox {

inline constexpr Table express_executions_table{"express_executions", {KeyPart::Integer}};  // ExecutionRow → ExpressStart
inline constexpr Table express_ends_table{
    "express_ends", {KeyPart::Integer}};  // ExecutionRow → ExecutionPayloads: a map run's children, once they have ended

/// [aws: Step Functions quotas]
inline constexpr std::chrono::minutes express_duration_max{5};

/// What a run from the beginning needs.
struct ExpressStart {
  Uuid id;
  std::string state_machine, name;
  DefinitionRow definition;
  std::string role_arn;
  Json input;
  std::optional<std::string> test_case = {};    ///< of the mock configuration
  std::optional<MapRunChildLink> map_run = {};  ///< of a map run's child, which runs the processor of
  std::string map_state = {};                   ///< this Map state
};
[[nodiscard]] std::string encode_express_start(const ExpressStart& start);
[[nodiscard]] ExpressStart decode_express_start(std::string_view bytes);
/// Of a map run's child: all once it has ended, its input while it runs.
[[nodiscard]] ExecutionPayloads read_express_payloads(const Reader& reader, ExecutionRow row);

/// How an express execution ended.
struct ExpressEnd {
  ExecutionStatus status = ExecutionStatus::Running;
  std::optional<Json> output;
  WorkflowError error;
  Timestamp started_at, stopped_at;
};

}  // namespace signalbox
