#include "aws/sfn/sfn.h"

#include <algorithm>
#include <array>
#include <map>

namespace signalbox::aws::sfn {

namespace {

const std::map<std::string_view, Operation>& operations() {
  static const std::map<std::string_view, Operation> table{
      {"CreateActivity", &create_activity_operation},
      {"CreateStateMachine", &create_state_machine_operation},
      {"CreateStateMachineAlias", &create_state_machine_alias},
      {"DeleteActivity", &delete_activity_operation},
      {"DeleteStateMachine", &delete_state_machine_operation},
      {"DeleteStateMachineAlias", &delete_state_machine_alias},
      {"DeleteStateMachineVersion", &delete_state_machine_version},
      {"DescribeActivity", &describe_activity},
      {"DescribeExecution", &describe_execution},
      {"DescribeMapRun", &describe_map_run},
      {"DescribeStateMachine", &describe_state_machine},
      {"DescribeStateMachineAlias", &describe_state_machine_alias},
      {"DescribeStateMachineForExecution", &describe_state_machine_for_execution},
      {"GetActivityTask", &get_activity_task},
      {"GetExecutionHistory", &get_execution_history},
      {"ListActivities", &list_activities_page},
      {"ListExecutions", &list_executions_page},
      {"ListMapRuns", &list_map_runs_page},
      {"ListStateMachineAliases", &list_state_machine_aliases_page},
      {"ListStateMachineVersions", &list_state_machine_versions_page},
      {"ListStateMachines", &list_state_machines_page},
      {"ListTagsForResource", &list_tags_for_resource},
      {"PublishStateMachineVersion", &publish_state_machine_version},
      {"RedriveExecution", &redrive_execution},
      {"SendTaskFailure", &send_task_failure},
      {"SendTaskHeartbeat", &send_task_heartbeat},
      {"SendTaskSuccess", &send_task_success},
      {"StartExecution", &start_execution},
      {"StartSyncExecution", &start_sync_execution},
      {"StopExecution", &stop_execution},
      {"TagResource", &tag_resource},
      {"TestState", &test_state},
      {"UntagResource", &untag_resource},
      {"UpdateMapRun", &update_map_run_operation},
      {"UpdateStateMachine", &update_state_machine_operation},
      {"UpdateStateMachineAlias", &update_state_machine_alias},
      {"ValidateStateMachineDefinition", &validate_state_machine_definition},
  };
  return table;
}

Failure invalid_arn(const std::string& why) { return {"InvalidArn", "Invalid Arn: '" + why + "'"}; }

/// The resource of a Step Functions ARN, whose type must be `type`.
Answer<std::string> resource_of(std::string_view arn, std::string_view type) {
  if (!arn.starts_with("arn:")) return invalid_arn("Invalid ARN prefix: " + std::string(arn));
  Arn parts;
  if (!parse_arn(arn, parts)) return invalid_arn("Invalid ARN: " + std::string(arn));
  if (parts.service != "states") return invalid_arn("Invalid service in ARN: " + parts.service);
  const auto found = parts.resource.substr(0, parts.resource.find(':'));
  if (found != type) return invalid_arn("Resource type not valid in this context: " + found);
  if (parts.resource.size() <= type.size() + 1) return invalid_arn("Invalid ARN: " + std::string(arn));
  return parts.resource.substr(type.size() + 1);
}

}  // namespace

const Operation* find_operation(std::string_view name) {
  const auto found = operations().find(name);
  return found == operations().end() ? nullptr : &found->second;
}

bool is_known(std::string_view name) { return find_operation(name) != nullptr; }

std::size_t page_size(std::optional<std::int64_t> max_results) {
  constexpr std::size_t usual = 100;
  return max_results.value_or(0) == 0 ? usual : static_cast<std::size_t>(*max_results);
}

Answer<MachineName> machine_name(std::string_view arn) {
  auto resource = resource_of(arn, "stateMachine");
  if (!resource) return resource.error();
  if (resource->find('/') != std::string::npos) {
    return validation_failure("API_DOES_NOT_SUPPORT_LABELED_ARNS",
                              "The ARN of a Distributed Map state is not supported by this operation: '" + std::string(arn) + "'");
  }
  const auto colon = resource->find(':');
  if (colon == std::string::npos) return MachineName{std::move(*resource), {}};
  return MachineName{resource->substr(0, colon), resource->substr(colon + 1)};
}

std::string qualified(const MachineName& name) { return name.qualifier.empty() ? name.name : name.name + ":" + name.qualifier; }

Answer<ExecutionRecord> find_execution_by_arn(const Reader& reader, std::string_view arn) {
  const auto resource = resource_of(arn, "execution");
  if (!resource) return resource.error();
  const auto colon = resource->find(':');
  if (colon == std::string::npos) return invalid_arn("Invalid ARN: " + std::string(arn));
  auto record = find_execution(reader, resource->substr(0, colon), resource->substr(colon + 1));
  if (!record) return execution_missing(arn);
  return std::move(*record);
}

// `express:MACHINE/LABEL:NAME:ID`
Answer<ExecutionRecord> find_described_execution(const Reader& reader, std::string_view arn) {
  const auto express = resource_of(arn, "express");
  if (!express || express->find('/') == std::string::npos) return find_execution_by_arn(reader, arn);
  auto record = find_execution(reader, Uuid{express->substr(express->rfind(':') + 1)});
  if (!record || !record->express || *express != record->state_machine + ":" + record->name + ":" + record->id.value)
    return execution_missing(arn);
  return std::move(*record);
}

Answer<MapRunRecord> find_map_run_by_arn(const Reader& reader, std::string_view arn) {
  const auto resource = resource_of(arn, "mapRun");
  if (!resource) return resource.error();
  const auto colon = resource->rfind(':');
  if (colon == std::string::npos) return invalid_arn("Invalid ARN: " + std::string(arn));
  auto record = find_map_run(reader, std::string_view(*resource).substr(colon + 1));
  if (!record || record->child_machine() != resource->substr(0, colon))
    return Failure{"ResourceNotFound", "Resource not found: '" + std::string(arn) + "'", 404};
  return std::move(*record);
}

Answer<std::string> activity_name(std::string_view arn) { return resource_of(arn, "activity"); }

Answer<StateMachineRecord> find_machine_by_arn(const Reader& reader, std::string_view arn) {
  const auto name = machine_name(arn);
  if (!name) return name.error();
  auto record = name->qualifier.empty() ? find_state_machine(reader, name->name) : std::nullopt;
  if (!record) return machine_missing(arn);
  return std::move(*record);
}

Answer<void> check_role_arn(std::string_view arn) {
  Arn parts;
  if (!arn.starts_with("arn:")) return invalid_arn("Invalid ARN prefix: " + std::string(arn));
  if (!parse_arn(arn, parts)) return invalid_arn("Invalid ARN: " + std::string(arn));
  return {};
}

Failure validation_failure(std::string reason, std::string message) {
  Failure failure{"ValidationException", std::move(message)};
  failure.reason = std::move(reason);
  return failure;
}
Failure machine_missing(std::string_view arn) {
  return {"StateMachineDoesNotExist", "State Machine Does Not Exist: '" + std::string(arn) + "'"};
}
Failure machine_deleting(std::string_view arn) {
  return {"StateMachineDeleting", "State Machine is being deleted: '" + std::string(arn) + "'"};
}
Failure execution_missing(std::string_view arn) {
  return {"ExecutionDoesNotExist", "Execution Does Not Exist: '" + std::string(arn) + "'"};
}
Failure activity_missing(std::string_view arn) { return {"ActivityDoesNotExist", "Activity Does Not Exist: '" + std::string(arn) + "'"}; }

void append_configuration(ObjectText& out, const StateMachineRecord& record) {
  out.raw("loggingConfiguration",
          record.logging_configuration ? record.logging_configuration->text() : R"({"level":"OFF","includeExecutionData":false})");
  out.raw("tracingConfiguration", record.tracing_configuration ? record.tracing_configuration->text() : R"({"enabled":false})");
  out.raw("encryptionConfiguration",
          record.encryption_configuration ? record.encryption_configuration->text() : R"({"type":"AWS_OWNED_KEY"})");
}

Answer<Json> tags_of(Parameters& parameters, const Json* list) {
  constexpr std::size_t tags_max = 50;
  Json tags = Json::empty_object();
  if (!list) return tags;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Parameters tag(*list->at(i), "tags." + std::to_string(i + 1) + ".member.");
    const auto key = tag.text("key", {1, 128});
    const auto value = tag.text("value", {0, 256});
    parameters.absorb(tag);
    if (key) tags = tags.with(*key, Json(value.value_or("")));
  }
  if (tags.size() > tags_max) return Failure{"TooManyTags", "Too many tags: at most " + std::to_string(tags_max) + " are allowed"};
  return tags;
}

}  // namespace signalbox::aws::sfn
