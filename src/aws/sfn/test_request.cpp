#include "aws/sfn/test_request.h"

#include "aws/sfn/sfn.h"

#include <fmt/format.h>

namespace signalbox::aws::sfn {

namespace {

/// JSON inside a text member; `what` names it in the error.
Answer<std::optional<Json>> parse_text(const std::optional<std::string>& text, const char* code, std::string_view what) {
  if (!text) return std::optional<Json>();
  auto parsed = Json::parse(*text);
  if (!parsed) return Failure{code, fmt::format("{}: '{}'", what, parsed.error().message)};
  return std::optional(std::move(*parsed));
}

Answer<std::optional<Mock>> read_mock(Parameters& parameters) {
  const Json* given = parameters.object("mock");
  if (!given) return std::optional<Mock>();
  Parameters members(*given, "mock.");
  const auto result = members.text("result", data_length);
  const Json* error_output = members.object("errorOutput");
  const auto mode = members.one_of("fieldValidationMode", {"STRICT", "PRESENT", "NONE"}).value_or("STRICT");
  parameters.absorb(members);
  if (result.has_value() == (error_output != nullptr)) {
    return invalid_test(result ? "A test mock should have only one of the following fields: [result, errorOutput]."
                               : "A test mock should have one of the following fields: [result, errorOutput].");
  }
  Mock mock;
  mock.validation = mode == "NONE" ? FieldValidation::None : mode == "PRESENT" ? FieldValidation::Present : FieldValidation::Strict;
  if (error_output) {
    Parameters error(*error_output, "mock.errorOutput.");
    mock.error = WorkflowError{error.text("error", error_length), error.text("cause", cause_length)};
    parameters.absorb(error);
    if (mock.error->error.value_or("").empty()) return invalid_test("An error was not specified in the mocked error output.");
    return std::optional(std::move(mock));
  }
  auto parsed = Json::parse(*result);
  if (!parsed) return invalid_test("Mocked result must be valid JSON");
  mock.result = std::move(*parsed);
  return std::optional(std::move(mock));
}

TestConfiguration read_configuration(Parameters& parameters) {
  TestConfiguration out;
  const Json* given = parameters.object("stateConfiguration");
  if (!given) return out;
  Parameters members(*given, "stateConfiguration.");
  out.retries = members.integer("retrierRetryCount", {0, INT32_MAX}).value_or(0);
  out.failed_iterations = members.integer("mapIterationFailureCount", {0, INT32_MAX});
  out.error_caused_by = members.text("errorCausedByState", name_length);
  out.item_reader_data = members.text("mapItemReaderData", {0, 1'048'576, true});
  parameters.absorb(members);
  return out;
}

}  // namespace

Failure invalid_test(std::string message) { return {"ValidationException", std::move(message)}; }

Answer<TestRequest> read_test_request(const Json& given) {
  Parameters parameters(given);
  TestRequest out;
  const auto definition = parameters.required("definition", definition_length);
  out.role_arn = parameters.text("roleArn", arn_length);
  const auto input = parameters.text("input", {0, 1'048'576, true});
  out.level = parameters.one_of("inspectionLevel", {"INFO", "DEBUG", "TRACE"}).value_or("INFO");
  const bool reveal = parameters.boolean("revealSecrets").value_or(false);
  const auto variables = parameters.text("variables", {0, 1'048'576, true});
  out.state_name = parameters.text("stateName", name_length);
  const auto context = parameters.text("context", {0, 1'048'576, true});
  auto mock = read_mock(parameters);
  out.configuration = read_configuration(parameters);
  if (auto fault = parameters.fault()) return *fault;
  if (!mock) return mock.error();
  if (*mock && reveal) return invalid_test("TestState does not support RevealSecrets when a mock is specified.");
  if (out.role_arn) {
    if (const auto role = check_role_arn(*out.role_arn); !role) return role.error();
  }
  out.mock = std::move(*mock);

  auto parsed = Json::parse(definition);
  if (!parsed)
    return Failure{"InvalidDefinition", "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: " + parsed.error().message + "'"};
  out.definition = std::move(*parsed);
  const auto parsed_input = parse_text(input, "InvalidExecutionInput", "Invalid State Machine Execution Input");
  if (!parsed_input) return parsed_input.error();
  if (*parsed_input) out.input = **parsed_input;
  const auto parsed_variables = parse_text(variables, "ValidationException", "Invalid variables");
  if (!parsed_variables) return parsed_variables.error();
  if (*parsed_variables) out.variables = **parsed_variables;
  if (!out.variables.is_object()) return invalid_test("Variables must be a JSON object.");
  auto parsed_context = parse_text(context, "ValidationException", "Invalid Context object provided");
  if (!parsed_context) return parsed_context.error();
  out.context = std::move(*parsed_context);
  return out;
}

}  // namespace signalbox::aws::sfn
