#pragma once
/// The durable engine: takes operations in, runs step() and the services' own rules inside one transaction, commits, and only
/// then answers and acts. See docs/architecture.md for the loop.

#include "signalbox/clock.h"
#include "signalbox/executions.h"
#include "signalbox/mocks.h"
#include "signalbox/site.h"
#include "signalbox/state_machines.h"
#include "signalbox/store.h"
#include "signalbox/task_handler.h"
#include "signalbox/transaction.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace signalbox {

struct ExpressEnd;
class MapRunStorage;
struct UpdateMapRun;

/// Called once, on the engine's thread, after the commit. Errors: Unavailable (the daemon lost it with a failed commit). See express.h.
using ExpressListener = std::function<void(Result<ExpressEnd>)>;

struct StartRequest {
  std::string state_machine;             ///< name, perhaps with `:VERSION` or `:ALIAS` behind it, and `#TESTCASE` of the mock configuration
  std::optional<std::string> name = {};  ///< default: the new execution's UUIDv7
  Json input = Json::empty_object();
  std::optional<ParentTask> parent = {};
  ExpressListener on_express_end =
      {};  ///< of an EXPRESS machine: the execution is synchronous, nothing of it is stored, and this is told of its end
};
struct StartedExecution {
  ExecutionRecord record;
  std::string arn;
  bool existed = false;  ///< the same name and input were running already: AWS's idempotency
};

/// How an answer given by token ended.
struct TaskCompletion {
  ExecutionRow execution;
  TaskAttempt attempt;
};

/// Where a redriven execution goes on: at every state that had not ended, unless a state is chosen or its input corrected.
struct RedriveRequest {
  std::optional<std::string> from_state = {};  ///< at the machine's top level; default, if there is an input: the one where it ended
  std::optional<Json> input = {};              ///< of that state; default: what it got when it was entered last
  std::optional<std::string> client_token = {};
};

/// What operations may do besides reading and writing records.
class EngineTransaction : public Transaction {
 public:
  /// Errors: NotFound, Conflict (deleting), AlreadyExists, InvalidArgument (name), TooLarge (input), Unavailable. [StartExecution]
  [[nodiscard]] virtual Result<StartedExecution> start_execution(StartRequest request) = 0;
  /// Ends it as ABORTED; a closed one is left as it is. Gives the stop time. Errors: NotFound. [StopExecution]
  [[nodiscard]] virtual Result<Timestamp> stop_execution(ExecutionRow row, WorkflowError error) = 0;
  /// A closed execution goes on, pinned to what it was pinned to. A repeated client token gives the same redrive. Gives its time. Errors: NotFound,
  /// Conflict (not_redrivable()), InvalidArgument (`from_state`), TooLarge (input). [RedriveExecution]
  [[nodiscard]] virtual Result<Timestamp> redrive_execution(ExecutionRow row, RedriveRequest request) = 0;
  /// SendTaskSuccess, SendTaskFailure. Errors: InvalidToken, TaskClosed, TooLarge.
  [[nodiscard]] virtual Result<TaskCompletion> succeed_task(const TaskToken& token, Json output) = 0;
  /// Of a token that parse_task_token() has found genuine.
  [[nodiscard]] virtual Result<TaskCompletion> succeed_task(const TaskTokenParts& token, Json output) = 0;
  [[nodiscard]] virtual Result<TaskCompletion> fail_task(const TaskToken& token, WorkflowError error) = 0;
  [[nodiscard]] virtual Result<void> heartbeat_task(const TaskToken& token) = 0;
  /// A set-aside execution goes on. Errors: NotFound, Conflict (it is not set aside).
  [[nodiscard]] virtual Result<void> resume_execution(ExecutionRow row) = 0;
  /// State of an execution, loaded if cold. Null if unknown or closed. Valid until the transaction is next asked for something.
  [[nodiscard]] virtual const Execution* execution(ExecutionRow row) = 0;
  /// Errors: NotFound. [UpdateMapRun]
  [[nodiscard]] virtual Result<void> update_map_run(MapRunRow row, UpdateMapRun update) = 0;
  /// Whether a task's resource can be called here.
  [[nodiscard]] virtual bool offers(const TaskResource& resource) const = 0;
  /// Whether definitions may use services that are not here; such calls fail then.
  [[nodiscard]] virtual bool allows_unsupported() const = 0;
  /// Whether some test case of the mock configuration answers for the state.
  [[nodiscard]] virtual bool mocks(std::string_view state_machine, std::string_view state) const = 0;
  [[nodiscard]] virtual const Site& site() const = 0;
};

/// Told after a commit: an execution began, was redriven or ended.
struct ExecutionChange {
  ExecutionRow row;
  ExecutionStatus status;
};

struct EngineOptions {
  Site site = {};
  std::chrono::hours retention{90 * 24};
  std::size_t cache_bytes_max = 4 * 1024 * 1024;  ///< of executions kept folded in memory
  std::string data_directory = {};                ///< for the note a failed assertion leaves; empty: none
  bool allow_unsupported = false;                 ///< accept definitions that use services which are not here
  std::shared_ptr<const Mocks> mocks = {};        ///< for executions started with a test case
};

