#include "aws/sfn/sfn.h"
#include "signalbox/state_machine.h"
#include "signalbox/state_machine_versions.h"

namespace signalbox::aws::sfn {

namespace {

/// The definition, and the variables that its states read, if any do.
void append_definition(ObjectText& out, const Api& api, DefinitionRow row) {
  const auto text = definition_text(api.reader, row);
  out.text("definition", text);
  if (!text) return;
  const auto references = variable_references(*load_definition(*text));
  if (references.size() > 0) out.raw("variableReferences", references.text());
}

/// The machine as the ARN means it: a version shows its own revision, description and moment of creation.
struct Described {
  StateMachineRecord record;
  std::optional<std::string> description;
};

std::optional<Described> find_described(const Reader& reader, const MachineName& name) {
  auto record = find_state_machine(reader, name.name);
  if (!record) return std::nullopt;
  if (name.qualifier.empty()) return Described{std::move(*record), std::nullopt};
  const auto number = version_number(name.qualifier);
  const auto version = number ? find_version(reader, name.name, *number) : std::nullopt;
  const auto revision = version ? find_revision(reader, version->definition) : std::nullopt;
  if (!revision) return std::nullopt;
  record->arn += ":" + name.qualifier;
  auto described = Described{at_revision(std::move(*record), *revision), version->description};
  described.record.created_at = version->created_at;
  return described;
}

}  // namespace

Answer<std::string> describe_state_machine(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("stateMachineArn");
  const auto included = parameters.text("includedData");
  const auto name = machine_name(arn);
  if (!name) return name.error();
  const auto found = find_described(api.reader, *name);
  if (!found) return machine_missing(arn);
  const auto& record = found->record;
  ObjectText out;
  out.text("stateMachineArn", record.arn).text("name", record.name);
  out.text("status", record.status == StateMachineStatus::Active ? "ACTIVE" : "DELETING");
  if (included != "METADATA_ONLY") append_definition(out, api, record.definition);
  out.text("roleArn", record.role_arn).text("type", record.type == StateMachineType::Standard ? "STANDARD" : "EXPRESS");
  out.time("creationDate", record.created_at);
  append_configuration(out, record);
  out.text("revisionId", record.revision_id).text("description", found->description);
  return out.take();
}

Answer<std::string> describe_state_machine_for_execution(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("executionArn");
  const auto included = parameters.text("includedData");
  const auto execution = find_execution_by_arn(api.reader, arn);
  if (!execution) return execution.error();
  const auto revision = find_revision(api.reader, execution->definition);
  if (!revision) return machine_missing(api.engine.site().state_machine_arn(execution->state_machine));
  // All of it is the execution's own revision, not the newest; so it outlives the machine.
  const auto machine = at_revision({}, *revision);
  ObjectText out;
  out.text("stateMachineArn", api.engine.site().state_machine_arn(execution->state_machine)).text("name", execution->state_machine);
  if (included != "METADATA_ONLY") append_definition(out, api, execution->definition);
  out.text("roleArn", machine.role_arn).time("updateDate", machine.updated_at);
  append_configuration(out, machine);
  out.text("revisionId", machine.revision_id);
  if (execution->map_run) {
    if (const auto run = find_map_run(api.reader, execution->map_run->run))
      out.text("mapRunArn", run->arn(api.engine.site())).text("label", run->label);
  }
  return out.take();
}

}  // namespace signalbox::aws::sfn
