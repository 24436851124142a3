/// Stacks: what is deployed, and what happened to it.

#include "deploy/cloudformation/api.h"

#include "signalbox/encoding.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace signalbox::deploy::cloudformation {

namespace {

Json pairs(const std::map<std::string, std::string>& values, const char* name, const char* value) {
  Json::Array list;
  for (const auto& [key, text] : values) list.push_back(json_object({{name, key}, {value, text}}));
  return Json(std::move(list));
}

std::string filled(std::string_view text, std::string_view name) {
  const auto at = text.find("{}");
  return std::string(text.substr(0, at)).append(name).append(text.substr(at + 2));
}

/// `CREATE_COMPLETE` or `UPDATE_COMPLETE`, or what a later operation left: one that failed has taken back what it did.
ResourceStatus status_of(const StackRecord::Resource& resource, const std::vector<ResourceStatus>& noted) {
  ResourceStatus status{.logical_id = resource.logical_id,
                        .type = resource.type,
                        .ref = resource.ref,
                        .status = resource.updated_at == resource.created_at ? "CREATE_COMPLETE" : "UPDATE_COMPLETE",
                        .reason = {},
                        .at = resource.updated_at};
  const auto later = std::find_if(noted.begin(), noted.end(), [&](const ResourceStatus& one) {
    return one.logical_id == resource.logical_id && one.at >= resource.updated_at;
  });
  if (later == noted.end()) return status;
  status.status = later->status;
  status.reason = later->reason;
  status.at = later->at;
  return status;
}

/// `stored` may begin with the placeholder of one of the daemon's own URLs, which clients know as that URL.
bool is_ref(std::string_view stored, std::string_view given) {
  if (!stored.starts_with("${signalbox:")) return stored == given;
  return given.find("://") != std::string_view::npos && given.ends_with(stored.substr(stored.find('}') + 1));
}

Json resource_json(const ResourceStatus& resource, const char* time_name) {
  Json shown = json_object({{"LogicalResourceId", resource.logical_id},
                            {"PhysicalResourceId", resource.ref},
                            {"ResourceType", resource.type},
                            {time_name, format_rfc3339(resource.at)},
                            {"ResourceStatus", resource.status},
                            {"DriftInformation", json_object({{"StackResourceDriftStatus", "NOT_CHECKED"}})}});
  if (!resource.reason.empty()) shown = shown.with("ResourceStatusReason", resource.reason);
  return shown;
}

Json without_members(const Json& object, std::initializer_list<std::string_view> names) {
  Json::Object members;
  for (const auto& member : object.members())
    if (std::find(names.begin(), names.end(), member.name) == names.end()) members.push_back(member);
  return Json(std::move(members));
}

}  // namespace

aws::Answer<StackStatus> Api::existing(const Json& request, std::string_view refusal) const {
  const auto given = member_text(request, "StackName");
  auto status = find_status(*reader_, stack_name_of(given));
  // One that is gone is known by its id only.
  if (!status || (status->deleted_at && !given.starts_with("arn:"))) return validation_error(filled(refusal, given));
  return std::move(*status);
}

Json Api::stack_json(const StackStatus& status) const {
  const auto deployed = status.deleted_at ? std::nullopt : find_stack(*reader_, status.name);
  Json stack = json_object({{"StackId", id_of(status.name)},
                            {"StackName", status.name},
                            {"CreationTime", format_rfc3339(status.created_at)},
                            {"StackStatus", status.status},
                            {"DisableRollback", false},
                            {"EnableTerminationProtection", is_protected(*reader_, status.name)},
                            {"RollbackConfiguration", Json::empty_object()},
                            {"DriftInformation", json_object({{"StackDriftStatus", "NOT_CHECKED"}})},
                            {"Capabilities", Json::empty_array()},
                            {"NotificationARNs", Json::empty_array()},
                            {"Tags", Json::empty_array()}});
  for (const auto& [name, value] : status.settings.members()) stack = stack.with(name, value);
  if (!status.change_set_id.empty()) stack = stack.with("ChangeSetId", status.change_set_id);
  if (!status.operation_id.empty())
    stack = stack.with("LastOperations",
                       json_array({json_object({{"OperationType", status.operation_type}, {"OperationId", status.operation_id}})}));
  if (!status.reason.empty()) stack = stack.with("StackStatusReason", status.reason);
  if (status.updated_at != status.created_at) stack = stack.with("LastUpdatedTime", format_rfc3339(status.updated_at));
  if (status.deleted_at) stack = stack.with("DeletionTime", format_rfc3339(*status.deleted_at));
  if (!deployed) return stack;
  if (!deployed->description.empty()) stack = stack.with("Description", deployed->description);
  Json::Array outputs;
  for (const auto& [name, value] : deployed->outputs) {
    Json output = json_object({{"OutputKey", name}, {"OutputValue", value}});
    if (const auto text = deployed->output_descriptions.find(name); text != deployed->output_descriptions.end())
      output = output.with("Description", text->second);
    for (const auto& [exported, of] : deployed->exports)
      if (of == name) output = output.with("ExportName", exported);
    outputs.push_back(std::move(output));
  }
  return stack.with("Outputs", Json(std::move(outputs))).with("Parameters", pairs(deployed->parameters, "ParameterKey", "ParameterValue"));
}

