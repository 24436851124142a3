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

/// Output; or the error output put into the raw input by ResultPath.
Outcome<Json> caught_output(Scope& scope, const Catcher& catcher, const Json& error) {
  if (catcher.output) {
    auto computed = scope.evaluate(*catcher.output);
    return computed ? within_limit(scope, std::move(*computed)) : computed;
  }
  if (!catcher.result_path) return within_limit(scope, scope.frame().input);
  auto inserted = catcher.result_path->insert(scope.frame().input, error);
  if (!inserted) return failure_in(scope.frame(), inserted.error());
  return within_limit(scope, std::move(*inserted));
}

}  // namespace

const Catcher* find_catcher(const State& state, const Failure& failure) {
  const auto* catchers = catchers_of(state);
  if (catchers == nullptr) return nullptr;
  const auto found = std::ranges::find_if(*catchers, [&](const Catcher& catcher) { return matches(catcher.error_equals, failure); });
  return found == catchers->end() ? nullptr : &*found;
}

std::optional<Failure> catch_failure(Interpreter& interpreter, Frame& frame, const State& state, const Catcher& catcher,
                                     const Failure& failure) {
  interpreter.show(&StateInspection::catch_index, &catcher - catchers_of(state)->data());
  const Json error = error_output(failure.error);
  Scope scope(interpreter, frame);
  scope.give_error_output(error);
  auto variables = assigned(scope, catcher.assign, error);
  if (!variables) return variables.error();
  auto output = caught_output(scope, catcher, error);
  if (!output) return output.error();
  interpreter.leave(frame, state, std::move(*output), catcher.next, std::move(*variables));
  return std::nullopt;
}

}  // namespace signalbox::core
