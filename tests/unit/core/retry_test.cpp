#include "core/retry.h"

#include <catch2/catch.hpp>

namespace signalbox::core {
namespace {

using std::chrono::milliseconds;

TEST_CASE("The delay grows by BackoffRate, up to MaxDelaySeconds") {
  const Retrier plain{
      .error_equals = {}, .interval_seconds = 3, .max_attempts = 9, .backoff_rate = 1.5, .max_delay_seconds = {}, .full_jitter = false};
  CHECK(retry_delay(plain, 1, 0) == milliseconds(3000));
  CHECK(retry_delay(plain, 2, 0) == milliseconds(4500));
  CHECK(retry_delay(plain, 3, 0) == milliseconds(6750));
  Retrier bounded = plain;
  bounded.max_delay_seconds = 5;
  CHECK(retry_delay(bounded, 3, 0) == milliseconds(5000));
}

TEST_CASE("Full jitter is a share of the bounded delay") {
  const Retrier jittered{
      .error_equals = {}, .interval_seconds = 10, .max_attempts = 9, .backoff_rate = 2, .max_delay_seconds = 15, .full_jitter = true};
  CHECK(retry_delay(jittered, 1, 0) == milliseconds(0));
  CHECK(retry_delay(jittered, 1, 0.25) == milliseconds(2500));
  CHECK(retry_delay(jittered, 4, 0.5) == milliseconds(7500));
}

TEST_CASE("No attempt overflows the delay") {
  const Retrier steep{.error_equals = {},
                      .interval_seconds = 99'999'999,
                      .max_attempts = 99'999'999,
                      .backoff_rate = 1e9,
                      .max_delay_seconds = {},
                      .full_jitter = false};
  CHECK(retry_delay(steep, 99'999'999, 0) == std::chrono::seconds(99'999'999));
}

TEST_CASE("Error names match as the spec and AWS's recordings say") {
  struct Row {
    std::string name;
    std::optional<std::string> error;
    bool heartbeat;
    bool matches;
  };
  const std::vector<Row> rows{
      {"Oops", "Oops", false, true},
      {"Oops", "Other", false, false},
      {"States.ALL", "Oops", false, true},
      {"States.ALL", std::nullopt, false, true},
      {"States.ALL", "States.Timeout", false, true},
      {"States.ALL", "States.DataLimitExceeded", false, true},
      {"States.ALL", "States.Runtime", false, false},
      {"States.Runtime", "States.Runtime", false, false},
      {"States.TaskFailed", "Oops", false, true},
      {"States.TaskFailed", std::nullopt, false, true},
      {"States.TaskFailed", "States.Timeout", false, false},
      {"States.TaskFailed", "States.Timeout", true, false},
      {"States.TaskFailed", "States.Runtime", false, false},
      {"States.Timeout", "States.Timeout", false, true},
      {"States.Timeout", "States.Timeout", true, true},
      {"States.HeartbeatTimeout", "States.Timeout", true, true},
      {"States.HeartbeatTimeout", "States.Timeout", false, false},
  };
  for (const auto& row : rows) {
    INFO(row.name << " against " << row.error.value_or("nothing"));
    CHECK(matches({"Never", row.name}, Failure{.error = {row.error, {}}, .heartbeat = row.heartbeat}) == row.matches);
  }
}

}  // namespace
}  // namespace signalbox::core
