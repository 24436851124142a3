#include "cli/assumed_substitutions.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace signalbox::cli {

namespace {

constexpr std::array number_fields{
    "TimeoutSeconds",   "HeartbeatSeconds",      "Seconds",        "IntervalSeconds",       "MaxAttempts",
    "BackoffRate",      "MaxDelaySeconds",       "MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage",
    "MaxItemsPerBatch", "MaxInputBytesPerBatch", "MaxItems"};

/// The name in `${Name}`, if the text is nothing else.
std::string_view whole_name(std::string_view text) {
  const bool whole = text.starts_with("${") && text.find('}') == text.size() - 1;
  return whole ? text.substr(2, text.size() - 3) : std::string_view();
}

class Assumption {
 public:
  Json run(const Json& value, std::string_view field) {
    if (value.is_string()) return text(value, field);
    if (value.is_array()) {
      Json::Array elements;
      for (const auto& element : value.elements()) elements.push_back(run(element, field));
      return Json(std::move(elements));
    }
    if (!value.is_object()) return value;
    Json::Object members;
    for (const auto& [name, member] : value.members()) members.push_back({name, run(member, name)});
    return Json(std::move(members));
  }
  std::vector<std::string> take_names() { return std::move(names_); }

 private:
  Json text(const Json& value, std::string_view field) {
    const auto given = value.as_string();
    if (given.find("${") == std::string_view::npos) return value;
    if (const auto name = whole_name(given); !name.empty()) {
      note(name);
      if (field == "Resource") return Json("arn:aws:lambda:us-east-1:000000000000:function:" + plain(name));
      if (std::find(number_fields.begin(), number_fields.end(), field) != number_fields.end()) return Json(1);
      return value;
    }
    return field == "Resource" ? Json(filled_in(given)) : value;
  }

  /// `arn:${AWS::Partition}:states:…`
  std::string filled_in(std::string_view text) {
    std::string out;
    for (auto begin = text.find("${"); begin != std::string_view::npos; begin = text.find("${")) {
      const auto end = text.find('}', begin);
      if (end == std::string_view::npos) break;
      const auto name = text.substr(begin + 2, end - begin - 2);
      note(name);
      out += text.substr(0, begin);
      out += name == "AWS::Partition"   ? "aws"
             : name == "AWS::Region"    ? "us-east-1"
             : name == "AWS::AccountId" ? "000000000000"
                                        : plain(name);
      text.remove_prefix(end + 1);
    }
    return out.append(text);
  }

  static std::string plain(std::string_view name) {
    std::string made(name);
    std::replace_if(
        made.begin(), made.end(), [](char c) { return c == ':' || c == '.'; }, '-');
    return made;
  }

  void note(std::string_view name) {
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.emplace_back(name);
  }

  std::vector<std::string> names_;
};

}  // namespace

AssumedDefinition with_assumed_substitutions(const std::string& definition) {
  if (definition.find("${") == std::string::npos) return {definition, {}};
  const auto parsed = Json::parse(definition);
  if (!parsed) return {definition, {}};
  Assumption assumption;
  const Json assumed = assumption.run(*parsed, "");
  auto names = assumption.take_names();
  if (names.empty()) return {definition, {}};
  return {assumed.text(), std::move(names)};
}

}  // namespace signalbox::cli
