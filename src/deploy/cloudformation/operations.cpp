/// Making, changing and removing stacks.

#include "deploy/cloudformation/api.h"

#include "deploy/cloudformation/capabilities.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy::cloudformation {

namespace {

constexpr const char* replaced_reason = "Requested update requires the creation of a new physical resource; hence creating one.";

bool is_removal(const Change& change) { return change.kind == Change::Kind::Removed || change.kind == Change::Kind::Kept; }

/// What is done to a resource, as the first word of its status says it.
std::string_view verb_of(const Change& change) {
  switch (change.kind) {
    case Change::Kind::Created: return change.replaces ? "UPDATE" : "CREATE";
    case Change::Kind::Updated: return "UPDATE";
    case Change::Kind::Removed:
    case Change::Kind::Kept: return "DELETE";
  }
  return "";
}

void begin(EventLog& log, const Change& change) {
  log.resource_is(change, fmt::format("{}_IN_PROGRESS", verb_of(change)),
                  change.kind == Change::Kind::Created && change.replaces ? replaced_reason : "");
}

void note(EventLog& log, const Change& change) {
  if (change.kind == Change::Kind::Kept) return log.resource_is(change, "DELETE_SKIPPED");
  begin(log, change);
  log.resource_is(change, fmt::format("{}_COMPLETE", verb_of(change)));
}

void note_success(EventLog& log, bool creating, const std::vector<Change>& changes) {
  bool cleaning = false;
  for (const auto& change : changes) {
    if (is_removal(change) && !std::exchange(cleaning, true)) log.stack_is("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "IN_PROGRESS");
    note(log, change);
  }
  log.stack_is(creating ? "CREATE_COMPLETE" : "UPDATE_COMPLETE", "SUCCEEDED");
}

/// Without the resource's name, which the error begins with (apply()).
std::string reason_of(const Error& failure, const Change& failed) {
  const auto prefix = failed.logical_id + ": ";
  return failure.message.starts_with(prefix) ? failure.message.substr(prefix.size()) : failure.message;
}

/// What the rollback did to a resource: it is gone again, or as it was.
void take_back(EventLog& log, Change change) {
  if (is_removal(change)) return;
  if (change.kind == Change::Kind::Created && !change.replaces) change.kind = Change::Kind::Removed;
  note(log, change);
}

/// The change that the error names (apply()); else the last one. None, if the stack failed before any.
const Change* failed_of(const std::vector<Change>& tried, const Error& failure) {
  const auto found = std::find_if(tried.rbegin(), tried.rend(),
                                  [&](const Change& change) { return failure.message.starts_with(change.logical_id + ": "); });
  if (found != tried.rend()) return &*found;
  return tried.empty() ? nullptr : &tried.back();
}

/// `tried`: in order.
void note_failure(EventLog& log, const std::vector<Change>& tried, const Error& failure, std::string_view stack_verb) {
  std::string names;
  const auto* failed = failed_of(tried, failure);
  for (const auto& change : tried)
    if (&change != failed) note(log, change);
  if (failed) {
    begin(log, *failed);
    log.resource_is(*failed, fmt::format("{}_FAILED", verb_of(*failed)), reason_of(failure, *failed));
    names = failed->logical_id;
  }
  const bool creating = stack_verb == "create";
  const auto reason = names.empty() ? failure.message
                                    : fmt::format("The following resource(s) failed to {}: [{}]. {}", stack_verb, names,
                                                  creating ? "Rollback requested by user." : "");
  log.stack_is(creating ? "ROLLBACK_IN_PROGRESS" : "UPDATE_ROLLBACK_IN_PROGRESS", "IN_PROGRESS", reason);
  for (auto change = tried.rbegin(); change != tried.rend(); ++change) take_back(log, *change);
  log.stack_is(creating ? "ROLLBACK_COMPLETE" : "UPDATE_ROLLBACK_COMPLETE", "FAILED");
}

void note_removals(EventLog& log, const std::vector<Change>& changes) {
  for (const auto& change : changes) note(log, change);
  log.stack_is("DELETE_COMPLETE", "SUCCEEDED");
}

/// What had been removed before the failure is there again, and nothing is said of it.
void note_failed_removal(EventLog& log, const std::vector<Change>& tried, const Error& failure, const std::string& reason) {
  if (!tried.empty()) {
    begin(log, tried.back());
    log.resource_is(tried.back(), "DELETE_FAILED", reason_of(failure, tried.back()));
  }
  log.stack_is("DELETE_FAILED", "FAILED", reason);
}

}  // namespace

aws::asio::awaitable<aws::Answer<bool>> Api::write(std::function<void(EngineTransaction&)> work) {
  std::function<Result<bool>(EngineTransaction&)> written = [work = std::move(work)](EngineTransaction& transaction) -> Result<bool> {
    work(transaction);
    return true;
  };
  const auto done = co_await transact<bool>(engine_, std::move(written));
  if (!done) co_return aws::general_failure(done.error());
  co_return true;
}

aws::asio::awaitable<aws::Answer<Json>> Api::carry_out(Plan plan, Deployment deployment) {
  const auto stack = plan.stack;
  const bool creating = deployment.operation.type == "CREATE_STACK";
  const auto operation_id = deployment.operation.id;
  const auto note_end = [this, stack, creating, deployment = std::move(deployment)](
                            EngineTransaction& transaction, const std::vector<Change>& changes, const std::optional<Error>& failure) {
    const auto before = find_status(transaction, stack);
    StackStatus status{.name = stack,
                       .status = {},
                       .reason = {},
                       .parameters = deployment.parameters,
                       .created_at = transaction.now(),
                       .updated_at = transaction.now(),
                       .deleted_at = std::nullopt,
                       .settings = deployment.settings,
                       .change_set_id = deployment.change_set_id,
                       .operation_type = deployment.operation.type,
                       .operation_id = deployment.operation.id};
    if (before && !before->deleted_at && !creating) status.created_at = before->created_at;
    EventLog log(transaction, engine_.site(), stack, deployment.operation);
    if (creating) forget_resource_statuses(transaction, stack);
    log.stack_is(creating ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS", "IN_PROGRESS", "User Initiated");
    if (!failure) {
      if (creating && deployment.is_protected) set_protected(transaction, stack, true);
      note_success(log, creating, changes);
      status.status = creating ? "CREATE_COMPLETE" : "UPDATE_COMPLETE";
      return put_status(transaction, status);
    }
    note_failure(log, changes, *failure, creating ? "create" : "update");
    status.reason = failure->message;
    status.status = creating ? "ROLLBACK_COMPLETE" : "UPDATE_ROLLBACK_COMPLETE";
    if (!creating && before) {
      status.parameters = before->parameters;
      status.settings = before->settings;
    }
    if (creating && deployment.delete_on_failure) {
      log.stack_is("DELETE_IN_PROGRESS", "IN_PROGRESS");
      log.stack_is("DELETE_COMPLETE", "SUCCEEDED");
      status.status = "DELETE_COMPLETE";
      status.deleted_at = transaction.now();
    }
    put_status(transaction, status);
  };
  Deployer::Note note = [note_end](EngineTransaction& transaction, const std::vector<Change>& changes) {
    note_end(transaction, changes, std::nullopt);
  };
  const auto result = co_await deployer_.apply(std::move(plan), std::move(note));
  if (result.failure) {
    std::function<void(EngineTransaction&)> failed = [&](EngineTransaction& transaction) {
      note_end(transaction, result.changes, result.failure);
    };
    if (const auto noted = co_await write(std::move(failed)); !noted) co_return noted.error();
  }
  co_return json_object({{"StackId", id_of(stack)}, {"OperationId", operation_id}});
}

aws::asio::awaitable<aws::Answer<Json>> Api::create_stack(Json request) {
  auto given = read_given(request);
  if (!given) co_return given.error();
  const auto on_failure = member_text(request, "OnFailure");
  if (!on_failure.empty() && request.find("DisableRollback"))
    co_return validation_error("You must specify either DisableRollback or OnFailure, but not both.");
  const auto status = find_status(*reader_, given->stack);
  if (status && !status->deleted_at) co_return aws::Failure{"AlreadyExistsException", "Stack [" + given->stack + "] already exists"};
  if (auto missing = missing_capabilities(given->source, list_member(request, "Capabilities"), Expansion::AtOnce)) co_return *missing;
  auto plan = make_plan_of(*given);
  if (!plan) co_return plan.error();
  Deployment deployment{
      .operation = {.type = "CREATE_STACK", .id = random_uuid(), .client_token = member_text(request, "ClientRequestToken")},
      .parameters = std::move(given->parameters),
      .settings = settings_of(request, Json::empty_object()),
      .delete_on_failure = on_failure == "DELETE",
      .is_protected = is_true(request, "EnableTerminationProtection")};
  auto answer = co_await carry_out(std::move(*plan), std::move(deployment));
  co_return answer;
}

aws::Answer<StackStatus> Api::updatable(const std::string& stack) const {
  auto status = find_status(*reader_, stack);
  if (!status || status->deleted_at) return validation_error("Stack [" + stack + "] does not exist");
  const bool is_stable = status->status.ends_with("_COMPLETE") && status->status != "ROLLBACK_COMPLETE";
  if (!is_stable) return validation_error(fmt::format("Stack:{} is in {} state and can not be updated.", id_of(stack), status->status));
  return std::move(*status);
}

aws::asio::awaitable<aws::Answer<Json>> Api::update_stack(Json request) {
  const auto before = updatable(stack_name_of(member_text(request, "StackName")));
  if (!before) co_return before.error();
  auto given = read_given(request);
  if (!given) co_return given.error();
  if (auto missing = missing_capabilities(given->source, list_member(request, "Capabilities"), Expansion::AtOnce)) co_return *missing;
  auto plan = make_plan_of(*given);
  if (!plan) co_return plan.error();
  auto settings = settings_of(request, before->settings);
  const auto deployed = find_stack(*reader_, given->stack);
  if (deployed && deployed->hash == plan->hash && has_same_tags(settings, before->settings))
    co_return validation_error("No updates are to be performed.");
  Deployment deployment{
      .operation = {.type = "UPDATE_STACK", .id = random_uuid(), .client_token = member_text(request, "ClientRequestToken")},
      .parameters = std::move(given->parameters),
      .settings = std::move(settings)};
  auto answer = co_await carry_out(std::move(*plan), std::move(deployment));
  co_return answer;
}

aws::asio::awaitable<aws::Answer<Json>> Api::delete_stack(Json request) {
  const auto before = find_status(*reader_, stack_name_of(member_text(request, "StackName")));
  if (!before || before->deleted_at) co_return Json::empty_object();  // as on AWS
  const auto stack = before->name;
  if (is_protected(*reader_, stack))
    co_return validation_error("Stack [" + stack + "] cannot be deleted while TerminationProtection is enabled");
  Removal removal{.retain = {}, .force = member_text(request, "DeletionMode") == "FORCE_DELETE_STACK"};
  for (auto& name : list_member(request, "RetainResources")) removal.retain.insert(std::move(name));
  if (before->status != "DELETE_FAILED") {
    const auto refused = [&](std::string_view text) {
      return validation_error(fmt::format("Invalid operation on stack [{}]. {}", id_of(stack), text));
    };
    if (!removal.retain.empty())
      co_return refused("When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.");
    if (removal.force) co_return refused("FORCE_DELETE_STACK deletes a stack only when it is in the DELETE_FAILED state.");
  }
  const Operation operation{.type = "DELETE_STACK", .id = random_uuid(), .client_token = member_text(request, "ClientRequestToken")};
  const auto note_end = [this, before = *before, operation](EngineTransaction& transaction, const std::vector<Change>& changes,
                                                            const std::optional<Error>& failure) {
    auto status = before;
    EventLog log(transaction, engine_.site(), status.name, operation);
    log.stack_is("DELETE_IN_PROGRESS", "IN_PROGRESS", "User Initiated");
    status.updated_at = transaction.now();
    status.operation_type = operation.type;
    status.operation_id = operation.id;
    status.status = failure ? "DELETE_FAILED" : "DELETE_COMPLETE";
    status.reason = !failure          ? std::string()
                    : changes.empty() ? failure->message
                                      : fmt::format("The following resource(s) failed to delete: [{}]. ", changes.back().logical_id);
    if (failure) {
      note_failed_removal(log, changes, *failure, status.reason);
      return put_status(transaction, status);
    }
    note_removals(log, changes);
    status.deleted_at = transaction.now();
    for (const auto& change_set : cloudformation::list_change_sets(transaction, status.name))
      remove_change_set(transaction, status.name, change_set.name);
    put_status(transaction, status);
  };
  std::optional<Error> failure;
  std::vector<Change> tried;
  if (find_stack(*reader_, stack)) {
    Deployer::Note note = [note_end](EngineTransaction& transaction, const std::vector<Change>& changes) {
      note_end(transaction, changes, std::nullopt);
    };
    auto result = co_await deployer_.destroy(stack, std::move(removal), std::move(note));
    if (!result.failure) co_return Json::empty_object();
    failure = std::move(result.failure);
    tried = std::move(result.changes);
  }
  std::function<void(EngineTransaction&)> note_alone = [&](EngineTransaction& transaction) { note_end(transaction, tried, failure); };
  const auto noted = co_await write(std::move(note_alone));
  if (!noted) co_return noted.error();
  co_return Json::empty_object();
}

aws::asio::awaitable<aws::Answer<Json>> Api::update_termination_protection(Json request) {
  const auto status = existing(request, "Stack [{}] does not exist");
  if (!status) co_return status.error();
  std::function<void(EngineTransaction&)> work = [stack = status->name, on = is_true(request, "EnableTerminationProtection")](
                                                     EngineTransaction& transaction) { set_protected(transaction, stack, on); };
  const auto done = co_await write(std::move(work));
  if (!done) co_return done.error();
  co_return json_object({{"StackId", id_of(status->name)}});
}

}  // namespace signalbox::deploy::cloudformation
