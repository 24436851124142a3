#pragma once
/// The one open transaction of the engine: runs operations, steps the executions they reach, and collects what is to be written and what is to be
/// done after the commit.

#include "signalbox/command.h"
#include "signalbox/engine.h"
#include "signalbox/event.h"

#include <deque>
#include <functional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "engine/execution_cache.h"
#include "engine/machines.h"
#include "engine/overlay.h"
#include "engine/task_registry.h"
#include "engine/timers.h"
#include "signalbox/map_runs.h"
#include "signalbox/step.h"

namespace signalbox {

struct ExternalCall {
  ExternalTask* task;
  TaskCall call;
};

/// What an operation causes outside of the data file, if it is committed.
struct Effects {
  std::vector<std::function<void()>> actions;
  std::vector<ExternalCall> calls;
  std::vector<ExecutionRow> continues;                      ///< to be gone on with in a later transaction
  std::vector<MapRunRow> map_run_continues, map_run_calls;  ///< likewise; and those that want items read or results written
  std::vector<Timers::Entry> timers;
  std::vector<ExecutionChange> changes;
  std::uint64_t transitions = 0, events = 0, closed_with_timer = 0;
  std::int64_t set_aside = 0;  ///< by how many more there are now

  void append(Effects&& later);
  /// How much there is of everything, to come back to.
  struct Mark {
    std::size_t actions, calls, continues, map_run_continues, map_run_calls, timers, changes;
    std::uint64_t transitions, events, closed_with_timer;
    std::int64_t set_aside;
  };
  [[nodiscard]] Mark mark() const;
  void cut(const Mark& mark);
};

/// What operations have come to, to be committed as one.
struct Kept {
  WriteBatch writes;
  Effects effects;
  std::vector<ExecutionRow> recovered;  ///< whose external calls were among the effects repeated
};

/// What the transaction works with; lives as long as the engine.
struct Workshop {
  const Reader& store;
  TaskRegistry tasks;
  Site site;
  MasterKey master_key;
  Machines machines;
  ExecutionCache cache;
  RowCounters rows;
  bool allow_unsupported = false;
  std::shared_ptr<const Mocks> mocks;
  Timestamp started_at;  ///< of this process: heartbeats from before it count from then
  std::function<void(Transaction&, const ExecutionRecord&)> status_listener;
  std::function<void(Transaction&, const ExecutionRecord&, std::span<const HistoryEvent>)> history_listener;
  std::function<std::optional<WorkflowError>(const TaskCall&)> task_guard;  ///< empty: every call may be made
  MapRunStorage* map_run_storage = nullptr;
  std::set<ExecutionRow> lost_express;  ///< stored ones whose state is gone: they run again from the beginning
  std::set<ExecutionRow> unrecovered;   ///< were under way when the process before ended; their external calls have not been repeated yet
};

class OpenTransaction final : public EngineTransaction {
 public:
  explicit OpenTransaction(Workshop& workshop) : workshop_(workshop), overlay_(workshop.store) {}

  /// Of the operations from here on. They join those that were kept since the last take().
  void set_time(Timestamp now) { now_ = now; }
  /// Steps everything that was delivered, until nothing is left.
  void drain();
  void keep_operation();
  void drop_operation();
  /// What the kept operations come to; with nothing written, the transaction begins anew.
  [[nodiscard]] Kept take();
  /// A commit failed: nothing that was done in memory since the last one that succeeded holds. `lost`: what it was to commit.
  void abandon(const Kept& lost);

  // What the engine's loop delivers, each an operation of its own.
  void fire_timer(Timers::Entry entry);
  void go_on(ExecutionRow row);  ///< after Continue, or with internal calls that were put off
  void restart_express(ExecutionRow row);
  void go_on_map_run(MapRunRow row);
  /// Answers of MapRunStorage; `position` is where the read began, `redrives` the run's when the writing did.
  void map_run_items_read(MapRunRow row, std::int64_t position, Evaluated<MapRunStorage::Items> items);
  void map_run_results_written(MapRunRow row, std::int64_t redrives, Evaluated<MapRunStorage::Written> written);
  void recover(ExecutionRow row);  ///< repeats its external calls
  /// For the entry that a failed assertion left: its step met a bug. Unknown or closed: nothing.
  void set_aside(ExecutionRow row);
  /// The same for an express execution whose start is stored, before the engine goes on with any: it fails. False: it is none.
  bool give_up_express(ExecutionRow row);

