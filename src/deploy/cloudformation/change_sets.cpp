/// Change sets: a plan that is looked at before it is carried out.

#include "deploy/cloudformation/api.h"

#include "deploy/cloudformation/capabilities.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace signalbox::deploy::cloudformation {

namespace {

constexpr const char* nothing_changes =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

/// A change set's name, given it or its ARN.
std::string name_of(std::string_view name_or_id) {
  constexpr std::string_view marker = ":changeSet/";
  const auto at = name_or_id.find(marker);
  if (at == std::string_view::npos) return std::string(name_or_id);
  name_or_id.remove_prefix(at + marker.size());
  return std::string(name_or_id.substr(0, name_or_id.find('/')));
}

Json context_of(const Json& properties) { return Json(json_object({{"Properties", properties}}).text()); }

std::string_view change_type_of(const PropertyChange& change) { return !change.before ? "Add" : !change.after ? "Remove" : "Modify"; }

Json detail_json(const PropertyChange& change) {
  const bool is_tags = change.property == "Tags";
  Json target = json_object({{"Attribute", is_tags ? "Tags" : "Properties"},
                             {"RequiresRecreation", change.replaces ? "Always" : "Never"},
                             {"Path", (is_tags ? "/" : "/Properties/") + change.property},
                             {"AttributeChangeType", change_type_of(change)}});
  if (!is_tags) target = target.with("Name", change.property);
  if (change.before) target = target.with("BeforeValue", plain_text(*change.before));
  if (change.after) target = target.with("AfterValue", plain_text(*change.after));
  Json detail = json_object({{"Target", std::move(target)}, {"Evaluation", "Static"}, {"ChangeSource", change.source}});
  return change.causing_entity.empty() ? detail : detail.with("CausingEntity", change.causing_entity);
}

Json details_json(const std::vector<PropertyChange>& changes) {
  Json::Array details;
  for (const auto& change : changes) details.push_back(detail_json(change));
  return Json(std::move(details));
}

Json scope_json(const std::vector<PropertyChange>& changes) {
  const auto is_tags = [](const PropertyChange& change) { return change.property == "Tags"; };
  Json::Array scope;
  if (!std::all_of(changes.begin(), changes.end(), is_tags)) scope.emplace_back("Properties");
  if (std::any_of(changes.begin(), changes.end(), is_tags)) scope.emplace_back("Tags");
  return Json(std::move(scope));
}

/// Everything is known before it is done, since names are settled by the template: so no replacement is conditional.
Json change_json(const ResourceChange& change) {
  using Action = ResourceChange::Action;
  const char* action = change.action == Action::Add ? "Add" : change.action == Action::Modify ? "Modify" : "Remove";
  Json shown = json_object({{"Action", action},
                            {"LogicalResourceId", change.logical_id},
                            {"ResourceType", change.type},
                            {"Scope", scope_json(change.properties)},
                            {"Details", details_json(change.properties)}});
  if (!change.ref.empty()) shown = shown.with("PhysicalResourceId", change.ref);
  if (change.action == Action::Modify) shown = shown.with("Replacement", change.replaces ? "True" : "False");
  if (change.action == Action::Remove) shown = shown.with("PolicyAction", change.retain ? "Retain" : "Delete");
  else if (change.replaces) shown = shown.with("PolicyAction", change.retain ? "ReplaceAndRetain" : "ReplaceAndDelete");
  if (change.before) shown = shown.with("BeforeContext", context_of(*change.before));
  if (change.after) shown = shown.with("AfterContext", context_of(*change.after));
  return json_object({{"Type", "Resource"}, {"ResourceChange", std::move(shown)}});
}

Json changes_json(const std::vector<ResourceChange>& changes) {
  Json::Array list;
  for (const auto& change : changes) list.push_back(change_json(change));
  return Json(std::move(list));
}

/// The members that only IncludePropertyValues asks for fall away, however deep they are.
Json without_values(const Json& value) {
  constexpr std::array hidden{"BeforeContext", "AfterContext", "BeforeValue", "AfterValue", "Path", "AttributeChangeType"};
  if (value.is_array()) {
    Json::Array elements;
    for (const auto& element : value.elements()) elements.push_back(without_values(element));
    return Json(std::move(elements));
  }
  if (!value.is_object()) return value;
  Json::Object members;
  for (const auto& [name, member] : value.members())
    if (std::find(hidden.begin(), hidden.end(), name) == hidden.end()) members.push_back({name, without_values(member)});
  return Json(std::move(members));
}

}  // namespace

aws::Failure no_such_change_set(std::string_view name) {
  return {"ChangeSetNotFound", fmt::format("ChangeSet [{}] does not exist", name), 404};
}

