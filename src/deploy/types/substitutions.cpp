#include "deploy/types/substitutions.h"

namespace signalbox::deploy {

namespace {

/// The value that the whole text stands for, if it is one `${Name}`.
const Json* whole(std::string_view text, const Substitutions& substitutions) {
  if (!text.starts_with("${") || text.find('}') != text.size() - 1) return nullptr;
  const auto found = substitutions.find(std::string(text.substr(2, text.size() - 3)));
  return found == substitutions.end() ? nullptr : &found->second;
}

std::string replaced(std::string_view text, const Substitutions& substitutions) {
  std::string out;
  while (true) {
    const auto start = text.find("${");
    const auto end = start == std::string_view::npos ? start : text.find('}', start);
    if (end == std::string_view::npos) return out.append(text);
    const auto found = substitutions.find(std::string(text.substr(start + 2, end - start - 2)));
    if (found == substitutions.end()) {
      out += text.substr(0, start + 2);  // another ${ may stand inside
      text.remove_prefix(start + 2);
    } else {
      out += text.substr(0, start);
      out += plain_text(found->second);
      text.remove_prefix(end + 1);
    }
  }
}

}  // namespace

Substitutions read_substitutions(Properties& properties) {
  Substitutions substitutions;
  const auto* given = properties.object("DefinitionSubstitutions");
  if (!given) return substitutions;
  for (const auto& [name, value] : given->members()) {
    if (value.is_object() || value.is_array() || value.is_null())
      properties.fault("DefinitionSubstitutions", "the value of '" + name + "' must be a text, a number or a boolean");
    else substitutions.emplace(name, value);
  }
  return substitutions;
}

Json substitute(const Json& definition, const Substitutions& substitutions) {
  if (substitutions.empty()) return definition;
  if (definition.is_string()) {
    const auto text = definition.as_string();
    if (const auto* value = whole(text, substitutions)) return *value;
    return text.find("${") == std::string_view::npos ? definition : Json(replaced(text, substitutions));
  }
  if (definition.is_array()) {
    Json::Array elements;
    for (const auto& element : definition.elements()) elements.push_back(substitute(element, substitutions));
    return Json(std::move(elements));
  }
  if (definition.is_object()) {
    Json::Object members;
    for (const auto& [name, member] : definition.members())
      members.push_back({replaced(name, substitutions), substitute(member, substitutions)});
    return Json(std::move(members));
  }
  return definition;
}

}  // namespace signalbox::deploy
