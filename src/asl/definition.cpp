#include "asl/builder.h"

#include <array>
#include <limits>
#include <string>
#include <utility>

namespace signalbox {

namespace {

using namespace asl;

ParsedDefinition refused(std::string code, std::string message) {
  return {.machine = nullptr,
          .diagnostics = {{Diagnostic::Severity::Error, std::move(code), std::move(message), std::nullopt}},
          .unsupported = {}};
}

void parse_language(Builder& builder, Fields& fields) {
  fields.one_of("QueryLanguage", {"JSONPath", "JSONata"});
  const Json* language = fields.source().find("QueryLanguage");
  if (language && *language != Json("JSONPath")) builder.language = QueryLanguage::Jsonata;
}

/// Spec: Structure of a State Machine, Top-level fields.
void parse_machine(Builder& builder, const Json& definition) {
  Fields fields(definition, "", QueryLanguage::JsonPath, builder.report);
  parse_language(builder, fields);
  if (auto comment = fields.string("Comment")) builder.machine.comment = std::move(*comment);
  fields.one_of("Version", {"1.0"});
  // AWS takes 0, here as if nothing were said.
  const auto timeout = fields.integer("TimeoutSeconds", {0, positive_seconds.max});
  if (timeout && *timeout > 0) builder.machine.timeout_seconds = timeout;
  builder.machine.root = parse_flow(builder, fields, "");
  fields.refuse_others();
}

}  // namespace

ParsedDefinition parse_definition(std::string_view definition, const AslOptions& options) {
  auto json = Json::parse(std::string(definition));
  if (definition.find_first_not_of(" \t\r\n") == std::string_view::npos || (json && !json->is_object()))
    return refused("SCHEMA_VALIDATION_FAILED", "Definition must be a valid JSON object");
  if (!json) return refused("INVALID_JSON_DESCRIPTION", json.error().message);
  Builder builder;
  builder.options = options;
  builder.machine.type = options.type;
  parse_machine(builder, *json);
  const bool can_run = options.mocked ? !builder.report.has_faults() : builder.report.can_run();
  ParsedDefinition parsed;
  parsed.diagnostics = builder.report.take_diagnostics();
  parsed.unsupported = builder.report.take_unsupported();
  if (can_run) parsed.machine = std::make_shared<const StateMachine>(std::move(builder.machine));
  return parsed;
}

std::shared_ptr<const StateMachine> load_definition(std::string_view definition) {
  const auto json = Json::parse(std::string(definition));
  SIGNALBOX_ASSERT(json && json->is_object());
  Builder builder;
  parse_machine(builder, *json);
  SIGNALBOX_ASSERT(!builder.machine.states.empty());
  // Faults are not looked at: a rule that a later version adds must not keep an older definition, once accepted, from loading.
  return std::make_shared<const StateMachine>(std::move(builder.machine));
}

std::shared_ptr<const StateMachine> processor_of(const StateMachine& machine, std::string_view map_state) {
  const auto found = machine.by_name.find(std::string(map_state));
  if (found == machine.by_name.end()) return nullptr;
  const auto* map = std::get_if<MapState>(&machine.state(found->second).type);
  if (map == nullptr) return nullptr;
  auto processor = std::make_shared<StateMachine>(machine);
  processor->root = map->processor;
  processor->timeout_seconds = std::nullopt;
  return processor;
}

std::string_view type_name(const State& state) {
  constexpr std::array<std::string_view, 8> names{"Pass", "Task", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"};
  static_assert(names.size() == std::variant_size_v<decltype(State::type)>);
  return names[state.type.index()];
}

}  // namespace signalbox
