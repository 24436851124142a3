#pragma once
/// A field of a JSONata state: JSON in which every text `{% … %}`, however deep, is an expression. Spec: JSONata.

#include "signalbox/expressions.h"
#include "signalbox/ids.h"
#include "signalbox/json.h"

#include <boost/system/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox {

/// Members of `$states`. `input` and `context` are always there; `result` in Output and Assign of Task, Parallel and Map;
/// `errorOutput` in those of a catcher.
struct StatesMembers {
  bool input = false, context = false, result = false, error_output = false;
};

/// What is wrong with an expression: `code` is INVALID_JSONATA_EXPRESSION (it does not parse) or UNSUPPORTED_JSONATA_EXPRESSION, `where` its place
/// below the field (`/v`, `[0]/v`; empty for the field itself).
struct JsonataTemplateFault {
  std::string code, where, message;
};

/// Why a field has no value (States.QueryEvaluationError), in AWS's words, and its place in the state: `Output/v`, `Choices[1]/Condition`.
struct EvaluationFault {
  std::string cause;
  std::optional<std::string> location;
};

/// What the expressions of a field see. All of it must outlive the evaluation.
struct JsonataScope {
  const Json& states;     ///< `$states`; only members that reads() names need be there
  const Json& variables;  ///< an object of all variables in scope
  RandomSource& random;
  Timestamp now;
};

class JsonataTemplate {
 public:
  /// `field` is the field's place in the state, as error texts name it. `offered` are the members of `$states` that exist there.
  /// Errors: all faults, so that a definition's author sees them at once.
  [[nodiscard]] static boost::system::result<JsonataTemplate, std::vector<JsonataTemplateFault>> parse(const Json& source,
                                                                                                       std::string field,
                                                                                                       const StatesMembers& offered);
  /// A text without expression stands for itself, as everything else does.
  [[nodiscard]] boost::system::result<Json, EvaluationFault> evaluate(const JsonataScope& scope) const;
  /// Like evaluate(), for a field that wants values of one kind; another kind is a fault too.
  [[nodiscard]] boost::system::result<Json, EvaluationFault> evaluate(const JsonataScope& scope, Json::Kind expected) const;

  [[nodiscard]] const Json& source() const;
  [[nodiscard]] const std::string& field() const;
  [[nodiscard]] const StatesMembers& reads() const;
  /// Names of the variables read, without `states`; sorted, each once.
  [[nodiscard]] const std::vector<std::string>& variables() const;

  struct Compiled;

 private:
  std::shared_ptr<const Compiled> compiled_;
};

/// `array`, `null`, … as JSONata names them.
[[nodiscard]] std::string_view jsonata_type_name(Json::Kind kind);

[[noreturn]] inline void throw_exception_from_error(const std::vector<JsonataTemplateFault>&, const boost::source_location&) {
  throw_bad_template_access();
}
[[noreturn]] inline void throw_exception_from_error(const EvaluationFault&, const boost::source_location&) { throw_bad_template_access(); }

/// A template in either query language: Assign, ItemSelector, Credentials.
using Template = std::variant<PayloadTemplate, JsonataTemplate>;

}  // namespace signalbox
