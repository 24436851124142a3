#pragma once
/// A state machine as the interpreter runs it: the validated, immutable program that src/asl makes of a definition.
///
/// All states of the machine, nested ones too, stand in one vector; a Flow is one `States` block and names its first
/// state. State names are unique in the whole machine (Spec: States, Fields), so history names a state by its name alone.

#include "signalbox/expressions.h"
#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/jsonata_template.h"
#include "signalbox/task_resource.h"
#include "signalbox/vocabulary.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace signalbox {

enum class QueryLanguage : std::uint8_t { JsonPath, Jsonata };

using StateIndex = std::uint32_t;
/// Where a state leads; nothing means `"End": true`.
using Transition = std::optional<StateIndex>;

/// A path field whose `null` has a meaning: nothing stands for null (InputPath, OutputPath: `{}`; ResultPath: discard).
using PathOrNull = std::optional<PathExpression>;
using ReferencePathOrNull = std::optional<ReferencePath>;

/// A field that is a constant, or read by a path from the effective input (its *Path form), or computed by a JSONata expression.
template <class T>
using ConstantOrPath = std::variant<T, PathExpression, JsonataTemplate>;

/// Spec: Errors, Retrying after error.
struct Retrier {
  std::vector<std::string> error_equals;
  std::int64_t interval_seconds = 1;
  std::int64_t max_attempts = 3;
  double backoff_rate = 2.0;
  std::optional<std::int64_t> max_delay_seconds;
  bool full_jitter = false;
};

/// Spec: Errors, Fallback states.
struct Catcher {
  std::vector<std::string> error_equals;
  StateIndex next = 0;
  ReferencePathOrNull result_path = ReferencePath{};
  std::optional<JsonataTemplate> output;  ///< JSONata; default: the error output
  std::optional<Template> assign;
};

/// What surrounds a state's work, in order. Spec: Input and Output Processing. Absent fields hold their defaults, so those of the other
/// query language do nothing.
struct DataFlow {
  PathOrNull input_path = PathExpression{};
  std::optional<PayloadTemplate> parameters;
  std::optional<PayloadTemplate> result_selector;
  ReferencePathOrNull result_path = ReferencePath{};
  PathOrNull output_path = PathExpression{};
  std::optional<JsonataTemplate> arguments;  ///< JSONata; default: the input
  std::optional<JsonataTemplate> output;     ///< JSONata; default: the result
};

/// One comparison. Spec: Choice State, Data-Test Expression. Operators and their Path forms are one enum value each in
/// ComparisonOperator; `operand` is the constant, or the path of the Path form.
enum class ComparisonOperator : std::uint8_t {
  StringEquals,
  StringLessThan,
  StringGreaterThan,
  StringLessThanEquals,
  StringGreaterThanEquals,
  StringMatches,
  NumericEquals,
  NumericLessThan,
  NumericGreaterThan,
  NumericLessThanEquals,
  NumericGreaterThanEquals,
  BooleanEquals,
  TimestampEquals,
  TimestampLessThan,
  TimestampGreaterThan,
  TimestampLessThanEquals,
  TimestampGreaterThanEquals,
  IsNull,
  IsPresent,
  IsNumeric,
  IsString,
  IsBoolean,
  IsTimestamp
};

struct Comparison {
  PathExpression variable;
  ComparisonOperator comparison;
  ConstantOrPath<Json> operand;
};
struct ChoiceExpression;
struct AllOf {
  std::vector<ChoiceExpression> operands;
};  ///< `And`
struct AnyOf {
  std::vector<ChoiceExpression> operands;
};  ///< `Or`
struct NotOf {
  std::shared_ptr<const ChoiceExpression> operand;
};  ///< `Not`
struct ChoiceExpression {
  std::variant<Comparison, AllOf, AnyOf, NotOf> test;
};

