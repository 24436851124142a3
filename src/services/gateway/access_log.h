#pragma once
/// A stage's access log: one line for each request, in the stage's format, in a log group.

#include "signalbox/engine.h"
#include "signalbox/json.h"

#include <optional>
#include <string>

namespace signalbox::gateway {

struct AccessLog {
  std::string group;
  std::string format;  ///< `$context.requestId …`
};
/// Of a stage's `accessLogSettings`; nothing: it writes none.
[[nodiscard]] std::optional<AccessLog> read_access_log(const Json& stage);

/// In a transaction of its own that nobody waits for. A group that is missing is said in the daemon's log. Any thread; `engine` outlives it.
void write_access_log(Engine& engine, const AccessLog& log, const std::string& api, const std::string& stage, std::string line);

}  // namespace signalbox::gateway
