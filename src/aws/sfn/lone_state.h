#pragma once
/// The one state that TestState is about.

#include "aws/sfn/test_request.h"
#include "signalbox/state_machine.h"

#include <memory>
#include <vector>

namespace signalbox::aws::sfn {

/// A machine that consists of the state alone, and the state as it is written.
struct LoneState {
  std::shared_ptr<const StateMachine> machine;
  Json source;
  std::vector<Json> around;  ///< the Map and Parallel states that it is in, as written, innermost first

  [[nodiscard]] const State& state() const { return machine->state(machine->root.start_at); }
};

/// The definition itself, or its state `stateName`. Errors: InvalidDefinition, ValidationException: there is no such state.
[[nodiscard]] Answer<LoneState> lone_state_of(const TestRequest& request);

/// A state that fails as a state around the tested one does when something in it fails: it has that one's Retry and Catch. `around` was
/// found by lone_state_of().
[[nodiscard]] Answer<LoneState> failing_parent(const TestRequest& request, const Json& around);

}  // namespace signalbox::aws::sfn
