#include "aws/sfn/mock_result.h"
#include "aws/sfn/sfn.h"
#include "aws/sfn/state_trial.h"
#include "aws/sfn/test_context.h"
#include "signalbox/async.h"
#include "signalbox/clock.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <cmath>

namespace signalbox::aws::sfn {

namespace {

/// The name that a state tried by itself has in places, texts and the context object. Recorded on AWS.
constexpr std::string_view lone_name = "StateName";

Failure invalid(std::string message) { return {"ValidationException", std::move(message)}; }

struct Mock {
  std::optional<Json> result;
  std::optional<WorkflowError> error;
  FieldValidation validation = FieldValidation::Strict;
};

struct Configuration {
  std::int64_t retries = 0;
  std::optional<std::int64_t> failed_iterations;
  std::optional<std::string> error_caused_by;
  std::optional<Json> items;
};

struct Request {
  Json definition;
  std::optional<std::string> role_arn, state_name;
  Json input = Json::empty_object();
  std::string level = "INFO";
  Json variables = Json::empty_object();
  std::optional<Json> context;
  std::optional<Mock> mock;
  Configuration configuration;
};

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
    return invalid(result ? "A test mock should have only one of the following fields: [result, errorOutput]."
                          : "A test mock should have one of the following fields: [result, errorOutput].");
  }
  Mock mock;
  mock.validation = mode == "NONE" ? FieldValidation::None : mode == "PRESENT" ? FieldValidation::Present : FieldValidation::Strict;
  if (error_output) {
    Parameters error(*error_output, "mock.errorOutput.");
    mock.error = WorkflowError{error.text("error", error_length), error.text("cause", cause_length)};
    parameters.absorb(error);
    return std::optional(std::move(mock));
  }
  auto parsed = parse_text(result, "ValidationException", "Mocked result must be valid JSON");
  if (!parsed) return parsed.error();
  mock.result = std::move(*parsed);
  return std::optional(std::move(mock));
}

Answer<Configuration> read_configuration(Parameters& parameters) {
  Configuration out;
  const Json* given = parameters.object("stateConfiguration");
  if (!given) return out;
  Parameters members(*given, "stateConfiguration.");
  out.retries = members.integer("retrierRetryCount", {0, INT32_MAX}).value_or(0);
  out.failed_iterations = members.integer("mapIterationFailureCount", {0, INT32_MAX});
  out.error_caused_by = members.text("errorCausedByState", name_length);
  const auto items = members.text("mapItemReaderData", {0, 1'048'576, true});
  parameters.absorb(members);
  auto parsed = parse_text(items, "ValidationException", "mapItemReaderData must be valid JSON");
  if (!parsed) return parsed.error();
  out.items = std::move(*parsed);
  return out;
}

Answer<Request> read_request(const Json& given) {
  Parameters parameters(given);
  Request out;
  const auto definition = parameters.required("definition", definition_length);
  out.role_arn = parameters.text("roleArn", arn_length);
  const auto input = parameters.text("input", {0, 1'048'576, true});
  out.level = parameters.one_of("inspectionLevel", {"INFO", "DEBUG", "TRACE"}).value_or("INFO");
  const bool reveal = parameters.boolean("revealSecrets").value_or(false);
  const auto variables = parameters.text("variables", {0, 1'048'576, true});
  out.state_name = parameters.text("stateName", name_length);
  const auto context = parameters.text("context", {0, 1'048'576, true});
  auto mock = read_mock(parameters);
  auto configuration = read_configuration(parameters);
  if (auto fault = parameters.fault()) return *fault;
  if (!mock) return mock.error();
  if (!configuration) return configuration.error();
  if (*mock && reveal) return invalid("TestState does not support RevealSecrets when a mock is specified.");
  if (out.role_arn) {
    if (const auto role = check_role_arn(*out.role_arn); !role) return role.error();
  }
  out.mock = std::move(*mock);
  out.configuration = std::move(*configuration);

  auto parsed = Json::parse(definition);
  if (!parsed) return Failure{"InvalidDefinition", "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: " + parsed.error().message + "'"};
  out.definition = std::move(*parsed);
  const auto parsed_input = parse_text(input, "InvalidExecutionInput", "Invalid State Machine Execution Input");
  if (!parsed_input) return parsed_input.error();
  if (*parsed_input) out.input = **parsed_input;
  const auto parsed_variables = parse_text(variables, "ValidationException", "Invalid variables");
  if (!parsed_variables) return parsed_variables.error();
  if (*parsed_variables) out.variables = **parsed_variables;
  if (!out.variables.is_object()) return invalid("Variables must be a JSON object.");
  auto parsed_context = parse_text(context, "ValidationException", "Invalid Context object provided");
  if (!parsed_context) return parsed_context.error();
  out.context = std::move(*parsed_context);
  return out;
}