  /// See inline_transaction.h.
  bool attempt(const std::function<bool()>& work);

  // Transaction
  std::optional<std::string> get(const Key& key) const override { return overlay_.get(key); }
  void scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const override {
    overlay_.scan(range, visit);
  }
  Timestamp now() const override { return now_; }
  void put(Key key, std::string record) override;
  void erase(Key key) override;
  std::int64_t next_row(const Table& table) override { return workshop_.rows.next(table, overlay_); }
  void on_commit(std::function<void()> action) override { effects_.actions.push_back(std::move(action)); }
  void deliver(ExecutionRow execution, Event event) override { worklist_.emplace_back(execution, std::move(event)); }
  Uuid new_uuid() override;

  // EngineTransaction
  Result<StartedExecution> start_execution(StartRequest request) override;
  Result<Timestamp> stop_execution(ExecutionRow row, WorkflowError error) override;
  Result<Timestamp> redrive_execution(ExecutionRow row, RedriveRequest request) override;
  Result<TaskCompletion> succeed_task(const TaskToken& token, Json output) override;
  Result<TaskCompletion> succeed_task(const TaskTokenParts& token, Json output) override;
  Result<TaskCompletion> fail_task(const TaskToken& token, WorkflowError error) override;
  Result<void> heartbeat_task(const TaskToken& token) override;
  Result<void> resume_execution(ExecutionRow row) override;
  const Execution* execution(ExecutionRow row) override;
  Result<void> update_map_run(MapRunRow row, UpdateMapRun update) override;
  bool offers(const TaskResource& resource) const override { return workshop_.tasks.offers(resource); }
  bool allows_unsupported() const override { return workshop_.allow_unsupported; }
  bool mocks(std::string_view state_machine, std::string_view state) const override;
  const Site& site() const override { return workshop_.site; }

 private:
  // savepoint.cpp
  struct Savepoint;
  void drop_since(const Savepoint& savepoint);

  // stepping.cpp
  void step_one(ExecutionRow row, Event event);
  [[nodiscard]] Surroundings surroundings_of(const CachedExecution& execution) const;
  void carry_out(CachedExecution& execution, std::vector<Command> commands);
  void invoke(CachedExecution& execution, commands::InvokeTask command);
  void call_internal(CachedExecution& execution, InternalTask& task, commands::InvokeTask command);
  /// Whether the guard refused the call; the execution has heard of it then.
  bool refused(const CachedExecution& execution, const commands::InvokeTask& command);
  void cancel(CachedExecution& execution, const commands::CancelTask& command);
  void close(CachedExecution& execution);
  void pay_owed(CachedExecution& execution, bool external_too);
  [[nodiscard]] TaskCall task_call(const CachedExecution& execution, commands::InvokeTask command) const;

  // express.cpp
  [[nodiscard]] Result<StartedExecution> start_express(ExecutionRecord record, const StateMachineRecord& machine, StartRequest request);
  std::pair<CachedExecution&, ExecutionStarted> add_express(ExecutionRow row, const ExpressStart& start, ExpressListener on_end);
  void begin_express(ExecutionRow row, const ExpressStart& start, ExpressListener on_end);
  void begin_express_child(ExecutionRecord record, const std::string& role_arn, Json input);
  void redrive_express_child(ExecutionRecord record, const std::string& role_arn);
  void restart_express_child(const ExecutionRecord& record, const std::string& role_arn, Json input);
  void write_express(CachedExecution& execution);
  void lose_express(CachedExecution& execution);

