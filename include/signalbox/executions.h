#pragma once
/// Executions as they are stored and read. For the API, reads take any Reader; changes go through EngineTransaction (engine.h).

#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/keys.h"
#include "signalbox/site.h"
#include "signalbox/store.h"
#include "signalbox/vocabulary.h"
#include "signalbox/workflow_error.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

struct Execution;
struct HistoryEvent;

inline constexpr Table executions_table{"executions", {KeyPart::Integer}};  // ExecutionRow → ExecutionRecord
inline constexpr Table execution_names_table{
    "execution_names", {KeyPart::Text, KeyPart::Text}};  // (machine, name) → row, for names that are not the execution's own id
inline constexpr Table machine_executions_table{"machine_executions",
                                                {KeyPart::Text, KeyPart::Integer}};   // (machine, row) → nothing: listing
inline constexpr Table open_executions_table{"open_executions", {KeyPart::Integer}};  // row → OpenExecution: what a restart must know
inline constexpr Table history_table{"history", {KeyPart::Integer}};                  // chunk number → the facts of one transaction
inline constexpr Table child_tasks_table{"child_tasks",
                                         {KeyPart::Integer, KeyPart::Integer}};  // (parent, attempt) → the child it waits for

/// A parent waiting for a child: whom to tell when the child ends.
struct ParentTask {
  ExecutionRow execution;
  TaskAttempt attempt;
};

using MapRunRow = Number<struct MapRunRowTag>;  ///< row of a map run in the data file, from 1

/// A child execution of a map run, and which one.
struct MapRunChildLink {
  MapRunRow run;
  std::int64_t child = 0;  ///< from 0, in the order of items
};

struct ExecutionRecord {
  ExecutionRow row;
  Uuid id;                    ///< UUIDv7; its last 40 bits are the row, so that finding it needs no index
  std::string state_machine;  ///< name
  std::string name;
  DefinitionRow definition;                  ///< the revision that it is pinned to
  std::optional<std::int64_t> version = {};  ///< of the state machine, if it was started by a version or alias
  std::optional<std::string> alias = {};     ///< by which it was started
  ExecutionStatus status = ExecutionStatus::Running;
  Timestamp started_at;
  std::optional<Timestamp> stopped_at;
  std::int64_t first_chunk = 0, last_chunk = 0;  ///< in history_table; chunks are chained backwards
  std::int64_t events = 0;                       ///< AWS's events so far
  std::optional<ParentTask> parent;
  bool set_aside = false;  ///< its last step met a bug; it waits for someone to resume it by hand
  std::int64_t redrives = 0;
  std::optional<Timestamp> redriven_at = {};      ///< last
  std::optional<std::string> redrive_token = {};  ///< the client token of the last redrive
  std::optional<std::string> test_case = {};      ///< of the mock configuration, which answers for some of its states
  bool express = false;                    ///< of type EXPRESS: stored only if it is a map run's child, and without a history (express.h)
  std::optional<MapRunChildLink> map_run;  ///< then `state_machine` is `NAME/Label`,
  std::string map_state;                   ///< and it runs the processor of this Map state. Empty: the whole machine
};

/// `NAME` of `NAME` or of a map run's child, `NAME/Label`.
[[nodiscard]] inline std::string_view base_name(std::string_view state_machine) { return state_machine.substr(0, state_machine.find('/')); }

/// Row of every running execution, small: scanned once at start.
struct OpenExecution {
  std::optional<Timestamp> due;     ///< next_due()
  bool pending = false;             ///< an external call has not been answered, or the execution can go on by itself
  bool waits_for_callback = false;  ///< some task waits for a token to be given back
  bool set_aside = false;
  std::map<TaskAttempt, Timestamp> heartbeats;  ///< when tasks were last heard of; no part of history
  friend bool operator==(const OpenExecution&, const OpenExecution&) = default;
};

/// `arn:…:execution:MACHINE:NAME`, or `arn:…:express:MACHINE:NAME:ID`. [recorded on AWS]
[[nodiscard]] std::string execution_arn(const Site& site, const ExecutionRecord& record);
/// ARNs of the version and alias that it was started by, if it was.
[[nodiscard]] std::optional<std::string> version_arn(const Site& site, const ExecutionRecord& record);
[[nodiscard]] std::optional<std::string> alias_arn(const Site& site, const ExecutionRecord& record);

/// The data file's master key; nothing before the engine first started on it.
[[nodiscard]] std::optional<MasterKey> find_master_key(const Reader& reader);

[[nodiscard]] std::optional<ExecutionRecord> find_execution(const Reader& reader, ExecutionRow row);
/// By the REST id (a UUID).
[[nodiscard]] std::optional<ExecutionRecord> find_execution(const Reader& reader, const Uuid& id);
[[nodiscard]] std::optional<ExecutionRecord> find_execution(const Reader& reader, std::string_view state_machine, std::string_view name);

struct ExecutionFilter {
  std::optional<std::string> state_machine;
  std::optional<ExecutionStatus> status = {};
  std::optional<std::int64_t> version = {};  ///< only those started by it, also through an alias
  std::optional<std::string> alias = {};
  std::optional<bool> redriven = {};
};
/// Newest first; only rows below `before` if given (a page's cursor is its last row).
[[nodiscard]] std::vector<ExecutionRecord> list_executions(const Reader& reader, const ExecutionFilter& filter,
                                                           std::optional<ExecutionRow> before, std::size_t limit);

/// The events that AWS would show, with ids from `from_id` on (or, in reverse, down from it; 0: from the last), at most `limit`.
[[nodiscard]] std::vector<HistoryEvent> read_history(const Reader& reader, const ExecutionRecord& record, std::int64_t from_id,
                                                     bool reverse, std::size_t limit);
/// Every fact, internal ones too, from the first.
void for_each_fact(const Reader& reader, const ExecutionRecord& record, const std::function<void(const HistoryEvent&)>& visit);
/// The fold of its history. Heartbeats, which are no part of it, stand where the tasks started.
[[nodiscard]] Execution load_execution(const Reader& reader, const ExecutionRecord& record);

/// Why an execution cannot be redriven, in AWS's words; nothing if it can. [DescribeExecution, redriveStatusReason]
[[nodiscard]] std::optional<std::string> not_redrivable(const Reader& reader, const ExecutionRecord& record, Timestamp now);

/// What DescribeExecution shows of its payloads, read from its first and last events.
struct ExecutionPayloads {
  Json input;
  std::optional<Json> output;  ///< once it succeeded
  WorkflowError error;         ///< once it failed, timed out or was aborted
};
[[nodiscard]] ExecutionPayloads read_payloads(const Reader& reader, const ExecutionRecord& record);
[[nodiscard]] std::optional<OpenExecution> find_open_execution(const Reader& reader, ExecutionRow row);

/// A task that waits for somebody's answer.
struct WaitingToken {
  ExecutionRecord execution;
  std::string state_name;
  TaskToken token;
  Timestamp since;
  std::optional<Timestamp> timeout_at;
};
/// In order of execution, after `after`.
[[nodiscard]] std::vector<WaitingToken> list_waiting_tokens(const Reader& reader, const MasterKey& key, std::optional<ExecutionRow> after,
                                                            std::size_t limit);

}  // namespace signalbox