/// The state of that name, however deep, in an object that holds `States`.
const Json* find_state(const Json& flow, std::string_view name) {
  const Json* states = flow.find("States");
  if (!states || !states->is_object()) return nullptr;
  for (const auto& [state_name, state] : states->members()) {
    if (state_name == name) return &state;
    for (const auto* nested : {"ItemProcessor", "Iterator"})
      if (const Json* processor = state.find(nested))
        if (const Json* found = find_state(*processor, name)) return found;
    const Json* branches = state.find("Branches");
    if (!branches || !branches->is_array()) continue;
    for (const auto& branch : branches->elements())
      if (const Json* found = find_state(branch, name)) return found;
  }
  return nullptr;
}

std::optional<Failure> faults_of(const ParsedDefinition& parsed) {
  std::string text;
  for (const auto& diagnostic : parsed.diagnostics) {
    if (diagnostic.severity != Diagnostic::Severity::Error) continue;
    text += fmt::format("{}{}: {} at {}", text.empty() ? "" : ", ", diagnostic.code, diagnostic.message, diagnostic.where.value_or("null"));
  }
  if (text.empty()) return std::nullopt;
  return Failure{"InvalidDefinition", "Invalid State Machine Definition: '" + text + "'"};
}

/// A machine that consists of the state alone, and the state as it is written.
struct LoneState {
  std::shared_ptr<const StateMachine> machine;
  Json source;

  [[nodiscard]] const State& state() const { return machine->state(machine->root.start_at); }
};

Answer<LoneState> lone_state_of(const Request& request) {
  Json state = request.definition;
  Json::Object machine;
  if (request.state_name) {
    const auto whole = parse_definition(request.definition.text(), {.mocked = true});
    if (auto faults = faults_of(whole)) return *faults;
    const Json* found = find_state(request.definition, *request.state_name);
    if (!found) return invalid("State not found in definition");
    if (const Json* language = request.definition.find("QueryLanguage")) machine.push_back({"QueryLanguage", *language});
    state = *found;
  }
  machine.push_back({"StartAt", std::string(lone_name)});
  machine.push_back({"States", json_object({{std::string(lone_name), state}})});
  const auto parsed = parse_definition(Json(std::move(machine)).text(), {.mocked = true, .lone_state = true});
  if (auto faults = faults_of(parsed)) return *faults;
  return LoneState{parsed.machine, state};
}

bool has_children(const State& state) { return std::holds_alternative<MapState>(state.type) || std::holds_alternative<ParallelState>(state.type); }
bool is_task(const State& state) { return std::holds_alternative<TaskState>(state.type); }

std::optional<Failure> check_mocked_children(const Request& request, const LoneState& lone) {
  const State& state = lone.state();
  const auto& result = request.mock->result;
  if (!result) return std::nullopt;
  const bool written = lone.source.find("ResultWriter") != nullptr;
  if (written) return result->is_object() ? std::nullopt : std::optional(invalid("Mocked result must be a JSON object."));
  if (!result->is_array()) return invalid("Mocked result must be a JSON array.");
  const auto* parallel = std::get_if<ParallelState>(&state.type);
  if (parallel && parallel->branches.size() != result->size()) {
    return invalid("Mocked result must contain the same number of items as number of Parallel branches.");
  }
  if (!parallel && request.configuration.failed_iterations.value_or(0) > static_cast<std::int64_t>(result->size())) {
    return invalid("Map iteration failure count must be less than or equal to the number of Map iterations");
  }
  return std::nullopt;
}

/// Whether the request fits the state that it is about.
std::optional<Failure> check(const Request& request, const LoneState& lone) {
  const State& state = lone.state();
  if (!request.mock && has_children(state)) {
    return Failure{"InvalidDefinition",
                   "TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]"};
  }
  if (request.mock && !has_children(state) && !is_task(state)) {
    return invalid(fmt::format("State type '{}' is not supported when a mock is specified", type_name(state)));
  }
  if (!request.mock && is_task(state)) {
    if (!request.role_arn) return invalid("RoleArn must be specified when testing a Task state");
    if (waits(state)) return invalid("A mock must be specified when testing a Task state that waits for its end: '.sync', '.waitForTaskToken' or an activity");
  }
  if (request.context) {
    if (auto fault = check_test_context(*request.context, state)) return fault;
  }
  if (!request.mock) return std::nullopt;
  if (has_children(state)) return check_mocked_children(request, lone);
  if (!request.mock->result) return std::nullopt;
  return check_mock_result(std::get<TaskState>(state.type).resource, *request.mock->result, request.mock->validation);
}

Trial trial_of(const Api& api, const Request& request, const LoneState& lone) {
  const State& state = lone.state();
  const auto now = api.engine.clock().now();
  const auto& configuration = request.configuration;
  Trial trial{.machine = lone.machine, .started = start_of_trial(api.engine.site(), request.input), .test = {}, .task = {}};
  trial.test.context = request.context ? *request.context
                                       : made_test_context(api.engine.site(), state, request.input, request.role_arn, configuration.retries, now);
  trial.test.variables = request.variables;
  trial.test.retries_used = configuration.retries;
  if (!request.mock) return trial;
  if (has_children(state)) {
    trial.test.children = MockedChildren{.result = request.mock->result, .error = request.mock->error,
                                         .failed = configuration.failed_iterations.value_or(0), .items = configuration.items};
  } else if (request.mock->result) {
    trial.task = TaskMock(boost::system::in_place_value, *request.mock->result);
  } else {
    trial.task = TaskMock(*request.mock->error);
  }
  return trial;
}

