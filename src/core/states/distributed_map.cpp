// Spec: Map State, distributed mode. What is read, run and written is the map run's affair, a record of its own; here it is one long call.

#include "core/states/map_fields.h"
#include "core/states/states.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::core {
namespace {

/// [aws: Map state in Distributed mode, MaxConcurrency]
constexpr std::int64_t distributed_concurrency_max = 10'000;

/// [aws: Redriving Map Runs, eligibility]
constexpr std::int64_t map_run_redrives_max = 1'000;

/// `NAME` of `NAME` or, in a child execution of another map run, of `NAME/Label`.
std::string machine_name(const ExecutionStarted& started) {
  return started.state_machine_name.substr(0, started.state_machine_name.find('/'));
}

/// The label that stands for a missing one: always the same for the same state of the same machine.
std::string made_label(const ExecutionStarted& started, const State& state) {
  return hex_encode(digest(DigestAlgorithm::Md5, machine_name(started) + "/" + state.name));
}

/// In the form of the execution's own ARN, whose first five parts it shares.
std::string map_run_arn(const ExecutionStarted& started, const std::string& label, TaskAttempt attempt) {
  std::size_t end = 0;
  for (int part = 0; part < 5 && end != std::string::npos; ++part) end = started.execution_arn.find(':', end + (part > 0 ? 1 : 0));
  const auto prefix = end == std::string::npos ? std::string() : started.execution_arn.substr(0, end + 1);
  const auto id = uuid_v4(RandomSource(started.key, fmt::format("map run {}", attempt.value)).draw());
  return fmt::format("{}mapRun:{}/{}:{}", prefix, machine_name(started), label, id.value);
}

Outcome<std::optional<Json>> evaluated_template(Scope& scope, const std::optional<Template>& source, const Json& input) {
  if (!source) return std::optional<Json>();
  auto value = scope.evaluate(*source, input);
  if (!value) return value.error();
  return std::optional<Json>(std::move(*value));
}

Outcome<std::optional<MapRunPlan::Reader>> reader_of(Scope& scope, const DistributedMap& map, const Json& input) {
  std::optional<MapRunPlan::Reader> none;
  if (!map.reader) return none;
  const auto max_items = integer_limit(scope, map.reader->max_items, "MaxItems", input);
  if (!max_items) return max_items.error();
  auto parameters = evaluated_template(scope, map.reader->parameters, input);
  if (!parameters) return parameters.error();
  return std::optional(MapRunPlan::Reader{.lists = map.reader->source == ItemReader::Source::ListObjects,
                                          .parameters = parameters->value_or(Json::empty_object()),
                                          .config = map.reader->config,
                                          .max_items = max_items->value_or(0)});
}

}  // namespace

Outcome<std::optional<MapRunPlan::Batcher>> batcher_of(Scope& scope, const DistributedMap& map, const Json& input) {
  std::optional<MapRunPlan::Batcher> none;
  if (!map.batcher) return none;
  const auto items = integer_limit(scope, map.batcher->max_items, "MaxItemsPerBatch", input);
  if (!items) return items.error();
  const auto bytes = integer_limit(scope, map.batcher->max_bytes, "MaxInputBytesPerBatch", input);
  if (!bytes) return bytes.error();
  auto batch_input = evaluated_template(scope, map.batcher->batch_input, input);
  if (!batch_input) return batch_input.error();
  return std::optional(
      MapRunPlan::Batcher{.batch_input = std::move(*batch_input), .max_items = items->value_or(0), .max_bytes = bytes->value_or(0)});
}

namespace {

Outcome<std::optional<MapRunPlan::Writer>> writer_of(Scope& scope, const DistributedMap& map, const Json& input) {
  std::optional<MapRunPlan::Writer> none;
  if (!map.writer) return none;
  std::optional<Json> parameters;
  if (map.writer->exports) {
    auto value = evaluated_template(scope, map.writer->parameters, input);
    if (!value) return value.error();
    parameters = value->value_or(Json::empty_object());
  }
  return std::optional(MapRunPlan::Writer{.parameters = std::move(parameters), .config = map.writer->config});
}

/// All but the items and the concurrency, which are looked at before.
Outcome<MapRunPlan> plan_of(Scope& scope, const State& state, const MapState& map, const ExecutionStarted& started, const Json& input) {
  const DistributedMap& distributed = *map.distributed;
  const auto limits = prepare(scope, map, Json(), 0, input);
  if (!limits) return limits.error();
  auto reader = reader_of(scope, distributed, input);
  if (!reader) return reader.error();
  auto batcher = batcher_of(scope, distributed, input);
  if (!batcher) return batcher.error();
  auto writer = writer_of(scope, distributed, input);
  if (!writer) return writer.error();
  return MapRunPlan{.state_name = state.name,
                    .machine = machine_name(started),
                    .label = distributed.label.empty() ? made_label(started, state) : distributed.label,
                    .express = distributed.execution_type == StateMachineType::Express,
                    .items = std::nullopt,
                    .reader = std::move(*reader),
                    .batcher = std::move(*batcher),
                    .writer = std::move(*writer),
                    .max_concurrency = 0,
                    .tolerated_failure_count = limits->tolerated_failure_count.value_or(0),
                    .tolerated_failure_percentage = limits->tolerated_failure_percentage.value_or(0),
                    .tolerates = limits->tolerated_failure_count || limits->tolerated_failure_percentage};
}

Frame* find_in_run(Interpreter& interpreter, TaskAttempt run) {
  auto& frames = interpreter.execution().frames;
  const auto found = std::find_if(frames.begin(), frames.end(), [&](const auto& entry) {
    const auto* in_run = std::get_if<Frame::InMapRun>(&entry.second.activity);
    return in_run != nullptr && in_run->attempt == run;
  });
  return found == frames.end() ? nullptr : &found->second;
}

}  // namespace

