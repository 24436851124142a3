#include "deploy/cloudformation/records.h"

#include "aws/kept.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

namespace signalbox::deploy::cloudformation {

namespace {

constexpr std::string_view status_kind = "cloudformation-stack";           // ("", stack) → StackStatus
constexpr std::string_view change_set_kind = "cloudformation-change-set";  // (stack, name) → ChangeSet
constexpr std::string_view resource_kind = "cloudformation-resource";      // (stack, logical id) → ResourceStatus
constexpr std::string_view event_kind = "cloudformation-event";  // (stack, number with leading zeros) → the event as it is shown
constexpr std::size_t events_max = 1'000;

Json texts(const std::map<std::string, std::string>& values) {
  Json::Object members;
  for (const auto& [name, value] : values) members.push_back({name, value});
  return Json(std::move(members));
}

std::map<std::string, std::string> read_texts(const Json& of, std::string_view member) {
  std::map<std::string, std::string> values;
  if (const Json* found = of.find(member))
    for (const auto& [name, value] : found->members()) values[name] = value.as_string();
  return values;
}

Json read_object(const Json& of, std::string_view member) {
  const Json* found = of.find(member);
  return found ? *found : Json::empty_object();
}

Timestamp read_time(const Json& of, std::string_view member) { return parse_rfc3339(member_text(of, member)).value_or(Timestamp{}); }

StackStatus status_of(const std::string& name, const Json& kept) {
  StackStatus status{.name = name,
                     .status = member_text(kept, "status"),
                     .reason = member_text(kept, "reason"),
                     .parameters = read_texts(kept, "parameters"),
                     .created_at = read_time(kept, "createdAt"),
                     .updated_at = read_time(kept, "updatedAt"),
                     .deleted_at = std::nullopt,
                     .settings = read_object(kept, "settings"),
                     .change_set_id = member_text(kept, "changeSetId"),
                     .operation_type = member_text(kept, "operationType"),
                     .operation_id = member_text(kept, "operationId")};
  if (kept.find("deletedAt")) status.deleted_at = read_time(kept, "deletedAt");
  return status;
}

StackStatus status_of(const StackRecord& stack) {
  return {.name = stack.name,
          .status = stack.created_at == stack.deployed_at ? "CREATE_COMPLETE" : "UPDATE_COMPLETE",
          .reason = {},
          .parameters = stack.parameters,
          .created_at = stack.created_at,
          .updated_at = stack.deployed_at,
          .deleted_at = std::nullopt};
}

/// Whether there is a stack while this is its status; otherwise it was never made, or is gone.
bool is_of_deployed(const StackStatus& status) {
  return !status.deleted_at && status.status != "REVIEW_IN_PROGRESS" && status.status != "ROLLBACK_COMPLETE";
}

ChangeSet change_set_of(std::string_view stack, const std::string& name, const Json& kept) {
  return {.stack = std::string(stack),
          .name = name,
          .id = member_text(kept, "id"),
          .type = member_text(kept, "type"),
          .status = member_text(kept, "status"),
          .reason = member_text(kept, "reason"),
          .description = member_text(kept, "description"),
          .source = member_text(kept, "source"),
          .parameters = read_texts(kept, "parameters"),
          .changes = *kept.find("changes"),
          .created_at = read_time(kept, "createdAt"),
          .settings = read_object(kept, "settings"),
          .delete_on_failure = kept.find("deleteOnFailure") && kept.find("deleteOnFailure")->as_boolean(),
          .operation_id = member_text(kept, "operationId")};
}

}  // namespace

std::optional<StackStatus> find_status(const Reader& reader, std::string_view stack) {
  const auto kept = aws::find_kept(reader, status_kind, "", stack);
  const auto deployed = find_stack(reader, stack);
  if (!kept) return deployed ? std::optional(status_of(*deployed)) : std::nullopt;
  auto status = status_of(std::string(stack), *kept);
  // Another door may have deployed or destroyed it since.
  if (deployed && (status.deleted_at || status.updated_at < deployed->deployed_at)) {
    auto now = status_of(*deployed);
    if (!status.deleted_at) now.settings = std::move(status.settings);
    return now;
  }
  if (!deployed && is_of_deployed(status)) {
    status.status = "DELETE_COMPLETE";
    status.reason.clear();
    status.deleted_at = status.updated_at;
  }
  return status;
}

std::vector<StackStatus> list_statuses(const Reader& reader) {
  std::map<std::string, StackStatus> statuses;
  for (const auto& stack : list_stacks(reader)) statuses.emplace(stack.name, *find_status(reader, stack.name));
  for (const auto& [name, kept] : aws::list_kept(reader, status_kind, ""))
    if (auto status = find_status(reader, name)) statuses.try_emplace(name, std::move(*status));
  std::vector<StackStatus> list;
  for (auto& [name, status] : statuses) list.push_back(std::move(status));
  return list;
}

void put_status(Transaction& transaction, const StackStatus& status) {
  Json kept = json_object({{"status", status.status},
                           {"reason", status.reason},
                           {"parameters", texts(status.parameters)},
                           {"createdAt", format_rfc3339(status.created_at)},
                           {"updatedAt", format_rfc3339(status.updated_at)},
                           {"settings", status.settings},
                           {"changeSetId", status.change_set_id},
                           {"operationType", status.operation_type},
                           {"operationId", status.operation_id}});
  if (status.deleted_at) kept = kept.with("deletedAt", format_rfc3339(*status.deleted_at));
  aws::keep(transaction, status_kind, "", status.name, kept);
}

std::optional<ChangeSet> find_change_set(const Reader& reader, std::string_view stack, std::string_view name) {
  const auto kept = aws::find_kept(reader, change_set_kind, stack, name);
  return kept ? std::optional(change_set_of(stack, std::string(name), *kept)) : std::nullopt;
}

std::vector<ChangeSet> list_change_sets(const Reader& reader, std::string_view stack) {
  std::vector<ChangeSet> list;
  for (const auto& [name, kept] : aws::list_kept(reader, change_set_kind, stack)) list.push_back(change_set_of(stack, name, kept));
  return list;
}

void put_change_set(Transaction& transaction, const ChangeSet& change_set) {
  aws::keep(transaction, change_set_kind, change_set.stack, change_set.name,
            json_object({{"id", change_set.id},
                         {"type", change_set.type},
                         {"status", change_set.status},
                         {"reason", change_set.reason},
                         {"description", change_set.description},
                         {"source", change_set.source},
                         {"parameters", texts(change_set.parameters)},
                         {"changes", change_set.changes},
                         {"createdAt", format_rfc3339(change_set.created_at)},
                         {"settings", change_set.settings},
                         {"deleteOnFailure", change_set.delete_on_failure},
                         {"operationId", change_set.operation_id}}));
}

void remove_change_set(Transaction& transaction, std::string_view stack, std::string_view name) {
  (void)aws::drop_kept(transaction, change_set_kind, stack, name);
}

std::vector<ResourceStatus> list_resource_statuses(const Reader& reader, std::string_view stack) {
  std::vector<ResourceStatus> list;
  for (const auto& [logical_id, kept] : aws::list_kept(reader, resource_kind, stack))
    list.push_back({.logical_id = logical_id,
                    .type = member_text(kept, "type"),
                    .ref = member_text(kept, "ref"),
                    .status = member_text(kept, "status"),
                    .reason = member_text(kept, "reason"),
                    .at = read_time(kept, "at")});
  return list;
}

void forget_resource_statuses(Transaction& transaction, std::string_view stack) {
  for (const auto& resource : list_resource_statuses(transaction, stack))
    (void)aws::drop_kept(transaction, resource_kind, stack, resource.logical_id);
}

EventLog::EventLog(Transaction& transaction, const Site& site, std::string stack, Operation operation)
    : transaction_(transaction), site_(site), stack_(std::move(stack)), operation_(std::move(operation)) {
  for (auto& [number, event] : aws::list_kept(transaction_, event_kind, stack_)) numbers_.push_back(number);
}

void EventLog::stack_is(std::string_view status, std::string_view outcome, std::string_view reason) {
  add(json_object({{"LogicalResourceId", stack_},
                   {"PhysicalResourceId", stack_id(site_, stack_)},
                   {"ResourceType", "AWS::CloudFormation::Stack"},
                   {"EventType", "STACK_EVENT"},
                   {"OperationStatus", outcome}}),
      status, reason);
}

void EventLog::resource_is(const Change& change, std::string_view status, std::string_view reason) {
  add(json_object({{"LogicalResourceId", change.logical_id},
                   {"PhysicalResourceId", change.ref},
                   {"ResourceType", change.type},
                   {"EventType", status.ends_with("_FAILED") ? "PROVISIONING_ERROR" : "PROGRESS_EVENT"}}),
      status, reason);
  // Of what was replaced its successor says how it is.
  if (change.replaces && change.kind != Change::Kind::Created) return;
  aws::keep(transaction_, resource_kind, stack_, change.logical_id,
            json_object({{"type", change.type},
                         {"ref", change.ref},
                         {"status", status},
                         {"reason", reason},
                         {"at", format_rfc3339(transaction_.now())}}));
}

void EventLog::add(Json event, std::string_view status, std::string_view reason) {
  const auto number = fmt::format("{:010}", numbers_.empty() ? 1 : std::stoll(numbers_.back()) + 1);
  if (numbers_.size() >= events_max) {
    (void)aws::drop_kept(transaction_, event_kind, stack_, numbers_.front());
    numbers_.pop_front();
  }
  event = event.with("StackId", stack_id(site_, stack_))
              .with("StackName", stack_)
              .with("EventId", stack_ + "-" + number)
              .with("OperationId", operation_.id)
              .with("OperationType", operation_.type)
              .with("Timestamp", format_rfc3339(transaction_.now()))
              .with("ResourceStatus", status);
  if (!reason.empty()) event = event.with("ResourceStatusReason", reason);
  if (!operation_.client_token.empty()) event = event.with("ClientRequestToken", operation_.client_token);
  aws::keep(transaction_, event_kind, stack_, number, event);
  numbers_.push_back(number);
}

std::vector<Json> list_events(const Reader& reader, std::string_view stack) {
  std::vector<Json> events;
  const auto kept = aws::list_kept(reader, event_kind, stack);
  for (auto event = kept.rbegin(); event != kept.rend(); ++event) events.push_back(event->second);
  return events;
}

std::string stack_name_of(std::string_view name_or_id) {
  constexpr std::string_view marker = ":stack/";
  const auto at = name_or_id.find(marker);
  if (!name_or_id.starts_with("arn:") || at == std::string_view::npos) return std::string(name_or_id);
  name_or_id.remove_prefix(at + marker.size());
  return std::string(name_or_id.substr(0, name_or_id.find('/')));
}

}  // namespace signalbox::deploy::cloudformation
