#pragma once
/// What the CloudFormation API keeps besides the stacks themselves: their status, events, and change sets.

#include "deploy/plan.h"

#include "signalbox/json.h"
#include "signalbox/transaction.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::deploy::cloudformation {

/// A stack as the API shows it. One that only has a change set, failed to be made, or is gone has no StackRecord.
struct StackStatus {
  std::string name;
  std::string status;  ///< `CREATE_COMPLETE`, …
  std::string reason;
  std::map<std::string, std::string> parameters;  ///< as given, for UsePreviousValue
  Timestamp created_at, updated_at;
  std::optional<Timestamp> deleted_at;
  Json settings = Json::empty_object();                ///< what is kept as it was given: Tags, Capabilities, NotificationARNs, RoleARN, …
  std::string change_set_id = {};                      ///< by which it was made or changed last
  std::string operation_type = {}, operation_id = {};  ///< the last one; `CREATE_STACK`, …
};
[[nodiscard]] std::optional<StackStatus> find_status(const Reader& reader, std::string_view stack);
/// In order of name. Stacks that came by another door have a status too.
[[nodiscard]] std::vector<StackStatus> list_statuses(const Reader& reader);
void put_status(Transaction& transaction, const StackStatus& status);

struct ChangeSet {
  std::string stack, name;
  std::string id;      ///< ARN
  std::string type;    ///< `CREATE`, `UPDATE`
  std::string status;  ///< `CREATE_COMPLETE`, `FAILED`
  std::string reason, description;
  std::string source;                             ///< the template's text
  std::map<std::string, std::string> parameters;  ///< as given
  Json changes = Json::empty_array();             ///< as DescribeChangeSet shows them, with property values
  Timestamp created_at;
  Json settings = Json::empty_object();  ///< of the stack, once it is executed
  bool delete_on_failure = false;        ///< OnStackFailure
  std::string operation_id = {};         ///< of its making
};
[[nodiscard]] std::optional<ChangeSet> find_change_set(const Reader& reader, std::string_view stack, std::string_view name);
[[nodiscard]] std::vector<ChangeSet> list_change_sets(const Reader& reader, std::string_view stack);
void put_change_set(Transaction& transaction, const ChangeSet& change_set);
void remove_change_set(Transaction& transaction, std::string_view stack, std::string_view name);

/// One call that makes, changes or removes a stack. Source: OperationEvent.
struct Operation {
  std::string type;  ///< `CREATE_STACK`, `UPDATE_STACK`, `DELETE_STACK`
  std::string id;
  std::string client_token;
};

/// What a resource came to at last.
struct ResourceStatus {
  std::string logical_id, type, ref;
  std::string status, reason;
  Timestamp at;
};
[[nodiscard]] std::vector<ResourceStatus> list_resource_statuses(const Reader& reader, std::string_view stack);
void forget_resource_statuses(Transaction& transaction, std::string_view stack);

/// Notes what happens to a stack and its resources. Events of earlier operations are dropped when there are many.
class EventLog {
 public:
  EventLog(Transaction& transaction, const Site& site, std::string stack, Operation operation);
  /// Of the stack itself. `outcome`: `IN_PROGRESS`, `SUCCEEDED`, `FAILED`.
  void stack_is(std::string_view status, std::string_view outcome, std::string_view reason = {});
  void resource_is(const Change& change, std::string_view status, std::string_view reason = {});

 private:
  void add(Json event, std::string_view status, std::string_view reason);

  Transaction& transaction_;
  const Site& site_;
  std::string stack_;
  Operation operation_;
  std::deque<std::string> numbers_;  ///< of the events that are kept, oldest first
};
/// Newest first, with the members of OperationEvent.
[[nodiscard]] std::vector<Json> list_events(const Reader& reader, std::string_view stack);

/// `arn:aws:cloudformation:…:stack/NAME/UUID` or the name itself → the name.
[[nodiscard]] std::string stack_name_of(std::string_view name_or_id);

}  // namespace signalbox::deploy::cloudformation
