#include "deploy/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace signalbox::deploy {

namespace {

/// Members of `object` that are not among `known` are faults.
void refuse_others(const Json& object, const std::string& place, std::initializer_list<std::string_view> known, std::string_view kind,
                   Faults& faults) {
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

/// Types whose values are texts for us: what they name is AWS's affair.
bool is_parameter_type(std::string_view type) {
  constexpr std::string_view systems_manager = "AWS::SSM::Parameter::Value<", list = "List<";
  if (type.starts_with(systems_manager) && type.ends_with('>'))
    type = type.substr(systems_manager.size(), type.size() - systems_manager.size() - 1);
  if (type.starts_with(list) && type.ends_with('>')) type = type.substr(list.size(), type.size() - list.size() - 1);
  return type == "String" || type == "Number" || type == "CommaDelimitedList" || type.starts_with("AWS::EC2::") ||
         type == "AWS::Route53::HostedZone::Id" || type == "AWS::SSM::Parameter::Name";
}

template <class T>
std::optional<T> number_member(const Json& source, std::string_view name) {
  const auto* value = source.find(name);
  if (!value) return std::nullopt;
  const auto parsed = value->is_string() ? Json::parse(std::string(value->as_string())) : Result<Json>(*value);
  if (!parsed || !parsed->is_number()) return std::nullopt;
  return static_cast<T>(parsed->as_double());
}

Parameter read_parameter(const Json& source, const std::string& place, Faults& faults) {
  Parameter parameter;
  refuse_others(source, place,
                {"Type", "Default", "AllowedValues", "AllowedPattern", "MinValue", "MaxValue", "MinLength", "MaxLength", "Description",
                 "ConstraintDescription", "NoEcho"},
                "parameter attribute", faults);
  if (const auto* type = source.find("Type"); type && type->is_string()) parameter.type = type->as_string();
  if (!is_parameter_type(parameter.type))
    faults.add(place + "/Type", fmt::format("the parameter type '{}' is not offered here", parameter.type));
  if (const auto* value = source.find("Default")) parameter.default_value = *value;
  if (const auto* values = source.find("AllowedValues"); values && values->is_array()) parameter.allowed_values = values->elements();
  if (const auto* pattern = source.find("AllowedPattern"); pattern && pattern->is_string())
    parameter.allowed_pattern = std::string(pattern->as_string());
  parameter.min_value = number_member<double>(source, "MinValue");
  parameter.max_value = number_member<double>(source, "MaxValue");
  parameter.min_length = number_member<std::int64_t>(source, "MinLength");
  parameter.max_length = number_member<std::int64_t>(source, "MaxLength");
  parameter.constraint_description = member_text(source, "ConstraintDescription");
  if (const auto* secret = source.find("NoEcho")) parameter.secret = *secret == Json(true) || *secret == Json("true");
  return parameter;
}

/// Whether the resource stays when it leaves the stack.
bool read_deletion_policy(const Json& source, const std::string& place, Faults& faults) {
  if (const auto* given = source.find("DeletionPolicy"); given && !given->is_string())
    faults.add(place + "/DeletionPolicy", "a text is expected, no function");
  const auto policy = member_text(source, "DeletionPolicy");
  if (!policy.empty() && policy != "Delete" && policy != "Retain" && policy != "RetainExceptOnCreate")
    faults.add(place + "/DeletionPolicy", fmt::format("'{}' is not offered here; Delete, Retain and RetainExceptOnCreate are", policy));
  return policy.starts_with("Retain");
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
  refuse_others(source, place, {"Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"},
                "resource attribute", faults);
  ResourceSource resource;
  resource.logical_id = logical_id;
  resource.place = place + "/Properties";
  const auto* type = source.find("Type");
  if (!type || !type->is_string()) return faults.add(place + "/Type", "a resource needs a Type");
  resource.type = type->as_string();
  if (const auto* properties = object_member(source, "Properties", place, faults)) resource.properties = *properties;
  resource.depends_on = read_depends_on(source, place, faults);
  resource.condition = member_text(source, "Condition");
  resource.retain = read_deletion_policy(source, place, faults);
  if (const auto* metadata = source.find("Metadata"); metadata && metadata->is_object()) resource.metadata = *metadata;
  into.resources.push_back(std::move(resource));
}

void check_transforms(const Json& source, Faults& faults) {
  const auto* transform = source.find("Transform");
  if (!transform) return;
  const auto all = transform->is_array() ? *transform : json_array({*transform});
  for (const auto& one : all.elements())
    if (!(one == Json("AWS::Serverless-2016-10-31")) && !(one == Json("AWS::LanguageExtensions")))
      faults.add("/Transform", fmt::format("the transform {} is not offered here", one.text()));
}

}  // namespace

Error Faults::as_error(const std::string& where) const {
  std::string message;
  for (const auto& fault : list_)
    message += (message.empty() ? "" : "\n") + (fault.where.empty() ? std::string() : fault.where + ": ") + fault.message;
  return error(list_.size() == 1 ? list_.front().code : ErrorCode::InvalidArgument, std::move(message), where);
}

Template read_template(const Json& source, Faults& faults) {
  Template read;
  if (!source.is_object()) {
    faults.add("/", "a template is an object");
    return read;
  }
  refuse_others(source, "",
                {"AWSTemplateFormatVersion", "Transform", "Description", "Metadata", "Globals", "Parameters", "Mappings", "Conditions",
                 "Rules", "Resources", "Outputs"},
                "template section", faults);
  check_transforms(source, faults);
  if (const auto* description = source.find("Description"); description && description->is_string())
    read.description = description->as_string();
  if (const auto* parameters = object_member(source, "Parameters", "", faults))
    for (const auto& [name, parameter] : parameters->members()) {
      if (parameter.is_object()) read.parameters.emplace(name, read_parameter(parameter, "/Parameters/" + name, faults));
      else faults.add("/Parameters/" + name, "an object is expected");
    }
  if (const auto* globals = object_member(source, "Globals", "", faults)) {
    refuse_others(*globals, "/Globals", {"Function", "StateMachine", "Api", "HttpApi", "LayerVersion"}, "section of Globals", faults);
    read.globals = *globals;
  }
  if (const auto* mappings = object_member(source, "Mappings", "", faults)) read.mappings = *mappings;
  if (const auto* conditions = object_member(source, "Conditions", "", faults)) read.conditions = *conditions;
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
      refuse_others(output, "/Outputs/" + name, {"Value", "Description", "Export", "Condition"}, "output attribute", faults);
      Output made{.name = name,
                  .value = *value,
                  .export_name = std::nullopt,
                  .condition = member_text(output, "Condition"),
                  .description = member_text(output, "Description")};
      if (const auto* exported = output.find("Export"); exported && exported->find("Name")) made.export_name = *exported->find("Name");
      read.outputs.push_back(std::move(made));
    }
  return read;
}

}  // namespace signalbox::deploy
