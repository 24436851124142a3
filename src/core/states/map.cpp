#include "base/overload.h"
#include "core/data_flow.h"
#include "core/states/gathering.h"
#include "core/states/map_fields.h"
#include "core/states/states.h"
#include "signalbox/item_batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace signalbox::core {
namespace {

/// An inline Map runs no more iterations at a time, whatever MaxConcurrency says. [aws: Map state in Inline mode]
constexpr std::int64_t inline_concurrency_max = 40;

template <class T>
std::optional<T> parsed(std::string_view text) {
  T value{};
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc() && read.ptr == end ? std::optional(value) : std::nullopt;
}

template <class T>
std::optional<T> number_of(const Json& value);
// A text that says a number will do, as on AWS.
template <>
std::optional<std::int64_t> number_of(const Json& value) {
  return value.is_string() ? parsed<std::int64_t>(value.as_string()) : value.as_integer();
}
template <>
std::optional<double> number_of(const Json& value) {
  if (value.is_string()) return parsed<double>(value.as_string());
  return value.is_number() ? std::optional(value.as_double()) : std::nullopt;
}

/// A limit, its Path form or expression. `field` without `Path`; `type` as AWS names it: `integer`, `float`.
template <class T>
Outcome<std::optional<T>> limit_of(Scope& scope, const std::optional<ConstantOrPath<T>>& source, std::string_view field,
                                   std::string_view type, const Json& input) {
  using Limit = Outcome<std::optional<T>>;
  if (!source) return std::optional<T>();
  return std::visit(
      Overload{
          [](T constant) -> Limit { return std::optional<T>(constant); },
          [&](const PathExpression& path) -> Limit {
            const auto value = scope.evaluate(path, input);
            if (!value) return failure_in(scope.frame(), value.error());
            if (const auto number = number_of<T>(*value)) return number;
            return runtime_failure(scope.frame(), fmt::format("The {}Path field refers to value \"{}\" which is not a valid {}: {}", field,
                                                              plain_text(*value), type, path.text()));
          },
          [&](const JsonataTemplate& jsonata) -> Limit {
            const auto value = scope.evaluate(jsonata, Json::Kind::Number);
            if (!value) return value.error();
            if (const auto number = number_of<T>(*value)) return number;
            return scope.failure({fmt::format("The {} field is not a valid {}: {}", field, type, value->text()), jsonata.field()});
          },
      },
      *source);
}

}  // namespace

Outcome<std::optional<std::int64_t>> integer_limit(Scope& scope, const std::optional<ConstantOrPath<std::int64_t>>& source,
                                                   std::string_view field, const Json& input) {
  return limit_of(scope, source, field, "integer", input);
}

Outcome<Json> items_of(Scope& scope, const MapState& map, QueryLanguage language, const Json& input) {
  if (map.items) {
    if (map.items->source().is_object()) return scope.evaluate(*map.items);
    return scope.evaluate(*map.items, Json::Kind::Array);
  }
  if (language == QueryLanguage::Jsonata) {
    if (input.is_array()) return input;
    return scope.failure({"Map state input must be an array but was: " + input.compact_text(), std::nullopt});
  }
  auto items = map.items_path ? scope.evaluate(*map.items_path, input) : Evaluated<Json>(input);
  if (!items) return failure_in(scope.frame(), items.error());
  if (items->is_array() || items->is_object()) return std::move(*items);
  return runtime_failure(
      scope.frame(), fmt::format("Reference path \"{}\" must point to array or object.", map.items_path ? map.items_path->text() : "$"));
}

Outcome<std::int64_t> concurrency_of(Scope& scope, const MapState& map, const Json& input, std::int64_t most) {
  const auto limit = limit_of(scope, map.max_concurrency, "MaxConcurrency", "integer", input);
  if (!limit) return limit.error();
  if (*limit && **limit < 0) return runtime_failure(scope.frame(), "MaxConcurrency cannot be negative.");
  scope.show(&StateInspection::max_concurrency, limit->value_or(0));
  const auto wanted = limit->value_or(0);
  return wanted == 0 ? most : std::min(wanted, most);
}