struct ChoiceRule {
  std::variant<ChoiceExpression, JsonataTemplate> condition;  ///< JSONata: Condition
  StateIndex next = 0;
  std::optional<JsonataTemplate> output;  ///< JSONata; default: the input
  std::optional<Template> assign;
};

struct PassState {
  DataFlow flow;
  std::optional<Json> result;
  Transition next;
};

struct TaskState {
  TaskResource resource;
  DataFlow flow;
  std::optional<ConstantOrPath<std::int64_t>> timeout_seconds;
  std::optional<ConstantOrPath<std::int64_t>> heartbeat_seconds;
  std::optional<Template> credentials;
  std::vector<Retrier> retry;
  std::vector<Catcher> catchers;
  Transition next;
};

struct ChoiceState {
  PathOrNull input_path = PathExpression{};
  PathOrNull output_path = PathExpression{};
  std::optional<JsonataTemplate> output;  ///< JSONata; like Assign, of Default only
  std::vector<ChoiceRule> choices;
  Transition otherwise;  ///< `Default`; nothing means there is none, not End
};

struct WaitState {
  PathOrNull input_path = PathExpression{};
  PathOrNull output_path = PathExpression{};
  std::optional<JsonataTemplate> output;
  struct Seconds {
    ConstantOrPath<std::int64_t> value;
  };
  struct Until {
    ConstantOrPath<Timestamp> value;
  };
  std::variant<Seconds, Until> wait;
  Transition next;
};

struct SucceedState {
  PathOrNull input_path = PathExpression{};
  PathOrNull output_path = PathExpression{};
  std::optional<JsonataTemplate> output;
};

/// Error and Cause: a constant, a path (ErrorPath, CausePath) or an intrinsic call in their place, or a JSONata expression.
using FailText = std::variant<std::string, PathExpression, IntrinsicCall, JsonataTemplate>;
struct FailState {
  std::optional<FailText> error;
  std::optional<FailText> cause;
};

/// One `States` block: the machine itself, a Parallel branch, a Map's processor.
struct Flow {
  StateIndex start_at = 0;
};

struct ParallelState {
  std::vector<Flow> branches;
  DataFlow flow;
  std::vector<Retrier> retry;
  std::vector<Catcher> catchers;
  Transition next;
};

/// Where a distributed Map's items come from, if not from its input. Spec: ItemReader.
struct ItemReader {
  enum class Source : std::uint8_t { GetObject, ListObjects };
  Source source = Source::GetObject;
  std::optional<Template> parameters;                     ///< Parameters, in JSONata Arguments
  Json config = Json::empty_object();                     ///< ReaderConfig as written, MaxItems and MaxItemsPath aside
  std::optional<ConstantOrPath<std::int64_t>> max_items;  ///< 0 or absent: all
};

/// Spec: ItemBatcher. At least one of the limits is there.
struct ItemBatcher {
  std::optional<Template> batch_input;
  std::optional<ConstantOrPath<std::int64_t>> max_items, max_bytes;
};

/// Where a distributed Map's results go. Spec: ResultWriter.
struct ResultWriter {
  bool exports = false;  ///< to objects; otherwise only the form of the state's result is meant
  std::optional<Template> parameters;
  Json config = Json::empty_object();  ///< WriterConfig as written
};

/// What a Map state in distributed mode has besides. Spec: Map State, distributed mode.
struct DistributedMap {
  StateMachineType execution_type = StateMachineType::Standard;
  std::string label;  ///< empty: made by the interpreter
  std::optional<ItemReader> reader;
  std::optional<ItemBatcher> batcher;
  std::optional<ResultWriter> writer;
};

