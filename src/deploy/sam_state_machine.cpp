/// AWS::Serverless::StateMachine. Source: SAM developer guide, Generated CloudFormation resources.

#include "deploy/sam_expansion.h"
#include "deploy/sam_policies.h"

#include <fmt/format.h>

namespace signalbox::deploy::sam {

namespace {

/// A path beside the template, or an object of the object store, which is read when the stack is planned.
void take_definition(Expansion& expansion, const ResourceSource& source, ResourceSource& machine) {
  const auto* uri = source.properties.find("DefinitionUri");
  if (!uri) return;
  const auto place = source.place + "/DefinitionUri";
  if (source.properties.find("Definition")) expansion.faults.add(place, "Definition and DefinitionUri exclude each other");
  if (uri->is_object() && uri->find("Bucket")) {
    machine.properties = machine.properties.with("DefinitionS3Location", *uri);
    machine.written_as.emplace("DefinitionS3Location", "DefinitionUri");
    return;
  }
  if (!uri->is_string()) return expansion.faults.add(place, "a path beside the template is expected");
  auto definition = read_document(expansion.files.folder / std::filesystem::path(uri->as_string()));
  if (!definition) return expansion.faults.add(place, definition.error().message);
  machine.properties = machine.properties.with("Definition", std::move(*definition));
  machine.written_as.emplace("Definition", "DefinitionUri");
}

/// A version for each revision, all of which stay, and an alias that follows the newest. Gives the alias's logical id.
std::string publish(Expansion& expansion, const ResourceSource& source, const std::string& alias_name) {
  auto version = like(source, "AWS::StepFunctions::StateMachineVersion");
  version.logical_id = source.logical_id + "Version";
  version.retain = true;
  version.properties = json_object(
      {{"StateMachineArn", ref_to(source.logical_id)}, {"StateMachineRevisionId", get_att(source.logical_id, "StateMachineRevisionId")}});
  auto alias = like(source, "AWS::StepFunctions::StateMachineAlias");
  alias.logical_id = source.logical_id + "Alias" + alias_name;
  Json preference = json_object({{"StateMachineVersionArn", ref_to(version.logical_id)}, {"Type", "ALL_AT_ONCE"}});
  if (const auto* given = source.properties.find("DeploymentPreference"))
    for (const auto& [name, value] : given->members()) preference = preference.with(name, value);
  alias.properties = json_object({{"Name", alias_name}, {"DeploymentPreference", std::move(preference)}});
  alias.written_as.emplace("Name", "AutoPublishAlias");
  expansion.names.emplace(source.logical_id + ".Version", version.logical_id);
  expansion.names.emplace(source.logical_id + ".Alias", alias.logical_id);
  auto id = alias.logical_id;
  expansion.out.push_back(std::move(version));
  expansion.out.push_back(std::move(alias));
  return id;
}

}  // namespace

void expand_state_machine(Expansion& expansion, const ResourceSource& source) {
  refuse_others(expansion, source.properties, source.place,
                {"Name", "Definition", "DefinitionUri", "DefinitionSubstitutions", "Type", "Role", "Policies", "Events", "Tags", "Logging",
                 "Tracing", "AutoPublishAlias", "UseAliasAsEventTarget", "DeploymentPreference", "PermissionsBoundary", "RolePath"},
                source.type);
  auto machine = like(source, "AWS::StepFunctions::StateMachine");
  take_renamed(source.properties, machine,
               {{"Name", "StateMachineName"},
                {"Definition", "Definition"},
                {"DefinitionSubstitutions", "DefinitionSubstitutions"},
                {"Type", "StateMachineType"},
                {"Role", "RoleArn"},
                {"Tags", "Tags"},
                {"Logging", "LoggingConfiguration"},
                {"Tracing", "TracingConfiguration"}});
  if (source.properties.find("Role")) {
    if (source.properties.find("Policies")) expansion.faults.add(source.place + "/Policies", "Role and Policies exclude each other");
  } else {
    auto role = sam_role(source, "states.amazonaws.com", {}, expansion.faults);
    machine.properties = machine.properties.with("RoleArn", get_att(role.logical_id, "Arn"));
    expansion.out.push_back(std::move(role));
  }
  take_definition(expansion, source, machine);
  expansion.out.push_back(std::move(machine));
  const auto alias_name = literal_text(expansion, source, "AutoPublishAlias");
  const auto alias = alias_name ? publish(expansion, source, *alias_name) : std::string();
  if (alias.empty() && source.properties.find("DeploymentPreference"))
    expansion.faults.add(source.place + "/DeploymentPreference", "it needs AutoPublishAlias");
  const auto* use_alias = source.properties.find("UseAliasAsEventTarget");
  const bool is_alias_target = use_alias && *use_alias == Json(true);
  if (is_alias_target && alias.empty()) expansion.faults.add(source.place + "/UseAliasAsEventTarget", "it needs AutoPublishAlias");
  expand_events(expansion, {.source = source,
                            .arn = is_alias_target && !alias.empty() ? ref_to(alias) : get_att(source.logical_id, "Arn"),
                            .is_function = false});
}

}  // namespace signalbox::deploy::sam