/// One operation of a batch. `run` says whether what it wrote is to be kept; `committed` is called after the commit in either case, `failed`
/// if the commit failed, the store could not be read, or the engine is stopping.
struct EngineOperation {
  std::function<bool(EngineTransaction&)> run;
  std::function<void()> committed;
  std::function<void(const Error&)> failed;
  std::shared_ptr<void> state = {};  ///< what the three work on, if they do not own it themselves
};

/// Numbers for /metrics; read from any thread.
struct EngineCounters {
  std::uint64_t executions_started, executions_succeeded, executions_failed, executions_timed_out, executions_aborted;
  std::uint64_t transitions, events, commits, operations;
  std::uint64_t open_executions, set_aside_executions, timers, cached_executions;
  bool store_failed;  ///< a commit failed and none has succeeded since: all that would write is refused
};

/// Owns the engine's thread. Everything it calls (internal tasks, operations, on_commit actions) runs there.
class Engine {
 public:
  Engine(Store& store, const Clock& clock, EngineOptions options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Before start(): what tasks can call, by `resource_type:action` (`sqs:sendMessage`), `function` or `activity`.
  void offer(std::string resource, std::unique_ptr<InternalTask> task);
  void offer(std::string resource, std::unique_ptr<ExternalTask> task);
  /// Before start(). Asked before a task's resource is called, on the engine's thread; an error that it gives fails the task in the call's place.
  /// Activities are not asked about.
  void guard_tasks(std::function<std::optional<WorkflowError>(const TaskCall&)> guard);
  /// Before start(): where map runs read items and write results. Outlives the engine's thread. Without it those that need it fail.
  void keep_map_run_data(MapRunStorage& storage);
  /// Whether a task's resource can be called; for the validation of definitions.
  [[nodiscard]] bool offers(const TaskResource& resource) const;
  void on_change(std::function<void(const ExecutionChange&)> listener);
  /// Before start(). Called inside the transaction in which an execution begins, is redriven or ends, once its history is written, so that what
  /// the listener writes is committed with it. `record.status` says which it is.
  void on_status_change(std::function<void(Transaction&, const ExecutionRecord& record)> listener);
  /// Before start(). Called inside the transaction that records them with all facts of executions whose machine has a logging level other than OFF.
  void on_history(std::function<void(Transaction&, const ExecutionRecord& record, std::span<const HistoryEvent> facts)> listener);

  /// Opens the data (creating what is missing), recovers, starts the thread. After it returns, timers run, and what was under way
  /// is under way again. Errors: a data file of another region or account, a newer schema.
  [[nodiscard]] Result<void> start();
  /// Lets running operations commit, answers the rest with Unavailable, ends the thread.
  void stop();

  /// Runs `work` in the next transaction; several operations share one commit. `done` is called on the engine's thread
  /// after the commit (or at once on failure) and must return at once. May be called from any thread.
  template <class T>
  void transact(std::function<Result<T>(EngineTransaction&)> work, std::function<void(Result<T>)> done) {
    struct Pending {
      std::function<Result<T>(EngineTransaction&)> work;
      std::function<void(Result<T>)> done;
      std::optional<Result<T>> result;
    };
    auto state = std::make_shared<Pending>(Pending{std::move(work), std::move(done), std::nullopt});
    Pending* const pending = state.get();
    submit(EngineOperation{.run =
                               [pending](EngineTransaction& transaction) {
                                 pending->result.emplace(pending->work(transaction));
                                 return pending->result->has_value();
                               },
                           .committed = [pending] { pending->done(std::move(*pending->result)); },
                           .failed = [pending](const Error& error) { pending->done(error); },
                           .state = std::move(state)});
  }

  /// The same of an operation that keeps what it needs itself.
  void submit(EngineOperation operation);

  /// Calls a task's resource for no execution: an internal one in a transaction of its own, an external one as it is. `done` may be
  /// called from any thread, once. Errors: Unavailable; what the resource raises is the answer.
  void call_task(TaskCall call, std::function<void(Result<TaskAnswer>)> done);

  [[nodiscard]] const MasterKey& master_key() const;  ///< after start()
  [[nodiscard]] const Site& site() const;
  [[nodiscard]] const Clock& clock() const;
  [[nodiscard]] EngineCounters counters() const;
  /// Another thread's view of committed state.
  [[nodiscard]] std::unique_ptr<Reader> reader();
  /// The view of the thread whose event loop answers requests: made at its first use, one for all that runs there, since each view has a connection and
  /// a cache of its own. Lives as long as the engine.
  [[nodiscard]] Reader& loop_reader();
  /// How many commits wrote to the table. It moves on before whoever asked for the commit is answered, so what was read after looking at it may be
  /// kept as long as it stays the same. Any thread; valid as long as the engine.
  [[nodiscard]] const std::atomic<std::uint64_t>& changes(const Table& table) const;
  /// Store::backup. Any thread; blocks it until the copy is done.
  [[nodiscard]] Result<void> backup(const std::string& path);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signalbox