aws::Answer<Json> Api::describe_stacks(const Json& request) const {
  Json::Array stacks;
  if (!member_text(request, "StackName").empty()) {
    const auto status = existing(request);
    if (!status) return status.error();
    stacks.push_back(stack_json(*status));
  } else {
    for (const auto& status : list_statuses(*reader_))
      if (!status.deleted_at) stacks.push_back(stack_json(status));
  }
  return json_object({{"Stacks", Json(std::move(stacks))}});
}

aws::Answer<Json> Api::list_stacks(const Json& request) const {
  const Json* wanted = request.find("StackStatusFilter");
  const auto fits = [&](const StackStatus& status) {
    if (!wanted || !wanted->is_array() || wanted->size() == 0) return true;
    for (const auto& one : wanted->elements())
      if (one == Json(status.status)) return true;
    return false;
  };
  Json::Array summaries;
  for (const auto& status : list_statuses(*reader_)) {
    if (!fits(status)) continue;
    Json summary = json_object({{"StackId", id_of(status.name)},
                                {"StackName", status.name},
                                {"CreationTime", format_rfc3339(status.created_at)},
                                {"StackStatus", status.status}});
    if (status.updated_at != status.created_at) summary = summary.with("LastUpdatedTime", format_rfc3339(status.updated_at));
    if (status.deleted_at) summary = summary.with("DeletionTime", format_rfc3339(*status.deleted_at));
    if (!status.reason.empty()) summary = summary.with("StackStatusReason", status.reason);
    if (const auto deployed = find_stack(*reader_, status.name); deployed && !deployed->description.empty())
      summary = summary.with("TemplateDescription", deployed->description);
    summaries.push_back(std::move(summary));
  }
  return json_object({{"StackSummaries", Json(std::move(summaries))}});
}

aws::Answer<Json> Api::describe_stack_events(const Json& request) const {
  const auto status = existing(request, "Stack [{}] does not exist");
  if (!status) return status.error();
  Json::Array events;
  for (const auto& event : list_events(*reader_, status->name))
    events.push_back(without_members(event, {"EventType", "OperationType", "OperationStatus"}));
  return json_object({{"StackEvents", Json(std::move(events))}});
}

aws::Answer<Json> Api::describe_events(const Json& request) const {
  const auto operation = member_text(request, "OperationId");
  const bool only_failed = request.find("Filters") && is_true(*request.find("Filters"), "FailedEvents");
  Json::Array events;
  const auto add = [&](const Json& event) {
    if (!operation.empty() && member_text(event, "OperationId") != operation) return;
    const auto type = member_text(event, "EventType");
    if (only_failed && !type.ends_with("_ERROR") && member_text(event, "OperationStatus") != "FAILED") return;
    const bool is_over = member_text(event, "OperationStatus") == "SUCCEEDED" || member_text(event, "OperationStatus") == "FAILED";
    events.push_back(without_members(is_over ? event.with("EndTime", *event.find("Timestamp")) : event, {"StackName"}));
  };
  if (request.find("ChangeSetName")) {
    const auto change_set = change_set_of(request);
    if (!change_set) return no_such_change_set(member_text(request, "ChangeSetName"));
    add(change_set_event(engine_.site(), *change_set));
  } else if (request.find("StackName")) {
    const auto status = existing(request, "Stack [{}] does not exist");
    if (!status) return status.error();
    for (const auto& event : list_events(*reader_, status->name)) add(event);
  } else if (!operation.empty()) {
    for (const auto& status : list_statuses(*reader_))
      for (const auto& event : list_events(*reader_, status.name)) add(event);
  } else {
    return validation_error("One of ChangeSetName, OperationId or StackName must be specified.");
  }
  return json_object({{"OperationEvents", Json(std::move(events))}});
}

