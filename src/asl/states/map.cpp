#include "asl/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace signalbox::asl {

namespace {

/// Spec: Map State, ProcessorConfig. Gives whether the mode is DISTRIBUTED.
bool parse_processor_config(StateContext& context, Fields& processor) {
  const auto* value = processor.object("ProcessorConfig");
  if (!value) return false;
  Fields config(*value, processor.at("ProcessorConfig"), processor.language(), context.report());
  const auto mode = config.string("Mode").value_or("INLINE");
  const bool distributed = mode == "DISTRIBUTED";
  if (!distributed && mode != "INLINE") context.report().fault("Value is not one of [INLINE, DISTRIBUTED]", config.at("Mode"));
  if (const auto type = config.string("ExecutionType")) {
    if (*type != "STANDARD" && *type != "EXPRESS") context.report().fault("Value is not one of [STANDARD, EXPRESS]", config.at("ExecutionType"));
  } else if (distributed) {
    config.require({"ExecutionType"});
  }
  config.refuse_others();
  if (distributed) context.report().not_offered(config.at("Mode"), "distributed Map states are not offered yet");
  return distributed;
}

void parse_processor(StateContext& context, MapState& state, bool& distributed) {
  auto& fields = context.fields;
  if (!fields.has("Iterator")) fields.require({"ItemProcessor"});
  fields.at_most_one({"ItemProcessor", "Iterator"});
  for (const auto* name : {"ItemProcessor", "Iterator"}) {
    const auto* value = fields.object(name);
    if (!value) continue;
    Fields processor(*value, fields.at(name), context.builder.language, context.report());
    processor.ignore({"Comment"});
    distributed = parse_processor_config(context, processor);
    state.processor = parse_flow(context.builder, processor, fields.at(name), distributed ? OuterVariables::Hidden : OuterVariables::Visible);
    processor.refuse_others();
  }
}

/// Spec: Map State, Label: the name of the child executions' state machine.
void check_label(StateContext& context) {
  const auto label = context.fields.string("Label");
  if (!label) return;
  const auto barred = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || std::string_view("?*<>{}[]:;,\\|^~$#%&`\"/ ").find(c) != std::string_view::npos;
  };
  const bool has_c1 = label->find("\xC2\x80") != std::string::npos || [&] {   // U+0080 … U+009F
    for (std::size_t i = 0; i + 1 < label->size(); ++i)
      if ((*label)[i] == '\xC2' && static_cast<unsigned char>((*label)[i + 1]) < 0xA0) return true;
    return false;
  }();
  if (label->empty() || label->size() > 40 || has_c1 || std::any_of(label->begin(), label->end(), barred))
    context.report().fault(Phase::Form, "INVALID_LABEL_NAME", fmt::format("Invalid Label: '{}'", *label), context.fields.at("Label"));
}

/// Fields of the distributed mode: known and checked for their type, the rest is for when they are offered.
void parse_distributed_fields(StateContext& context, bool distributed) {
  auto& fields = context.fields;
  check_label(context);
  for (const auto* name : {"ItemReader", "ItemBatcher", "ResultWriter"}) {
    if (!fields.object(name)) continue;
    if (!distributed) context.report().fault(fmt::format("Field '{}' is only supported for a distributed Map state", name), fields.place());
    context.report().not_offered(fields.at(name), fmt::format("{} is not offered yet", name));
  }
  if (fields.has("Label") && !distributed) context.report().fault("Field 'Label' is only supported for a distributed Map state", fields.place());
}

std::optional<ConstantOrPath<double>> parse_tolerated_percentage(Fields& fields) {
  fields.only_in(QueryLanguage::JsonPath, {"ToleratedFailurePercentagePath"});
  fields.at_most_one({"ToleratedFailurePercentage", "ToleratedFailurePercentagePath"});
  if (fields.is_jsonata() && fields.has("ToleratedFailurePercentage") && is_jsonata_text(*fields.any("ToleratedFailurePercentage"))) {
    if (auto expression = fields.expression("ToleratedFailurePercentage")) return std::move(*expression);
    return std::nullopt;
  }
  if (const auto value = fields.number("ToleratedFailurePercentage", 0, 100)) return *value;
  if (fields.is_jsonata()) return std::nullopt;
  if (auto path = fields.reference("ToleratedFailurePercentagePath")) return std::move(*path);
  return std::nullopt;
}

void parse_items(StateContext& context, MapState& state) {
  auto& fields = context.fields;
  fields.only_in(QueryLanguage::JsonPath, {"ItemsPath"});
  fields.only_in(QueryLanguage::Jsonata, {"Items"});
  fields.at_most_one({"ItemSelector", "Parameters"});
  state.item_selector = fields.either_template("ItemSelector", input_and_context);
  if (!fields.is_jsonata()) state.items_path = fields.reference("ItemsPath");
  else if (const auto* items = fields.any("Items")) {
    const bool may_be_items = items->is_array() || items->is_object() || is_jsonata_text(*items);
    if (may_be_items) state.items = fields.jsonata("Items", input_and_context);
    else fields.report().fault("Expected value of type Array", fields.at("Items"));
  }
}

}  // namespace

MapState parse_map(StateContext& context) {
  auto& fields = context.fields;
  MapState state;
  bool distributed = false;
  parse_processor(context, state, distributed);
  parse_items(context, state);
  state.flow = parse_data_flow(context, FlowFields::Map);
  constexpr Range count{0, std::numeric_limits<std::int32_t>::max()};
  state.max_concurrency = parse_integer_or_path(fields, "MaxConcurrency", count);
  state.tolerated_failure_count = parse_integer_or_path(fields, "ToleratedFailureCount", count);
  state.tolerated_failure_percentage = parse_tolerated_percentage(fields);
  parse_distributed_fields(context, distributed);
  state.retry = parse_retry(context);
  state.catchers = parse_catch(context);
  state.next = parse_transition(context);
  return state;
}

}  // namespace signalbox::asl
