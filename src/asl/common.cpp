#include "asl/builder.h"

#include <fmt/format.h>

namespace signalbox::asl {

namespace {

/// Of a state that stands by itself, what it leads to is made.
std::unordered_map<std::string, StateIndex>::const_iterator find_target(StateContext& context, const std::string& name) {
  auto& machine = context.builder.machine;
  const auto found = context.flow.targets.find(name);
  const bool outermost = context.flow.place.empty();
  if (found != context.flow.targets.end() || !context.builder.options.lone_state || !outermost) return found;
  const auto index = static_cast<StateIndex>(machine.states.size());
  auto& state = machine.states.emplace_back();
  state.name = name;
  state.place = "/States/" + name;
  state.type = SucceedState{};
  machine.by_name.emplace(name, index);
  context.flow.has_terminal = true;
  return context.flow.targets.emplace(name, index).first;
}

}  // namespace

std::optional<StateIndex> parse_target(StateContext& context, Fields& holder, std::string_view field) {
  if (!holder.has(field)) return std::nullopt;
  const auto name = holder.string(field);
  if (!name) {
    context.flow.complete = false;
    return std::nullopt;
  }
  const auto found = find_target(context, *name);
  if (found == context.flow.targets.end()) {
    // AWS says 'Next' for Default, Catch and Choices too.
    context.report().fault(Phase::Targets, "MISSING_TRANSITION_TARGET", "Missing 'Next' target: " + *name, holder.at(field));
    return std::nullopt;
  }
  context.flow.edges.emplace_back(context.index, found->second);
  return found->second;
}

Transition parse_transition(StateContext& context) {
  auto& fields = context.fields;
  const auto end = fields.boolean("End");
  const auto next = parse_target(context, fields, "Next");
  if (end.value_or(false)) context.flow.has_terminal = true;
  if (end.value_or(false) && fields.has("Next"))
    context.report().fault("There should only be one of the following fields: [Next, End]", fields.place());
  if (!end.value_or(false) && !fields.has("Next")) {
    context.flow.complete = false;
    context.report().fault("This object should have only one of the following fields: [Next, End]", fields.place());
  }
  return next;
}

DataFlow parse_data_flow(StateContext& context, FlowFields which) {
  auto& fields = context.fields;
  fields.only_in(QueryLanguage::JsonPath, {"InputPath", "Parameters", "ResultPath", "OutputPath"});
  if (which != FlowFields::Pass) fields.only_in(QueryLanguage::JsonPath, {"ResultSelector"});
  fields.only_in(QueryLanguage::Jsonata, {"Output"});
  if (which == FlowFields::Task) fields.only_in(QueryLanguage::Jsonata, {"Arguments"});
  DataFlow flow;
  if (fields.is_jsonata()) {
    if (which == FlowFields::Task) flow.arguments = fields.jsonata("Arguments", input_and_context);
    flow.output = fields.jsonata("Output", which == FlowFields::Pass ? input_and_context : with_result);
    return flow;
  }
  flow.input_path = fields.path_or_null("InputPath");
  flow.parameters = fields.payload_template("Parameters");
  if (which != FlowFields::Pass) flow.result_selector = fields.payload_template("ResultSelector");
  flow.result_path = fields.result_path("ResultPath");
  flow.output_path = fields.path_or_null("OutputPath");
  return flow;
}

void parse_in_and_out(StateContext& context, PathOrNull& input_path, PathOrNull& output_path, std::optional<JsonataTemplate>& output) {
  auto& fields = context.fields;
  fields.only_in(QueryLanguage::JsonPath, {"InputPath", "OutputPath"});
  fields.only_in(QueryLanguage::Jsonata, {"Output"});
  if (fields.is_jsonata()) {
    output = fields.jsonata("Output", input_and_context);
    return;
  }
  input_path = fields.path_or_null("InputPath");
  output_path = fields.path_or_null("OutputPath");
}

std::optional<ConstantOrPath<std::int64_t>> parse_integer_or_path(Fields& fields, const std::string& name, Range range) {
  const auto path_name = name + "Path";
  fields.only_in(QueryLanguage::JsonPath, {path_name});
  fields.at_most_one({name, path_name});
  if (auto expression = fields.expression(name)) return std::move(*expression);
  if (fields.is_jsonata() && fields.has(name) && is_jsonata_text(*fields.any(name))) return std::nullopt;  // faulty, as reported
  if (const auto value = fields.integer(name, range)) return *value;
  if (fields.is_jsonata()) return std::nullopt;
  if (auto path = fields.reference(path_name)) return std::move(*path);
  return std::nullopt;
}

}  // namespace signalbox::asl
