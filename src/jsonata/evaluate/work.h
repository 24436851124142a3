#pragma once

#include <cstddef>

namespace signalbox::jsonata::engine {

class Evaluator;

/// While it lives, this is the evaluation that runs in this thread.
class Running {
 public:
  explicit Running(Evaluator& evaluator);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Evaluator* outer_;
};

/// For walks over values that are no steps of the evaluator: values may share parts, so that a walk can take far longer than making them
/// took. Looks at the time limit of the evaluation that runs in this thread now and then.
void count_work();
/// Limits::bytes of that evaluation.
[[nodiscard]] std::size_t memory_limit();

}  // namespace signalbox::jsonata::engine
