#pragma once
/// Map runs: what a distributed Map starts. Each is a durable object of its own: a row that counts, a row per child execution, results read from the
/// children's histories when they are written. The execution that waits for it knows only that it began and how it ended.

#include "signalbox/executions.h"
#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/map_run_plan.h"
#include "signalbox/result.h"
#include "signalbox/site.h"
#include "signalbox/store.h"
#include "signalbox/workflow_error.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

inline constexpr Table map_runs_table{"map_runs", {KeyPart::Integer}};            // MapRunRow → MapRunRecord
inline constexpr Table map_run_plans_table{"map_run_plans", {KeyPart::Integer}};  // MapRunRow → MapRunPlan, JSON; items aside
inline constexpr Table map_run_ids_table{"map_run_ids", {KeyPart::Text}};         // the UUID of its ARN → MapRunRow
inline constexpr Table map_run_items_table{
    "map_run_items",
    {KeyPart::Integer, KeyPart::Integer}};  // (MapRunRow, child from 0) → MapRunItem; child -1: items that no batch holds yet
inline constexpr Table execution_map_runs_table{"execution_map_runs",
                                                {KeyPart::Integer, KeyPart::Integer}};  // (parent, MapRunRow) → nothing: ListMapRuns
inline constexpr Table open_map_runs_table{"open_map_runs", {KeyPart::Integer}};  // MapRunRow → nothing: what a restart goes on with

/// As DescribeMapRun spells them. Stored: do not renumber.
enum class MapRunStatus : std::uint8_t { Running, Succeeded, Failed, Aborted };
[[nodiscard]] std::string_view to_string(MapRunStatus status);

/// What a run is doing. Stored: do not renumber.
enum class MapRunPhase : std::uint8_t {
  Working,   ///< reads items, runs children
  Stopping,  ///< failed or given up: the children that still run are stopped
  Writing,   ///< all children have ended; results are being written
  Over
};

/// How many child executions, or the items in them, are in which state.
struct MapRunCounts {
  std::int64_t pending = 0, running = 0, succeeded = 0, failed = 0, timed_out = 0, aborted = 0;
  std::int64_t pending_redrive = 0;          ///< unsuccessful, and about to be redriven
  std::int64_t failures_not_redrivable = 0;  ///< of failed, timed_out and aborted
  [[nodiscard]] std::int64_t unsuccessful() const { return failed + timed_out + aborted; }
  [[nodiscard]] std::int64_t total() const { return pending + running + succeeded + unsuccessful() + pending_redrive; }
  [[nodiscard]] std::int64_t& of(ExecutionStatus status);
};

/// Children that run at a time, whatever MaxConcurrency says; 0 means this many. [aws: Map state in Distributed mode]
inline constexpr std::int64_t map_run_concurrency_max = 10'000;

struct MapRunRecord {
  MapRunRow row;
  std::string id;                          ///< the UUID at the end of its ARN
  std::string machine, label, state_name;  ///< the state machine's name; the Map state's label and name
  DefinitionRow definition;
  std::string role_arn;
  ExecutionRow execution;  ///< the parent, and which of its task attempts waits for the run
  TaskAttempt attempt;
  bool express = false;  ///< type of the child executions
  bool exports = false;  ///< ResultWriter writes results to objects
  MapRunStatus status = MapRunStatus::Running;
  MapRunPhase phase = MapRunPhase::Working;
  Timestamp started_at;
  std::optional<Timestamp> stopped_at;
  std::int64_t max_concurrency = map_run_concurrency_max, tolerated_failure_count = 0;
  double tolerated_failure_percentage = 0;
  std::int64_t read = 0;  ///< items that the reader has brought
  bool all_read = false;
  std::int64_t next_child = 0;  ///< to be started next
  MapRunCounts items, executions;
  std::int64_t results_written = 0;
  WorkflowError error;  ///< why it failed
  std::int64_t redrives = 0;
  std::optional<Timestamp> redriven_at;  ///< last
  std::int64_t next_redrive = 0;         ///< the child to be looked at next, which may have to be redriven
  bool redrive_requested = false;        ///< while it was still ending: it goes on as soon as it is over

