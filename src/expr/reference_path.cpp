#include "expr/path.h"
#include "signalbox/expressions.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox {
namespace {

using Steps = std::vector<std::variant<std::string, std::size_t>>;

Error refused(std::string_view text, std::string_view why) { return error(ErrorCode::InvalidArgument, fmt::format("'{}' {}", text, why)); }

/// `value` at the steps from `place` on inside `into`, which is null pointer where nothing is yet. Nothing if a step leads into a
/// value that cannot hold it.
std::optional<Json> inserted(const Json* into, const Steps& steps, std::size_t place, const Json& value) {
  if (place == steps.size()) return value;
  if (const auto* const name = std::get_if<std::string>(&steps[place])) {
    if (into != nullptr && !into->is_object()) return std::nullopt;
    auto child = inserted(into == nullptr ? nullptr : into->find(*name), steps, place + 1, value);
    if (!child) return std::nullopt;
    return into == nullptr ? json_object({{*name, std::move(*child)}}) : into->with(*name, std::move(*child));
  }
  const std::size_t index = std::get<std::size_t>(steps[place]);
  const Json* const old = into == nullptr ? nullptr : into->at(index);
  if (old == nullptr) return std::nullopt;
  auto child = inserted(old, steps, place + 1, value);
  if (!child) return std::nullopt;
  Json::Array elements = into->elements();
  elements[index] = std::move(*child);
  return Json(std::move(elements));
}

}  // namespace

ReferencePath::ReferencePath() : text_("$") {}

Result<ReferencePath> ReferencePath::parse(std::string_view text) {
  expr::Cursor cursor{.text = text};
  if (!cursor.take('$')) return refused(text, "does not begin with '$'");
  if (cursor.peek() == '$') return refused(text, "leads into the context object, which cannot be changed");
  std::string variable;
  if (expr::parse_variable_name(cursor, variable)) return refused(text, "leads into a variable; variables are set by Assign");
  expr::Path path;
  if (!expr::parse_steps(cursor, expr::Surroundings::Whole, path, 0)) return error(ErrorCode::InvalidArgument, std::move(cursor.fault));
  ReferencePath result;
  result.text_ = text;
  for (const expr::Step& step : path.steps) {
    if (step.deep || step.names.size() + step.indexes.size() != 1)
      return refused(text, fmt::format("has the step {}, which can select more than one value", step.printed()));
    if (!step.names.empty()) {
      result.steps_.emplace_back(step.names[0]);
    } else if (step.indexes[0] >= 0) {
      result.steps_.emplace_back(static_cast<std::size_t>(step.indexes[0]));
    } else {
      return refused(text, "has a negative index");
    }
  }
  return result;
}

Evaluated<Json> ReferencePath::insert(const Json& into, const Json& value) const {
  auto result = inserted(&into, steps_, 0, value);
  // The words are AWS's, read in reports of its users.
  if (!result)
    return WorkflowError{error_names::ResultPathMatchFailure,
                         fmt::format("Unable to apply ReferencePath {} to input {}", text_, into.compact_text())};
  if (result->depth() > Json::depth_max)
    return WorkflowError{error_names::Runtime,
                         fmt::format("The result of ResultPath {} is nested more than {} levels deep", text_, Json::depth_max)};
  return std::move(*result);
}

bool ReferencePath::is_root() const { return steps_.empty(); }
const std::string& ReferencePath::text() const { return text_; }

}  // namespace signalbox
