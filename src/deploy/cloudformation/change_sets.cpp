/// Change sets: a plan that is looked at before it is carried out.

#include "deploy/cloudformation/api.h"

#include "signalbox/async.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy::cloudformation {

namespace {

constexpr const char* nothing_changes = "The submitted information didn't contain changes. Submit different information to create a change set.";

aws::Failure no_such_change_set(std::string_view name) { return {"ChangeSetNotFound", fmt::format("ChangeSet [{}] does not exist", name), 404}; }

/// A change set's name, given it or its ARN.
std::string name_of(std::string_view name_or_id) {
  constexpr std::string_view marker = ":changeSet/";
  const auto at = name_or_id.find(marker);
  if (at == std::string_view::npos) return std::string(name_or_id);
  name_or_id.remove_prefix(at + marker.size());
  return std::string(name_or_id.substr(0, name_or_id.find('/')));
}

Json changes_json(const std::vector<Change>& changes) {
  Json::Array list;
  for (const auto& change : changes) {
    const bool is_new = change.kind == Change::Kind::Created;
    const bool stays = change.kind == Change::Kind::Updated;
    Json shown = json_object({{"Action", is_new ? "Add" : stays ? "Modify" : "Remove"}, {"LogicalResourceId", change.logical_id}, {"ResourceType", change.type}, {"Scope", Json::empty_array()},
                              {"Details", Json::empty_array()}});
    if (!is_new) shown = shown.with("PhysicalResourceId", change.physical_id);
    if (stays) shown = shown.with("Replacement", "False").with("Scope", json_array({"Properties"}));
    list.push_back(json_object({{"Type", "Resource"}, {"ResourceChange", std::move(shown)}}));
  }
  return Json(std::move(list));
}

/// Its stack is named in the request, or stands in its ARN's record.
std::optional<ChangeSet> find(const Reader& reader, const Json& request) {
  const auto given = text_member(request, "ChangeSetName");
  const auto stack = stack_name_of(text_member(request, "StackName"));
  if (!stack.empty()) return find_change_set(reader, stack, name_of(given));
  for (const auto& status : list_statuses(reader)) {
    auto found = find_change_set(reader, status.name, name_of(given));
    if (found && found->id == given) return found;
  }
  return std::nullopt;
}

}  // namespace

aws::asio::awaitable<aws::Answer<Json>> Api::create_change_set(Json request) {
  auto given = read_given(request);
  if (!given) co_return given.error();
  const auto status = find_status(*reader_, given->stack);
  const bool exists = status && !status->deleted_at && status->status != "REVIEW_IN_PROGRESS";
  ChangeSet made{.stack = given->stack, .name = text_member(request, "ChangeSetName"), .id = {}, .type = text_member(request, "ChangeSetType"), .status = {}, .reason = {},
                 .description = text_member(request, "Description"), .source = given->source, .parameters = given->parameters, .changes = {}, .created_at = {}};
  if (made.type.empty()) made.type = "UPDATE";
  if (made.type != "CREATE" && made.type != "UPDATE") co_return validation_error("Change sets of type " + made.type + " are not offered here");
  if (made.type == "UPDATE" && !exists) co_return validation_error("Stack [" + given->stack + "] does not exist");
  if (made.type == "CREATE" && exists) co_return validation_error("Stack [" + given->stack + "] already exists and cannot be created again with the changeSet [" + made.name + "].");
  if (find_change_set(*reader_, made.stack, made.name)) co_return aws::Failure{"AlreadyExistsException", "ChangeSet " + made.name + " already exists"};
  made.id = engine_.site().arn("cloudformation", fmt::format("changeSet/{}/{}", made.name, random_uuid()));
  const auto plan = make_plan_of(*given);
  if (!plan) co_return plan.error();
  const auto changes = foresee(*reader_, *plan);
  const auto deployed = find_stack(*reader_, made.stack);
  const bool is_same = deployed && deployed->hash == plan->hash;
  made.status = is_same ? "FAILED" : "CREATE_COMPLETE";
  if (is_same) made.reason = nothing_changes;
  made.changes = changes_json(changes);
  std::function<Result<bool>(EngineTransaction&)> work = [made, exists](EngineTransaction& transaction) mutable -> Result<bool> {
    made.created_at = transaction.now();
    put_change_set(transaction, made);
    if (!exists) {
      put_status(transaction, {.name = made.stack, .status = "REVIEW_IN_PROGRESS", .reason = "User Initiated", .parameters = {}, .created_at = transaction.now(), .updated_at = transaction.now(),
                               .deleted_at = std::nullopt});
    }
    return true;
  };
  const auto done = co_await transact<bool>(engine_, std::move(work));
  if (!done) co_return aws::general_failure(done.error());
  co_return json_object({{"Id", made.id}, {"StackId", id_of(made.stack)}});
}

aws::Answer<Json> Api::describe_change_set(const Json& request) const {
  const auto found = find(*reader_, request);
  if (!found) return no_such_change_set(text_member(request, "ChangeSetName"));
  Json::Array parameters;
  for (const auto& [name, value] : found->parameters) parameters.push_back(json_object({{"ParameterKey", name}, {"ParameterValue", value}}));
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
                            {"Capabilities", json_array({"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"})},
                            {"Tags", Json::empty_array()},
                            {"Changes", found->changes},
                            {"IncludeNestedStacks", false}});
  if (!found->reason.empty()) shown = shown.with("StatusReason", found->reason);
  if (!found->description.empty()) shown = shown.with("Description", found->description);
  return shown;
}

aws::asio::awaitable<aws::Answer<Json>> Api::execute_change_set(Json request) {
  const auto found = find(*reader_, request);
  if (!found) co_return no_such_change_set(text_member(request, "ChangeSetName"));
  if (found->status == "FAILED")
    co_return aws::Failure{"InvalidChangeSetStatus", fmt::format("ChangeSet [{}] cannot be executed in its current status of [FAILED]", found->id)};
  auto plan = make_plan_of({.stack = found->stack, .source = found->source, .parameters = found->parameters});
  if (!plan) co_return plan.error();
  const auto answer = co_await carry_out(std::move(*plan), found->parameters, found->type == "CREATE");
  if (!answer) co_return answer.error();
  // A change set is used once, and with it all others of the stack are out of date. [ExecuteChangeSet]
  std::function<Result<bool>(EngineTransaction&)> work = [stack = found->stack](EngineTransaction& transaction) -> Result<bool> {
    for (const auto& other : cloudformation::list_change_sets(transaction, stack)) remove_change_set(transaction, stack, other.name);
    return true;
  };
  const auto done = co_await transact<bool>(engine_, std::move(work));
  if (!done) co_return aws::general_failure(done.error());
  co_return Json::empty_object();
}

aws::asio::awaitable<aws::Answer<Json>> Api::delete_change_set(Json request) {
  const auto found = find(*reader_, request);
  if (!found) co_return Json::empty_object();
  std::function<Result<bool>(EngineTransaction&)> work = [found = *found](EngineTransaction& transaction) -> Result<bool> {
    remove_change_set(transaction, found.stack, found.name);
    return true;
  };
  const auto done = co_await transact<bool>(engine_, std::move(work));
  if (!done) co_return aws::general_failure(done.error());
  co_return Json::empty_object();
}

aws::Answer<Json> Api::list_change_sets(const Json& request) const {
  const auto status = existing(request);
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