  /// Whether a child that has ended like this waits to be redriven.
  [[nodiscard]] bool is_pending_redrive(std::int64_t child, ExecutionStatus child_status) const {
    return phase == MapRunPhase::Working && redrives > 0 && child >= next_redrive && child_status != ExecutionStatus::Running &&
           child_status != ExecutionStatus::Succeeded;
  }
  [[nodiscard]] std::string child_machine() const { return machine + "/" + label; }  ///< `NAME/Label`, the children's state machine
  [[nodiscard]] std::string arn(const Site& site) const { return site.arn("states", "mapRun:" + machine + "/" + label + ":" + id); }
};

/// A child execution of a map run, begun or not.
struct MapRunItem {
  std::int64_t items = 1;     ///< in its input: more than one with ItemBatcher
  ExecutionRow execution;     ///< 0: it has not begun
  std::optional<Json> input;  ///< until it begins; then its history has it
};

[[nodiscard]] std::optional<MapRunRecord> find_map_run(const Reader& reader, MapRunRow row);
/// By the UUID of its ARN.
[[nodiscard]] std::optional<MapRunRecord> find_map_run(const Reader& reader, std::string_view id);
[[nodiscard]] MapRunPlan find_map_run_plan(const Reader& reader, MapRunRow row);
/// Of one execution, newest first; of those before `before`.
[[nodiscard]] std::vector<MapRunRecord> list_map_runs(const Reader& reader, ExecutionRow execution, std::optional<MapRunRow> before,
                                                      std::size_t limit);
/// Children in order from `from` on, until `visit` returns false.
void for_each_child(const Reader& reader, MapRunRow row, std::int64_t from,
                    const std::function<bool(std::int64_t child, const MapRunItem& item)>& visit);

struct MapRunChild {
  ExecutionRecord record;
  std::int64_t items = 1;
  bool pending_redrive = false;  ///< shown instead of its status
};
struct MapRunChildFilter {
  std::optional<ExecutionStatus> status = {};
  bool pending_redrive = false;  ///< only those
  std::optional<bool> redriven = {};
};
/// Begun ones, newest first; only rows below `before` if given.
[[nodiscard]] std::vector<MapRunChild> list_map_run_children(const Reader& reader, const MapRunRecord& run, const MapRunChildFilter& filter,
                                                             std::optional<ExecutionRow> before, std::size_t limit);

/// A child as ResultWriter describes it: DescribeExecution in PascalCase, times as ISO 8601 texts.
[[nodiscard]] Json described_result(const Reader& reader, const Site& site, const ExecutionRecord& child);

/// UpdateMapRun; what is absent stays.
struct UpdateMapRun {
  std::optional<std::int64_t> max_concurrency, tolerated_failure_count;
  std::optional<double> tolerated_failure_percentage;
};

/// Where map runs read items from and write results to: outside of the engine, after the commit. Calls are repeated after a crash. Used on the
/// engine's thread, must return at once; `done` may be called from any thread, once.
class MapRunStorage {
 public:
  struct Read {
    MapRunRow run;
    MapRunPlan::Reader reader;
    std::int64_t position = 0;  ///< items that earlier reads brought
    std::size_t items_max = 0, bytes_max = 0;
  };
  struct Item {
    Json value;
    std::optional<std::string> key = {};  ///< if the items are an object's members
  };
  struct Items {
    std::vector<Item> items;
    bool at_end = false;
  };
  struct Written {
    Json details;  ///< ResultWriterDetails: Bucket and Key
    std::int64_t results = 0;
  };

  virtual ~MapRunStorage() = default;
  /// The items after `position`, in order; at most so many. Errors: States.ItemReaderFailed.
  virtual void read(Read request, std::function<void(Evaluated<Items>)> done) = 0;
  /// The results of a run all of whose children have ended. Errors: States.ResultWriterFailed.
  virtual void write(MapRunRow run, std::function<void(Evaluated<Written>)> done) = 0;
  /// The run is over: what is kept open for it can go.
  virtual void forget(MapRunRow run) = 0;
};

}  // namespace signalbox
