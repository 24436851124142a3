/// Stacks: what is deployed, and what happened to it.

#include "deploy/cloudformation/api.h"

#include "signalbox/async.h"
#include "signalbox/encoding.h"

#include <utility>

namespace signalbox::deploy::cloudformation {

namespace {

Json pairs(const std::map<std::string, std::string>& values, const char* name, const char* value) {
  Json::Array list;
  for (const auto& [key, text] : values) list.push_back(json_object({{name, key}, {value, text}}));
  return Json(std::move(list));
}

std::string_view status_of(Change::Kind kind, bool done) {
  switch (kind) {
    case Change::Kind::Created: return done ? "CREATE_COMPLETE" : "CREATE_IN_PROGRESS";
    case Change::Kind::Updated: return done ? "UPDATE_COMPLETE" : "UPDATE_IN_PROGRESS";
    case Change::Kind::Removed: return done ? "DELETE_COMPLETE" : "DELETE_IN_PROGRESS";
    case Change::Kind::Kept: return "DELETE_SKIPPED";
  }
  return "";
}

void note_changes(EventLog& log, const std::vector<Change>& changes) {
  for (const auto& change : changes) {
    if (change.kind != Change::Kind::Kept) log.resource_is(change, status_of(change.kind, false));
    log.resource_is(change, status_of(change.kind, true));
  }
}

/// Which resource failed: its logical id stands at the beginning of the error's text (apply()).
Change failed_resource(const Error& failure) { return {.kind = Change::Kind::Created, .logical_id = failure.message.substr(0, failure.message.find(':')), .type = {}, .physical_id = {}}; }

}  // namespace

aws::Answer<StackStatus> Api::existing(const Json& request) const {
  const auto given = text_member(request, "StackName");
  auto status = find_status(*reader_, stack_name_of(given));
  // One that is gone is known by its id only.
  if (!status || (status->deleted_at && !given.starts_with("arn:"))) return no_such_stack(given);
  return std::move(*status);
}

Json Api::stack_json(const StackStatus& status) const {
  const auto deployed = status.deleted_at ? std::nullopt : find_stack(*reader_, status.name);
  Json stack = json_object({{"StackId", id_of(status.name)},
                            {"StackName", status.name},
                            {"CreationTime", format_rfc3339(status.created_at)},
                            {"StackStatus", status.status},
                            {"DisableRollback", false},
                            {"EnableTerminationProtection", false},
                            {"RollbackConfiguration", Json::empty_object()},
                            {"DriftInformation", json_object({{"StackDriftStatus", "NOT_CHECKED"}})},
                            {"Capabilities", json_array({"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"})},
                            {"NotificationARNs", Json::empty_array()},
                            {"Tags", Json::empty_array()}});
  if (!status.reason.empty()) stack = stack.with("StackStatusReason", status.reason);
  if (status.updated_at != status.created_at) stack = stack.with("LastUpdatedTime", format_rfc3339(status.updated_at));
  if (status.deleted_at) stack = stack.with("DeletionTime", format_rfc3339(*status.deleted_at));
  if (!deployed) return stack;
  if (!deployed->description.empty()) stack = stack.with("Description", deployed->description);
  Json::Array outputs;
  for (const auto& [name, value] : deployed->outputs) {
    Json output = json_object({{"OutputKey", name}, {"OutputValue", value}});
    if (const auto text = deployed->output_descriptions.find(name); text != deployed->output_descriptions.end()) output = output.with("Description", text->second);
    for (const auto& [exported, of] : deployed->exports)
      if (of == name) output = output.with("ExportName", exported);
    outputs.push_back(std::move(output));
  }
  return stack.with("Outputs", Json(std::move(outputs))).with("Parameters", pairs(deployed->parameters, "ParameterKey", "ParameterValue"));
}

aws::Answer<Json> Api::describe_stacks(const Json& request) const {
  Json::Array stacks;
  if (!text_member(request, "StackName").empty()) {
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
    Json summary = json_object({{"StackId", id_of(status.name)}, {"StackName", status.name}, {"CreationTime", format_rfc3339(status.created_at)}, {"StackStatus", status.status}});
    if (status.updated_at != status.created_at) summary = summary.with("LastUpdatedTime", format_rfc3339(status.updated_at));
    if (status.deleted_at) summary = summary.with("DeletionTime", format_rfc3339(*status.deleted_at));
    summaries.push_back(std::move(summary));
  }
  return json_object({{"StackSummaries", Json(std::move(summaries))}});
}

aws::Answer<Json> Api::describe_stack_events(const Json& request) const {
  const auto status = existing(request);
  if (!status) return status.error();
  return json_object({{"StackEvents", Json(list_events(*reader_, status->name))}});
}

Json Api::resources_json(const std::string& stack, std::string_view only, bool summary) const {
  Json::Array list;
  const auto deployed = find_stack(*reader_, stack);
  if (!deployed) return Json(std::move(list));
  const auto time = format_rfc3339(deployed->deployed_at);
  for (const auto& resource : deployed->resources) {
    if (!only.empty() && resource.logical_id != only) continue;
    Json shown = json_object({{"LogicalResourceId", resource.logical_id},
                              {"PhysicalResourceId", resource.physical_id},
                              {"ResourceType", resource.type},
                              {"ResourceStatus", "CREATE_COMPLETE"},
                              {"DriftInformation", json_object({{"StackResourceDriftStatus", "NOT_CHECKED"}})}});
    list.push_back(summary ? shown.with("LastUpdatedTimestamp", time) : shown.with("Timestamp", time).with("LastUpdatedTimestamp", time).with("StackName", stack).with("StackId", id_of(stack)));
  }
  return Json(std::move(list));
}

aws::Answer<Json> Api::describe_stack_resources(const Json& request) const {
  const auto status = existing(request);
  if (!status) return status.error();
  return json_object({{"StackResources", resources_json(status->name, text_member(request, "LogicalResourceId"), false)}});
}

aws::Answer<Json> Api::describe_stack_resource(const Json& request) const {
  const auto status = existing(request);
  if (!status) return status.error();
  const auto id = text_member(request, "LogicalResourceId");
  const auto found = resources_json(status->name, id, false);
  if (id.empty() || found.size() == 0) return validation_error("Resource " + id + " does not exist for stack " + status->name);
  return json_object({{"StackResourceDetail", *found.at(0)}});
}

aws::Answer<Json> Api::list_stack_resources(const Json& request) const {
  const auto status = existing(request);
  if (!status) return status.error();
  return json_object({{"StackResourceSummaries", resources_json(status->name, "", true)}});
}

aws::Answer<Json> Api::list_exports(const Json&) const {
  Json::Array exports;
  for (const auto& stack : deploy::list_stacks(*reader_))
    for (const auto& [name, output] : stack.exports)
      if (const auto value = stack.outputs.find(output); value != stack.outputs.end())
        exports.push_back(json_object({{"ExportingStackId", id_of(stack.name)}, {"Name", name}, {"Value", value->second}}));
  return json_object({{"Exports", Json(std::move(exports))}});
}

aws::asio::awaitable<aws::Answer<Json>> Api::carry_out(Plan plan, std::map<std::string, std::string> parameters, bool creating) {
  const auto stack = plan.stack;
  const auto write = [this, stack, parameters = std::move(parameters), creating](EngineTransaction& transaction, const std::vector<Change>& changes, const std::optional<Error>& failure) {
    const auto before = find_status(transaction, stack);
    StackStatus status{.name = stack, .status = {}, .reason = {}, .parameters = parameters, .created_at = transaction.now(), .updated_at = transaction.now(), .deleted_at = std::nullopt};
    if (before && !before->deleted_at && !creating) status.created_at = before->created_at;
    EventLog log(transaction, engine_.site(), stack);
    const std::string verb = creating ? "CREATE" : "UPDATE";
    log.stack_is(verb + "_IN_PROGRESS", "User Initiated");
    note_changes(log, changes);
    if (failure) {
      log.resource_is(failed_resource(*failure), verb + "_FAILED", failure->message);
      status.reason = failure->message;
      status.status = creating ? "ROLLBACK_COMPLETE" : "UPDATE_ROLLBACK_COMPLETE";
    } else {
      status.status = verb + "_COMPLETE";
    }
    log.stack_is(status.status, status.reason);
    put_status(transaction, status);
  };
  Deployer::Note note = [write](EngineTransaction& transaction, const std::vector<Change>& changes) { write(transaction, changes, std::nullopt); };
  const auto result = co_await deployer_.apply(std::move(plan), std::move(note));
  if (result.failure) {
    std::function<Result<bool>(EngineTransaction&)> note_failure = [write, failure = result.failure](EngineTransaction& transaction) -> Result<bool> {
      write(transaction, {}, failure);
      return true;
    };
    const auto noted = co_await transact<bool>(engine_, std::move(note_failure));
    if (!noted) co_return aws::general_failure(noted.error());
  }
  co_return json_object({{"StackId", id_of(stack)}});
}

aws::asio::awaitable<aws::Answer<Json>> Api::create_stack(Json request) {
  auto given = read_given(request);
  if (!given) co_return given.error();
  const auto status = find_status(*reader_, given->stack);
  if (status && !status->deleted_at && status->status != "REVIEW_IN_PROGRESS") co_return aws::Failure{"AlreadyExistsException", "Stack [" + given->stack + "] already exists"};
  auto plan = make_plan_of(*given);
  if (!plan) co_return plan.error();
  auto answer = co_await carry_out(std::move(*plan), std::move(given->parameters), true);
  co_return answer;
}

aws::asio::awaitable<aws::Answer<Json>> Api::update_stack(Json request) {
  if (const auto status = existing(request); !status) co_return status.error();
  auto given = read_given(request);
  if (!given) co_return given.error();
  auto plan = make_plan_of(*given);
  if (!plan) co_return plan.error();
  if (const auto deployed = find_stack(*reader_, given->stack); deployed && deployed->hash == plan->hash) co_return validation_error("No updates are to be performed.");
  auto answer = co_await carry_out(std::move(*plan), std::move(given->parameters), false);
  co_return answer;
}

aws::asio::awaitable<aws::Answer<Json>> Api::delete_stack(Json request) {
  const auto given = text_member(request, "StackName");
  const auto before = find_status(*reader_, stack_name_of(given));
  if (!before || before->deleted_at) co_return Json::empty_object();   // as on AWS
  const auto write = [this, before = *before](EngineTransaction& transaction, const std::vector<Change>& changes, const std::optional<Error>& failure) {
    auto status = before;
    EventLog log(transaction, engine_.site(), status.name);
    log.stack_is("DELETE_IN_PROGRESS", "User Initiated");
    note_changes(log, changes);
    status.status = failure ? "DELETE_FAILED" : "DELETE_COMPLETE";
    status.reason = failure ? failure->message : std::string();
    status.updated_at = transaction.now();
    if (!failure) status.deleted_at = transaction.now();
    log.stack_is(status.status, status.reason);
    for (const auto& change_set : cloudformation::list_change_sets(transaction, status.name)) remove_change_set(transaction, status.name, change_set.name);
    put_status(transaction, status);
  };
  std::optional<Error> failure;
  const bool is_deployed = find_stack(*reader_, before->name).has_value();
  if (is_deployed) {
    Deployer::Note note = [write](EngineTransaction& transaction, const std::vector<Change>& changes) { write(transaction, changes, std::nullopt); };
    const auto result = co_await deployer_.destroy(before->name, std::move(note));
    failure = result.failure;
  }
  if (is_deployed && !failure) co_return Json::empty_object();
  std::function<Result<bool>(EngineTransaction&)> note_alone = [write, failure](EngineTransaction& transaction) -> Result<bool> {
    write(transaction, {}, failure);
    return true;
  };
  const auto noted = co_await transact<bool>(engine_, std::move(note_alone));
  if (!noted) co_return aws::general_failure(noted.error());
  co_return Json::empty_object();
}

}  // namespace signalbox::deploy::cloudformation