Outcome<MapPrepared> prepare(Scope& scope, const MapState& map, Json items, std::int64_t concurrency, const Json& input) {
  const auto count = limit_of(scope, map.tolerated_failure_count, "ToleratedFailureCount", "integer", input);
  if (!count) return count.error();
  if (*count && **count < 0) return runtime_failure(scope.frame(), "ToleratedFailureCount cannot be negative.");
  const auto percentage = limit_of(scope, map.tolerated_failure_percentage, "ToleratedFailurePercentage", "float", input);
  if (!percentage) return percentage.error();
  if (*percentage && !(**percentage >= 0 && **percentage <= 100))
    return runtime_failure(scope.frame(), "ToleratedFailurePercentage must be between 0 and 100.");
  scope.show(&StateInspection::tolerated_failure_count, *count);
  scope.show(&StateInspection::tolerated_failure_percentage, *percentage);
  return MapPrepared{.items = std::move(items),
                     .max_concurrency = concurrency,
                     .tolerated_failure_count = *count,
                     .tolerated_failure_percentage = *percentage};
}

namespace {

MapItem item_at(const Json& items, std::int64_t index) {
  const auto place = static_cast<std::size_t>(index);
  if (items.is_array()) return MapItem{.index = index, .value = items.elements()[place], .key = {}};
  return MapItem{.index = index, .value = items.members()[place].value, .key = items.members()[place].name};
}

}  // namespace

Outcome<Json> iteration_input(Scope& scope, const MapState& map, const MapItem& item) {
  if (map.item_selector || map.flow.parameters) {
    const auto input = selected_input(scope, map.flow.input_path);
    if (!input) return input.error();
    return map.item_selector ? scope.evaluate(*map.item_selector, *input) : scope.evaluate(Template(*map.flow.parameters), *input);
  }
  if (item.key) return json_object({{"Key", *item.key}, {"Value", item.value}});
  return item.value;
}

namespace {

bool tolerates(const MapPrepared& limits, std::int64_t failed, std::size_t length) {
  if (limits.tolerated_failure_count && failed > *limits.tolerated_failure_count) return false;
  if (!limits.tolerated_failure_percentage) return limits.tolerated_failure_count.has_value();
  return static_cast<double>(failed) * 100 <= *limits.tolerated_failure_percentage * static_cast<double>(length);
}

Failure threshold_exceeded() {
  return Failure{.error = {error_names::ExceedToleratedFailureThreshold, "The specified tolerated failure threshold was exceeded"},
                 .heartbeat = false,
                 .from_child = true};
}

/// The inputs that the iterations would have.
Outcome<Json> iteration_inputs(Interpreter& interpreter, const Frame& frame, const MapState& map, const Json& items) {
  Json::Array inputs;
  for (std::size_t index = 0; index < items.size(); ++index) {
    const auto item = item_at(items, static_cast<std::int64_t>(index));
    Scope scope(interpreter, frame);
    scope.give_item(item);
    auto input = iteration_input(scope, map, item);
    if (!input) return input;
    inputs.push_back(std::move(*input));
  }
  return Json(std::move(inputs));
}

/// The inputs of the children that a distributed Map's ItemBatcher would make.
Outcome<Json> batched_inputs(Scope& scope, const DistributedMap& map, const Json& inputs, const Json& input) {
  const auto limits = batcher_of(scope, map, input);
  if (!limits) return limits.error();
  ItemBatches batches(**limits);
  Json::Array out;
  for (const auto& each : inputs.elements()) {
    for (auto& batch : batches.add(each)) out.push_back(std::move(batch.input));
  }
  if (auto last = batches.close()) out.push_back(std::move(last->input));
  return Json(std::move(out));
}

/// What an ItemReader is said to have read, up to MaxItems.
Outcome<Json> read_items(Scope& scope, const MapState& map, const Json& items, const Json& input) {
  if (!map.distributed || !map.distributed->reader || !items.is_array()) return items;
  const auto most = integer_limit(scope, map.distributed->reader->max_items, "MaxItems", input);
  if (!most) return most.error();
  const auto count = static_cast<std::int64_t>(items.size());
  if (most->value_or(0) <= 0 || **most >= count) return items;
  return Json(Json::Array(items.elements().begin(), items.elements().begin() + static_cast<std::ptrdiff_t>(**most)));
}

/// Iterations that are only said to have run. `input` is the effective one.
void end_mocked(Interpreter& interpreter, Frame& frame, const State& state, const MapState& map, const MockedChildren& mocked,
                const Json& input) {
  const auto& gathering = std::get<Frame::Gathering>(frame.activity);
  const auto inputs = iteration_inputs(interpreter, frame, map, gathering.map->items);
  if (!inputs) return interpreter.fail(frame, inputs.error());
  if (map.item_selector) interpreter.show(&StateInspection::after_item_selector, *inputs);
  if (map.distributed && map.distributed->batcher) {
    Scope scope(interpreter, frame);
    const auto batches = batched_inputs(scope, *map.distributed, *inputs, input);
    if (!batches) return interpreter.fail(frame, batches.error());
    interpreter.show(&StateInspection::after_item_batcher, *batches);
  }
  if (mocked.error) return interpreter.fail(frame, Failure{.error = *mocked.error, .heartbeat = false, .from_child = true});
  const bool limited = map.tolerated_failure_count || map.tolerated_failure_percentage;
  if (limited && !tolerates(*gathering.map, mocked.failed, gathering.results.size())) return interpreter.fail(frame, threshold_exceeded());
  finish_map(interpreter, frame, state, map, mocked.result.value_or(Json::empty_array()));
}

}  // namespace