void begin_distributed_map(Interpreter& interpreter, Frame& frame, const State& state, const MapState& map) {
  // The order of these checks around MapStateStarted is AWS's, as recorded.
  Scope scope(interpreter, frame);
  const auto input = selected_input(scope, map.flow.input_path);
  if (!input) return interpreter.fail(frame, input.error());
  const auto concurrency = concurrency_of(scope, map, *input, distributed_concurrency_max);
  if (!concurrency) return interpreter.fail(frame, concurrency.error());
  std::optional<Json> items;
  if (!map.distributed->reader) {
    auto selected = items_of(scope, map, state.query_language, *input);
    if (!selected) return interpreter.fail(frame, selected.error());
    items = std::move(*selected);
  }
  // What a reader will bring is not known yet, and AWS says 0.
  if (!interpreter.record(frame, MapStateStarted{.length = items ? static_cast<std::int64_t>(items->size()) : 0})) return;
  const auto& started = interpreter.execution().started;
  auto plan = plan_of(scope, state, map, started, *input);
  if (!plan) return interpreter.fail(frame, plan.error());
  plan->items = std::move(items);
  plan->max_concurrency = *concurrency;
  const TaskAttempt attempt = interpreter.execution().next_attempt;
  auto arn = map_run_arn(started, plan->label, attempt);
  if (!interpreter.record(frame, MapRunStarted{.attempt = attempt, .map_run_arn = arn})) return;
  interpreter.command(commands::StartMapRun{.attempt = attempt, .map_run_arn = std::move(arn), .plan = std::move(*plan)});
}

void map_run_ended(Interpreter& interpreter, const events::MapRunEnded& event) {
  Frame* frame = interpreter.execution().running() ? find_in_run(interpreter, event.attempt) : nullptr;
  if (frame == nullptr) return;
  const State& state = interpreter.state_of(*frame);
  if (event.error) {
    if (!interpreter.record(*frame, MapRunEnded{.end = StateEnd::Failed, .error = *event.error})) return;
    return interpreter.fail(*frame, Failure{.error = *event.error, .heartbeat = false, .from_child = true});
  }
  if (!interpreter.record(*frame, MapRunEnded{.end = StateEnd::Succeeded, .error = {}})) return;
  finish_map(interpreter, *frame, state, std::get<MapState>(state.type), event.output.value_or(Json()));
}

void redrive_map_run(Interpreter& interpreter, Frame& frame) {
  const auto run = std::get<Frame::InMapRun>(frame.activity);
  if (run.redrives >= map_run_redrives_max)
    return interpreter.fail(frame,
                            runtime_failure(frame, fmt::format("The Map Run has been redriven {} times, the maximum.", run.redrives)));
  if (!interpreter.record(frame, MapRunRedriven{.attempt = run.attempt, .map_run_arn = run.map_run_arn, .redrive_count = run.redrives + 1}))
    return;
  interpreter.command(commands::RedriveMapRun{run.attempt});
}

void stop_map_run(Interpreter& interpreter, const Frame& frame) {
  if (const auto* in_run = std::get_if<Frame::InMapRun>(&frame.activity)) interpreter.command(commands::StopMapRun{in_run->attempt});
}

Evaluated<Json> map_run_input(Interpreter& interpreter, TaskAttempt run, const MapItem& item) {
  const Frame* frame = find_in_run(interpreter, run);
  SIGNALBOX_ASSERT(frame);
  Scope scope(interpreter, *frame);
  scope.give_item(item);
  scope.give_number(item.index);
  auto input = iteration_input(scope, std::get<MapState>(interpreter.state_of(*frame).type), item);
  if (!input) return input.error().error;
  return std::move(*input);
}

}  // namespace signalbox::core
