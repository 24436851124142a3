#pragma once
/// What surrounds a state's work: InputPath, Parameters, ResultSelector, ResultPath, OutputPath, in this order.
/// Spec: Input and Output Processing.

#include "core/failure.h"
#include "core/interpreter.h"
#include "signalbox/expressions.h"

#include <optional>
#include <string>

namespace signalbox::core {

/// A value that Evaluated<T> would not take by itself, because a WorkflowError could be made of it as well: a text.
template <class T>
[[nodiscard]] Evaluated<T> evaluated(T value) {
  return Evaluated<T>(boost::system::in_place_value, std::move(value));
}

/// An item of a Map as the context object's Map.Item shows it.
struct MapItem {
  std::int64_t index = 0;
  Json value;
  std::optional<std::string> key;          ///< if the items are an object's members
  std::optional<std::string> source = {};  ///< of a distributed Map's: `STATE_DATA`, `S3://bucket/key`
};

/// What the expressions of one state can see while it is worked on: made anew for every piece of work, so that equal steps
/// draw equal random numbers. What is costly (the context object) is made when first looked at.
class Scope {
 public:
  Scope(Interpreter& interpreter, const Frame& frame) : interpreter_(interpreter), frame_(frame) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  /// Before the first evaluation: what the frame does not know yet.
  void give_token(TaskToken token) { token_ = std::move(token); }
  void give_item(MapItem item) { item_ = std::move(item); }
  /// For several pieces of work between two events of the frame: each its own random numbers.
  void give_number(std::int64_t number) { number_ = number; }
  /// `$states.result` and `$states.errorOutput`.
  void give_result(Json result) { result_ = std::move(result); }
  void give_error_output(Json error) { error_output_ = std::move(error); }

  /// Errors: States.Runtime, "Invalid path '$.x' : No results for path: $['x']".
  [[nodiscard]] Evaluated<Json> evaluate(const PathExpression& path, const Json& input);
  [[nodiscard]] Evaluated<Json> evaluate(const IntrinsicCall& call, const Json& input);
  [[nodiscard]] Evaluated<Json> evaluate(const PayloadTemplate& payload, const Json& input);
  /// JSONata, seeing the state's raw input as `$states.input`. Errors: States.QueryEvaluationError.
  [[nodiscard]] Outcome<Json> evaluate(const JsonataTemplate& field);
  [[nodiscard]] Outcome<Json> evaluate(const JsonataTemplate& field, Json::Kind expected);
  /// In either language; `input` is what `$` means in JSONPath.
  [[nodiscard]] Outcome<Json> evaluate(const Template& field, const Json& input);
  /// What the path selects; nothing if there is nothing (for an indefinite path: if nothing matches).
  [[nodiscard]] std::optional<Json> find(const PathExpression& path, const Json& input);

  [[nodiscard]] const Frame& frame() const { return frame_; }
  [[nodiscard]] const Execution& execution() const { return interpreter_.execution(); }
  template <class T, class Value>
  void show(T StateInspection::*what, const Value& value) const {
    interpreter_.show(what, value);
  }
  [[nodiscard]] Failure failure(EvaluationFault fault) const { return evaluation_failure(frame_, std::move(fault)); }

 private:
  /// `context` is to live as long as what is given.
  EvaluationContext around(const Json& input, const Json& context);
  /// `$states`, with the members that are read.
  Json states(const StatesMembers& read);
  template <class... Expected>
  Outcome<Json> evaluate_jsonata(const JsonataTemplate& field, Expected... expected);
  const Json& context();
  /// As much of it as is read.
  [[nodiscard]] Json context(const ContextReads& reads);

  Interpreter& interpreter_;
  const Frame& frame_;
  std::optional<TaskToken> token_;
  std::optional<MapItem> item_;
  std::optional<std::int64_t> number_;
  std::optional<Json> result_, error_output_;
  std::optional<Json> context_;
  std::optional<Json> variables_;
  std::optional<RandomSource> random_;
};

[[nodiscard]] bool is_identity(const PathOrNull& path);
[[nodiscard]] bool is_identity(const DataFlow& flow);

/// `null` selects `{}`.
[[nodiscard]] Evaluated<Json> select(Scope& scope, const PathOrNull& path, const Json& from);
/// InputPath; the error is complete.
[[nodiscard]] Outcome<Json> selected_input(Scope& scope, const PathOrNull& input_path);
/// OutputPath or Output, of states without a result of their own; `input` is the effective input.
[[nodiscard]] Outcome<Json> passed_on(Scope& scope, const PathOrNull& output_path, const std::optional<JsonataTemplate>& output,
                                      const Json& input);
/// InputPath, then Parameters; or Arguments.
[[nodiscard]] Outcome<Json> effective_input(Scope& scope, const DataFlow& flow);
/// Its second half; `selected` is what InputPath selected.
[[nodiscard]] Outcome<Json> parameters_of(Scope& scope, const DataFlow& flow, const Json& selected);
/// ResultSelector, ResultPath into the raw input, OutputPath; or Output. A result too large is States.DataLimitExceeded. The error is
/// complete, its cause beginning as AWS's do.
[[nodiscard]] Outcome<Json> state_output(Scope& scope, const DataFlow& flow, const Json& result);
/// States.DataLimitExceeded if the state's output is too large.
[[nodiscard]] Outcome<Json> within_limit(const Scope& scope, Json output);

/// What an Assign gives, `$` being `input`; nothing where there is none. Its values are those at the state's entry: none is visible
/// before the state is left. Errors: what its expressions raise; States.DataLimitExceeded for more bytes than variables may have.
/// Spec: Variables.
[[nodiscard]] Outcome<std::optional<Json>> assigned(Scope& scope, const std::optional<Template>& assign, const Json& input);

}  // namespace signalbox::core