void begin_map(Interpreter& interpreter, Frame& frame, const State& state, const MapState& map) {
  const auto* mocked = interpreter.mocked_children();
  if (map.distributed && mocked == nullptr) return begin_distributed_map(interpreter, frame, state, map);
  // The order of these checks around MapStateStarted is AWS's, as recorded.
  Scope scope(interpreter, frame);
  const auto input = selected_input(scope, map.flow.input_path);
  if (!input) return interpreter.fail(frame, input.error());
  const auto concurrency = concurrency_of(scope, map, *input, inline_concurrency_max);
  if (!concurrency) return interpreter.fail(frame, concurrency.error());
  auto items = mocked != nullptr && mocked->items ? read_items(scope, map, *mocked->items, *input)
                                                  : items_of(scope, map, state.query_language, *input);
  if (!items) return interpreter.fail(frame, items.error());
  interpreter.show(&StateInspection::after_items_path, *items);
  const auto length = static_cast<std::int64_t>(items->size());
  if (!interpreter.record(frame, MapStateStarted{.length = length})) return;
  auto prepared = prepare(scope, map, std::move(*items), *concurrency, *input);
  if (!prepared) return interpreter.fail(frame, prepared.error());
  if (!interpreter.record(frame, std::move(*prepared))) return;
  if (mocked != nullptr) return end_mocked(interpreter, frame, state, map, *mocked, *input);
  if (length == 0) finish_map(interpreter, frame, state, map);
}

void start_iteration(Interpreter& interpreter, Frame& frame) {
  const auto& map = std::get<MapState>(interpreter.state_of(frame).type);
  const auto& gathering = std::get<Frame::Gathering>(frame.activity);
  const auto item = item_at(gathering.map->items, gathering.started);
  Scope scope(interpreter, frame);
  scope.give_item(item);
  auto input = iteration_input(scope, map, item);
  if (!input) return fail_gathering(interpreter, frame, input.error());
  Frame* child = start_child(interpreter, frame, gathering.started);
  if (child == nullptr || !interpreter.record(*child, MapIterationStarted{.name = frame.state, .index = child->index})) return;
  interpreter.enter(*child, map.processor.start_at, std::move(*input));
}

std::optional<Failure> failure_of_map(const Frame& frame, const MapState& map, const Failure& iteration) {
  const auto& gathering = std::get<Frame::Gathering>(frame.activity);
  if (!map.tolerated_failure_count && !map.tolerated_failure_percentage) return iteration;
  if (tolerates(*gathering.map, gathering.failed, gathering.results.size())) return std::nullopt;
  return threshold_exceeded();
}

void finish_map(Interpreter& interpreter, Frame& frame, const State& state, const MapState& map) {
  finish_map(interpreter, frame, state, map, gathered(std::get<Frame::Gathering>(frame.activity)));
}

void finish_map(Interpreter& interpreter, Frame& frame, const State& state, const MapState& map, const Json& result) {
  const auto last_event_id = exit_of_gathering(frame);
  if (!interpreter.record(frame, StateEnded{.type = StateType::Map, .end = StateEnd::Succeeded, .error = {}})) return;
  Scope scope(interpreter, frame);
  scope.give_result(result);
  auto variables = assigned(scope, state.assign, result);
  if (!variables) return interpreter.fail(frame, variables.error());
  // Here, `Parameters` has selected the iterations' inputs; it plays no part in the output.
  auto output = state_output(scope, map.flow, result);
  if (!output) return interpreter.fail(frame, output.error());
  interpreter.leave_after(last_event_id, frame, state, std::move(*output), map.next, std::move(*variables));
}

}  // namespace signalbox::core
