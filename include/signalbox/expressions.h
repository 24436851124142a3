#pragma once
/// Compiled expressions of the States Language's JSONPath dialect: parsed once with the definition, immutable, evaluated
/// purely.

#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/workflow_error.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace signalbox {

/// Randomness that replays: a keyed hash over (the execution's key, a label, a counter). The counter advances with each
/// draw inside one step, so equal steps draw equal numbers.
class RandomSource {
 public:
  RandomSource(std::string key, std::string label) : key_(std::move(key)), label_(std::move(label)) {}
  [[nodiscard]] std::array<std::uint8_t, 16> draw();

 private:
  std::string key_, label_;
  std::uint64_t counter_ = 0;
};

/// What an expression can see. References must outlive the evaluation.
struct EvaluationContext {
  const Json& input;      ///< `$`
  const Json& context;    ///< `$$`, the context object
  const Json& variables;  ///< `$name`: an object of all variables in scope; an empty object where there are none
  RandomSource& random;
  Timestamp now;
};

/// What of the context object expressions read: the members that their `$$` paths begin with, or all of it (`$$`, `$$..Name`, `$$[*]`).
struct ContextReads {
  bool all = false;
  std::vector<std::string> members;
  [[nodiscard]] bool has(std::string_view member) const;
};

/// A path in Jayway's dialect of JSONPath as AWS uses it: `$.a['b'][0]`, `..`, `*`, slices, unions, filters, `$.[0]`; or `$$…`
/// into the context object, or `$name…` into a variable. Spec: Paths. There are no functions: `$.a.length()` asks for a member
/// called `length()`, as on AWS (awsdocs/aws-step-functions-developer-guide pull request 5).
class PathExpression {
 public:
  PathExpression();  ///< `$`
  /// Errors: InvalidArgument, the message saying what is wrong with the fragment.
  [[nodiscard]] static Result<PathExpression> parse(std::string_view text);

  /// A definite path (names and single indexes, and several names at the end, which make one object) gives its value, or the
  /// error "No results for path: $['a']['b']" (States.Runtime; the caller puts the field's own words before it). An indefinite
  /// path gives an array of all matches, perhaps empty; one that would visit more than two million values is an error.
  [[nodiscard]] Evaluated<Json> evaluate(const EvaluationContext& context) const;
  /// The value of a definite path, or null pointer; for operators that ask about presence. For an indefinite path, whether
  /// anything matched is asked of evaluate().
  [[nodiscard]] std::optional<Json> find(const EvaluationContext& context) const;

  [[nodiscard]] bool is_root() const;  ///< exactly `$`
  /// Whether it reads `input` and that is null, which AWS refuses with these words where a field has the path itself.
  [[nodiscard]] bool reads_null(const Json& input) const;
  static constexpr std::string_view null_input = "Unable to apply Path transformation to null or empty input.";
  [[nodiscard]] bool is_reference() const;   ///< Spec: Reference Paths: definite, selects at most one node
  [[nodiscard]] bool reads_context() const;  ///< starts with `$$`
  void add_reads(ContextReads& reads) const;
  [[nodiscard]] const std::optional<std::string>& variable() const;  ///< the variable's name for `$name…`
  [[nodiscard]] const std::string& text() const;                     ///< as written
  [[nodiscard]] std::string printed() const;                         ///< a canonical form, for tests: `$['a'][0]`

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

/// Whether a text is a Unicode identifier, as the names of variables are; how long it is, is not looked at. Spec: Variables.
[[nodiscard]] bool is_variable_name(std::string_view text);

/// Where a result goes: a Reference Path into the state's input. Spec: Input and Output Processing, ResultPath.
class ReferencePath {
 public:
  ReferencePath();  ///< `$`: the result replaces the input
  /// Errors: InvalidArgument for a path that is not a Reference Path, or that starts with `$$` or a variable.
  [[nodiscard]] static Result<ReferencePath> parse(std::string_view text);
  /// `into` with `value` put at the path, objects made where they are missing. Errors: States.ResultPathMatchFailure in AWS's
  /// words when a step leads into a value that is no object.
  [[nodiscard]] Evaluated<Json> insert(const Json& into, const Json& value) const;
  [[nodiscard]] bool is_root() const;
  [[nodiscard]] const std::string& text() const;

 private:
  std::string text_;
  std::vector<std::variant<std::string, std::size_t>> steps_;
};

/// An intrinsic function call such as `States.Format('{}', $.a)`; the 18 functions of the spec. Spec: Intrinsic Functions.
class IntrinsicCall {
 public:
  [[nodiscard]] static Result<IntrinsicCall> parse(std::string_view text);
  /// Errors: States.IntrinsicFailure in AWS's words, and what the argument paths raise.
  [[nodiscard]] Evaluated<Json> evaluate(const EvaluationContext& context) const;
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] std::string printed() const;
  /// Names of the variables read, nested calls' too; sorted, each once.
  [[nodiscard]] std::vector<std::string> variables() const;

  struct Compiled;

 private:
  std::shared_ptr<const Compiled> compiled_;
};

/// One fault found in a template: its place below the template (`/a.$`) and what is wrong there.
struct TemplateFault {
  std::string where;
  std::string message;
};

/// A payload template: members whose names end in `.$` hold a path or an intrinsic call, all others stand for themselves.
/// Spec: Payload Template (Parameters, ResultSelector, ItemSelector, Assign).
class PayloadTemplate {
 public:
  /// All faults, so that a definition's author sees them at once.
  [[nodiscard]] static boost::system::result<PayloadTemplate, std::vector<TemplateFault>> parse(const Json& source);
  /// Errors: States.ParameterPathFailure or States.Runtime in AWS's words: "The JSONPath '$.x' specified for the field
  /// 'value.$' could not be found in the input '{…}'"; and what intrinsic functions raise.
  [[nodiscard]] Evaluated<Json> evaluate(const EvaluationContext& context) const;
  [[nodiscard]] const Json& source() const;
  /// What evaluate() looks at of its context's context object.
  [[nodiscard]] const ContextReads& reads() const;
  /// Names of the variables read, for DescribeStateMachine's variableReferences.
  [[nodiscard]] std::vector<std::string> variables() const;

  struct Compiled;

 private:
  std::shared_ptr<const Compiled> compiled_;
};

[[noreturn]] void throw_bad_template_access();
[[noreturn]] inline void throw_exception_from_error(const std::vector<TemplateFault>&, const boost::source_location&) {
  throw_bad_template_access();
}

}  // namespace signalbox
