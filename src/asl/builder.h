#pragma once
/// What the parsers of the single state types share: the machine being made, the States block a state stands in, and the
/// fields that several types have.

#include "asl/fields.h"
#include "asl/report.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace signalbox::asl {

/// The variables of one `States` block: what its states assign, and what the blocks inside of it do.
struct VariableScope {
  struct Assigned {
    std::string name;
    std::string place;  ///< of the Assign field
  };
  std::unordered_set<std::string> own;
  std::vector<Assigned> assigned, inner;
};

struct Builder {
  AslOptions options;
  Report report;
  StateMachine machine;
  std::vector<VariableScope> scopes;                 ///< of the blocks being parsed, outermost first
  std::unordered_set<std::string> labels;            ///< of distributed Maps
  QueryLanguage language = QueryLanguage::JsonPath;  ///< the machine's; nested states inherit it, not their parent's
};

/// One `States` block while it is parsed; afterwards its graph is checked.
struct FlowScope {
  std::string place;                                    ///< of the object that holds StartAt and States; empty for the definition
  std::unordered_map<std::string, StateIndex> targets;  ///< the names that a transition may name: those of this block only
  std::vector<StateIndex> states;
  std::vector<std::pair<StateIndex, StateIndex>> edges;
  bool has_terminal = false;
  bool complete = true;  ///< false if a fault hides where some state leads
  std::optional<StateIndex> start;
};

/// The parse of one state.
struct StateContext {
  Builder& builder;
  FlowScope& flow;
  Fields& fields;
  StateIndex index;

  [[nodiscard]] Report& report() const { return builder.report; }
};

/// Whether a block's states see the variables of the states around it; a distributed Map's do not.
enum class OuterVariables : std::uint8_t { Visible, Hidden };
/// Parses StartAt and States; `fields` stands at the object that holds them. Other fields are the caller's.
[[nodiscard]] Flow parse_flow(Builder& builder, Fields& fields, const std::string& place, OuterVariables outer = OuterVariables::Visible);

/// The state that `name` (a JSON string at `where`) names, noted as an edge; a missing target is a fault.
[[nodiscard]] std::optional<StateIndex> parse_target(StateContext& context, Fields& holder, std::string_view field);
/// Next and End.
[[nodiscard]] Transition parse_transition(StateContext& context);
/// InputPath … OutputPath of the types that have all of them; `with_parameters` and `with_selector` say which.
enum class FlowFields : std::uint8_t { Pass, Task, Map };
[[nodiscard]] DataFlow parse_data_flow(StateContext& context, FlowFields which);
/// InputPath and OutputPath alone; or Output.
void parse_in_and_out(StateContext& context, PathOrNull& input_path, PathOrNull& output_path, std::optional<JsonataTemplate>& output);
/// Assign of a state, a choice rule or a catcher. Spec: Variables.
[[nodiscard]] std::optional<Template> parse_assign(Builder& builder, Fields& fields, const StatesMembers& offered);
/// After a block's states: an inner block may not assign what this one does. Its scope becomes part of the one around it.
void close_scope(Builder& builder, OuterVariables outer);

[[nodiscard]] std::vector<Retrier> parse_retry(StateContext& context);
[[nodiscard]] std::vector<Catcher> parse_catch(StateContext& context);

/// A whole number that stands in `name`, or is computed there, or is read by the path in `namePath`; not two of them.
[[nodiscard]] std::optional<ConstantOrPath<std::int64_t>> parse_integer_or_path(Fields& fields, const std::string& name, Range range);

[[nodiscard]] PassState parse_pass(StateContext& context);
[[nodiscard]] TaskState parse_task(StateContext& context);
[[nodiscard]] ChoiceState parse_choice(StateContext& context);
[[nodiscard]] WaitState parse_wait(StateContext& context);
[[nodiscard]] SucceedState parse_succeed(StateContext& context);
[[nodiscard]] FailState parse_fail(StateContext& context);
[[nodiscard]] ParallelState parse_parallel(StateContext& context);
[[nodiscard]] MapState parse_map(StateContext& context);

/// Dangling StartAt, a block without terminal state, states that nothing leads to.
void check_graph(Builder& builder, const FlowScope& flow);
/// Whether a task's resource can be called here; what AWS knows is "not offered", what it does not know is a fault.
void check_resource(StateContext& context, const TaskResource& resource);

}  // namespace signalbox::asl
