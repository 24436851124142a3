#pragma once
/// What TestState shows of a state's work. Source: TestState, InspectionData.

#include "aws/sfn/state_trial.h"
#include "signalbox/state_machine.h"

#include <string>

namespace signalbox::aws::sfn {

/// The object's text. Which of the values between its fields a state of a kind shows is as recorded on AWS.
[[nodiscard]] std::string inspection_text(const Json& input, const State& state, const TrialResult& result);

}  // namespace signalbox::aws::sfn
