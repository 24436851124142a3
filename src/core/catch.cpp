#include "core/catch.h"

#include "core/data_flow.h"
#include "core/retry.h"
#include "core/states/states.h"

#include <algorithm>

namespace signalbox::core {
namespace {

const std::vector<Catcher>* catchers_of(const State& state) {
  if (const auto* task = std::get_if<TaskState>(&state.type)) return &task->catchers;
  if (const auto* parallel = std::get_if<ParallelState>(&state.type)) return &parallel->catchers;
  if (const auto* map = std::get_if<MapState>(&state.type)) return &map->catchers;
  return nullptr;
}

Json text_or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }

/// SendTaskFailure without error and cause gives nulls, as recorded on AWS; a time-out, which has no cause, an empty one.
Json error_output(const WorkflowError& error) {
  const bool timeout = error.error == error_names::Timeout && !error.cause;
  return json_object({{"Error", text_or_null(error.error)}, {"Cause", timeout ? Json("") : text_or_null(error.cause)}});
}

}  // namespace

const Catcher* find_catcher(const State& state, const Failure& failure) {
  const auto* catchers = catchers_of(state);
  if (catchers == nullptr) return nullptr;
  const auto found = std::ranges::find_if(*catchers, [&](const Catcher& catcher) { return matches(catcher.error_equals, failure); });
  return found == catchers->end() ? nullptr : &*found;
}

void catch_failure(Interpreter& interpreter, Frame& frame, const State& state, const Catcher& catcher, const Failure& failure) {
  const Json error = error_output(failure.error);
  Scope scope(interpreter, frame);
  auto variables = assigned(scope, catcher.assign, error);
  if (!variables) return interpreter.end_failed(frame, variables.error());
  Json output = frame.input;
  if (catcher.result_path) {
    auto inserted = catcher.result_path->insert(frame.input, error);
    if (!inserted) return interpreter.end_failed(frame, failure_in(frame, inserted.error()));
    output = std::move(*inserted);
  }
  if (output.text_bytes() > payload_bytes_max) return interpreter.end_failed(frame, Failure{.error = data_limit_exceeded(state.name)});
  interpreter.leave(frame, state, std::move(output), catcher.next, std::move(*variables));
}

}  // namespace signalbox::core
