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
  std::optional<std::string> key;           ///< if the items are an object's members
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

  /// Errors: States.Runtime, "Invalid path '$.x' : No results for path: $['x']".
  [[nodiscard]] Evaluated<Json> evaluate(const PathExpression& path, const Json& input);
  [[nodiscard]] Evaluated<Json> evaluate(const IntrinsicCall& call, const Json& input);
  [[nodiscard]] Evaluated<Json> evaluate(const PayloadTemplate& payload, const Json& input);
  /// What the path selects; nothing if there is nothing (for an indefinite path: if nothing matches).
  [[nodiscard]] std::optional<Json> find(const PathExpression& path, const Json& input);

  [[nodiscard]] const Frame& frame() const { return frame_; }
  [[nodiscard]] const Execution& execution() const { return interpreter_.execution(); }

 private:
  EvaluationContext around(const Json& input, bool with_context);
  const Json& context();

  Interpreter& interpreter_;
  const Frame& frame_;
  std::optional<TaskToken> token_;
  std::optional<MapItem> item_;
  std::optional<Json> context_;
  std::optional<Json> variables_;
  std::optional<RandomSource> random_;
};

[[nodiscard]] bool is_identity(const PathOrNull& path);
[[nodiscard]] bool is_identity(const DataFlow& flow);

/// `null` selects `{}`.
[[nodiscard]] Evaluated<Json> select(Scope& scope, const PathOrNull& path, const Json& from);
/// InputPath, then OutputPath: states without a result of their own.
[[nodiscard]] Evaluated<Json> passed_through(Scope& scope, const PathOrNull& input_path, const PathOrNull& output_path, const Json& input);
/// InputPath, then Parameters.
[[nodiscard]] Evaluated<Json> effective_input(Scope& scope, const DataFlow& flow, const Json& raw_input);
/// ResultSelector, ResultPath into the raw input, OutputPath; a result too large is States.DataLimitExceeded. The error is
/// complete, its cause beginning as AWS's do.
[[nodiscard]] boost::system::result<Json, Failure> state_output(Scope& scope, const DataFlow& flow, const Json& raw_input, const Json& result);

/// What an Assign gives, `$` being `input`; nothing where there is none. Its values are those at the state's entry: none is visible
/// before the state is left. Errors: what its expressions raise; States.DataLimitExceeded for more bytes than variables may have.
/// Spec: Variables.
[[nodiscard]] boost::system::result<std::optional<Json>, Failure> assigned(Scope& scope, const std::optional<PayloadTemplate>& assign, const Json& input);

[[noreturn]] void throw_exception_from_error(const Failure& failure, const boost::source_location&);

}  // namespace signalbox::core
