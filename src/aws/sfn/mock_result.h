#pragma once
/// What a mocked result may look like. Source: TestState, MockInput and fieldValidationMode; texts as recorded on AWS.

#include "aws/failure.h"
#include "signalbox/state_machine.h"

#include <optional>

namespace signalbox::aws::sfn {

/// STRICT: what the service's API model says, required fields included. PRESENT: only the fields that are there. NONE: anything.
enum class FieldValidation : std::uint8_t { Strict, Present, None };

/// Whether the result of a Task's call fits the output of the API action that it names. Services without a model here
/// (src/aws/sfn/make_api_shapes.py lists those with one) take anything. Errors: ValidationException.
[[nodiscard]] std::optional<Failure> check_mock_result(const TaskResource& resource, const Json& result, FieldValidation mode);

}  // namespace signalbox::aws::sfn
