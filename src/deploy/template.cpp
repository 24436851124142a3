#include "deploy/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>

namespace signalbox::deploy {

namespace {

/// Members of `object` that are not among `known` are faults.
void refuse_others(const Json& object, const std::string& place, std::initializer_list<std::string_view> known, std::string_view kind, Faults& faults) {
  for (const auto& member : object.members())
    if (std::find(known.begin(), known.end(), member.name) == known.end())
      faults.add(place + "/" + member.name, fmt::format("the {} '{}' is not offered here", kind, member.name));
}

const Json* object_member(const Json& object, std::string_view name, const std::string& place, Faults& faults) {
  const auto* value = object.find(name);
  if (!value || value->is_object()) return value;
  faults.add(fmt::format("{}/{}", place, name), "an object is expected");
  return nullptr;
}

Parameter read_parameter(const Json& source, const std::string& place, Faults& faults) {
  Parameter parameter;
  refuse_others(source, place, {"Type", "Default", "AllowedValues", "Description", "ConstraintDescription", "NoEcho"}, "parameter attribute", faults);
  if (const auto* type = source.find("Type"); type && type->is_string()) parameter.type = type->as_string();
  if (parameter.type != "String" && parameter.type != "Number")
    faults.add(place + "/Type", fmt::format("the parameter type '{}' is not offered here; String and Number are", parameter.type));
  if (const auto* value = source.find("Default")) parameter.default_value = *value;
  if (const auto* values = source.find("AllowedValues"); values && values->is_array()) parameter.allowed_values = values->elements();
  if (const auto* secret = source.find("NoEcho")) parameter.secret = secret->is_boolean() && secret->as_boolean();
  return parameter;
}

std::vector<std::string> read_depends_on(const Json& source, const std::string& place, Faults& faults) {
  std::vector<std::string> names;
  const auto* value = source.find("DependsOn");
  if (!value) return names;
  if (value->is_string()) names.emplace_back(value->as_string());
  else if (value->is_array())
    for (const auto& name : value->elements()) names.emplace_back(name.is_string() ? name.as_string() : "");
  else faults.add(place + "/DependsOn", "a name or a list of names is expected");
  return names;
}

void read_resource(const std::string& logical_id, const Json& source, Template& into, Faults& faults) {
  const auto place = "/Resources/" + logical_id;
  if (!source.is_object()) return faults.add(place, "an object is expected");
  refuse_others(source, place, {"Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"}, "resource attribute", faults);
  ResourceSource resource;
  resource.logical_id = logical_id;
  resource.place = place + "/Properties";
  const auto* type = source.find("Type");
  if (!type || !type->is_string()) return faults.add(place + "/Type", "a resource needs a Type");
  resource.type = type->as_string();
  if (const auto* properties = object_member(source, "Properties", place, faults)) resource.properties = *properties;
  resource.depends_on = read_depends_on(source, place, faults);
  if (const auto* policy = source.find("DeletionPolicy")) resource.retain = policy->is_string() && policy->as_string() == "Retain";
  into.resources.push_back(std::move(resource));
}

/// A value as the parameter's type has it; nothing if it is none.
std::optional<Json> typed(const Parameter& parameter, const Json& value) {
  if (parameter.type == "String") return value.is_string() ? value : Json(value.text());
  if (value.is_number()) return value;
  if (!value.is_string()) return std::nullopt;
  auto number = Json::parse(std::string(value.as_string()));
  if (!number || !number->is_number()) return std::nullopt;
  return *number;
}

}  // namespace

Error Faults::as_error(const std::string& where) const {
  std::string message;
  for (const auto& fault : list_) message += (message.empty() ? "" : "\n") + (fault.where.empty() ? std::string() : fault.where + ": ") + fault.message;
  return error(list_.size() == 1 ? list_.front().code : ErrorCode::InvalidArgument, std::move(message), where);
}

Template read_template(const Json& source, Faults& faults) {
  Template read;
  if (!source.is_object()) {
    faults.add("/", "a template is an object");
    return read;
  }
  refuse_others(source, "", {"AWSTemplateFormatVersion", "Transform", "Description", "Metadata", "Parameters", "Resources", "Outputs"}, "template section", faults);
  if (const auto* transform = source.find("Transform"); transform && !(*transform == Json("AWS::Serverless-2016-10-31")))
    faults.add("/Transform", fmt::format("the transform {} is not offered here", transform->text()));
  if (const auto* description = source.find("Description"); description && description->is_string()) read.description = description->as_string();
  if (const auto* parameters = object_member(source, "Parameters", "", faults))
    for (const auto& [name, parameter] : parameters->members()) {
      if (parameter.is_object()) read.parameters.emplace(name, read_parameter(parameter, "/Parameters/" + name, faults));
      else faults.add("/Parameters/" + name, "an object is expected");
    }
  const auto* resources = object_member(source, "Resources", "", faults);
  if (!resources || resources->size() == 0) faults.add("/Resources", "a template needs at least one resource");
  else
    for (const auto& [name, resource] : resources->members()) read_resource(name, resource, read, faults);
  if (const auto* outputs = object_member(source, "Outputs", "", faults))
    for (const auto& [name, output] : outputs->members()) {
      const auto* value = output.find("Value");
      if (!value) {
        faults.add("/Outputs/" + name, "an output needs a Value");
        continue;
      }
      refuse_others(output, "/Outputs/" + name, {"Value", "Description", "Export"}, "output attribute", faults);
      read.outputs.emplace_back(name, *value);
    }
  return read;
}

std::map<std::string, Json> parameter_values(const Template& source, const std::map<std::string, std::string>& given, Faults& faults) {
  std::map<std::string, Json> values;
  for (const auto& [name, value] : given)
    if (!source.parameters.contains(name)) faults.add("/Parameters/" + name, fmt::format("the value '{}' was given for a parameter that the template does not have", value));
  for (const auto& [name, parameter] : source.parameters) {
    const auto place = "/Parameters/" + name;
    const auto found = given.find(name);
    if (found == given.end() && !parameter.default_value) {
      faults.add(place, "the parameter has no default, and no value was given");
      continue;
    }
    const Json raw = found != given.end() ? Json(found->second) : *parameter.default_value;
    auto value = typed(parameter, raw);
    if (!value) {
      faults.add(place, fmt::format("{} is not a number", raw.text()));
      continue;
    }
    const auto& allowed = parameter.allowed_values;
    const bool is_allowed = allowed.empty() || std::any_of(allowed.begin(), allowed.end(), [&](const Json& one) { return typed(parameter, one) == value; });
    if (!is_allowed) faults.add(place, fmt::format("{} is not one of {}", raw.text(), Json(Json::Array(allowed)).text()));
    values.emplace(name, std::move(*value));
  }
  return values;
}

}  // namespace signalbox::deploy
