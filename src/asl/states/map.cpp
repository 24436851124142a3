#include "asl/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace signalbox::asl {

namespace {

/// Spec: Map State, ProcessorConfig. In DISTRIBUTED mode gives the type of the child executions.
std::optional<StateMachineType> parse_processor_config(StateContext& context, Fields& processor) {
  const auto* value = processor.object("ProcessorConfig");
  if (!value) return std::nullopt;
  Fields config(*value, processor.at("ProcessorConfig"), processor.language(), context.report());
  config.one_of("Mode", {"INLINE", "DISTRIBUTED"});
  const auto is = [value](std::string_view name, const char* text) { return value->find(name) && *value->find(name) == Json(text); };
  const bool distributed = is("Mode", "DISTRIBUTED");
  if (distributed) {
    config.require({"ExecutionType"});
    config.one_of("ExecutionType", {"STANDARD", "EXPRESS"});
  }
  config.refuse_others();
  if (!distributed) return std::nullopt;
  if (context.builder.options.type == StateMachineType::Express)
    context.report().fault("The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines", config.at("Mode"));
  return is("ExecutionType", "EXPRESS") ? StateMachineType::Express : StateMachineType::Standard;
}

/// The type of the child executions if the mode is DISTRIBUTED.
std::optional<StateMachineType> parse_processor(StateContext& context, MapState& state) {
  std::optional<StateMachineType> distributed;
  auto& fields = context.fields;
  fields.exactly_one({"ItemProcessor", "Iterator"});
  for (const auto* name : {"ItemProcessor", "Iterator"}) {
    const auto* value = fields.object(name);
    if (!value) continue;
    Fields processor(*value, fields.at(name), context.builder.language, context.report());
    processor.ignore({"Comment"});
    distributed = parse_processor_config(context, processor);
    // What the children's type forbids is looked for in their states.
    const auto outer_type = std::exchange(context.builder.options.type, distributed.value_or(context.builder.options.type));
    state.processor =
        parse_flow(context.builder, processor, fields.at(name), distributed ? OuterVariables::Hidden : OuterVariables::Visible);
    context.builder.options.type = outer_type;
    processor.refuse_others();
  }
  return distributed;
}

/// Spec: Map State, Label: the name of the child executions' state machine.
std::string parse_label(StateContext& context) {
  const auto label = context.fields.string("Label");
  if (!label) return {};
  const auto barred = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ||
           std::string_view("?*<>{}[]:;,\\|^~$#%&`\"/ ").find(c) != std::string_view::npos;
  };
  const bool has_c1 = label->find("\xC2\x80") != std::string::npos || [&] {  // U+0080 … U+009F
    for (std::size_t i = 0; i + 1 < label->size(); ++i)
      if ((*label)[i] == '\xC2' && static_cast<unsigned char>((*label)[i + 1]) < 0xA0) return true;
    return false;
  }();
  if (label->empty() || label->size() > 40 || has_c1 || std::any_of(label->begin(), label->end(), barred))
    context.report().fault(Phase::Form, "INVALID_LABEL_NAME", fmt::format("Invalid Label: '{}'", *label), context.fields.at("Label"));
  if (!context.builder.labels.insert(*label).second)
    context.report().fault(Phase::Form, "DUPLICATE_LABEL_NAME", "Duplicate Label name: " + *label, context.fields.at("Label"));
  return *label;
}

/// `object` without some of its members.
Json without(Json object, std::initializer_list<std::string_view> names) {
  for (const auto name : names) object = object.without(name);
  return object;
}

constexpr Range whole_number{0, std::numeric_limits<std::int32_t>::max()};
constexpr Range items_to_read{0, 100'000'000};

/// Of a Map's paths, only ItemsPath may lead into the context object.
void refuse_context(Fields& fields, std::string_view path_name) {
  const Json* path = fields.source().find(path_name);
  if (path && path->is_string() && path->as_string().starts_with("$$"))
    fields.report().fault("Value is not a Reference Path", fields.at(path_name));
}

/// A whole number of a Map, or its Path form.
std::optional<ConstantOrPath<std::int64_t>> parse_number_of_map(Fields& fields, const std::string& name, Range range) {
  refuse_context(fields, name + "Path");
  return parse_integer_or_path(fields, name, range);
}

/// Spec: ItemReader, ReaderConfig, CSVHeaderLocation and CSVHeaders. Other types of input have none.
void check_headers(Fields& config, std::string_view type) {
  if (type == "CSV" && !config.has("CSVHeaderLocation")) config.report().fault("The field 'CSVHeaderLocation' is required", config.place());
  config.one_of("CSVHeaderLocation", {"FIRST_ROW", "GIVEN"});
  (void)config.array("CSVHeaders");
  const Json* location = config.source().find("CSVHeaderLocation");
  if (location && *location == Json("GIVEN")) config.require({"CSVHeaders"});
}

/// Spec: ItemReader, ReaderConfig.
void parse_reader_config(StateContext& context, Fields& reader, ItemReader& out) {
  const auto* value = reader.object("ReaderConfig");
  if (!value) {
    if (out.source == ItemReader::Source::GetObject) reader.require({"ReaderConfig"});
    return;
  }
  Fields config(*value, reader.at("ReaderConfig"), reader.language(), context.report());
  config.one_of("InputType", {"CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"});
  config.one_of("CSVDelimiter", {"COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"});
  config.one_of("ManifestType", {"ATHENA_DATA", "S3_INVENTORY"});
  config.one_of("Transformation", {"NONE", "LOAD_AND_FLATTEN"});
  (void)config.string("ItemsPointer");
  const auto type = config.string("InputType").value_or("");
  if (type != "JSON" && type != "JSONL") check_headers(config, type);
  if (type == "PARQUET") context.report().not_offered(config.at("InputType"), "reading items from PARQUET files is not offered");
  out.max_items = parse_number_of_map(config, "MaxItems", items_to_read);
  config.refuse_others();
  out.config = without(*value, {"MaxItems", "MaxItemsPath"});
}