struct MapState {
  Flow processor;
  DataFlow flow;                             ///< parameters: the legacy `Parameters`, applied per item like ItemSelector
  std::optional<PathExpression> items_path;  ///< default `$` on the effective input
  std::optional<JsonataTemplate> items;      ///< JSONata; default: the input
  std::optional<Template> item_selector;
  std::optional<ConstantOrPath<std::int64_t>> max_concurrency;  ///< 0 or absent: no limit
  std::optional<ConstantOrPath<std::int64_t>> tolerated_failure_count;
  std::optional<ConstantOrPath<double>> tolerated_failure_percentage;
  std::shared_ptr<const DistributedMap> distributed;  ///< null: inline mode
  std::vector<Retrier> retry;
  std::vector<Catcher> catchers;
  Transition next;
};

struct State {
  std::string name;
  std::string place;  ///< JSON pointer as diagnostics write it: `/States/A`, `/States/P/Branches[0]/States/B`
  QueryLanguage query_language = QueryLanguage::JsonPath;
  std::optional<Template> assign;
  std::vector<std::string> variables_read;  ///< by the state's own fields, not by states nested in it; sorted
  std::variant<PassState, TaskState, ChoiceState, WaitState, SucceedState, FailState, ParallelState, MapState> type;
};

/// Immutable once made; shared by all executions that are pinned to its definition.
struct StateMachine {
  std::vector<State> states;
  std::unordered_map<std::string, StateIndex> by_name;
  Flow root;
  std::optional<std::int64_t> timeout_seconds;
  StateMachineType type = StateMachineType::Standard;
  std::string comment;

  [[nodiscard]] const State& state(StateIndex index) const { return states[index]; }
};

/// Spec: Variables. [aws: Step Functions quotas]
inline constexpr std::size_t variable_name_characters_max = 80;
inline constexpr std::size_t variable_bytes_max = 262'144;      ///< of one value, and of all that one Assign sets
inline constexpr std::size_t variables_bytes_max = 10'485'760;  ///< of all that an execution holds

/// `Pass`, `Task`, … as the definition and history's `PassStateEntered` spell it.
[[nodiscard]] std::string_view type_name(const State& state);

/// DescribeStateMachine's variableReferences: an object that names, for each state that reads variables, those it reads. [boto]
[[nodiscard]] Json variable_references(const StateMachine& machine);

/// What a faulty definition is told. `code` is AWS's (SCHEMA_VALIDATION_FAILED, MISSING_TRANSITION_TARGET, …), `where` its
/// place (`/States/C/Choices[0]`).
struct Diagnostic {
  enum class Severity : std::uint8_t { Error, Warning };
  Severity severity = Severity::Error;
  std::string code;
  std::string message;
  std::optional<std::string> where;
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

struct AslOptions {
  StateMachineType type = StateMachineType::Standard;
  bool mocked = false;      ///< TestState: what is not offered here is no obstacle, since it will not be called
  bool lone_state = false;  ///< TestState: one state; whatever it leads to is taken to be there, as a Succeed state
};

struct ParsedDefinition {
  /// Null if any diagnostic is an error, or if the definition uses part of the language that is not offered here.
  /// A service that is not here leaves the machine: its tasks can be mocked or left to fail.
  std::shared_ptr<const StateMachine> machine;
  std::vector<Diagnostic> diagnostics;   ///< every fault found, in AWS's order
  std::vector<std::string> unsupported;  ///< valid on AWS, but not offered here: one sentence each, naming the place and the service
};

/// Makes a definition's program. Never fails halfway: all faults are reported. `definition` is the JSON text.
[[nodiscard]] ParsedDefinition parse_definition(std::string_view definition, const AslOptions& options = {});
/// For a definition that was accepted once: stored definitions always load, whatever rules were added since. That it is no
/// definition at all is a bug.
[[nodiscard]] std::shared_ptr<const StateMachine> load_definition(std::string_view definition);
/// What the child executions of a distributed Map run: the processor of the state `map_state` as a machine of its own. Null if there is no such state.
[[nodiscard]] std::shared_ptr<const StateMachine> processor_of(const StateMachine& machine, std::string_view map_state);

}  // namespace signalbox
