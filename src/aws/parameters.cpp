#include "aws/parameters.h"

#include <algorithm>
#include <charconv>

namespace signalbox::aws {

namespace {

const char* type_name(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::Null: return "NULL_VALUE";
    case Json::Kind::Boolean: return value.as_boolean() ? "TRUE_VALUE" : "FALSE_VALUE";
    case Json::Kind::Number: return value.as_integer() ? "NUMBER_VALUE" : "DECIMAL_VALUE";
    case Json::Kind::String: return "STRING_VALUE";
    case Json::Kind::Array: return "Start of list";
    case Json::Kind::Object: return "Start of structure or map";
  }
  return "";
}

}  // namespace

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Failure wrong_type_failure(const Json& found, const char* wanted) {
  const std::string name = type_name(found);
  return {"SerializationException",
          found.is_array() || found.is_object() ? name + " found where not expected." : name + " can not be converted to " + wanted};
}

const Json* Parameters::value(const char* name) const {
  const Json* found = object_.find(name);
  return found && !found->is_null() ? found : nullptr;
}

void Parameters::wrong_type(const Json& found, const char* wanted) {
  if (!type_fault_) type_fault_ = wrong_type_failure(found, wanted);
}

void Parameters::violation(std::string_view value, std::string_view name, std::string_view constraint) {
  violations_.push_back("Value " + std::string(value) + (value.empty() ? "" : " ") + "at '" + path_ + std::string(name) +
                        "' failed to satisfy constraint: " + std::string(constraint));
}

void Parameters::missing(const char* name) { violation("null", name, "Member must not be null"); }

void Parameters::check_length(const char* name, std::string_view text, Length length) {
  const auto count = characters(text);
  const auto shown = length.sensitive ? std::string() : "'" + std::string(text) + "'";
  if (count < length.min) violation(shown, name, "Member must have length greater than or equal to " + std::to_string(length.min));
  if (count > length.max) violation(shown, name, "Member must have length less than or equal to " + std::to_string(length.max));
}

std::optional<std::string> Parameters::text(const char* name, Length length) {
  const Json* found = value(name);
  if (!found) return std::nullopt;
  if (!found->is_string()) {
    wrong_type(*found, "a String");
    return std::nullopt;
  }
  check_length(name, found->as_string(), length);
  return std::string(found->as_string());
}

std::string Parameters::required(const char* name, Length length) {
  if (!value(name)) missing(name);
  return text(name, length).value_or("");
}

std::optional<std::int64_t> Parameters::integer(const char* name, Range range) {
  const Json* found = value(name);
  if (!found) return std::nullopt;
  auto number = found->as_integer();
  if (found->is_string()) {  // the Query protocol has texts only
    const auto text = found->as_string();
    std::int64_t parsed = 0;
    const auto end = text.data() + text.size();
    if (const auto result = std::from_chars(text.data(), end, parsed); result.ec == std::errc() && result.ptr == end) number = parsed;
  }
  if (!number) {
    wrong_type(*found, "an Integer");
    return std::nullopt;
  }
  const auto shown = "'" + std::to_string(*number) + "'";
  if (*number < range.min) violation(shown, name, "Member must have value greater than or equal to " + std::to_string(range.min));
  if (*number > range.max) violation(shown, name, "Member must have value less than or equal to " + std::to_string(range.max));
  return number;
}

std::optional<bool> Parameters::boolean(const char* name) {
  const Json* found = value(name);
  if (!found) return std::nullopt;
  if (found->is_boolean()) return found->as_boolean();
  if (found->is_string() && (found->as_string() == "true" || found->as_string() == "false")) return found->as_string() == "true";
  wrong_type(*found, "a Boolean");
  return std::nullopt;
}

std::optional<std::string> Parameters::one_of(const char* name, std::initializer_list<std::string_view> values) {
  auto found = text(name);
  if (!found || std::find(values.begin(), values.end(), *found) != values.end()) return found;
  std::string set;
  for (const auto each : values) set += (set.empty() ? "" : ", ") + std::string(each);
  violation("'" + *found + "'", name, "Member must satisfy enum value set: [" + set + "]");
  return found;
}

const Json* Parameters::object(const char* name) {
  const Json* found = value(name);
  if (found && !found->is_object()) {
    wrong_type(*found, "a Structure");
    return nullptr;
  }
  return found;
}

const Json* Parameters::array(const char* name) {
  const Json* found = value(name);
  if (found && !found->is_array()) {
    wrong_type(*found, "a List");
    return nullptr;
  }
  return found;
}

const Json* Parameters::required_array(const char* name) {
  if (!value(name)) missing(name);
  return array(name);
}

std::vector<std::string> Parameters::texts(const char* name) {
  std::vector<std::string> out;
  const Json* found = array(name);
  if (!found) return out;
  for (const Json& element : found->elements()) {
    if (element.is_string()) {
      out.emplace_back(element.as_string());
    } else {
      wrong_type(element, "a String");
    }
  }
  return out;
}

void Parameters::absorb(const Parameters& nested) {
  if (!type_fault_) type_fault_ = nested.type_fault_;
  violations_.insert(violations_.end(), nested.violations_.begin(), nested.violations_.end());
}

std::optional<Failure> Parameters::fault() const {
  if (type_fault_) return type_fault_;
  if (violations_.empty()) return std::nullopt;
  std::string message =
      std::to_string(violations_.size()) + (violations_.size() == 1 ? " validation error detected: " : " validation errors detected: ");
  for (std::size_t i = 0; i < violations_.size(); ++i) message += (i == 0 ? "" : "; ") + violations_[i];
  return Failure{"ValidationException", std::move(message)};
}

}  // namespace signalbox::aws