std::vector<ResourceStatus> Api::resources_of(const StackStatus& status) const {
  auto noted = list_resource_statuses(*reader_, status.name);
  const auto deployed = status.deleted_at ? std::nullopt : find_stack(*reader_, status.name);
  if (!deployed) return noted;
  std::vector<ResourceStatus> resources;
  for (const auto& resource : deployed->resources) resources.push_back(status_of(resource, noted));
  return resources;
}

std::optional<StackStatus> Api::stack_with(std::string_view ref) const {
  for (const auto& stack : deploy::list_stacks(*reader_))
    for (const auto& resource : stack.resources)
      if (is_ref(resource.ref, ref)) return find_status(*reader_, stack.name);
  return std::nullopt;
}

aws::Answer<Json> Api::describe_stack_resources(const Json& request) const {
  const auto ref = member_text(request, "PhysicalResourceId"), only = member_text(request, "LogicalResourceId");
  const bool by_name = request.find("StackName") != nullptr;
  if (by_name != ref.empty()) return validation_error("You must specify either StackName or PhysicalResourceId, but not both.");
  const auto found = by_name ? std::nullopt : stack_with(ref);
  if (!by_name && !found) return validation_error("Stack for " + ref + " does not exist");
  const auto status = by_name ? existing(request) : aws::Answer<StackStatus>(*found);
  if (!status) return status.error();
  Json::Array list;
  for (const auto& resource : resources_of(*status))
    if (only.empty() || resource.logical_id == only)
      list.push_back(resource_json(resource, "Timestamp").with("StackName", status->name).with("StackId", id_of(status->name)));
  return json_object({{"StackResources", Json(std::move(list))}});
}

aws::Answer<Json> Api::describe_stack_resource(const Json& request) const {
  const auto status = existing(request, "Stack '{}' does not exist");
  if (!status) return status.error();
  const auto id = member_text(request, "LogicalResourceId");
  for (const auto& resource : resources_of(*status)) {
    if (resource.logical_id != id) continue;
    return json_object(
        {{"StackResourceDetail",
          resource_json(resource, "LastUpdatedTimestamp").with("StackName", status->name).with("StackId", id_of(status->name))}});
  }
  return validation_error("Resource " + id + " does not exist for stack " + status->name);
}

aws::Answer<Json> Api::list_stack_resources(const Json& request) const {
  const auto status = existing(request);
  if (!status) return status.error();
  Json::Array list;
  for (const auto& resource : resources_of(*status)) list.push_back(resource_json(resource, "LastUpdatedTimestamp"));
  return json_object({{"StackResourceSummaries", Json(std::move(list))}});
}

aws::Answer<Json> Api::list_exports(const Json&) const {
  Json::Array exports;
  for (const auto& stack : deploy::list_stacks(*reader_))
    for (const auto& [name, output] : stack.exports)
      if (const auto value = stack.outputs.find(output); value != stack.outputs.end())
        exports.push_back(json_object({{"ExportingStackId", id_of(stack.name)}, {"Name", name}, {"Value", value->second}}));
  return json_object({{"Exports", Json(std::move(exports))}});
}

aws::Answer<Json> Api::list_imports(const Json& request) const {
  const auto name = member_text(request, "ExportName");
  const auto stacks = importers_of(*reader_, name);
  if (stacks.empty()) return validation_error("Export '" + name + "' is not imported by any stack.");
  return json_object({{"Imports", Json(Json::Array(stacks.begin(), stacks.end()))}});
}

}  // namespace signalbox::deploy::cloudformation
