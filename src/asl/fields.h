#pragma once
/// Reads the fields of one object of a definition: each reader notes its field as known, checks type and range, and reports what
/// is wrong with its place. Fields that nobody asked for are unknown.

#include "asl/report.h"

#include "signalbox/json.h"
#include "signalbox/jsonata_template.h"

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace signalbox::asl {

/// Bounds of a whole number, both included.
struct Range {
  std::int64_t min;
  std::int64_t max;
};
inline constexpr Range positive_seconds{1, 99'999'999};

/// What `$states` holds in most fields, in Output and Assign of states that have a result, and in those of a catcher.
inline constexpr StatesMembers input_and_context{.input = true, .context = true, .result = false, .error_output = false};
inline constexpr StatesMembers with_result{.input = true, .context = true, .result = true, .error_output = false};
inline constexpr StatesMembers with_error_output{.input = true, .context = true, .result = false, .error_output = true};

class Fields {
 public:
  /// `object` must be an object and outlive this; `place` is its own, empty for the definition itself.
  Fields(const Json& object, std::string place, QueryLanguage language, Report& report)
      : object_(object), place_(std::move(place)), language_(language), report_(report) {}

  /// Readers: nothing if the field is absent or faulty.
  [[nodiscard]] const Json* any(std::string_view name);
  [[nodiscard]] const Json* object(std::string_view name);
  [[nodiscard]] const Json* array(std::string_view name, bool may_be_empty = false);
  [[nodiscard]] std::optional<std::string> string(std::string_view name);
  [[nodiscard]] std::optional<bool> boolean(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, Range range);
  [[nodiscard]] std::optional<double> number(std::string_view name, double min, double max = std::numeric_limits<double>::max());
  [[nodiscard]] std::optional<PathExpression> path(std::string_view name);
  /// A Reference Path that is only read from.
  [[nodiscard]] std::optional<PathExpression> reference(std::string_view name);
  /// The same in a Choice rule, where AWS has another text for what is no path.
  [[nodiscard]] std::optional<PathExpression> reference_in_rule(std::string_view name);
  [[nodiscard]] PathOrNull path_or_null(std::string_view name);
  [[nodiscard]] ReferencePathOrNull result_path(std::string_view name);
  [[nodiscard]] std::optional<PayloadTemplate> payload_template(std::string_view name);
  /// Any JSON, with JSONata expressions in it. `offered`: see JsonataTemplate::parse.
  [[nodiscard]] std::optional<JsonataTemplate> jsonata(std::string_view name, const StatesMembers& offered);
  /// A text that is a JSONata expression as a whole; nothing, and nothing reported, if the field is another value.
  [[nodiscard]] std::optional<JsonataTemplate> expression(std::string_view name);
  /// By the state's language.
  [[nodiscard]] std::optional<Template> either_template(std::string_view name, const StatesMembers& offered);

  /// Says nothing of fields that only another query language knows: the state's language itself is a fault.
  void leave_language_unchecked() { language_checked_ = false; }
  /// Takes fields that only one query language knows; in the other one each is a fault.
  void only_in(QueryLanguage language, std::initializer_list<std::string_view> names);
  /// Known, but of no meaning to this program (Comment).
  void ignore(std::initializer_list<std::string_view> names);
  void require(std::initializer_list<std::string_view> names);
  /// The text's value is among these; otherwise a fault.
  void one_of(std::string_view name, std::initializer_list<std::string_view> values);
  void exactly_one(std::initializer_list<std::string_view> names);
  void at_most_one(std::initializer_list<std::string_view> names);
  /// Last: every field that was not asked for is a fault.
  void refuse_others();

  [[nodiscard]] bool has(std::string_view name) const { return object_.find(name) != nullptr; }
  [[nodiscard]] const Json& source() const { return object_; }
  [[nodiscard]] QueryLanguage language() const { return language_; }
  [[nodiscard]] bool is_jsonata() const { return language_ == QueryLanguage::Jsonata; }
  [[nodiscard]] Report& report() const { return report_; }
  /// Place of the object (`/` for the definition) and of one of its fields.
  [[nodiscard]] std::string place() const { return place_.empty() ? "/" : place_; }
  [[nodiscard]] std::string at(std::string_view name) const { return place_ + "/" + std::string(name); }

 private:
  void wrong_type(std::string_view name, const char* expected);
  [[nodiscard]] std::optional<PathExpression> parse_path(std::string_view name, const Json& value, bool must_be_reference);

  const Json& object_;
  std::string place_;
  QueryLanguage language_;
  bool language_checked_ = true;
  Report& report_;
  std::unordered_set<std::string> known_;
};

/// `{% … %}`: a JSONata expression in a string. Spec: JSONata, in strings.
[[nodiscard]] bool is_jsonata_text(const Json& value);
/// `place[index]`, or `place/name` when the place is the definition's own.
[[nodiscard]] std::string element_place(const std::string& place, std::size_t index);

}  // namespace signalbox::asl
