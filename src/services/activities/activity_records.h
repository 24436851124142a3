#pragma once
/// How activities and their waiting tasks are stored.

#include "signalbox/activities.h"

#include <string>
#include <string_view>

namespace signalbox {

struct WaitingActivityTask {
  std::string activity;
  ExecutionRow execution;
  TaskAttempt attempt;
  TaskToken token;
  Json input;
};

[[nodiscard]] std::string encode_activity(const Activity& activity);
[[nodiscard]] Activity decode_activity(std::string_view name, std::string_view text);
[[nodiscard]] std::string encode_task(const WaitingActivityTask& task);
[[nodiscard]] WaitingActivityTask decode_task(std::string_view bytes);
[[nodiscard]] std::string encode_task_row(std::int64_t row);
[[nodiscard]] std::int64_t decode_task_row(std::string_view bytes);

}  // namespace signalbox
