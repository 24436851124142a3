/// Templates as requests bring them: in their text, as an object of the object store, or the one that is deployed.

#include "deploy/cloudformation/api.h"

#include "deploy/cloudformation/capabilities.h"
#include "deploy/template_loops.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::deploy::cloudformation {

namespace {

struct ObjectAddress {
  std::string bucket, key;
};

/// `http://HOST/BUCKET/KEY`, or `https://BUCKET.s3.REGION.amazonaws.com/KEY`.
std::optional<ObjectAddress> object_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  url.remove_prefix(scheme + 3);
  const auto slash = url.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto host = url.substr(0, slash);
  const auto path = url.substr(slash + 1, url.find('?') == std::string_view::npos ? std::string_view::npos : url.find('?') - slash - 1);
  if (const auto s3 = host.find(".s3."); s3 != std::string_view::npos && s3 > 0)
    return ObjectAddress{std::string(host.substr(0, s3)), percent_decode(path, false)};
  const auto end = path.find('/');
  if (end == std::string_view::npos) return std::nullopt;
  return ObjectAddress{std::string(path.substr(0, end)), percent_decode(path.substr(end + 1), false)};
}

bool is_stack_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && name.size() <= 128 && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

aws::Answer<std::string> Api::read_source(const Json& request, const std::string& stack) const {
  if (auto body = member_text(request, "TemplateBody"); !body.empty()) return body;
  if (const auto url = member_text(request, "TemplateURL"); !url.empty()) {
    const auto address = object_of(url);
    if (!address) return validation_error("TemplateURL must be a supported URL.");
    auto text = deployer_.read_object(address->bucket, address->key);
    if (!text) return validation_error(fmt::format("S3 error: {}", text.error().message));
    return std::move(*text);
  }
  const auto deployed = find_stack(*reader_, stack);
  if (deployed && member_text(request, "UsePreviousTemplate") == "true" && !deployed->source.empty()) return deployed->source;
  return validation_error("Either Template URL or Template Body must be specified.");
}

aws::Answer<Api::Given> Api::read_given(const Json& request) const {
  Given given{.stack = stack_name_of(member_text(request, "StackName")), .source = {}, .parameters = {}};
  if (!is_stack_name(given.stack))
    return validation_error(
        fmt::format("1 validation error detected: Value '{}' at 'stackName' failed to satisfy constraint: Member must satisfy regular "
                    "expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
                    given.stack));
  auto source = read_source(request, given.stack);
  if (!source) return source.error();
  given.source = std::move(*source);
  const auto before = find_status(*reader_, given.stack);
  const Json* parameters = request.find("Parameters");
  if (!parameters || !parameters->is_array()) return given;
  for (const auto& parameter : parameters->elements()) {
    const auto name = member_text(parameter, "ParameterKey");
    if (member_text(parameter, "UsePreviousValue") != "true") given.parameters[name] = member_text(parameter, "ParameterValue");
    else if (before && before->parameters.contains(name)) given.parameters[name] = before->parameters.at(name);
  }
  return given;
}

aws::Answer<Plan> Api::make_plan_of(const Given& given) const {
  auto plan = deployer_.plan_text(given.stack, given.source, given.parameters);
  if (!plan) return validation_error("Template error: " + plan.error().message);
  std::string changed;
  if (const auto deployed = find_stack(*reader_, given.stack))
    for (const auto& old : deployed->resources)
      for (const auto& resource : plan->resources)
        if (resource.logical_id == old.logical_id && resource.type != old.type) changed += (changed.empty() ? "" : ", ") + old.logical_id;
  if (!changed.empty())
    return validation_error(fmt::format(
        "Update of resource type is not permitted. The new template modifies resource type of the following resources: [{}]", changed));
  return std::move(*plan);
}

aws::Answer<Json> Api::get_template(const Json& request) const {
  const auto change_set = member_text(request, "ChangeSetName");
  const auto status = existing(request);
  if (!status) return status.error();
  std::string text;
  if (const auto found = find_change_set(*reader_, status->name, change_set); found) text = found->source;
  else if (const auto deployed = find_stack(*reader_, status->name)) text = deployed->source;
  return json_object({{"TemplateBody", text}, {"StagesAvailable", json_array({"Original", "Processed"})}});
}