std::optional<Template> parse_call_parameters(Fields& fields) {
  fields.only_in(QueryLanguage::JsonPath, {"Parameters"});
  fields.only_in(QueryLanguage::Jsonata, {"Arguments"});
  return fields.either_template(fields.is_jsonata() ? "Arguments" : "Parameters", input_and_context);
}

std::optional<ItemReader> parse_item_reader(StateContext& context) {
  const auto* value = context.fields.object("ItemReader");
  if (!value) return std::nullopt;
  Fields fields(*value, context.fields.at("ItemReader"), context.fields.language(), context.report());
  ItemReader reader;
  fields.require({"Resource"});
  if (const auto resource = fields.string("Resource")) {
    const auto action = resource->substr(resource->find(":::") == std::string::npos ? 0 : resource->find(":::") + 3);
    if (action == "s3:listObjectsV2") reader.source = ItemReader::Source::ListObjects;
    else if (action != "s3:getObject")
      context.report().fault("The field 'Resource' does not match any of the allowed values", fields.at("Resource"));
  }
  reader.parameters = parse_call_parameters(fields);
  parse_reader_config(context, fields, reader);
  fields.refuse_others();
  return reader;
}

std::optional<ItemBatcher> parse_item_batcher(StateContext& context) {
  const auto* value = context.fields.object("ItemBatcher");
  if (!value) return std::nullopt;
  Fields fields(*value, context.fields.at("ItemBatcher"), context.fields.language(), context.report());
  ItemBatcher batcher;
  batcher.batch_input = fields.either_template("BatchInput", input_and_context);
  batcher.max_items = parse_number_of_map(fields, "MaxItemsPerBatch", whole_number);
  batcher.max_bytes = parse_number_of_map(fields, "MaxInputBytesPerBatch", whole_number);
  fields.refuse_others();
  return batcher;
}

std::optional<ResultWriter> parse_result_writer(StateContext& context) {
  const auto* value = context.fields.object("ResultWriter");
  if (!value) return std::nullopt;
  Fields fields(*value, context.fields.at("ResultWriter"), context.fields.language(), context.report());
  ResultWriter writer;
  const auto resource = fields.string("Resource");
  writer.exports = resource.has_value();
  if (resource && !resource->ends_with(":::s3:putObject"))
    context.report().fault("The field 'Resource' does not match any of the allowed values", fields.at("Resource"));
  writer.parameters = parse_call_parameters(fields);
  if (const auto* config_value = fields.object("WriterConfig")) {
    Fields config(*config_value, fields.at("WriterConfig"), fields.language(), context.report());
    config.one_of("Transformation", {"NONE", "COMPACT", "FLATTEN"});
    config.one_of("OutputType", {"JSON", "JSONL"});
    config.refuse_others();
    writer.config = *config_value;
  }
  fields.refuse_others();
  return writer;
}

/// Fields of the distributed mode; in inline mode each is a fault.
std::optional<DistributedMap> parse_distributed_fields(StateContext& context, std::optional<StateMachineType> type) {
  auto& fields = context.fields;
  DistributedMap map;
  map.label = parse_label(context);
  map.reader = parse_item_reader(context);
  map.batcher = parse_item_batcher(context);
  map.writer = parse_result_writer(context);
  if (type) {
    map.execution_type = *type;
    return map;
  }
  for (const auto* name : {"ItemReader", "ItemBatcher", "ResultWriter", "Label"}) {
    if (fields.has(name))
      context.report().fault(fmt::format("Field '{}' is only supported for a distributed Map state", name), fields.place());
  }
  return std::nullopt;
}

std::optional<ConstantOrPath<double>> parse_tolerated_percentage(Fields& fields) {
  fields.only_in(QueryLanguage::JsonPath, {"ToleratedFailurePercentagePath"});
  fields.at_most_one({"ToleratedFailurePercentage", "ToleratedFailurePercentagePath"});
  refuse_context(fields, "ToleratedFailurePercentagePath");
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
    else fields.report().fault("Expected value of type [ARRAY]", fields.at("Items"));
  }
}

}  // namespace

MapState parse_map(StateContext& context) {
  auto& fields = context.fields;
  MapState state;
  const auto distributed = parse_processor(context, state);
  parse_items(context, state);
  state.flow = parse_data_flow(context, FlowFields::Map);
  constexpr Range count{0, std::numeric_limits<std::int32_t>::max()};
  state.max_concurrency = parse_number_of_map(fields, "MaxConcurrency", count);
  state.tolerated_failure_count = parse_number_of_map(fields, "ToleratedFailureCount", count);
  state.tolerated_failure_percentage = parse_tolerated_percentage(fields);
  if (auto fields_of_mode = parse_distributed_fields(context, distributed))
    state.distributed = std::make_shared<const DistributedMap>(std::move(*fields_of_mode));
  state.retry = parse_retry(context);
  state.catchers = parse_catch(context);
  state.next = parse_transition(context);
  return state;
}

}  // namespace signalbox::asl
