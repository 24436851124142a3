#pragma once
/// Versions (numbered, immutable snapshots of a revision) and aliases (names that route to one or two versions). The rules over Reader and
/// Transaction. Source: Step Functions Developer Guide, Continuous deployments with versions and aliases; API Reference.

#include "signalbox/state_machines.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

inline constexpr Table state_machine_versions_table{"state_machine_versions",
                                                    {KeyPart::Text, KeyPart::Integer}};  // (machine, number) → StateMachineVersion, JSON
inline constexpr Table state_machine_aliases_table{"state_machine_aliases",
                                                   {KeyPart::Text, KeyPart::Text}};  // (machine, alias) → StateMachineAlias, JSON

struct StateMachineVersion {
  std::string state_machine;  ///< name
  std::int64_t number = 0;    ///< from 1, never used again while the machine lives
  DefinitionRow definition;   ///< the revision that it is a snapshot of
  std::optional<std::string> description;
  Timestamp created_at;
};

/// One row of an alias's routing configuration.
struct Route {
  std::int64_t version = 0;
  std::int64_t weight = 0;  ///< percent; those of an alias add up to 100
  friend bool operator==(const Route&, const Route&) = default;
};

struct StateMachineAlias {
  std::string state_machine;  ///< name
  std::string name;
  std::optional<std::string> description;
  std::vector<Route> routing;  ///< one or two
  Timestamp created_at, updated_at;
};

/// Idempotent: a revision that is published already gives the version that it has. `revision_id`, if given, must be the current one
/// (`INITIAL` before the first update). Errors: NotFound, Conflict (deleting: `where` is empty; another revision: `where` is "revisionId").
/// [PublishStateMachineVersion]
[[nodiscard]] Result<StateMachineVersion> publish_version(Transaction& transaction, std::string_view state_machine,
                                                          const std::optional<std::string>& revision_id,
                                                          const std::optional<std::string>& description);
/// One that does not exist is no error. Errors: Conflict (an alias refers to it; the message lists them). [DeleteStateMachineVersion]
[[nodiscard]] Result<void> delete_version(Transaction& transaction, std::string_view state_machine, std::int64_t number);
[[nodiscard]] std::optional<StateMachineVersion> find_version(const Reader& reader, std::string_view state_machine, std::int64_t number);
/// Newest first; only numbers below `before` if given.
[[nodiscard]] std::vector<StateMachineVersion> list_versions(const Reader& reader, std::string_view state_machine,
                                                             std::optional<std::int64_t> before, std::size_t limit);

/// An alias of the same name, description and routing is the same one. Errors: NotFound (a version), Conflict (the name is taken by another; the
/// machine is deleted: `where` is "stateMachine"). [CreateStateMachineAlias]
[[nodiscard]] Result<StateMachineAlias> create_alias(Transaction& transaction, StateMachineAlias alias);
/// Errors: NotFound (the alias, a version). [UpdateStateMachineAlias]
[[nodiscard]] Result<StateMachineAlias> update_alias(Transaction& transaction, std::string_view state_machine, std::string_view name,
                                                     std::optional<std::string> description, std::optional<std::vector<Route>> routing);
/// One that does not exist is no error. [DeleteStateMachineAlias]
void delete_alias(Transaction& transaction, std::string_view state_machine, std::string_view name);
[[nodiscard]] std::optional<StateMachineAlias> find_alias(const Reader& reader, std::string_view state_machine, std::string_view name);
/// In order of name, after `after`; of those, the ones that route to `version` if given.
[[nodiscard]] std::vector<StateMachineAlias> list_aliases(const Reader& reader, std::string_view state_machine,
                                                          std::optional<std::int64_t> version, std::string_view after, std::size_t limit);
/// The version that an execution started by this alias gets. `draw` is uniform over 0…99.
[[nodiscard]] std::int64_t chosen_version(const StateMachineAlias& alias, int draw);

/// With the machine its versions and aliases go. What runs keeps the definition it was started with.
void erase_versions_and_aliases(Transaction& transaction, std::string_view state_machine);

/// The number that a qualifier behind a state machine ARN is; nothing if it is an alias's name.
[[nodiscard]] std::optional<std::int64_t> version_number(std::string_view qualifier);

}  // namespace signalbox