namespace {

/// A member of a parameter's declaration, as a text.
std::optional<std::string> declared(const Json& parameter, std::string_view name) {
  const Json* value = parameter.find(name);
  return value ? std::optional(plain_text(*value)) : std::nullopt;
}

/// The parameters that a template declares, as both operations show them.
Json parameters_json(const Json& document) {
  Json::Array list;
  const Json* parameters = document.find("Parameters");
  if (!parameters || !parameters->is_object()) return Json(std::move(list));
  for (const auto& [name, parameter] : parameters->members()) {
    Json shown = json_object({{"ParameterKey", name}, {"NoEcho", declared(parameter, "NoEcho") == "true"}});
    if (auto value = declared(parameter, "Default")) shown = shown.with("DefaultValue", std::move(*value));
    if (auto text = declared(parameter, "Description")) shown = shown.with("Description", std::move(*text));
    list.push_back(std::move(shown));
  }
  return Json(std::move(list));
}

/// With what GetTemplateSummary alone shows.
Json full_parameters_json(const Json& document) {
  Json::Array list;
  const auto parameters = parameters_json(document);
  for (const auto& shown : parameters.elements()) {
    const Json& parameter = *document.find("Parameters")->find(shown.find("ParameterKey")->as_string());
    Json constraints = Json::empty_object();
    if (const Json* allowed = parameter.find("AllowedValues"); allowed && allowed->is_array()) {
      Json::Array texts;
      for (const auto& value : allowed->elements()) texts.emplace_back(plain_text(value));
      constraints = constraints.with("AllowedValues", Json(std::move(texts)));
    }
    list.push_back(
        shown.with("ParameterType", declared(parameter, "Type").value_or("String")).with("ParameterConstraints", std::move(constraints)));
  }
  return Json(std::move(list));
}

/// A text that is a template: its sections are what they should be. Whether its resources can be made is not asked.
aws::Answer<Json> read_document_of(const std::string& text) {
  auto document = parse_document(text);
  if (!document) return validation_error("Template format error: " + document.error().message);
  if (!document->is_object()) return validation_error("Template format error: unsupported structure.");
  const Json* resources = document->find("Resources");
  if (!resources || !resources->is_object() || resources->size() == 0)
    return validation_error("Template format error: At least one Resources member must be defined.");
  Faults faults;
  const ParameterValues defaults = [](const Template& declared) {
    Faults ignored;
    return parameter_values(declared, {}, {}, ignored);
  };
  (void)read_template(expand_loops(*document, defaults, faults), faults);
  if (!faults.empty()) return validation_error("Template error: " + faults.as_error("template").message);
  return std::move(*document);
}

/// Description, Capabilities, CapabilitiesReason, DeclaredTransforms, as far as there are any.
Json common_json(const Json& document) {
  const auto wanted = wanted_capabilities(document);
  Json shown = json_object({{"Capabilities", Json(Json::Array(wanted.names.begin(), wanted.names.end()))}});
  if (!wanted.reason.empty()) shown = shown.with("CapabilitiesReason", wanted.reason);
  if (!wanted.transforms.empty())
    shown = shown.with("DeclaredTransforms", Json(Json::Array(wanted.transforms.begin(), wanted.transforms.end())));
  if (const auto text = declared(document, "Description")) shown = shown.with("Description", *text);
  return shown;
}

}  // namespace

aws::Answer<Json> Api::get_template_summary(const Json& request) const {
  std::string text;
  if (request.find("StackName")) {
    const auto status = existing(request);
    if (!status) return status.error();
    if (const auto deployed = find_stack(*reader_, status->name)) text = deployed->source;
  } else {
    auto read = read_source(request, "");
    if (!read) return read.error();
    text = std::move(*read);
  }
  const auto document = read_document_of(text);
  if (!document) return document.error();
  Json::Array types;
  for (const auto& [logical_id, resource] : document->find("Resources")->members())
    if (const Json* type = resource.find("Type"); type && std::find(types.begin(), types.end(), *type) == types.end())
      types.push_back(*type);
  Json shown = common_json(*document)
                   .with("Parameters", full_parameters_json(*document))
                   .with("ResourceTypes", Json(std::move(types)))
                   .with("ResourceIdentifierSummaries", Json::empty_array());
  if (const auto version = declared(*document, "AWSTemplateFormatVersion")) shown = shown.with("Version", *version);
  if (const Json* metadata = document->find("Metadata")) shown = shown.with("Metadata", metadata->text());
  return shown;
}

aws::Answer<Json> Api::validate_template(const Json& request) const {
  const auto text = read_source(request, "");
  if (!text) return text.error();
  const auto document = read_document_of(*text);
  if (!document) return document.error();
  return common_json(*document).with("Parameters", parameters_json(*document));
}

}  // namespace signalbox::deploy::cloudformation
