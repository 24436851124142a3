#include "aws/sfn/sfn.h"

#include "signalbox/state_machine.h"

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

}  // namespace

Answer<std::string> describe_state_machine(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("stateMachineArn", long_arn_length);
  const auto included = parameters.one_of("includedData", {"ALL_DATA", "METADATA_ONLY"});
  if (auto fault = parameters.fault()) return *fault;
  const auto record = find_machine_by_arn(api.reader, arn);
  if (!record) return record.error();
  ObjectText out;
  out.text("stateMachineArn", record->arn).text("name", record->name);
  out.text("status", record->status == StateMachineStatus::Active ? "ACTIVE" : "DELETING");
  if (included != "METADATA_ONLY") append_definition(out, api, record->definition);
  out.text("roleArn", record->role_arn).text("type", record->type == StateMachineType::Standard ? "STANDARD" : "EXPRESS");
  out.time("creationDate", record->created_at);
  append_configuration(out, *record);
  out.text("revisionId", record->revision_id);
  return out.take();
}

Answer<std::string> describe_state_machine_for_execution(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("executionArn", arn_length);
  const auto included = parameters.one_of("includedData", {"ALL_DATA", "METADATA_ONLY"});
  if (auto fault = parameters.fault()) return *fault;
  const auto execution = find_execution_by_arn(api.reader, arn);
  if (!execution) return execution.error();
  const auto machine = find_state_machine(api.reader, execution->state_machine);
  const auto machine_arn = api.engine.site().state_machine_arn(execution->state_machine);
  if (!machine) return machine_missing(machine_arn);
  ObjectText out;
  out.text("stateMachineArn", machine_arn).text("name", execution->state_machine);
  if (included != "METADATA_ONLY") append_definition(out, api, execution->definition);   // its own, not the newest
  out.text("roleArn", machine->role_arn).time("updateDate", machine->updated_at.value_or(machine->created_at));
  append_configuration(out, *machine);
  if (machine->definition == execution->definition) out.text("revisionId", machine->revision_id);
  return out.take();
}

}  // namespace signalbox::aws::sfn
