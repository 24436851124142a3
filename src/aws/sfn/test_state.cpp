#include "aws/sfn/inspection.h"
#include "aws/sfn/lone_state.h"
#include "aws/sfn/sfn.h"
#include "aws/sfn/state_trial.h"
#include "aws/sfn/test_context.h"
#include "services/objects/map_runs/item_stream.h"
#include "signalbox/async.h"
#include "signalbox/clock.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

namespace signalbox::aws::sfn {

namespace {

bool has_children(const State& state) {
  return std::holds_alternative<MapState>(state.type) || std::holds_alternative<ParallelState>(state.type);
}
bool is_task(const State& state) { return std::holds_alternative<TaskState>(state.type); }

const ItemReader* reader_of(const State& state) {
  const auto* map = std::get_if<MapState>(&state.type);
  return map && map->distributed && map->distributed->reader ? &*map->distributed->reader : nullptr;
}

std::optional<Failure> check_mocked_children(const TestRequest& request, const LoneState& lone) {
  const State& state = lone.state();
  if (reader_of(state) && !request.configuration.item_reader_data) {
    return invalid_test("ItemReader data must be specified when testing a Map state with ItemReader specified.");
  }
  const auto& result = request.mock->result;
  if (!result) return std::nullopt;
  const bool written = lone.source.find("ResultWriter") != nullptr;
  if (written) return result->is_object() ? std::nullopt : std::optional(invalid_test("Mocked result must be a JSON object."));
  if (!result->is_array()) return invalid_test("Mocked result must be an array.");
  const auto* parallel = std::get_if<ParallelState>(&state.type);
  if (parallel && parallel->branches.size() != result->size()) {
    return invalid_test("Mocked result must contain the same number of items as number of Parallel branches.");
  }
  return std::nullopt;
}

std::optional<Failure> check_unmocked(const TestRequest& request, const State& state) {
  const auto unsupported = [](std::string_view what) {
    return Failure{"InvalidDefinition", fmt::format("TestState API does not support {}", what)};
  };
  if (has_children(state))
    return unsupported("Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]");
  if (!is_task(state)) return std::nullopt;
  if (std::holds_alternative<ActivityResource>(std::get<TaskState>(state.type).resource.kind)) return unsupported("Activity tasks.");
  if (waits(state)) return unsupported("'.sync' or '.waitForTaskToken' integration patterns.");
  return request.role_arn ? std::nullopt : std::optional(invalid_test("RoleArn must be specified when testing a Task state"));
}

/// Whether the request fits the state that it is about.
std::optional<Failure> check(const TestRequest& request, const LoneState& lone) {
  const State& state = lone.state();
  if (!request.mock) {
    if (auto fault = check_unmocked(request, state)) return fault;
  } else if (!has_children(state) && !is_task(state)) {
    return invalid_test(fmt::format("State type '{}' is not supported when a mock is specified", type_name(state)));
  }
  if (request.context) {
    if (auto fault = check_test_context(*request.context, state)) return fault;
  }
  if (!request.mock) return std::nullopt;
  if (has_children(state)) return check_mocked_children(request, lone);
  if (!request.mock->result) return std::nullopt;
  return check_mock_result(std::get<TaskState>(state.type).resource, *request.mock->result, request.mock->validation);
}

MockedChildren mocked_children(const TestRequest& request, const State& state) {
  const auto& configuration = request.configuration;
  MockedChildren out{
      .result = request.mock->result, .error = request.mock->error, .failed = configuration.failed_iterations.value_or(0), .items = {}};
  const auto* reader = reader_of(state);
  if (!reader || !configuration.item_reader_data) return out;
  const bool lists = reader->source == ItemReader::Source::ListObjects;
  auto items = objects::items_of_text(*configuration.item_reader_data, lists ? Json::empty_object() : reader->config);
  out.items = items ? std::move(*items) : Json::empty_array();
  if (!items) out.error = items.error();
  return out;
}

/// Around `lone` stands what the request says, or what TestState makes of it.
Trial trial_of(const Api& api, const TestRequest& request, const LoneState& lone, Timestamp now) {
  const auto retries = request.configuration.retries;
  Trial trial{.machine = lone.machine, .started = start_of_trial(api.engine.site(), request.input), .test = {}, .task = {}};
  trial.test.context =
      request.context ? *request.context : made_test_context(api.engine.site(), lone, request.input, request.role_arn, retries, now);
  trial.test.variables = request.variables;
  trial.test.retries_used = retries;
  if (!request.mock) return trial;
  if (has_children(lone.state())) {
    trial.test.children = mocked_children(request, lone.state());
  } else if (request.mock->result) {
    trial.task = TaskMock(boost::system::in_place_value, *request.mock->result);
  } else {
    trial.task = TaskMock(*request.mock->error);
  }
  return trial;
}

TaskCall task_call(const Trial& trial, const commands::InvokeTask& invoke, const TestRequest& request) {
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

/// What is known only when the Map's items have been found.
std::optional<Failure> check_iterations(const TestRequest& request, const LoneState& lone, const StateInspection& found) {
  if (!request.mock || !std::holds_alternative<MapState>(lone.state().type) || !found.after_items_path) return std::nullopt;
  const auto iterations = found.after_item_batcher ? found.after_item_batcher->size() : found.after_items_path->size();
  const auto failed = static_cast<std::size_t>(request.configuration.failed_iterations.value_or(0));
  if (failed > iterations) return invalid_test("Map iteration failure count must be less than or equal to the number of Map iterations");
  const auto& result = request.mock->result;
  if (!result || !result->is_array()) return std::nullopt;
  // Iterations that failed have no result, or one that says so.
  if (result->size() == iterations || result->size() + failed == iterations) return std::nullopt;
  return invalid_test("Input array does not equal the mocked result array's size.");
}

/// An error that the state itself neither retries nor catches is one of the Map or Parallel around it, and so on.
TrialResult handled_around(const Api& api, const TestRequest& request, const LoneState& lone, TrialResult result, Timestamp now) {
  for (const auto& around : lone.around) {
    if (result.status != TrialStatus::Failed || !result.error.error) break;
    const auto parent = failing_parent(request, around);
    if (!parent) break;
    auto trial = trial_of(api, request, *parent, now);
    trial.task.reset();
    trial.test.children = MockedChildren{.result = {}, .error = result.error, .failed = 0, .items = {}};
    auto handled = try_state(std::move(trial), now);
    const auto catcher = handled.inspection.catch_index;
    handled.inspection = std::move(result.inspection);  // what is shown is the tested state's work
    handled.inspection.catch_index = catcher;
    result = std::move(handled);
  }
  return result;
}

std::string_view status_text(TrialStatus status) {
  switch (status) {
    case TrialStatus::Succeeded: return "SUCCEEDED";
    case TrialStatus::Failed: return "FAILED";
    case TrialStatus::Retriable: return "RETRIABLE";
    case TrialStatus::CaughtError: return "CAUGHT_ERROR";
  }
  return "";
}

std::string answer_text(const TestRequest& request, const State& state, const TrialResult& result) {
  ObjectText out;
  if (result.output) out.quoted("output", *result.output);
  out.text("error", result.error.error).text("cause", result.error.cause);
  if (request.level != "INFO") out.raw("inspectionData", inspection_text(request.input, state, result));
  out.text("nextState", result.next_state);
  return out.text("status", status_text(result.status)).take();
}

}  // namespace

asio::awaitable<Answer<std::string>> test_state(Api api, Json given) {
  const auto request = read_test_request(given);
  if (!request) co_return request.error();
  const auto lone = lone_state_of(*request);
  if (!lone) co_return lone.error();
  if (auto fault = check(*request, *lone)) co_return *fault;
  const auto now = api.engine.clock().now();
  auto trial = trial_of(api, *request, *lone, now);
  if (!request->mock) {
    if (auto invoke = call_of(trial, now)) {
      auto call = task_call(trial, *invoke, *request);
      auto answer = co_await call_task(api.engine, std::move(call));
      if (!answer) co_return general_failure(answer.error());
      trial.task = std::move(*answer);
    }
  }
  auto result = try_state(std::move(trial), now);
  if (auto fault = check_iterations(*request, *lone, result.inspection)) co_return *fault;
  result = handled_around(api, *request, *lone, std::move(result), now);
  co_return answer_text(*request, lone->state(), result);
}

}  // namespace signalbox::aws::sfn
