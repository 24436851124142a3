#pragma once
/// Task tokens and the randomness of executions, all derived from the data file's master key.

#include "signalbox/ids.h"
#include "signalbox/result.h"

#include <string>
#include <string_view>

namespace signalbox {

/// 32 random bytes, made when the data file is created and kept in it, so that a backup carries it.
struct MasterKey {
  std::string bytes;
};

/// HMAC-SHA-256(master, "execution" + row): recorded in the start event, so the pure core can derive from it.
[[nodiscard]] std::string execution_key(const MasterKey& master, ExecutionRow row);

/// base64url without padding of (row, attempt, HMAC-SHA-256 truncated to 128 bits); about 30 characters. Pure.
[[nodiscard]] TaskToken make_task_token(std::string_view execution_key, ExecutionRow row, TaskAttempt attempt);

struct TaskTokenParts {
  ExecutionRow row;
  TaskAttempt attempt;
};
/// Checks the MAC before anything is looked up, in constant time. Errors: InvalidToken, one and the same for every kind of rubbish.
[[nodiscard]] Result<TaskTokenParts> parse_task_token(const MasterKey& master, std::string_view text);

}  // namespace signalbox
