#include "aws/sfn/lone_state.h"

#include <fmt/format.h>

#include <iterator>

namespace signalbox::aws::sfn {

namespace {

/// The name that a state tried by itself has in places, texts and the context object. Recorded on AWS.
constexpr std::string_view lone_name = "StateName";

/// The state of that name, however deep, in an object that holds `States`: the states around it, outermost first, and itself. Empty: not there.
std::vector<const Json*> find_state(const Json& flow, std::string_view name) {
  const Json* states = flow.find("States");
  if (!states || !states->is_object()) return {};
  for (const auto& [state_name, state] : states->members()) {
    if (state_name == name) return {&state};
    std::vector<const Json*> flows;
    for (const auto* nested : {"ItemProcessor", "Iterator"})
      if (const Json* processor = state.find(nested)) flows.push_back(processor);
    if (const Json* branches = state.find("Branches"); branches && branches->is_array())
      for (const auto& branch : branches->elements()) flows.push_back(&branch);
    for (const Json* each : flows) {
      auto found = find_state(*each, name);
      if (found.empty()) continue;
      found.insert(found.begin(), &state);
      return found;
    }
  }
  return {};
}

std::optional<Failure> faults_of(const ParsedDefinition& parsed) {
  std::string text;
  for (const auto& diagnostic : parsed.diagnostics) {
    if (diagnostic.severity != Diagnostic::Severity::Error) continue;
    text += fmt::format("{}{}: {} at {}", text.empty() ? "" : ", ", diagnostic.code, diagnostic.message, diagnostic.where.value_or("null"));
  }
  if (text.empty()) return std::nullopt;
  return Failure{"InvalidDefinition", "Invalid State Machine Definition: '" + text + "'"};
}

/// `whole`: the definition that the state is taken from, if it is.
Answer<LoneState> alone(const Json& state, const Json* whole) {
  Json::Object machine;
  const Json* language = whole ? whole->find("QueryLanguage") : nullptr;
  if (language) machine.push_back({"QueryLanguage", *language});
  machine.push_back({"StartAt", std::string(lone_name)});
  machine.push_back({"States", json_object({{std::string(lone_name), state}})});
  const auto parsed = parse_definition(Json(std::move(machine)).text(), {.mocked = true, .lone_state = true});
  if (auto faults = faults_of(parsed)) return *faults;
  return LoneState{.machine = parsed.machine, .source = state, .around = {}};
}

}  // namespace

Answer<LoneState> lone_state_of(const TestRequest& request) {
  if (!request.state_name) return alone(request.definition, nullptr);
  const auto whole = parse_definition(request.definition.text(), {.mocked = true});
  if (auto faults = faults_of(whole)) return *faults;
  const auto found = find_state(request.definition, *request.state_name);
  if (found.empty()) return invalid_test("State not found in definition");
  auto lone = alone(*found.back(), &request.definition);
  if (!lone) return lone;
  for (auto at = found.rbegin() + 1; at != found.rend(); ++at) lone->around.push_back(**at);
  return lone;
}

Answer<LoneState> failing_parent(const TestRequest& request, const Json& around) {
  const Json branch =
      json_object({{"StartAt", "Child"}, {"States", json_object({{"Child", json_object({{"Type", "Pass"}, {"End", true}})}})}});
  Json::Object state{{"Type", "Parallel"}, {"Branches", Json(Json::Array{branch})}, {"End", true}};
  for (const auto* name : {"QueryLanguage", "Retry", "Catch"})
    if (const Json* given = around.find(name)) state.push_back({name, *given});
  return alone(Json(std::move(state)), &request.definition);
}

}  // namespace signalbox::aws::sfn
