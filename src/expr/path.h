#pragma once
/// A compiled JSONPath, and how it is evaluated. Private to this module.

#include "signalbox/json.h"
#include "signalbox/workflow_error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::expr {

struct Filter;

struct Step {
  enum class Kind : std::uint8_t { Names, Indexes, Slice, Wildcard, Filter };
  Kind kind = Kind::Wildcard;
  bool deep = false;  ///< behind `..`: applies to every value below, the value itself first
  std::vector<std::string> names;
  std::vector<std::int64_t> indexes;
  std::optional<std::int64_t> from, to;  ///< of a slice
  std::shared_ptr<const Filter> filter;
  std::string filter_text;

  /// `['a']`, `[0]`, `[1:]`, `[*]`, `[?(…)]`, with `..` before it where it is deep.
  [[nodiscard]] std::string printed() const;
};

/// The steps behind `$`, `$$`, `$name` or `@`.
struct Path {
  std::vector<Step> steps;
  bool definite = true;  ///< gives at most one value; see PathExpression::evaluate

  [[nodiscard]] std::string printed() const;
};

/// A position in the text of an expression, and the first fault found. All parsers of this module share it.
struct Cursor {
  std::string_view text;
  std::size_t at = 0;
  std::string fault{};

  [[nodiscard]] bool done() const { return at == text.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
  bool take(char c) {
    if (peek() != c || done()) return false;
    ++at;
    return true;
  }
  void skip_space() {
    while (!done() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) ++at;
  }
  /// Notes the fault with the place; always false.
  bool fail(std::string_view what);
};

/// Where a path may stand: by itself it takes the whole text; inside something it ends before what cannot belong to it.
enum class Surroundings : std::uint8_t { Whole, Filter, Arguments };

/// Steps from the cursor on. False with cursor.fault set.
[[nodiscard]] bool parse_steps(Cursor& cursor, Surroundings surroundings, Path& path, int filter_depth);
/// The name of a variable behind `$`: a Unicode identifier. False if there is none.
[[nodiscard]] bool parse_variable_name(Cursor& cursor, std::string& name);
/// `'…'` or `"…"`. An escape stands for its character before the quote, a backslash, or as `\uXXXX`; any other backslash stands
/// for itself (recorded on AWS: `$['Test\""Name"']` finds the member `Test\""Name"`).
[[nodiscard]] bool parse_quoted(Cursor& cursor, std::string& value);

/// The value of a definite path of single names and indexes; null pointer when something is missing.
[[nodiscard]] const Json* find_single(const Path& path, const Json& root);
/// Why find_single() found nothing, in AWS's words.
[[nodiscard]] std::string missing_reason(const Path& path, const Json& root);
/// Visits that one evaluation may make, filters included; what a 256-KiB payload needs lies far below.
inline constexpr std::size_t visits_max = 2'000'000;
/// All matches in document order. `root` is what `$` means inside filters. Nothing if `visits` ran out.
[[nodiscard]] std::optional<Json::Array> find_all(const Path& path, const Json& start, const Json& root, std::size_t& visits);
/// What the path gives: a value, an array for an indefinite path, or nothing.
[[nodiscard]] std::optional<Json> value_at(const Path& path, const Json& start, const Json& root, std::size_t& visits);

}  // namespace signalbox::expr
