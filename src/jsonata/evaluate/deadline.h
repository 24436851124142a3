#pragma once
/// How long an evaluation may take. The one clock in this module: all that it decides is whether an evaluation is given up, which is then a
/// fact like any other that an evaluation came to.

#include <chrono>

namespace signalbox::jsonata::engine {

class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds from_now) : at_(Clock::now() + from_now) {}
  [[nodiscard]] bool is_over() const { return Clock::now() > at_; }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point at_;
};

}  // namespace signalbox::jsonata::engine