Json change_set_event(const Site& site, const ChangeSet& change_set) {
  const auto time = format_rfc3339(change_set.created_at);
  Json event = json_object({{"EventId", change_set.operation_id},
                            {"StackId", stack_id(site, change_set.stack)},
                            {"OperationId", change_set.operation_id},
                            {"OperationType", "CREATE_CHANGESET"},
                            {"OperationStatus", change_set.status == "FAILED" ? "FAILED" : "SUCCEEDED"},
                            {"EventType", "STACK_EVENT"},
                            {"Timestamp", time},
                            {"StartTime", time}});
  return change_set.reason.empty() ? event : event.with("ResourceStatusReason", change_set.reason);
}

/// Its stack is named in the request, or stands in its ARN's record.
std::optional<ChangeSet> Api::change_set_of(const Json& request) const {
  const auto given = member_text(request, "ChangeSetName");
  const auto stack = stack_name_of(member_text(request, "StackName"));
  if (!stack.empty()) return find_change_set(*reader_, stack, name_of(given));
  for (const auto& status : list_statuses(*reader_)) {
    auto found = find_change_set(*reader_, status.name, name_of(given));
    if (found && found->id == given) return found;
  }
  return std::nullopt;
}

aws::asio::awaitable<aws::Answer<Json>> Api::create_change_set(Json request) {
  auto given = read_given(request);
  if (!given) co_return given.error();
  const auto status = find_status(*reader_, given->stack);
  const bool is_reviewed = status && status->status == "REVIEW_IN_PROGRESS";
  const bool exists = status && !status->deleted_at && !is_reviewed;
  ChangeSet made{.stack = given->stack,
                 .name = member_text(request, "ChangeSetName"),
                 .id = {},
                 .type = member_text(request, "ChangeSetType"),
                 .status = {},
                 .reason = {},
                 .description = member_text(request, "Description"),
                 .source = given->source,
                 .parameters = given->parameters,
                 .changes = {},
                 .created_at = {}};
  if (made.type.empty()) made.type = "UPDATE";
  if (made.type != "CREATE" && made.type != "UPDATE")
    co_return validation_error("Change sets of type " + made.type +
                               " are not offered here: nothing that exists already can be imported into a stack");
  if (is_true(request, "ImportExistingResources"))
    co_return validation_error("ImportExistingResources is not offered here: nothing that exists already can be imported into a stack");
  if (member_text(request, "DeploymentMode") == "REVERT_DRIFT")
    co_return validation_error("The deployment mode REVERT_DRIFT is not offered here: drift is not detected");
  if (made.type == "CREATE" && exists)
    co_return validation_error("Stack [" + given->stack + "] already exists and cannot be created again with the changeSet [" + made.name +
                               "].");
  if (made.type == "UPDATE") {
    const auto before = updatable(given->stack);
    if (!before) co_return before.error();
    made.settings = before->settings;
  }
  if (find_change_set(*reader_, made.stack, made.name))
    co_return aws::Failure{"AlreadyExistsException", "ChangeSet " + made.name + " already exists"};
  if (auto missing = missing_capabilities(made.source, list_member(request, "Capabilities"), Expansion::Reviewed)) co_return *missing;
  const auto plan = make_plan_of(*given);
  if (!plan) co_return plan.error();
  made.id = engine_.site().arn("cloudformation", fmt::format("changeSet/{}/{}", made.name, random_uuid()));
  made.operation_id = random_uuid();
  made.delete_on_failure = member_text(request, "OnStackFailure") == "DELETE";
  auto settings = settings_of(request, made.settings);
  const auto deployed = find_stack(*reader_, made.stack);
  const bool is_same = deployed && deployed->hash == plan->hash && has_same_tags(settings, made.settings);
  made.settings = std::move(settings);
  made.status = is_same ? "FAILED" : "CREATE_COMPLETE";
  if (is_same) made.reason = nothing_changes;
  made.changes = changes_json(deployer_.describe_changes(*plan));
  const bool is_new = !exists && !is_reviewed;
  std::function<void(EngineTransaction&)> work = [&](EngineTransaction& transaction) {
    made.created_at = transaction.now();
    put_change_set(transaction, made);
    if (!is_new) return;
    EventLog log(transaction, engine_.site(), made.stack, {.type = "CREATE_CHANGESET", .id = made.operation_id, .client_token = {}});
    log.stack_is("REVIEW_IN_PROGRESS", "IN_PROGRESS", "User Initiated");
    put_status(transaction, {.name = made.stack,
                             .status = "REVIEW_IN_PROGRESS",
                             .reason = "User Initiated",
                             .parameters = {},
                             .created_at = transaction.now(),
                             .updated_at = transaction.now(),
                             .deleted_at = std::nullopt});
  };
  const auto done = co_await write(std::move(work));
  if (!done) co_return done.error();
  co_return json_object({{"Id", made.id}, {"StackId", id_of(made.stack)}});
}

