#pragma once
/// JSONata: parsed once, immutable, evaluated purely. The language is 2.0.6 as AWS Step Functions has it.
/// Spec: docs.jsonata.org; Transforming data with JSONata in Step Functions.

#include "signalbox/ids.h"
#include "signalbox/json.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace signalbox::jsonata {

/// Plain: the language of jsonata.org, with an input that names at the top level read from. StepFunctions: no `$eval`; `$partition`,
/// `$range`, `$hash`, `$random`, `$uuid`, `$parse`; `$states` and variables as the only roots (a bare name, `$` or `$$` at the top
/// level is refused when parsed); AWS's limits; `1/0` gives "Infinity".
enum class Profile : std::uint8_t { Plain, StepFunctions };

/// Why a text is no expression, or why its evaluation failed.
struct Failure {
  enum class Kind : std::uint8_t {
    Syntax,       ///< the text does not parse (S0…)
    Unsupported,  ///< it parses, but Step Functions refuses it: "Reference to 'phone' at the top level is not supported."
    Evaluation,   ///< an error with a code (T0410, D3…), or one that `$error` raised
    Limit         ///< time, depth or memory
  };
  Kind kind = Kind::Evaluation;
  std::string code = {};           ///< JSONata's: S0201, T0410, D3141, U1001; empty where AWS gives none
  std::string message = {};        ///< JSONata's words, without the code
  std::size_t position = 0;        ///< into the expression's text, in UTF-16 units, as JSONata counts
  std::string token = {};          ///< the fragment at fault, or the function's name
  std::optional<Json> value = {};  ///< the offending value, where JSONata names one
};

/// What an evaluation may use up. Defaults: those of Step Functions.
struct Limits {
  std::chrono::milliseconds time{1000};
  std::size_t depth = 100;                    ///< nested evaluations; tail calls do not nest
  std::size_t bytes = std::size_t{10} << 20;  ///< of values made and held: 12 an element of an array, 3/2 a byte of text
};

struct Binding {
  std::string_view name;  ///< without `$`
  const Json* value;
};

/// What an expression sees besides its text. All of it must outlive the evaluation.
struct Environment {
  std::optional<Json> input = {};          ///< Plain only: `$` and `$$`; nothing: undefined
  std::span<const Binding> bindings = {};  ///< `$states`, variables
  Timestamp now = {};                      ///< `$now`, `$millis`: equal throughout
  std::function<std::array<std::uint8_t, 16>()> random =
      {};  ///< 16 fresh bytes for `$random`, `$uuid`, `$shuffle`; replays if the source does
  Limits limits = {};
};

struct Undefined {};
struct Function {};  ///< the result was a function, which is no value outside
using Value = std::variant<Undefined, Json, Function>;

/// A variable that an expression reads from outside, and the member it asks of it first, if it does so by name: `$states.result.a` is
/// {states, result}; `$x[0]` is {x, nothing}.
struct Reference {
  std::string variable;
  std::optional<std::string> member;
};

class Expression {
 public:
  /// Errors: Syntax, Unsupported.
  [[nodiscard]] static boost::system::result<Expression, Failure> parse(std::string_view text, Profile profile);
  /// Errors: Evaluation, Limit. Numbers of the result are IEEE 754 doubles; what the expression only passes on keeps its own digits.
  [[nodiscard]] boost::system::result<Value, Failure> evaluate(const Environment& environment) const;
  [[nodiscard]] const std::string& text() const;
  /// A canonical form: parses to an equal expression.
  [[nodiscard]] std::string printed() const;
  /// In order of first appearance, each once.
  [[nodiscard]] const std::vector<Reference>& references() const;

  struct Compiled;

 private:
  std::shared_ptr<const Compiled> compiled_;
};

[[noreturn]] void throw_bad_jsonata_access(const Failure& failure);
[[noreturn]] inline void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
  throw_bad_jsonata_access(failure);
}

}  // namespace signalbox::jsonata
