#include "asl/warnings.h"

#include "signalbox/expressions.h"

#include <algorithm>

namespace signalbox::asl {

namespace {

bool looks_like_path(std::string_view text) {
  const bool begins = text == "$" || text == "$$" || text.starts_with("$.") || text.starts_with("$[") || text.starts_with("$$.");
  return begins && PathExpression::parse(text).has_value();
}

bool looks_computed(const Json& value) {
  if (!value.is_string()) return false;
  const auto text = value.as_string();
  return looks_like_path(text) || (text.starts_with("States.") && IntrinsicCall::parse(text).has_value());
}

bool has_computed_part(const Json& value) {
  if (value.is_array()) return std::ranges::any_of(value.elements(), has_computed_part);
  if (value.is_object())
    return std::ranges::any_of(value.members(), [](const Json::Member& member) { return has_computed_part(member.value); });
  return looks_computed(value);
}

}  // namespace

void warn_of_missing_dollar(Report& report, const Json& payload, const std::string& place) {
  if (payload.is_array()) {
    for (std::size_t i = 0; i < payload.size(); ++i) warn_of_missing_dollar(report, payload.elements()[i], place + "/" + std::to_string(i));
  }
  if (!payload.is_object()) return;
  for (const auto& [name, value] : payload.members()) {
    if (!name.ends_with(".$") && looks_computed(value))
      report.warning("NO_DOLLAR", "The field name should end with '.$' because its value appears to be a JSONPath or Intrinsic Function.",
                     place + "/" + name);
    warn_of_missing_dollar(report, value, place + "/" + name);
  }
}

void warn_of_static_result(Report& report, const Json& result, const std::string& place) {
  if (has_computed_part(result))
    report.warning("PASS_RESULT_IS_STATIC",
                   "Content of this field will be treated as raw text even though it contains a JSONPath or Intrinsic Function.", place);
}

void warn_of_missing_path(Report& report, std::string_view text, const std::string& place) {
  if (looks_like_path(text))
    report.warning("NO_PATH", "The field name should end with 'Path' because its value appears to be a JSONPath.", place);
}

}  // namespace signalbox::asl
