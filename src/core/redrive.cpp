#include "core/redrive.h"

#include "core/states/gathering.h"

namespace signalbox::core {

void redrive(Interpreter& interpreter, const events::Redrive& event) {
  Execution& execution = interpreter.execution();
  if (execution.frames.empty() || execution.running() || execution.status == ExecutionStatus::Succeeded) return;
  const auto& timeout = interpreter.machine().timeout_seconds;
  interpreter.record_redriven({.redrive_count = event.count,
                               .timeout_at = timeout ? std::optional(interpreter.now() + std::chrono::seconds(*timeout)) : std::nullopt,
                               .from_state = event.from_state});
  if (!interpreter.running()) return;
  if (event.from_state)
    return interpreter.enter(execution.frames.at(FrameId{0}), interpreter.machine().by_name.at(*event.from_state), event.input);
  // A Parallel or Map may have failed after its last child had succeeded: nothing else would make it go on.
  std::vector<FrameId> frames;
  for (const auto& [id, frame] : execution.frames) frames.push_back(id);
  for (const FrameId id : frames) {
    if (const auto frame = execution.frames.find(id); frame != execution.frames.end()) finish_if_all_ended(interpreter, frame->second);
  }
}

}  // namespace signalbox::core
