/// Template parameters: how they are declared, and the values that they get.

#include "deploy/intrinsics.h"
#include "deploy/template.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

namespace signalbox::deploy {

namespace {

constexpr std::string_view systems_manager_prefix = "AWS::SSM::Parameter::Value<";
constexpr std::string_view list_prefix = "List<";

/// What stands between the angle brackets of `PREFIX<…>`.
std::optional<std::string_view> inner_type(std::string_view type, std::string_view prefix) {
  if (!type.starts_with(prefix) || !type.ends_with('>')) return std::nullopt;
  return type.substr(prefix.size(), type.size() - prefix.size() - 1);
}

bool is_list(std::string_view type) {
  const auto inner = inner_type(type, systems_manager_prefix);
  const auto value_type = inner.value_or(type);
  return value_type == "CommaDelimitedList" || value_type.starts_with(list_prefix);
}
bool is_number(std::string_view type) { return type == "Number" || type == "List<Number>"; }

/// One value of the parameter; nothing if a number was asked for and it is none.
std::optional<Json> typed(const Parameter& parameter, const Json& value) {
  if (!is_number(parameter.type)) return Json(plain_text(value));
  if (value.is_number()) return value;
  if (!value.is_string()) return std::nullopt;
  auto number = Json::parse(std::string(value.as_string()));
  if (!number || !number->is_number()) return std::nullopt;
  return *number;
}

std::vector<Json> parts_of(const Json& value) {
  if (value.is_array()) return value.elements();
  std::vector<Json> parts;
  const std::string text = plain_text(value);
  for (std::size_t begin = 0; begin <= text.size() && !text.empty();) {
    const auto end = std::min(text.find(',', begin), text.size());
    auto part = std::string_view(text).substr(begin, end - begin);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    parts.emplace_back(part);
    begin = end + 1;
  }
  return parts;
}

class Values {
 public:
  Values(const Template& source, const std::map<std::string, std::string>& given, const SystemsManagerLookup& systems_manager,
         Faults& faults)
      : source_(source), given_(given), systems_manager_(systems_manager), faults_(faults) {}

  std::map<std::string, Json> run() {
    for (const auto& [name, value] : given_)
      if (!source_.parameters.contains(name))
        faults_.add("/Parameters/" + name, fmt::format("the value '{}' was given for a parameter that the template does not have", value));
    for (const auto& [name, parameter] : source_.parameters)
      if (auto value = value_of(name, parameter)) values_.emplace(name, std::move(*value));
    return std::move(values_);
  }

 private:
  std::optional<Json> value_of(const std::string& name, const Parameter& parameter) {
    const auto place = "/Parameters/" + name;
    const auto found = given_.find(name);
    if (found == given_.end() && !parameter.default_value) return fault(place, "the parameter has no default, and no value was given");
    Json raw = found != given_.end() ? Json(found->second) : *parameter.default_value;
    if (inner_type(parameter.type, systems_manager_prefix)) {
      const auto stored = systems_manager_ ? systems_manager_(plain_text(raw)) : std::nullopt;
      if (!stored) return fault(place, fmt::format("Systems Manager has no parameter '{}'", plain_text(raw)));
      if (stored->is_secure)
        return fault(place,
                     fmt::format("Parameters [{}] referenced by template have types not supported by CloudFormation.", plain_text(raw)));
      raw = Json(stored->value);
    }
    if (!is_list(parameter.type)) return checked(parameter, raw, place);
    Json::Array elements;
    for (const auto& part : parts_of(raw)) {
      auto element = checked(parameter, part, place);
      if (!element) return std::nullopt;
      elements.push_back(std::move(*element));
    }
    return Json(std::move(elements));
  }

  std::optional<Json> checked(const Parameter& parameter, const Json& raw, const std::string& place) {
    auto value = typed(parameter, raw);
    if (!value) return fault(place, fmt::format("{} is not a number", raw.text()));
    const auto& allowed = parameter.allowed_values;
    if (!allowed.empty() && std::none_of(allowed.begin(), allowed.end(), [&](const Json& one) { return typed(parameter, one) == value; }))
      return fault(place, fmt::format("{} is not one of {}", raw.text(), Json(Json::Array(allowed)).text()));
    const std::string text = plain_text(*value);
    const bool fits = (!parameter.allowed_pattern || RE2::FullMatch(text, *parameter.allowed_pattern)) &&
                      (!parameter.min_length || static_cast<std::int64_t>(text.size()) >= *parameter.min_length) &&
                      (!parameter.max_length || static_cast<std::int64_t>(text.size()) <= *parameter.max_length) &&
                      (!value->is_number() || !parameter.min_value || value->as_double() >= *parameter.min_value) &&
                      (!value->is_number() || !parameter.max_value || value->as_double() <= *parameter.max_value);
    if (fits) return value;
    const auto& why = parameter.constraint_description;
    return fault(place,
                 fmt::format("{} is not allowed{}", raw.text(), why.empty() ? " by the parameter's pattern, length or range" : ": " + why));
  }

  std::optional<Json> fault(const std::string& place, std::string message) {
    faults_.add(place, std::move(message));
    return std::nullopt;
  }

  const Template& source_;
  const std::map<std::string, std::string>& given_;
  const SystemsManagerLookup& systems_manager_;
  Faults& faults_;
  std::map<std::string, Json> values_;
};

}  // namespace

std::map<std::string, Json> parameter_values(const Template& source, const std::map<std::string, std::string>& given,
                                             const SystemsManagerLookup& systems_manager, Faults& faults) {
  return Values(source, given, systems_manager, faults).run();
}

}  // namespace signalbox::deploy
