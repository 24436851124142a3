#include "deploy/sam_names.h"

#include "deploy/intrinsics.h"

#include <fmt/format.h>

namespace signalbox::deploy {

namespace {

/// `MyApi.Stage` is a name; `MyFunction.Alias.Arn` begins with one, `rest` being `.Arn`.
const std::string* find_name(std::string_view text, const GeneratedNames& names, std::string_view& rest) {
  const auto first = text.find('.');
  if (first == std::string_view::npos) return nullptr;
  const auto end = std::min(text.find('.', first + 1), text.size());
  const auto found = names.find(std::string(text.substr(0, end)));
  rest = text.substr(end);
  return found == names.end() ? nullptr : &found->second;
}

std::string sub_text(std::string_view text, const GeneratedNames& names) {
  std::string out;
  while (true) {
    const auto start = text.find("${");
    const auto end = start == std::string_view::npos ? start : text.find('}', start);
    if (end == std::string_view::npos) return out.append(text);
    std::string_view rest;
    out += text.substr(0, start + 2);
    const auto name = text.substr(start + 2, end - start - 2);
    const auto* id = find_name(name, names, rest);
    out += id ? *id + std::string(rest) : std::string(name);
    text.remove_prefix(end);
  }
}

Json replaced(const Json::Member& member, const GeneratedNames& names) {
  const auto& [name, value] = member;
  std::string_view rest;
  if (name == "Ref" && value.is_string()) {
    if (const auto* id = find_name(value.as_string(), names, rest); id && rest.empty()) return Json(*id);
  } else if (name == "Fn::Sub" && value.is_string()) {
    return Json(sub_text(value.as_string(), names));
  } else if (name == "Fn::Sub" && value.is_array() && value.size() == 2 && value.at(0)->is_string()) {
    return json_array({Json(sub_text(value.at(0)->as_string(), names)), with_logical_ids(*value.at(1), names)});
  } else if (name == "Fn::GetAtt" && value.is_string()) {
    if (const auto* id = find_name(value.as_string(), names, rest); id && !rest.empty()) return Json(*id + std::string(rest));
  } else if (name == "Fn::GetAtt" && value.is_array() && value.size() == 2 && value.at(0)->is_string()) {
    if (const auto* id = find_name(value.at(0)->as_string(), names, rest); id && rest.empty()) return json_array({Json(*id), *value.at(1)});
  }
  return with_logical_ids(value, names);
}

}  // namespace

Json with_logical_ids(const Json& value, const GeneratedNames& names) {
  if (value.is_array()) {
    Json::Array elements;
    for (const auto& element : value.elements()) elements.push_back(with_logical_ids(element, names));
    return Json(std::move(elements));
  }
  if (!value.is_object()) return value;
  Json::Object members;
  for (const auto& member : value.members()) members.push_back({member.name, replaced(member, names)});
  return Json(std::move(members));
}

void use_logical_ids(Template& source, const GeneratedNames& names) {
  if (names.empty()) return;
  for (auto& resource : source.resources) resource.properties = with_logical_ids(resource.properties, names);
  for (auto& output : source.outputs) {
    output.value = with_logical_ids(output.value, names);
    if (output.export_name) output.export_name = with_logical_ids(*output.export_name, names);
  }
}

}  // namespace signalbox::deploy
