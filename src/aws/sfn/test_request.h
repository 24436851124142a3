#pragma once
/// What TestState is asked: one state, what stands in for its surroundings, and how much of its work is to be shown.

#include "aws/failure.h"
#include "aws/sfn/mock_result.h"
#include "signalbox/json.h"
#include "signalbox/workflow_error.h"

#include <cstdint>
#include <optional>
#include <string>

namespace signalbox::aws::sfn {

/// Source: TestState, MockInput. Either a result or an error.
struct Mock {
  std::optional<Json> result;
  std::optional<WorkflowError> error;
  FieldValidation validation = FieldValidation::Strict;
};

/// Source: TestState, TestStateConfiguration.
struct TestConfiguration {
  std::int64_t retries = 0;
  std::optional<std::int64_t> failed_iterations;
  std::optional<std::string> error_caused_by;
  std::optional<std::string> item_reader_data;  ///< as it stands in the object that the ItemReader would read
};

struct TestRequest {
  Json definition;
  std::optional<std::string> role_arn, state_name;
  Json input = Json::empty_object();
  std::string level = "INFO";
  Json variables = Json::empty_object();
  std::optional<Json> context;
  std::optional<Mock> mock;
  TestConfiguration configuration;
};

/// Errors: ValidationException, InvalidArn, InvalidDefinition (no JSON), InvalidExecutionInput.
[[nodiscard]] Answer<TestRequest> read_test_request(const Json& given);

/// ValidationException.
[[nodiscard]] Failure invalid_test(std::string message);

}  // namespace signalbox::aws::sfn
