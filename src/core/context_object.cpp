#include "core/context_object.h"

#include "signalbox/encoding.h"
#include "signalbox/keys.h"

#include <algorithm>

namespace signalbox {
namespace core {
namespace {

bool is_retriable(StateType type) { return type == StateType::Task || type == StateType::Parallel || type == StateType::Map; }

Json state_part(const Frame& frame) {
  Json::Object members{{"Name", frame.state}, {"EnteredTime", format_context_time(frame.entered_at)}};
  // As recorded on AWS, states that cannot be retried have no RetryCount.
  if (is_retriable(frame.state_type)) members.push_back({"RetryCount", frame.retry_count});
  return Json(std::move(members));
}

Json item_part(const MapItem& item) {
  Json::Object members{{"Index", item.index}};
  if (item.key) members.push_back({"Key", *item.key});
  members.push_back({"Value", item.value});
  if (item.source) members.push_back({"Source", *item.source});
  return json_object({{"Item", Json(std::move(members))}});
}

std::optional<MapItem> enclosing_item(const Execution& execution, const Frame& frame) {
  for (const Frame* at = &frame;; at = &execution.frames.at(at->parent)) {
    if (at->item) return MapItem{.index = at->index, .value = *at->item, .key = at->item_key};
    if (at->id == at->parent) return std::nullopt;
  }
}

}  // namespace

Json make_constant_context(const Execution& execution) {
  const ExecutionStarted& started = execution.started;
  Json about_execution = json_object({{"Id", started.execution_arn},
                                      {"Input", started.input},
                                      {"StartTime", format_context_time(execution.started_at)},
                                      {"Name", started.name},
                                      {"RoleArn", started.role_arn},
                                      {"RedriveCount", execution.redrive_count}});
  if (execution.redriven_at) about_execution = about_execution.with("RedriveTime", format_context_time(*execution.redriven_at));
  return json_object({{"Execution", std::move(about_execution)},
                      {"StateMachine", json_object({{"Id", started.state_machine_arn}, {"Name", started.state_machine_name}})}});
}

Json make_context(const Execution& execution, const Frame& frame, const Json& constant, const std::optional<TaskToken>& token,
                  const std::optional<MapItem>& item, const ContextReads& reads) {
  Json::Object members = constant.members();
  if (reads.has("State")) members.push_back({"State", state_part(frame)});
  if (reads.has("Map")) {
    const auto shown = item ? item : enclosing_item(execution, frame);
    if (shown) members.push_back({"Map", item_part(*shown)});
  }
  if (token && reads.has("Task")) members.push_back({"Task", json_object({{"Token", token->value}})});
  return Json(std::move(members));
}

Json with_item(const Json& context, const MapItem& item) { return context.with("Map", item_part(item)); }

Json variables_in_scope(const Execution& execution, const Frame& frame) {
  if (frame.id == frame.parent) return frame.variables;
  Json variables = variables_in_scope(execution, execution.frames.at(frame.parent));
  for (const auto& [name, value] : frame.variables.members()) variables = variables.with(name, value);
  return variables;
}

}  // namespace core

Json context_object(const Execution& execution, const Frame& frame) {
  std::optional<TaskToken> token;
  if (const auto* in_task = std::get_if<Frame::InTask>(&frame.activity)) {
    token = make_task_token(execution.started.key, execution.row, in_task->attempt);
  }
  return core::make_context(execution, frame, core::make_constant_context(execution), token, std::nullopt, {.all = true, .members = {}});
}

}  // namespace signalbox
