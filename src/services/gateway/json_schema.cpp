#include "services/gateway/json_schema.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace signalbox::gateway {

namespace {

constexpr std::array keywords{"$schema",
                              "$id",
                              "id",
                              "$ref",
                              "title",
                              "description",
                              "default",
                              "example",
                              "examples",
                              "definitions",
                              "format",
                              "type",
                              "enum",
                              "const",
                              "properties",
                              "required",
                              "additionalProperties",
                              "patternProperties",
                              "minProperties",
                              "maxProperties",
                              "items",
                              "additionalItems",
                              "minItems",
                              "maxItems",
                              "uniqueItems",
                              "minLength",
                              "maxLength",
                              "pattern",
                              "minimum",
                              "maximum",
                              "exclusiveMinimum",
                              "exclusiveMaximum",
                              "multipleOf",
                              "allOf",
                              "anyOf",
                              "oneOf",
                              "not"};
/// Schemas may refer to each other in a circle.
constexpr int depth_max = 64;

std::optional<std::string> first_fault(const Json& schemas) {
  if (schemas.is_object()) {
    for (const auto& member : schemas.members())
      if (auto fault = unsupported_keyword(member.value)) return fault;
  } else if (schemas.is_array()) {
    for (const auto& element : schemas.elements())
      if (auto fault = unsupported_keyword(element)) return fault;
  }
  return std::nullopt;
}

bool has_type(const Json& value, std::string_view type) {
  if (type == "integer") return value.as_integer().has_value() || (value.is_number() && std::trunc(value.as_double()) == value.as_double());
  constexpr std::array names{"null", "boolean", "number", "string", "array", "object"};
  return type == names[static_cast<std::size_t>(value.kind())];
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool found_in(std::string_view text, std::string_view pattern) { return re2::RE2::PartialMatch(text, re2::RE2(pattern, re2::RE2::Quiet)); }

class Validation {
 public:
  Validation(const Json& root, const std::map<std::string, Json>& models) : root_(root), models_(models) {}

  bool holds(const Json& value, const Json& schema, int depth) const {
    if (depth > depth_max) return false;
    if (schema.is_boolean()) return schema.as_boolean();
    if (!schema.is_object()) return true;
    if (const auto* reference = schema.find("$ref")) return refers(value, *reference, depth);
    return type_fits(value, schema) && value_fits(value, schema) && combination_fits(value, schema, depth) &&
           kind_fits(value, schema, depth);
  }

 private:
  bool refers(const Json& value, const Json& reference, int depth) const {
    if (!reference.is_string()) return false;
    const auto text = reference.as_string();
    constexpr std::string_view own = "#/definitions/";
    if (text == "#") return holds(value, root_, depth + 1);
    if (text.starts_with(own)) {
      const auto* definitions = root_.find("definitions");
      const auto* found = definitions ? definitions->find(text.substr(own.size())) : nullptr;
      return found && holds(value, *found, depth + 1);
    }
    const auto slash = text.rfind('/');
    const auto model = models_.find(std::string(slash == std::string_view::npos ? text : text.substr(slash + 1)));
    return model != models_.end() && Validation(model->second, models_).holds(value, model->second, depth + 1);
  }

  static bool type_fits(const Json& value, const Json& schema) {
    const auto* type = schema.find("type");
    if (!type) return true;
    if (type->is_string()) return has_type(value, type->as_string());
    if (!type->is_array()) return true;
    return std::any_of(type->elements().begin(), type->elements().end(),
                       [&](const Json& one) { return one.is_string() && has_type(value, one.as_string()); });
  }

  static bool value_fits(const Json& value, const Json& schema) {
    if (const auto* one = schema.find("const"); one && !(*one == value)) return false;
    const auto* allowed = schema.find("enum");
    return !allowed || !allowed->is_array() ||
           std::find(allowed->elements().begin(), allowed->elements().end(), value) != allowed->elements().end();
  }

  bool combination_fits(const Json& value, const Json& schema, int depth) const {
    const auto fitting = [&](const char* name) -> std::optional<std::pair<std::ptrdiff_t, std::ptrdiff_t>> {
      const auto* schemas = schema.find(name);
      if (!schemas || !schemas->is_array()) return std::nullopt;
      const auto& all = schemas->elements();
      return std::pair{std::count_if(all.begin(), all.end(), [&](const Json& one) { return holds(value, one, depth + 1); }),
                       static_cast<std::ptrdiff_t>(all.size())};
    };
    if (const auto all = fitting("allOf"); all && all->first != all->second) return false;
    if (const auto any = fitting("anyOf"); any && any->first == 0) return false;
    if (const auto one = fitting("oneOf"); one && one->first != 1) return false;
    const auto* forbidden = schema.find("not");
    return !forbidden || !holds(value, *forbidden, depth + 1);
  }

  bool kind_fits(const Json& value, const Json& schema, int depth) const {
    switch (value.kind()) {
      case Json::Kind::Number: return number_fits(value.as_double(), schema);
      case Json::Kind::String: return text_fits(value.as_string(), schema);
      case Json::Kind::Array: return array_fits(value, schema, depth);
      case Json::Kind::Object: return object_fits(value, schema, depth);
      default: return true;
    }
  }

  static std::optional<double> number(const Json& schema, const char* name) {
    const auto* value = schema.find(name);
    return value && value->is_number() ? std::optional(value->as_double()) : std::nullopt;
  }
  /// Draft 4 has exclusive limits as flags beside the limit, later drafts as limits of their own.
  static bool is_exclusive(const Json& schema, const char* name) {
    const auto* flag = schema.find(name);
    return flag && flag->is_boolean() && flag->as_boolean();
  }

  static bool number_fits(double value, const Json& schema) {
    if (const auto min = number(schema, "minimum"); min && (value < *min || (value == *min && is_exclusive(schema, "exclusiveMinimum"))))
      return false;
    if (const auto max = number(schema, "maximum"); max && (value > *max || (value == *max && is_exclusive(schema, "exclusiveMaximum"))))
      return false;
    if (const auto min = number(schema, "exclusiveMinimum"); min && value <= *min) return false;
    if (const auto max = number(schema, "exclusiveMaximum"); max && value >= *max) return false;
    const auto step = number(schema, "multipleOf");
    return !step || *step <= 0 || std::abs(std::remainder(value, *step)) <= std::abs(value) * 1e-12;
  }

  static bool count_fits(std::size_t count, const Json& schema, const char* min_name, const char* max_name) {
    if (const auto min = number(schema, min_name); min && static_cast<double>(count) < *min) return false;
    const auto max = number(schema, max_name);
    return !max || static_cast<double>(count) <= *max;
  }

  static bool text_fits(std::string_view value, const Json& schema) {
    if (!count_fits(characters(value), schema, "minLength", "maxLength")) return false;
    const auto* pattern = schema.find("pattern");
    return !pattern || !pattern->is_string() || found_in(value, pattern->as_string());
  }

  bool array_fits(const Json& value, const Json& schema, int depth) const {
    if (!count_fits(value.size(), schema, "minItems", "maxItems")) return false;
    const auto& elements = value.elements();
    if (is_exclusive(schema, "uniqueItems"))
      for (std::size_t i = 0; i < elements.size(); ++i)
        if (std::find(elements.begin(), elements.begin() + static_cast<std::ptrdiff_t>(i), elements[i]) !=
            elements.begin() + static_cast<std::ptrdiff_t>(i))
          return false;
    const auto* items = schema.find("items");
    if (!items) return true;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const auto* one = items->is_array() ? items->at(i) : items;
      if (!one) one = schema.find("additionalItems");
      if (one && !holds(elements[i], *one, depth + 1)) return false;
    }
    return true;
  }

  bool object_fits(const Json& value, const Json& schema, int depth) const {
    if (!count_fits(value.size(), schema, "minProperties", "maxProperties")) return false;
    if (const auto* required = schema.find("required"); required && required->is_array())
      for (const auto& name : required->elements())
        if (!name.is_string() || !value.find(name.as_string())) return false;
    const auto& members = value.members();
    return std::all_of(members.begin(), members.end(), [&](const Json::Member& member) { return member_fits(member, schema, depth); });
  }

  bool member_fits(const Json::Member& member, const Json& schema, int depth) const {
    bool known = false;
    const auto* properties = schema.find("properties");
    if (const auto* property = properties ? properties->find(member.name) : nullptr) {
      known = true;
      if (!holds(member.value, *property, depth + 1)) return false;
    }
    if (const auto* patterns = schema.find("patternProperties"); patterns && patterns->is_object())
      for (const auto& [pattern, property] : patterns->members())
        if (found_in(member.name, pattern)) {
          known = true;
          if (!holds(member.value, property, depth + 1)) return false;
        }
    const auto* others = schema.find("additionalProperties");
    return known || !others || holds(member.value, *others, depth + 1);
  }

  const Json& root_;
  const std::map<std::string, Json>& models_;
};

}  // namespace

std::optional<std::string> unsupported_keyword(const Json& schema) {
  if (!schema.is_object()) return std::nullopt;
  for (const auto& [name, value] : schema.members()) {
    if (std::find(keywords.begin(), keywords.end(), name) == keywords.end())
      return fmt::format("the schema keyword '{}' is not offered here", name);
    const bool named = name == "properties" || name == "patternProperties" || name == "definitions";
    const bool plain =
        name == "not" || name == "additionalProperties" || name == "additionalItems" || (name == "items" && value.is_object());
    const bool listed = name == "allOf" || name == "anyOf" || name == "oneOf" || (name == "items" && value.is_array());
    if (auto fault = named || listed ? first_fault(value) : plain ? unsupported_keyword(value) : std::nullopt) return fault;
  }
  return std::nullopt;
}

bool is_valid(const Json& value, const Json& schema, const std::map<std::string, Json>& models) {
  return Validation(schema, models).holds(value, schema, 0);
}

}  // namespace signalbox::gateway
