#include "asl/builder.h"

#include <fmt/format.h>

#include <array>
#include <type_traits>

namespace signalbox::asl {

namespace {

constexpr std::size_t state_name_characters_max = 80;

std::size_t count_characters(std::string_view utf8) {
  std::size_t count = 0;
  for (const char byte : utf8) count += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  return count;
}

/// Gives every state of the block its index before any is parsed, so that transitions can name later ones.
void name_states(Builder& builder, FlowScope& flow, const Json& states) {
  for (const auto& [name, source] : states.members()) {
    const auto index = static_cast<StateIndex>(builder.machine.states.size());
    const auto place = flow.place + "/States/" + name;
    auto& state = builder.machine.states.emplace_back();
    state.name = name;
    state.place = place;
    flow.targets.emplace(name, index);
    flow.states.push_back(index);
    if (!builder.machine.by_name.emplace(name, index).second)
      builder.report.fault(Phase::Form, "DUPLICATE_STATE_NAME", "Duplicate State name: " + name, place);
    if (name.empty() || count_characters(name) > state_name_characters_max)
      builder.report.fault(
          Phase::Form, "INVALID_STATE_NAME",
          fmt::format("Invalid State name '{}': exceeds the {}-character limit allowed by the service", name, state_name_characters_max),
          place);
  }
}

/// A state's own query language, or else the machine's. What is not exactly JSONPath is JSONata, as measured on AWS. Spec: JSONata, QueryLanguage.
QueryLanguage language_of(const Json& source, QueryLanguage around) {
  const Json* language = source.find("QueryLanguage");
  if (!language) return around;
  return *language == Json("JSONPath") ? QueryLanguage::JsonPath : QueryLanguage::Jsonata;
}

using ParseState = void (*)(StateContext&, decltype(State::type)&);
template <auto parse>
void parse_into(StateContext& context, decltype(State::type)& type) {
  type = parse(context);
}

constexpr std::array state_types{
    std::pair<std::string_view, ParseState>{"Pass", parse_into<parse_pass>},
    std::pair<std::string_view, ParseState>{"Task", parse_into<parse_task>},
    std::pair<std::string_view, ParseState>{"Choice", parse_into<parse_choice>},
    std::pair<std::string_view, ParseState>{"Wait", parse_into<parse_wait>},
    std::pair<std::string_view, ParseState>{"Succeed", parse_into<parse_succeed>},
    std::pair<std::string_view, ParseState>{"Fail", parse_into<parse_fail>},
    std::pair<std::string_view, ParseState>{"Parallel", parse_into<parse_parallel>},
    std::pair<std::string_view, ParseState>{"Map", parse_into<parse_map>},
};

bool may_assign(std::string_view type) { return type != "Succeed" && type != "Fail"; }
bool has_result(std::string_view type) { return type == "Task" || type == "Parallel" || type == "Map"; }

/// The fields that every state has, then those of its type. Spec: States, Table of State Types and Fields.
void parse_state(Builder& builder, FlowScope& flow, StateIndex index, const Json& source) {
  const auto place = builder.machine.states[index].place;
  if (!source.is_object()) {
    flow.complete = false;
    builder.report.fault("Expected value of type [OBJECT]", place);
    return;
  }
  const auto asked = language_of(source, builder.language);
  const bool mixed = asked == QueryLanguage::JsonPath && builder.language == QueryLanguage::Jsonata;
  const auto language = mixed ? QueryLanguage::Jsonata : asked;
  Fields typed(source, place, language, builder.report);
  if (mixed) {
    typed.leave_language_unchecked();
    builder.report.fault("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", typed.place());
  }
  typed.ignore({"Type", "Comment", "QueryLanguage"});
  if (const auto* comment = source.find("Comment"); comment && !comment->is_string())
    builder.report.fault("Expected value of type [STRING]", typed.at("Comment"));
  builder.machine.states[index].query_language = language;
  typed.require({"Type"});
  const auto type = typed.string("Type");
  for (const auto& [name, parse] : state_types) {
    if (type != name) continue;
    StateContext context{builder, flow, typed, index};
    // The machine's vector grows while nested states are parsed: no reference into it is held meanwhile.
    decltype(State::type) parsed;
    auto outer = builder.report.exchange_state({place, {}});
    parse(context, parsed);
    std::optional<Template> assign;
    if (may_assign(name)) assign = parse_assign(builder, typed, has_result(name) ? with_result : input_and_context);
    const auto notes = builder.report.exchange_state(std::move(outer));
    typed.one_of("QueryLanguage", {"JSONPath", "JSONata"});
    typed.refuse_others();
    auto& state = builder.machine.states[index];
    state.type = std::move(parsed);
    state.assign = std::move(assign);
    state.variables_read.assign(notes.variables_read.begin(), notes.variables_read.end());
    return;
  }
  flow.complete = false;
  if (type)
    builder.report.fault("Value should be one of the following: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
                         typed.at("Type"));
}

}  // namespace

Flow parse_flow(Builder& builder, Fields& fields, const std::string& place, OuterVariables outer) {
  FlowScope flow;
  flow.place = place;
  fields.require({"States", "StartAt"});
  const auto start_at = fields.string("StartAt");
  const auto* states = fields.object("States");
  if (!states) return {};
  if (states->size() == 0) {
    builder.report.fault("Value cannot be empty", fields.at("States"));
    return {};
  }
  name_states(builder, flow, *states);
  if (start_at) {
    if (const auto found = flow.targets.find(*start_at); found != flow.targets.end()) {
      flow.start = found->second;
    } else {
      builder.report.fault(Phase::Targets, "MISSING_TRANSITION_TARGET", "Missing 'Next' target: " + *start_at, fields.at("StartAt"));
    }
  } else {
    flow.complete = false;
  }
  builder.scopes.emplace_back();
  for (std::size_t i = 0; i < flow.states.size(); ++i) parse_state(builder, flow, flow.states[i], states->members()[i].value);
  close_scope(builder, outer);
  check_graph(builder, flow);
  return Flow{flow.start.value_or(0)};
}

void check_graph(Builder& builder, const FlowScope& flow) {
  if (!flow.complete) return;  // where some state leads is unknown: what follows would only be noise
  if (!flow.has_terminal) {
    builder.report.fault(Phase::Graph, "MISSING_END_STATE", "Workflow has no terminal state", std::nullopt);
    return;  // as on AWS, this hides unreachable states
  }
  std::unordered_set<StateIndex> reached;
  std::vector<StateIndex> to_visit;
  const auto visit = [&](StateIndex state) {
    if (reached.insert(state).second) to_visit.push_back(state);
  };
  if (flow.start) visit(*flow.start);
  std::unordered_multimap<StateIndex, StateIndex> edges(flow.edges.begin(), flow.edges.end());
  while (!to_visit.empty()) {
    const auto state = to_visit.back();
    to_visit.pop_back();
    const auto [first, last] = edges.equal_range(state);
    for (auto edge = first; edge != last; ++edge) visit(edge->second);
  }
  for (const auto state : flow.states) {
    const auto& unreached = builder.machine.states[state];
    if (!reached.contains(state))
      builder.report.fault(Phase::Graph, "MISSING_TRANSITION_TARGET", fmt::format("State \"{}\" is not reachable.", unreached.name),
                           unreached.place);
  }
}

}  // namespace signalbox::asl
