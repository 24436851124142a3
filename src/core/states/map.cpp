#include "core/data_flow.h"
#include "core/states/gathering.h"
#include "core/states/states.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::core {
namespace {

/// An inline Map runs no more iterations at a time, whatever MaxConcurrency says. [aws: Map state in Inline mode]
constexpr std::int64_t inline_concurrency_max = 40;

WorkflowError runtime_error(std::string cause) { return WorkflowError{error_names::Runtime, std::move(cause)}; }

std::string shown(const Json& value) { return value.is_string() ? std::string(value.as_string()) : value.text(); }

template <class T>
std::optional<T> number_of(const Json& value);
template <>
std::optional<std::int64_t> number_of(const Json& value) { return value.as_integer(); }
template <>
std::optional<double> number_of(const Json& value) { return value.is_number() ? std::optional(value.as_double()) : std::nullopt; }

/// A limit or its Path form. `field` without `Path`; `type` as AWS names it: `integer`, `float`.
template <class T>
Evaluated<std::optional<T>> limit_of(Scope& scope, const std::optional<ConstantOrPath<T>>& source, std::string_view field, std::string_view type, const Json& input) {
  if (!source) return std::optional<T>();
  const auto* path = std::get_if<PathExpression>(&*source);
  if (path == nullptr) return std::optional<T>(std::get<T>(*source));
  const auto value = scope.evaluate(*path, input);
  if (!value) return value.error();
  const auto number = number_of<T>(*value);
  if (number) return std::optional<T>(*number);
  return runtime_error(fmt::format("The {}Path field refers to value \"{}\" which is not a valid {}: {}", field, shown(*value), type, path->text()));
}

Evaluated<Json> items_of(Scope& scope, const MapState& map, const Json& input) {
  auto items = map.items_path ? scope.evaluate(*map.items_path, input) : Evaluated<Json>(input);
  if (!items || items->is_array() || items->is_object()) return items;
  return runtime_error(fmt::format("Reference path \"{}\" must point to array or object.", map.items_path ? map.items_path->text() : "$"));
}

Evaluated<std::int64_t> concurrency_of(Scope& scope, const MapState& map, const Json& input) {
  const auto limit = limit_of(scope, map.max_concurrency, "MaxConcurrency", "integer", input);
  if (!limit) return limit.error();
  if (*limit && **limit < 0) return runtime_error("MaxConcurrency cannot be negative.");
  const auto wanted = limit->value_or(0);
  return wanted == 0 ? inline_concurrency_max : std::min(wanted, inline_concurrency_max);
}

Evaluated<MapPrepared> prepare(Scope& scope, const MapState& map, Json items, std::int64_t concurrency, const Json& input) {
  const auto count = limit_of(scope, map.tolerated_failure_count, "ToleratedFailureCount", "integer", input);
  if (!count) return count.error();
  if (*count && **count < 0) return runtime_error("ToleratedFailureCount cannot be negative.");
  const auto percentage = limit_of(scope, map.tolerated_failure_percentage, "ToleratedFailurePercentage", "float", input);
  if (!percentage) return percentage.error();
  if (*percentage && !(**percentage >= 0 && **percentage <= 100)) return runtime_error("ToleratedFailurePercentage must be between 0 and 100.");
  return MapPrepared{.items = std::move(items), .max_concurrency = concurrency, .tolerated_failure_count = *count, .tolerated_failure_percentage = *percentage};
}

MapItem item_at(const Json& items, std::int64_t index) {
  const auto place = static_cast<std::size_t>(index);
  if (items.is_array()) return MapItem{.index = index, .value = items.elements()[place], .key = {}};
  return MapItem{.index = index, .value = items.members()[place].value, .key = items.members()[place].name};
}

/// ItemSelector or the legacy Parameters; without them the item itself, of an object's members the pair.
Evaluated<Json> iteration_input(Scope& scope, const MapState& map, const Frame& frame, const MapItem& item) {
  const auto& selector = map.item_selector ? map.item_selector : map.flow.parameters;
  if (selector) {
    const auto input = select(scope, map.flow.input_path, frame.input);
    return input ? scope.evaluate(*selector, *input) : input;
  }
  if (item.key) return json_object({{"Key", *item.key}, {"Value", item.value}});
  return item.value;
}

bool tolerates(const MapPrepared& limits, std::int64_t failed, std::size_t length) {
  if (limits.tolerated_failure_count && failed > *limits.tolerated_failure_count) return false;
  if (!limits.tolerated_failure_percentage) return limits.tolerated_failure_count.has_value();
  return static_cast<double>(failed) * 100 <= *limits.tolerated_failure_percentage * static_cast<double>(length);
}

}  // namespace