  // map_runs/map_running.cpp
  void start_map_run(CachedExecution& execution, const commands::StartMapRun& command);
  void redrive_map_run(CachedExecution& execution, const commands::RedriveMapRun& command);
  void reopen_map_run(MapRunRecord& run);
  void redrive_next_child(MapRunRecord& run);
  [[nodiscard]] std::optional<MapRunRecord> map_run_of(const CachedExecution& execution, TaskAttempt attempt) const;
  void stop_map_run(CachedExecution& execution, const commands::StopMapRun& command);
  void bring_items(CachedExecution& parent, MapRunRecord& run, const MapRunPlan& plan, const std::vector<MapRunStorage::Item>& items,
                   bool at_end);
  void advance_map_run(MapRunRow row);
  void begin_children(MapRunRecord& run);
  void begin_child(MapRunRecord& run);
  void child_of_map_run_ended(const CachedExecution& child);
  void stop_children(const MapRunRecord& run);
  [[nodiscard]] bool parent_is_set_aside(const MapRunRecord& run) const;
  void finish_map_run(MapRunRecord& run, Evaluated<Json> result);

  // loading.cpp
  enum class SetAside { Refused, Accepted };
  /// Null if unknown, closed or, unless accepted, set aside.
  [[nodiscard]] CachedExecution* load(ExecutionRow row, SetAside set_aside = SetAside::Refused);
  [[nodiscard]] CachedExecution* read(ExecutionRow row, SetAside set_aside);
  void restore_heartbeats(CachedExecution& execution) const;
  [[nodiscard]] bool is_owed(const PendingTask& task, const Program& program, const Execution& state) const;
  void touch(CachedExecution& execution);
  void write_touched();
  void write_history(CachedExecution& execution);
  void write_open(CachedExecution& execution);
  void announce(CachedExecution& execution);
  void arm(CachedExecution& execution);

  // starting.cpp
  [[nodiscard]] Result<StartedExecution> existing_execution(const ExecutionRecord& record, const StartRequest& request);
  [[nodiscard]] ExecutionRecord new_record(const StateMachineRecord& machine, const StartRequest& request);
  [[nodiscard]] bool qualify(ExecutionRecord& record, StateMachineRecord& machine, const std::string& qualifier) const;
  void begin_execution(ExecutionRecord begun, const StateMachineRecord& machine, StartRequest request);

  // mocking.cpp
  /// Answers the task from the mock configuration; false if the execution's test case has no response for its state.
  bool answer_mocked(CachedExecution& execution, const commands::InvokeTask& command);

  // redriving.cpp
  void reopen_execution(ExecutionRecord record, std::optional<std::string> client_token, events::Redrive event);
  [[nodiscard]] Result<events::Redrive> chosen_redrive(const ExecutionRecord& record, const RedriveRequest& request);

  // endings.cpp
  void tell_parent(const CachedExecution& child);
  void leave_deleting_machine(const std::string& name);
  [[nodiscard]] Result<TaskCompletion> find_waiting_task(const TaskToken& token);
  [[nodiscard]] Result<TaskCompletion> find_waiting_task(const TaskTokenParts& token);

  Workshop& workshop_;
  Overlay overlay_;
  Timestamp now_;
  std::deque<std::pair<ExecutionRow, Event>> worklist_;
  std::set<MapRunRow> map_runs_due_;             ///< something of them changed
  std::vector<ExecutionRow> touched_;            ///< by the drain under way
  std::vector<ExecutionRow> operation_rows_;     ///< cached executions that the operation has changed
  std::vector<std::string> operation_machines_;  ///< whose records it has written
  std::vector<ExecutionRow> recovered_;          ///< by the operations of this transaction
  std::size_t recovered_kept_ = 0;               ///< of them, by operations that were kept
  Effects effects_, kept_effects_;
  bool draining_ = false;
  int steps_ = 0;                    ///< of this drain
  std::int64_t children_begun_ = 0;  ///< of map runs, by this drain; or stopped
};

}  // namespace signalbox
