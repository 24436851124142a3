#include "base/overload.h"
#include "core/data_flow.h"
#include "core/states/states.h"
#include "core/states/task_events.h"
#include "core/timers.h"
#include "signalbox/integrations.h"
#include "signalbox/keys.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace signalbox::core {
namespace {

TaskFamily family_of(const TaskResource& resource) {
  return std::visit(Overload{
                        [](const FunctionResource&) { return TaskFamily::LambdaFunction; },
                        [](const ActivityResource&) { return TaskFamily::Activity; },
                        [](const ServiceResource&) { return TaskFamily::Task; },
                    },
                    resource.kind);
}

/// The fourth part of the execution's own ARN: services are called where the execution runs.
std::string region_of(const ExecutionStarted& started) {
  std::string_view rest = started.execution_arn;
  for (int part = 0; part < 3; ++part)
    rest.remove_prefix(std::min(rest.size(), rest.find(':') == rest.npos ? rest.size() : rest.find(':') + 1));
  return std::string(rest.substr(0, rest.find(':')));
}

/// TimeoutSeconds and HeartbeatSeconds, or their Path forms, or expressions, which must give a positive whole number. `field` without `Path`.
Outcome<std::optional<std::int64_t>> seconds_of(Scope& scope, const std::optional<ConstantOrPath<std::int64_t>>& source,
                                                std::string_view field, const Json& input) {
  using Seconds = Outcome<std::optional<std::int64_t>>;
  if (!source) return std::optional<std::int64_t>();
  return std::visit(Overload{
                        [](std::int64_t seconds) -> Seconds { return std::optional(seconds); },
                        [&](const PathExpression& path) -> Seconds {
                          const auto value = scope.evaluate(path, input);
                          if (!value) return failure_in(scope.frame(), value.error());
                          const auto seconds = value->as_integer();
                          if (seconds && *seconds > 0) return std::optional(*seconds);
                          return runtime_failure(scope.frame(),
                                                 fmt::format("The {}Path parameter does not reference a positive integer: {} == {}", field,
                                                             path.text(), value->text()));
                        },
                        [&](const JsonataTemplate& jsonata) -> Seconds {
                          const auto value = scope.evaluate(jsonata, Json::Kind::Number);
                          if (!value) return value.error();
                          const auto seconds = value->as_integer();
                          if (seconds && *seconds > 0) return std::optional(*seconds);
                          return scope.failure(
                              {fmt::format("The {} field must be a positive integer but was: {}", field, value->text()), jsonata.field()});
                        },
                    },
                    *source);
}

Outcome<std::optional<std::string>> role_of(Scope& scope, const std::optional<Template>& credentials, const Json& input) {
  if (!credentials) return std::optional<std::string>();
  const auto value = scope.evaluate(*credentials, input);
  if (!value) return value.error();
  const Json* role = value->find("RoleArn");
  if (role != nullptr && role->is_string()) return std::optional(std::string(role->as_string()));
  // A task must not run without the role that it names.
  constexpr std::string_view field = "Credentials/RoleArn";
  const auto what = fmt::format("The value specified for the field '{}' must be a string but was: {}", field, role ? role->text() : "null");
  if (std::holds_alternative<JsonataTemplate>(*credentials)) return scope.failure({what, std::string(field)});
  return runtime_failure(scope.frame(), what);
}

/// The fact that schedules the next attempt, all its fields evaluated.
Outcome<TaskScheduled> schedule(Interpreter& interpreter, Scope& scope, const TaskState& task, TaskAttempt attempt) {
  const auto selected = selected_input(scope, task.flow.input_path);
  if (!selected) return selected.error();
  auto timeout = seconds_of(scope, task.timeout_seconds, "TimeoutSeconds", *selected);
  if (!timeout) return timeout.error();
  auto heartbeat = seconds_of(scope, task.heartbeat_seconds, "HeartbeatSeconds", *selected);
  if (!heartbeat) return heartbeat.error();
  auto role = role_of(scope, task.credentials, *selected);
  if (!role) return role.error();
  auto input = parameters_of(scope, task.flow, *selected);
  if (!input) return input.error();

  TaskScheduled scheduled{.family = family_of(task.resource),
                          .attempt = attempt,
                          .resource_type = {},
                          .resource = task.resource.arn,
                          .input = std::move(*input),
                          .region = {},
                          .timeout_seconds = *timeout,
                          .heartbeat_seconds = *heartbeat,
                          .credentials_role_arn = std::move(*role),
                          .timeout_at = {}};
  if (const auto* service = std::get_if<ServiceResource>(&task.resource.kind)) {
    scheduled.resource_type = service->resource_type;
    scheduled.resource = service->resource;
    scheduled.region = region_of(interpreter.execution().started);
  }
  if (*timeout) scheduled.timeout_at = interpreter.now() + std::chrono::seconds(**timeout);
  return scheduled;
}

/// Evaluated parameters with which AWS does not even schedule the task.
std::optional<Failure> unusable_parameters(const Frame& frame, const TaskResource& resource, const Json& parameters) {
  const auto* service = std::get_if<ServiceResource>(&resource.kind);
  const auto faults = service ? parameter_faults(*service, parameters) : std::vector<std::string>();
  if (faults.empty()) return std::nullopt;
  return runtime_failure(
      frame, fmt::format("The Parameters '{}' could not be used to start the Task: [{}]", parameters.text(), fmt::join(faults, ", ")));
}

bool is_missing(const Interpreter& interpreter, const TaskResource& resource) {
  const auto& missing = interpreter.surroundings().missing_activities;
  return std::holds_alternative<ActivityResource>(resource.kind) &&
         std::find(missing.begin(), missing.end(), resource.arn) != missing.end();
}

}  // namespace

void begin_task(Interpreter& interpreter, Frame& frame, const State& state, const TaskState& task) {
  const Execution& execution = interpreter.execution();
  const TaskAttempt attempt = execution.next_attempt;
  Scope scope(interpreter, frame);
  const TaskToken token = make_task_token(execution.started.key, execution.row, attempt);
  if (waits_for_callback(task.resource)) scope.give_token(token);
  auto scheduled = schedule(interpreter, scope, task, attempt);
  if (!scheduled) return interpreter.fail(frame, scheduled.error());
  if (scheduled->input.text_bytes() > payload_bytes_max) return interpreter.fail(frame, Failure{.error = data_limit_exceeded(state.name)});
  if (auto unusable = unusable_parameters(frame, task.resource, scheduled->input)) return interpreter.fail(frame, std::move(*unusable));
  if (is_missing(interpreter, task.resource))
    return interpreter.fail(frame, runtime_failure(frame, fmt::format("The activity {} does not exist.", task.resource.arn)));
  if (!interpreter.record(frame, std::move(*scheduled))) return;
  interpreter.command(invoke_command(state, execution.tasks.at(attempt), token));
}

commands::InvokeTask invoke_command(const State& state, const PendingTask& task, TaskToken token) {
  return commands::InvokeTask{.attempt = task.attempt,
                              .resource = std::get<TaskState>(state.type).resource,
                              .input = task.scheduled.input,
                              .token = std::move(token),
                              .state_name = state.name,
                              .credentials_role_arn = task.scheduled.credentials_role_arn};
}

}  // namespace signalbox::core
