#pragma once
/// The engine without its thread: everything it does, one batch at a time, so that a simulation can drive it and crash it anywhere.

#include "signalbox/engine.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "engine/commit_view.h"
#include "engine/open_transaction.h"
#include "engine/retention.h"
#include "engine/table_changes.h"
#include "engine/timers.h"

namespace signalbox {

class EngineCore {
 public:
  /// `submit` brings an operation into a later batch: external answers come by it, from any thread. All references must outlive this.
  EngineCore(Store& store, const Clock& clock, EngineOptions options, std::function<void(EngineOperation)> submit);
  ~EngineCore();
  EngineCore(const EngineCore&) = delete;
  EngineCore& operator=(const EngineCore&) = delete;

  [[nodiscard]] TaskRegistry& tasks() { return workshop_.tasks; }
  void guard_tasks(std::function<std::optional<WorkflowError>(const TaskCall&)> guard) { workshop_.task_guard = std::move(guard); }
  /// The guard's, for a call of no execution.
  [[nodiscard]] std::optional<WorkflowError> refusal(const TaskCall& call) const {
    return workshop_.task_guard ? workshop_.task_guard(call) : std::nullopt;
  }
  void keep_map_run_data(MapRunStorage& storage) { workshop_.map_run_storage = &storage; }
  void on_change(std::function<void(const ExecutionChange&)> listener) { listeners_.push_back(std::move(listener)); }
  void on_status_change(std::function<void(Transaction&, const ExecutionRecord&)> listener) {
    workshop_.status_listener = std::move(listener);
  }
  void on_history(std::function<void(Transaction&, const ExecutionRecord&, std::span<const HistoryEvent>)> listener) {
    workshop_.history_listener = std::move(listener);
  }

  /// Runs a commit on another thread. The engine goes on meanwhile; when the commit has ended, it is to be told by take_commit().
  using CommitRunner = std::function<std::future<Result<void>>(std::function<Result<void>()>)>;
  /// What tells whether something would be gained by that.
  struct Pace {
    std::size_t operations;                                   ///< of the commit that is to be made
    std::chrono::steady_clock::duration running, committing;  ///< how long the operations of the one before took, and their commit
  };
  /// Without it each run() commits before it ends.
  void commit_beside(CommitRunner runner, std::function<bool(const Pace&)> is_worthwhile);

  /// Creates what is missing, sets aside what met a bug, finds what is open. See Engine::start().
  [[nodiscard]] Result<void> open();
  /// The timers that are due, what is to be gone on with, some of what is to be recovered or removed, and `operations`, as one transaction; after its
  /// commit their answers and external calls. While the transaction before is being committed they stay open, and more may join them.
  void run(std::vector<EngineOperation> operations);
  /// If the commit on another thread has ended: its answers and external calls, and the next commit.
  void take_commit();
  /// When run() should be called though nothing was submitted. `is_busy`: at once.
  [[nodiscard]] std::optional<Timestamp> next_due() const;
  [[nodiscard]] bool is_busy() const;
  /// Before a graceful end.
  void close();

  [[nodiscard]] const MasterKey& master_key() const { return workshop_.master_key; }
  [[nodiscard]] const Site& site() const { return workshop_.site; }
  [[nodiscard]] EngineCounters counters() const;  ///< any thread
  [[nodiscard]] TableChanges& table_changes() { return table_changes_; }

 private:
  /// What a commit decides about.
  struct Ready {
    Kept kept;
    std::vector<EngineOperation> operations;  ///< to be answered
  };

  // engine_core.cpp
  void run_own_work();
  void run_operation(EngineOperation& operation);
  /// Runs work of the engine's own as an operation. False: the store could not be read.
  bool attempt(const char* doing, const std::function<void()>& work);
  void commit();
  void end_commit();
  void settle(Ready ready, const Result<void>& committed);
  void act(Effects effects);
  void call_external(ExternalCall call);
  void call_map_run_storage(MapRunRow row);
  template <class T>
  [[nodiscard]] std::function<void(Evaluated<T>)> map_run_answer(MapRunRow row, std::function<void(OpenTransaction&, Evaluated<T>)> take);
  void repeat_answers();
  void count(const Effects& effects);

  // recovery.cpp
  [[nodiscard]] Result<void> set_aside_after_bug();
  void find_open_executions(bool restarted);
  void drop_stale_timers();
  void commit_failed(const Ready& lost, const Error& error);
  [[nodiscard]] bool store_works_again();

  Store& store_;
  CommitView view_;
  const Clock& clock_;
  EngineOptions options_;
  std::function<void(EngineOperation)> submit_;
  Workshop workshop_;
  OpenTransaction transaction_;
  Retention retention_;
  TableChanges table_changes_;
  Timers timers_;
  std::deque<ExecutionRow> continues_;
  std::set<MapRunRow> map_run_continues_;
  MapRunRow last_map_run_;
  std::set<MapRunRow> map_run_calls_;  ///< under way: one at a time for each run
  std::vector<std::function<void(const ExecutionChange&)>> listeners_;

  CommitRunner commit_runner_;  ///< empty: commits are made here
  std::function<bool(const Pace&)> is_worthwhile_;
  std::chrono::steady_clock::duration running_{};  ///< since the last commit began
  Pace pace_{};
  std::vector<EngineOperation> to_answer_;  ///< have run in the transaction that is open
  /// On another thread; its writes are with view_.
  struct Committing {
    Ready ready;
    std::future<Result<void>> result;
    std::chrono::steady_clock::time_point began;
  };
  std::optional<Committing> committing_;

  bool failed_ = false;  ///< the last commit; nothing is served until one succeeds
  Timestamp next_probe_{};
  /// External answers that a failed commit lost. Shared with calls under way, which may outlive this.
  std::shared_ptr<std::vector<EngineOperation>> answers_to_repeat_ = std::make_shared<std::vector<EngineOperation>>();
  Timestamp next_repeat_{};
  std::uint64_t stale_timers_ = 0;

  struct Counters;
  std::unique_ptr<Counters> counters_;
};

}  // namespace signalbox
