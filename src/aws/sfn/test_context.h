#pragma once
/// The context object that TestState is given, or makes.

#include "aws/failure.h"
#include "aws/sfn/lone_state.h"
#include "signalbox/site.h"
#include "signalbox/state_machine.h"

#include <optional>
#include <string>

namespace signalbox::aws::sfn {

/// Whether the state's call waits for its end, so that there is a task token: .sync, .waitForTaskToken, an activity.
[[nodiscard]] bool waits(const State& state);
/// Members of the right types, and none that the state cannot have. Errors: ValidationException in AWS's words.
[[nodiscard]] std::optional<Failure> check_test_context(const Json& context, const State& state);
/// Names that nobody has: an Express execution of a state machine that does not exist. Recorded on AWS. A state within a Map is in its
/// first iteration.
[[nodiscard]] Json made_test_context(const Site& site, const LoneState& lone, const Json& input, const std::optional<std::string>& role_arn,
                                     std::int64_t retries, Timestamp now);

}  // namespace signalbox::aws::sfn
