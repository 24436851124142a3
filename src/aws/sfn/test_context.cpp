#include "aws/sfn/test_context.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

namespace signalbox::aws::sfn {

namespace {

Failure invalid_context(const std::string& why) { return {"ValidationException", "Invalid Context object provided: " + why}; }

enum class Type : std::uint8_t { String, Number, Object, Any };

struct Member {
  std::string_view path;  ///< `Execution.Id`; its holders stand before it
  Type type;
};

/// Spec: The Context Object.
constexpr Member members[] = {{"Execution", Type::Object},
                              {"Execution.Id", Type::String},
                              {"Execution.Name", Type::String},
                              {"Execution.RoleArn", Type::String},
                              {"Execution.StartTime", Type::String},
                              {"Execution.RedriveCount", Type::Number},
                              {"Execution.RedriveTime", Type::String},
                              {"State", Type::Object},
                              {"State.Name", Type::String},
                              {"State.EnteredTime", Type::String},
                              {"State.RetryCount", Type::Number},
                              {"StateMachine", Type::Object},
                              {"StateMachine.Id", Type::String},
                              {"StateMachine.Name", Type::String},
                              {"Task", Type::Object},
                              {"Task.Token", Type::String},
                              {"Map", Type::Object},
                              {"Map.Item", Type::Object},
                              {"Map.Item.Index", Type::Number},
                              {"Map.Item.Value", Type::Any}};

const Json* find(const Json& context, std::string_view path) {
  const Json* value = &context;
  while (value && !path.empty()) {
    const auto dot = path.find('.');
    value = value->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return value;
}

std::string_view fault_of(const Json& value, Type type) {
  if (type == Type::String && !value.is_string()) return "must be a string";
  if (type == Type::Number && !value.is_number()) return "must be a number";
  if (type == Type::Object && !value.is_object()) return "must be an object";
  return {};
}

/// The Map iteration that a state within a Map is taken to be in: the first one. [aws: Testing state machines with the TestState API, context]
std::optional<Json> item_around(const LoneState& lone, const Json& input) {
  for (const auto& around : lone.around) {
    const Json* type = around.find("Type");
    if (!type || *type != Json("Map")) continue;
    Json::Object item{{"Index", 0}, {"Value", input}};
    const Json* mode = find(around, "ItemProcessor.ProcessorConfig.Mode");
    if (mode && *mode == Json("DISTRIBUTED") && !around.find("ItemReader")) item.push_back({"Source", "STATE_DATA"});
    return Json(std::move(item));
  }
  return std::nullopt;
}

bool is_retriable(const State& state) {
  return std::holds_alternative<TaskState>(state.type) || std::holds_alternative<ParallelState>(state.type) ||
         std::holds_alternative<MapState>(state.type);
}

}  // namespace

bool waits(const State& state) {
  const auto* task = std::get_if<TaskState>(&state.type);
  if (!task) return false;
  const auto* service = std::get_if<ServiceResource>(&task->resource.kind);
  return std::holds_alternative<ActivityResource>(task->resource.kind) ||
         (service && service->pattern != IntegrationPattern::RequestResponse);
}

std::optional<Failure> check_test_context(const Json& context, const State& state) {
  if (!context.is_object()) return invalid_context("Context object must be a JSON object");
  for (const auto& [path, type] : members) {
    const Json* value = find(context, path);
    if (!value) continue;
    if (const auto fault = fault_of(*value, type); !fault.empty()) return invalid_context(fmt::format("{} {}", path, fault));
  }
  if (context.find("Task") && !waits(state)) {
    return invalid_context(
        "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern");
  }
  return std::nullopt;
}

Json made_test_context(const Site& site, const LoneState& lone, const Json& input, const std::optional<std::string>& role_arn,
                       std::int64_t retries, Timestamp now) {
  const State& state = lone.state();
  const std::string machine = random_uuid(), name = random_uuid();
  const auto time = format_context_time(now);
  Json::Object of_state{{"Name", state.name}, {"EnteredTime", time}};
  if (is_retriable(state)) of_state.push_back({"RetryCount", retries});
  Json::Object context{{"Execution", json_object({{"Id", site.arn("states", "express:" + machine + ":" + name)},
                                                  {"Input", input},
                                                  {"StartTime", time},
                                                  {"Name", name},
                                                  {"RoleArn", role_arn ? Json(*role_arn) : Json()}})},
                       {"StateMachine", json_object({{"Id", site.state_machine_arn(machine)}, {"Name", machine}})},
                       {"State", Json(std::move(of_state))}};
  if (waits(state)) context.push_back({"Task", json_object({{"Token", random_uuid()}})});
  if (auto item = item_around(lone, input)) context.push_back({"Map", json_object({{"Item", std::move(*item)}})});
  return Json(std::move(context));
}

}  // namespace signalbox::aws::sfn