TaskCall task_call(const Trial& trial, const commands::InvokeTask& invoke, const Request& request) {
  return {.execution = {},
          .attempt = invoke.attempt,
          .execution_arn = trial.started.execution_arn,
          .execution_name = trial.started.name,
          .state_machine_arn = {},
          .state_name = invoke.state_name,
          .role_arn = invoke.credentials_role_arn.value_or(request.role_arn.value_or("")),
          .resource = invoke.resource,
          .input = invoke.input,
          .token = invoke.token,
          .request_id = random_uuid()};
}

/// 1 as `1.0`: AWS's is a float.
std::string float_text(double value) { return std::floor(value) == value && std::abs(value) < 1e15 ? fmt::format("{:.1f}", value) : Json(value).text(); }

/// Which of the values between its fields a state of this kind shows. Recorded on AWS.
class InspectionText {
 public:
  InspectionText(const Request& request, const State& state, const TrialResult& result) : request_(request), state_(state), result_(result) {}

  std::string text() {
    out_.quoted("input", request_.input);
    if (state_.query_language == QueryLanguage::Jsonata) jsonata();
    else json_path();
    if (std::holds_alternative<MapState>(state_.type)) limits();
    if (result_.variables.size() > 0) out_.quoted("variables", result_.variables);
    if (result_.retry_index || shown().catch_index) out_.raw("errorDetails", error_details());
    return out_.take();
  }

 private:
  [[nodiscard]] const StateInspection& shown() const { return result_.inspection; }
  void show(std::string_view name, const std::optional<Json>& value) {
    if (value) out_.quoted(name, *value);
  }

  void jsonata() {
    if (!is_task(state_)) return;
    show("afterArguments", shown().after_arguments);
    show("result", shown().result);
  }

  void json_path() {
    const bool parallel = std::holds_alternative<ParallelState>(state_.type), map = std::holds_alternative<MapState>(state_.type);
    const bool passes = std::holds_alternative<PassState>(state_.type);
    if (!parallel) show("afterInputPath", shown().after_input_path);
    if (map) show("afterItemsPath", shown().after_items_path);
    if (map) show("afterItemSelector", shown().after_item_selector);
    if (passes || is_task(state_)) show("afterParameters", shown().after_parameters);
    if (passes || is_task(state_)) show("result", shown().result);
    show("afterResultSelector", shown().after_result_selector);
    show("afterResultPath", shown().after_result_path);
  }

  void limits() {
    if (shown().max_concurrency) out_.number("maxConcurrency", *shown().max_concurrency);
    if (shown().tolerated_failure_count) out_.number("toleratedFailureCount", *shown().tolerated_failure_count);
    if (shown().tolerated_failure_percentage) out_.raw("toleratedFailurePercentage", float_text(*shown().tolerated_failure_percentage));
  }

  [[nodiscard]] std::string error_details() const {
    ObjectText details;
    if (result_.retry_index) details.number("retryIndex", *result_.retry_index).number("retryBackoffIntervalSeconds", *result_.retry_backoff_seconds);
    else details.number("catchIndex", *shown().catch_index);
    return details.take();
  }

  const Request& request_;
  const State& state_;
  const TrialResult& result_;
  ObjectText out_;
};

std::string_view status_text(TrialStatus status) {
  switch (status) {
    case TrialStatus::Succeeded: return "SUCCEEDED";
    case TrialStatus::Failed: return "FAILED";
    case TrialStatus::Retriable: return "RETRIABLE";
    case TrialStatus::CaughtError: return "CAUGHT_ERROR";
  }
  return "";
}

std::string answer_text(const Request& request, const State& state, const TrialResult& result) {
  ObjectText out;
  if (result.output) out.quoted("output", *result.output);
  out.text("error", result.error.error).text("cause", result.error.cause);
  if (request.level != "INFO") out.raw("inspectionData", InspectionText(request, state, result).text());
  out.text("nextState", result.next_state);
  return out.text("status", status_text(result.status)).take();
}

}  // namespace

asio::awaitable<Answer<std::string>> test_state(Api api, Json given) {
  const auto request = read_request(given);
  if (!request) co_return request.error();
  const auto lone = lone_state_of(*request);
  if (!lone) co_return lone.error();
  if (auto fault = check(*request, *lone)) co_return *fault;
  auto trial = trial_of(api, *request, *lone);
  const auto now = api.engine.clock().now();
  if (!request->mock) {
    if (auto invoke = call_of(trial, now)) {
      auto call = task_call(trial, *invoke, *request);
      auto answer = co_await call_task(api.engine, std::move(call));
      if (!answer) co_return general_failure(answer.error());
      trial.task = std::move(*answer);
    }
  }
  const auto result = try_state(std::move(trial), now);
  co_return answer_text(*request, lone->state(), result);
}

}  // namespace signalbox::aws::sfn
