#include "deploy/properties.h"

#include <fmt/format.h>

namespace signalbox::deploy {

namespace {}  // namespace

std::string Properties::at(std::string_view name) const {
  std::string written(name);
  if (written_as_)
    if (const auto found = written_as_->find(written); found != written_as_->end()) written = found->second;
  return place_ + "/" + written;
}

const Json* Properties::any(std::string_view name) {
  known_.emplace(name);
  return values_.find(name);
}

const Json* Properties::object(std::string_view name) {
  const auto* value = any(name);
  if (!value || value->is_object()) return value;
  fault(name, "an object is expected");
  return nullptr;
}

const Json* Properties::array(std::string_view name) {
  const auto* value = any(name);
  if (!value || value->is_array()) return value;
  fault(name, "a list is expected");
  return nullptr;
}

std::optional<std::string> Properties::string(std::string_view name) {
  const auto* value = any(name);
  if (!value) return std::nullopt;
  if (value->is_string() || value->is_number() || value->is_boolean()) return plain_text(*value);
  fault(name, "a text is expected");
  return std::nullopt;
}

std::optional<bool> Properties::boolean(std::string_view name) {
  const auto* value = any(name);
  if (!value) return std::nullopt;
  if (value->is_boolean()) return value->as_boolean();
  if (*value == Json("true")) return true;
  if (*value == Json("false")) return false;
  fault(name, "true or false is expected");
  return std::nullopt;
}

std::optional<std::int64_t> Properties::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const auto* value = any(name);
  if (!value) return std::nullopt;
  auto whole = value->as_integer();
  if (!whole && value->is_string())
    if (const auto parsed = Json::parse(std::string(value->as_string()))) whole = parsed->as_integer();
  if (whole && *whole >= min && *whole <= max) return whole;
  fault(name, fmt::format("a whole number from {} to {} is expected, not {}", min, max, value->text()));
  return std::nullopt;
}

std::map<std::string, std::string> Properties::texts(std::string_view name) {
  std::map<std::string, std::string> result;
  const auto* value = object(name);
  if (!value) return result;
  for (const auto& [key, text] : value->members()) {
    if (text.is_object() || text.is_array() || text.is_null()) faults_.add(at(name) + "/" + key, "a text is expected");
    else result.emplace(key, plain_text(text));
  }
  return result;
}

std::map<std::string, std::string> Properties::tags() {
  const auto* value = any("Tags");
  if (!value || !value->is_array()) return texts("Tags");
  std::map<std::string, std::string> result;
  for (const auto& tag : value->elements()) {
    const auto* key = tag.find("Key");
    const auto* text = tag.find("Value");
    if (key && text) result.emplace(plain_text(*key), plain_text(*text));
    else fault("Tags", "a tag needs Key and Value");
  }
  return result;
}

std::string Properties::required(std::string_view name) {
  if (!values_.find(name)) {
    known_.emplace(name);
    fault(name, "this property is required");
    return {};
  }
  return string(name).value_or("");
}

void Properties::ignore(std::initializer_list<std::string_view> names) {
  for (const auto name : names) known_.emplace(name);
}

void Properties::refuse_others() {
  for (const auto& member : values_.members())
    if (!known_.contains(member.name)) fault(member.name, fmt::format("the property '{}' is not offered here", member.name));
}

}  // namespace signalbox::deploy