aws::Answer<Json> Api::describe_change_set(const Json& request) const {
  const auto found = change_set_of(request);
  if (!found) return no_such_change_set(member_text(request, "ChangeSetName"));
  Json::Array parameters;
  for (const auto& [name, value] : found->parameters)
    parameters.push_back(json_object({{"ParameterKey", name}, {"ParameterValue", value}}));
  Json shown = json_object({{"ChangeSetName", found->name},
                            {"ChangeSetId", found->id},
                            {"StackId", id_of(found->stack)},
                            {"StackName", found->stack},
                            {"Parameters", Json(std::move(parameters))},
                            {"CreationTime", format_rfc3339(found->created_at)},
                            {"ExecutionStatus", found->status == "FAILED" ? "UNAVAILABLE" : "AVAILABLE"},
                            {"Status", found->status},
                            {"NotificationARNs", Json::empty_array()},
                            {"RollbackConfiguration", Json::empty_object()},
                            {"Capabilities", Json::empty_array()},
                            {"Tags", Json::empty_array()},
                            {"Changes", is_true(request, "IncludePropertyValues") ? found->changes : without_values(found->changes)},
                            {"IncludeNestedStacks", false}});
  for (const auto* name : {"NotificationARNs", "RollbackConfiguration", "Capabilities", "Tags"})
    if (const Json* kept = found->settings.find(name)) shown = shown.with(name, *kept);
  if (!found->reason.empty()) shown = shown.with("StatusReason", found->reason);
  if (!found->description.empty()) shown = shown.with("Description", found->description);
  return shown;
}

aws::asio::awaitable<aws::Answer<Json>> Api::execute_change_set(Json request) {
  const auto found = change_set_of(request);
  if (!found) co_return no_such_change_set(member_text(request, "ChangeSetName"));
  if (found->status == "FAILED")
    co_return aws::Failure{"InvalidChangeSetStatus",
                           fmt::format("ChangeSet [{}] cannot be executed in its current status of [FAILED]", found->id)};
  auto plan = make_plan_of({.stack = found->stack, .source = found->source, .parameters = found->parameters});
  if (!plan) co_return plan.error();
  Deployment deployment{.operation = {.type = found->type == "CREATE" ? "CREATE_STACK" : "UPDATE_STACK",
                                      .id = random_uuid(),
                                      .client_token = member_text(request, "ClientRequestToken")},
                        .parameters = found->parameters,
                        .settings = found->settings,
                        .change_set_id = found->id,
                        .delete_on_failure = found->delete_on_failure};
  const auto answer = co_await carry_out(std::move(*plan), std::move(deployment));
  if (!answer) co_return answer.error();
  // A change set is used once, and with it all others of the stack are out of date. [ExecuteChangeSet]
  std::function<void(EngineTransaction&)> work = [stack = found->stack](EngineTransaction& transaction) {
    for (const auto& other : cloudformation::list_change_sets(transaction, stack)) remove_change_set(transaction, stack, other.name);
  };
  const auto done = co_await write(std::move(work));
  if (!done) co_return done.error();
  co_return Json::empty_object();
}

aws::asio::awaitable<aws::Answer<Json>> Api::delete_change_set(Json request) {
  const auto found = change_set_of(request);
  if (!found) co_return Json::empty_object();
  std::function<void(EngineTransaction&)> work = [&](EngineTransaction& transaction) {
    remove_change_set(transaction, found->stack, found->name);
  };
  const auto done = co_await write(std::move(work));
  if (!done) co_return done.error();
  co_return Json::empty_object();
}

aws::Answer<Json> Api::list_change_sets(const Json& request) const {
  const auto status = existing(request, "Stack [{}] does not exist");
  if (!status) return status.error();
  Json::Array summaries;
  for (const auto& one : cloudformation::list_change_sets(*reader_, status->name))
    summaries.push_back(json_object({{"ChangeSetId", one.id},
                                     {"ChangeSetName", one.name},
                                     {"StackId", id_of(one.stack)},
                                     {"StackName", one.stack},
                                     {"Status", one.status},
                                     {"ExecutionStatus", one.status == "FAILED" ? "UNAVAILABLE" : "AVAILABLE"},
                                     {"CreationTime", format_rfc3339(one.created_at)}}));
  return json_object({{"Summaries", Json(std::move(summaries))}});
}

}  // namespace signalbox::deploy::cloudformation
