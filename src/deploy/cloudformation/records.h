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
  std::string status;                                  ///< `CREATE_COMPLETE`, …
  std::string reason;
  std::map<std::string, std::string> parameters;       ///< as given, for UsePreviousValue
  Timestamp created_at, updated_at;
  std::optional<Timestamp> deleted_at;
};
[[nodiscard]] std::optional<StackStatus> find_status(const Reader& reader, std::string_view stack);
/// In order of name. Stacks that came by another door have a status too.
[[nodiscard]] std::vector<StackStatus> list_statuses(const Reader& reader);
void put_status(Transaction& transaction, const StackStatus& status);

struct ChangeSet {
  std::string stack, name;
  std::string id;                                      ///< ARN
  std::string type;                                    ///< `CREATE`, `UPDATE`
  std::string status;                                  ///< `CREATE_COMPLETE`, `FAILED`
  std::string reason, description;
  std::string source;                                  ///< the template's text
  std::map<std::string, std::string> parameters;       ///< as given
  Json changes = Json::empty_array();                  ///< as DescribeChangeSet shows them
  Timestamp created_at;
};
[[nodiscard]] std::optional<ChangeSet> find_change_set(const Reader& reader, std::string_view stack, std::string_view name);
[[nodiscard]] std::vector<ChangeSet> list_change_sets(const Reader& reader, std::string_view stack);
void put_change_set(Transaction& transaction, const ChangeSet& change_set);
void remove_change_set(Transaction& transaction, std::string_view stack, std::string_view name);

/// Notes what happened to a stack and its resources, for DescribeStackEvents. Those of earlier deployments are dropped when there are many.
class EventLog {
 public:
  EventLog(Transaction& transaction, const Site& site, std::string stack);
  /// Of the stack itself.
  void stack_is(std::string_view status, std::string_view reason = {});
  void resource_is(const Change& change, std::string_view status, std::string_view reason = {});

 private:
  void add(Json event, std::string_view status, std::string_view reason);

  Transaction& transaction_;
  const Site& site_;
  std::string stack_;
  std::deque<std::string> numbers_;                    ///< of the events that are kept, oldest first
};
/// Newest first.
[[nodiscard]] std::vector<Json> list_events(const Reader& reader, std::string_view stack);

/// `arn:aws:cloudformation:…:stack/NAME/UUID` or the name itself → the name.
[[nodiscard]] std::string stack_name_of(std::string_view name_or_id);

}  // namespace signalbox::deploy::cloudformation
