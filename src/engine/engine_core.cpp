#include "engine/engine_core.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "engine/bug_note.h"
#include "engine/core_counters.h"
#include "engine/map_runs/map_run_rules.h"
#include "engine/start_execution_task.h"

namespace signalbox {

namespace {

/// Own work per transaction, so that operations do not wait behind it.
constexpr int timers_max = 1'000, continues_max = 16, map_runs_max = 4, recovered_max = 64;

/// Operations that may wait for the commit before theirs: bounds their memory.
constexpr std::size_t joining_max = 2'000;

/// A timer whose execution could not be read is tried again after this.
constexpr std::chrono::seconds retry_after{60};

Error unwritable() { return error(ErrorCode::Unavailable, "the data file cannot be written; nothing was changed"); }

}  // namespace

EngineCore::EngineCore(Store& store, const Clock& clock, EngineOptions options, std::function<void(EngineOperation)> submit)
    : store_(store),
      view_(store),
      clock_(clock),
      options_(std::move(options)),
      submit_(std::move(submit)),
      workshop_{.store = view_,
                .tasks = {},
                .site = options_.site,
                .master_key = {},
                .machines = {},
                .cache = {},
                .rows = {},
                .allow_unsupported = options_.allow_unsupported,
                .mocks = options_.mocks,
                .started_at = {},
                .status_listener = {},
                .history_listener = {},
                .task_guard = {},
                .map_run_storage = nullptr,
                .lost_express = {},
                .unrecovered = {}},
      transaction_(workshop_),
      retention_(options_.retention),
      counters_(std::make_unique<Counters>()) {
  workshop_.tasks.offer("states:startExecution", std::make_unique<StartExecutionTask>());
}

EngineCore::~EngineCore() {
  if (!options_.data_directory.empty()) stop_leaving_bug_notes();
}

void EngineCore::run(std::vector<EngineOperation> operations) {
  if (failed_ && !store_works_again()) {
    for (auto& operation : operations) operation.failed(unwritable());
    return;
  }
  repeat_answers();
  const auto began = std::chrono::steady_clock::now();
  transaction_.set_time(clock_.now());
  run_own_work();
  counters_->operations += operations.size();
  to_answer_.reserve(to_answer_.size() + operations.size());
  for (auto& operation : operations) {
    take_commit();
    if (failed_) {
      operation.failed(unwritable());
      continue;
    }
    run_operation(operation);
    if (operation.run) to_answer_.push_back(std::move(operation));
  }
  running_ += std::chrono::steady_clock::now() - began;
  if (committing_ && to_answer_.size() >= joining_max) end_commit();
  commit();
}

void EngineCore::run_own_work() {
  for (int i = 0; i < timers_max; ++i) {
    const auto entry = timers_.pop_due(transaction_.now());
    if (!entry) break;
    if (!attempt("timer", [&] { transaction_.fire_timer(*entry); })) timers_.push(transaction_.now() + retry_after, entry->row);
  }
  const auto ready = std::min<std::size_t>(continues_.size(), continues_max);
  for (std::size_t i = 0; i < ready; ++i) {
    const ExecutionRow row = continues_.front();
    continues_.pop_front();
    if (!attempt("continuation", [&] { transaction_.go_on(row); })) timers_.push(transaction_.now() + retry_after, row);
  }
  for (int i = 0; i < recovered_max && !workshop_.lost_express.empty(); ++i) {
    const ExecutionRow row = workshop_.lost_express.extract(workshop_.lost_express.begin()).value();
    if (!attempt("express restart", [&] { transaction_.restart_express(row); })) break;
  }
  // Of several runs each gets its turn: the set is gone through in a circle.
  for (int i = 0; i < map_runs_max && !map_run_continues_.empty(); ++i) {
    auto next = map_run_continues_.upper_bound(last_map_run_);
    if (next == map_run_continues_.end()) next = map_run_continues_.begin();
    last_map_run_ = *next;
    map_run_continues_.erase(next);
    if (!attempt("map run", [&] { transaction_.go_on_map_run(last_map_run_); })) break;
  }
  for (int i = 0; i < recovered_max && !workshop_.unrecovered.empty(); ++i) {
    const ExecutionRow row = *workshop_.unrecovered.begin();
    const bool recovered = attempt("recovery", [&] { transaction_.recover(row); });
    workshop_.unrecovered.erase(row);  // closed meanwhile, or unreadable: it is not tried in a circle
    if (!recovered) timers_.push(transaction_.now() + retry_after, row);
  }
  if (retention_.is_due(transaction_.now())) {
    if (!attempt("retention", [&] { retention_.sweep(transaction_); })) retention_.begin_again();
  }
}

bool EngineCore::attempt(const char* doing, const std::function<void()>& work) {
  try {
    work();
    transaction_.keep_operation();
    return true;
  } catch (const StoreFailure& failure) {
    spdlog::error("{} failed: {}", doing, failure.what());
    transaction_.drop_operation();
    return false;
  }
}

// An operation that failed has been answered: its `run` is emptied.
void EngineCore::run_operation(EngineOperation& operation) {
  try {
    const bool keep = operation.run(transaction_);
    if (keep) {
      transaction_.drain();
      transaction_.keep_operation();
    } else {
      transaction_.drop_operation();
    }
  } catch (const StoreFailure& failure) {
    spdlog::error("operation failed: {}", failure.what());
    transaction_.drop_operation();
    operation.run = nullptr;
    operation.failed(error(ErrorCode::Unavailable, failure.what()));
  }
}

void EngineCore::commit_beside(CommitRunner runner, std::function<bool(const Pace&)> is_worthwhile) {
  commit_runner_ = std::move(runner);
  is_worthwhile_ = std::move(is_worthwhile);
}

// Reads that saw what is being committed wait for it as well, though they have nothing to write.
void EngineCore::commit() {
  if (committing_ || failed_) return;
  Ready ready{transaction_.take(), std::exchange(to_answer_, {})};
  auto& writes = ready.kept.writes;
  if (writes.empty()) return settle(std::move(ready), {});
  pace_.operations = ready.operations.size();
  const bool beside = commit_runner_ && is_worthwhile_(pace_) && view_.is_ready();
  pace_.running = std::exchange(running_, {});
  const auto began = std::chrono::steady_clock::now();
  if (beside) {
    const WriteBatch& kept = view_.begin(std::exchange(writes, {}));
    auto result = commit_runner_([&store = store_, &kept] { return store.commit(kept); });
    committing_ = Committing{std::move(ready), std::move(result), began};
  } else {
    const auto committed = store_.commit(writes);
    view_.changed(writes);
    pace_.committing = std::chrono::steady_clock::now() - began;
    settle(std::move(ready), committed);
  }
}

void EngineCore::take_commit() {
  if (!committing_ || committing_->result.wait_for(std::chrono::seconds{0}) != std::future_status::ready) return;
  end_commit();
  commit();
}

void EngineCore::end_commit() {
  const auto committed = committing_->result.get();
  pace_.committing = std::chrono::steady_clock::now() - committing_->began;
  Ready ready = std::move(committing_->ready);
  committing_.reset();
  ready.kept.writes = view_.end();
  settle(std::move(ready), committed);
}

void EngineCore::settle(Ready ready, const Result<void>& committed) {
  if (!committed) return commit_failed(ready, committed.error());
  if (!ready.kept.writes.empty()) {
    ++counters_->commits;
    table_changes_.note(ready.kept.writes);
  }
  for (const auto& operation : ready.operations) operation.committed();
  act(std::move(ready.kept.effects));
  workshop_.cache.evict(options_.cache_bytes_max);
  counters_->timers = timers_.size();
  counters_->cached = workshop_.cache.size();
}

void EngineCore::act(Effects effects) {
  for (const auto& entry : effects.timers) timers_.push(entry.due, entry.row);
  continues_.insert(continues_.end(), effects.continues.begin(), effects.continues.end());
  for (auto& call : effects.calls) call_external(std::move(call));
  map_run_continues_.insert(effects.map_run_continues.begin(), effects.map_run_continues.end());
  for (const MapRunRow row : effects.map_run_calls) call_map_run_storage(row);
  for (const auto& action : effects.actions) action();
  count(effects);
  for (const auto& change : effects.changes) {
    for (const auto& listener : listeners_) listener(change);
  }
  stale_timers_ += effects.closed_with_timer;
  drop_stale_timers();
}

namespace {

/// Brings an external call's answer into a transaction. It is kept until a commit has taken it, since the call is not repeated in this process:
/// if the commit fails, the operation goes to `repeats`.
EngineOperation answer_operation(ExecutionRow row, TaskAttempt attempt, std::shared_ptr<const TaskAnswer> answer,
                                 std::weak_ptr<std::vector<EngineOperation>> repeats) {
  auto run = [row, attempt, answer](EngineTransaction& transaction) {
    if (answer->has_value()) {
      transaction.deliver(row, events::TaskAnswered{attempt, answer->value()});
    } else {
      transaction.deliver(row, events::TaskRefused{attempt, TaskFailureKind::Failed, answer->error()});
    }
    return true;
  };
  auto failed = [row, attempt, answer, repeats](const Error&) {
    if (const auto list = repeats.lock()) list->push_back(answer_operation(row, attempt, answer, repeats));
  };
  return {.run = std::move(run), .committed = [] {}, .failed = std::move(failed)};
}

}  // namespace

void EngineCore::call_external(ExternalCall call) {
  auto done = [submit = submit_, repeats = std::weak_ptr(answers_to_repeat_), row = call.call.execution,
               attempt = call.call.attempt](TaskAnswer answer) {
    submit(answer_operation(row, attempt, std::make_shared<const TaskAnswer>(std::move(answer)), repeats));
  };
  call.task->call(call.call, std::move(done));
}

/// Brings an answer of the storage into a transaction. If that fails, the run is gone on with, and the call made again.
template <class T>
std::function<void(Evaluated<T>)> EngineCore::map_run_answer(MapRunRow row, std::function<void(OpenTransaction&, Evaluated<T>)> take) {
  return [this, submit = submit_, row, take = std::move(take)](Evaluated<T> answer) {
    auto run = [this, row, take, answer = std::make_shared<Evaluated<T>>(std::move(answer))](EngineTransaction&) {
      map_run_calls_.erase(row);
      take(transaction_, std::move(*answer));
      return true;
    };
    submit({.run = std::move(run), .committed = [] {}, .failed = [this, row](const Error&) { map_run_continues_.insert(row); }});
  };
}

// What is to be done is read from what was committed.
void EngineCore::call_map_run_storage(MapRunRow row) {
  const auto run = find_map_run(store_, row);
  if (!run || !map_run_calls_.insert(row).second) return;
  const auto needs = needs_of(*run);
  auto* storage = workshop_.map_run_storage;
  constexpr std::size_t items_max = 500, bytes_max = 1024 * 1024;
  if (needs.read) {
    auto done = map_run_answer<MapRunStorage::Items>(
        row, [row, position = run->read](OpenTransaction& transaction, Evaluated<MapRunStorage::Items> items) {
          transaction.map_run_items_read(row, position, std::move(items));
        });
    const auto plan = find_map_run_plan(store_, row);
    if (!storage || !plan.reader)
      return done(WorkflowError{error_names::ItemReaderFailed, "Items cannot be read here: there is no object store"});
    storage->read({.run = row, .reader = *plan.reader, .position = run->read, .items_max = items_max, .bytes_max = bytes_max},
                  std::move(done));
  } else if (needs.write) {
    auto done = map_run_answer<MapRunStorage::Written>(
        row, [row, redrives = run->redrives](OpenTransaction& transaction, Evaluated<MapRunStorage::Written> written) {
          transaction.map_run_results_written(row, redrives, std::move(written));
        });
    if (!storage) return done(WorkflowError{error_names::ResultWriterFailed, "Results cannot be written here: there is no object store"});
    storage->write(row, std::move(done));
  } else {
    map_run_calls_.erase(row);
  }
}

void EngineCore::repeat_answers() {
  if (answers_to_repeat_->empty() || clock_.now() < next_repeat_) return;
  next_repeat_ = clock_.now() + retry_after;
  for (auto& answer : std::exchange(*answers_to_repeat_, {})) submit_(std::move(answer));
}

void EngineCore::count(const Effects& effects) {
  counters_->transitions += effects.transitions;
  counters_->events += effects.events;
  counters_->set_aside += effects.set_aside;
  for (const auto& change : effects.changes) {
    switch (change.status) {
      case ExecutionStatus::Running:
        ++counters_->started;
        ++counters_->open;
        continue;
      case ExecutionStatus::Succeeded: ++counters_->succeeded; break;
      case ExecutionStatus::Failed: ++counters_->failed; break;
      case ExecutionStatus::TimedOut: ++counters_->timed_out; break;
      case ExecutionStatus::Aborted: ++counters_->aborted; break;
    }
    --counters_->open;
  }
}

std::optional<Timestamp> EngineCore::next_due() const {
  if (failed_) return next_probe_;
  Timestamp due = retention_.next_sweep();
  if (const auto timer = timers_.next_due()) due = std::min(due, *timer);
  if (!answers_to_repeat_->empty()) due = std::min(due, next_repeat_);
  return due;
}

bool EngineCore::is_busy() const {
  return !failed_ && (!continues_.empty() || !map_run_continues_.empty() || !workshop_.lost_express.empty() ||
                      !workshop_.unrecovered.empty() || retention_.is_sweeping());
}

EngineCounters EngineCore::counters() const {
  const Counters& now = *counters_;
  return {.executions_started = now.started,
          .executions_succeeded = now.succeeded,
          .executions_failed = now.failed,
          .executions_timed_out = now.timed_out,
          .executions_aborted = now.aborted,
          .transitions = now.transitions,
          .events = now.events,
          .commits = now.commits,
          .operations = now.operations,
          .open_executions = static_cast<std::uint64_t>(now.open),
          .set_aside_executions = static_cast<std::uint64_t>(now.set_aside),
          .timers = now.timers,
          .cached_executions = now.cached,
          .store_failed = now.store_failed};
}

}  // namespace signalbox