void begin_map(Interpreter& interpreter, Frame& frame, const State& state, const MapState& map) {
  // The order of these checks around MapStateStarted is AWS's, as recorded.
  Scope scope(interpreter, frame);
  const auto input = select(scope, map.flow.input_path, frame.input);
  if (!input) return interpreter.fail(frame, failure_in(frame, input.error()));
  const auto concurrency = concurrency_of(scope, map, *input);
  if (!concurrency) return interpreter.fail(frame, failure_in(frame, concurrency.error()));
  auto items = items_of(scope, map, *input);
  if (!items) return interpreter.fail(frame, failure_in(frame, items.error()));
  const auto length = static_cast<std::int64_t>(items->size());
  if (!interpreter.record(frame, MapStateStarted{.length = length})) return;
  auto prepared = prepare(scope, map, std::move(*items), *concurrency, *input);
  if (!prepared) return interpreter.fail(frame, failure_in(frame, prepared.error()));
  if (!interpreter.record(frame, std::move(*prepared))) return;
  if (length == 0) finish_map(interpreter, frame, state, map);
}

void start_iteration(Interpreter& interpreter, Frame& frame) {
  const auto& map = std::get<MapState>(interpreter.state_of(frame).type);
  const auto& gathering = std::get<Frame::Gathering>(frame.activity);
  const auto item = item_at(gathering.map->items, gathering.started);
  Scope scope(interpreter, frame);
  scope.give_item(item);
  auto input = iteration_input(scope, map, frame, item);
  if (!input) return fail_gathering(interpreter, frame, failure_in(frame, input.error()));
  Frame* child = start_child(interpreter, frame, gathering.started);
  if (child == nullptr || !interpreter.record(*child, MapIterationStarted{.name = frame.state, .index = child->index})) return;
  interpreter.enter(*child, map.processor.start_at, std::move(*input));
}

std::optional<Failure> failure_of_map(const Frame& frame, const MapState& map, const Failure& iteration) {
  const auto& gathering = std::get<Frame::Gathering>(frame.activity);
  if (iteration.error.error == error_names::Runtime) return iteration;
  if (!map.tolerated_failure_count && !map.tolerated_failure_percentage) return iteration;
  if (tolerates(*gathering.map, gathering.failed, gathering.results.size())) return std::nullopt;
  return Failure{.error = {error_names::ExceedToleratedFailureThreshold, "The specified tolerated failure threshold was exceeded"}, .heartbeat = false, .from_child = true};
}

void finish_map(Interpreter& interpreter, Frame& frame, const State& state, const MapState& map) {
  const Json result = gathered(std::get<Frame::Gathering>(frame.activity));
  if (!interpreter.record(frame, StateEnded{.type = StateType::Map, .end = StateEnd::Succeeded, .error = {}})) return;
  Scope scope(interpreter, frame);
  // Here, `Parameters` has selected the iterations' inputs; it plays no part in the output.
  auto variables = assigned(scope, state.assign, result);
  if (!variables) return interpreter.fail(frame, variables.error());
  auto output = state_output(scope, map.flow, frame.input, result);
  if (!output) return interpreter.fail(frame, output.error());
  interpreter.leave(frame, state, std::move(*output), map.next, std::move(*variables));
}

}  // namespace signalbox::core
