#pragma once
/// State machines as resources: named, versioned by definition, created and updated by the API and by templates.

#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/site.h"
#include "signalbox/transaction.h"
#include "signalbox/vocabulary.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox {

inline constexpr Table state_machines_table{"state_machines", {KeyPart::Text}};  // name → StateMachineRecord, JSON
inline constexpr Table definitions_table{"definitions", {KeyPart::Integer}};     // DefinitionRow → the definition's text
inline constexpr Table revisions_table{"revisions", {KeyPart::Integer}};         // DefinitionRow → StateMachineRevision, JSON

enum class StateMachineStatus : std::uint8_t { Active, Deleting };

/// What an update changes and an execution is pinned to: the definition and all that decides how it runs. Never changed once stored; each
/// has a definition row of its own, even if only its role differs from the one before.
struct StateMachineRevision {
  DefinitionRow definition;
  std::string role_arn;
  std::optional<Json> logging_configuration, tracing_configuration, encryption_configuration;  ///< as given
  std::optional<std::string> revision_id;                                                      ///< absent until the first update, as on AWS
  Timestamp created_at;
};

/// The machine with its current revision.
struct StateMachineRecord {
  std::string name;
  std::string arn;
  StateMachineType type = StateMachineType::Standard;
  StateMachineStatus status = StateMachineStatus::Active;
  DefinitionRow definition;
  std::string role_arn;
  Timestamp created_at;
  std::optional<Timestamp> updated_at;
  std::optional<std::string> revision_id;
  Json tags = Json::empty_object();  ///< name → value
  std::optional<Json> logging_configuration, tracing_configuration, encryption_configuration;
  std::optional<std::string> stack;  ///< the template folder it came from
  std::int64_t running = 0;          ///< Deleting: executions that have not ended yet
  std::int64_t last_version = 0;     ///< the highest version number given out
};

struct CreateStateMachine {
  std::string name;
  std::string definition;  ///< JSON text
  std::string role_arn = {};
  StateMachineType type = StateMachineType::Standard;
  Json tags = Json::empty_object();
  std::optional<Json> logging_configuration = {}, tracing_configuration = {}, encryption_configuration = {};
  std::optional<std::string> stack = {};
  bool allow_unsupported = false;  ///< accept tasks of services that are not here; the calls fail then
};

struct UpdateStateMachine {
  std::string name;
  std::optional<std::string> definition = {}, role_arn = {};
  std::optional<Json> logging_configuration = {}, tracing_configuration = {}, encryption_configuration = {};
  std::optional<Json> tags = {};                ///< by templates only; replaces all of them, and is no revision
  std::optional<std::string> revision_id = {};  ///< by templates only, which say it before the change is made; otherwise a new UUID
  bool allow_unsupported = false;
};

/// Idempotent by AWS's rules: the same name with the same definition text and type gives the existing one. Errors: AlreadyExists,
/// InvalidDefinition (message `CODE: text at place, …`), InvalidArgument (name), Conflict (deleting), NotSupported (a service that
/// is not here). [CreateStateMachine]
[[nodiscard]] Result<StateMachineRecord> create_state_machine(Transaction& transaction, const Site& site, CreateStateMachine request);
/// Never disturbs what runs. Values equal to the current ones make no new revision. Errors: NotFound, InvalidDefinition, Conflict, NotSupported. [UpdateStateMachine]
[[nodiscard]] Result<StateMachineRecord> update_state_machine(Transaction& transaction, UpdateStateMachine request);
/// From now on it starts nothing and shows as DELETING; what runs finishes, and with its last execution it is gone. No error if it does not
/// exist, as on AWS. [DeleteStateMachine]
void delete_state_machine(Transaction& transaction, std::string_view name);
/// Whether the update would make a new revision of the machine.
[[nodiscard]] bool makes_revision(const Reader& reader, const StateMachineRecord& record, const UpdateStateMachine& request);

[[nodiscard]] std::optional<StateMachineRecord> find_state_machine(const Reader& reader, std::string_view name);
/// In order of name, after `after`.
[[nodiscard]] std::vector<StateMachineRecord> list_state_machines(const Reader& reader, std::string_view after, std::size_t limit);
/// Nothing for a row that no revision has.
[[nodiscard]] std::optional<StateMachineRevision> find_revision(const Reader& reader, DefinitionRow row);
/// The machine as it was, or will go on to be, at another of its revisions.
[[nodiscard]] StateMachineRecord at_revision(StateMachineRecord record, const StateMachineRevision& revision);
/// Writes the record as it is.
void put_state_machine(Transaction& transaction, const StateMachineRecord& record);
[[nodiscard]] std::optional<std::string> definition_text(const Reader& reader, DefinitionRow row);

}  // namespace signalbox
