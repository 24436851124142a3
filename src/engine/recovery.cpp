/// How the engine begins: on a new data file, after a stop, after a crash, and after a commit that failed.

#include <spdlog/spdlog.h>

#include "engine/bug_note.h"
#include "engine/core_counters.h"
#include "engine/engine_core.h"
#include "engine/execution_records.h"
#include "engine/foundation.h"
#include "signalbox/express.h"
#include "signalbox/map_runs.h"

namespace signalbox {

namespace {

constexpr std::chrono::seconds between_probes{1};

/// Timers of closed executions are left in the heap until there are as many as others, and enough to make it worth a scan.
constexpr std::uint64_t stale_timers_max = 65'536;

}  // namespace

Result<void> EngineCore::open() {
  try {
    workshop_.started_at = clock_.now();
    auto key = lay_foundation(store_, options_.site);
    if (!key) return key.error();
    workshop_.master_key = std::move(*key);
    if (auto set_aside = set_aside_after_bug(); !set_aside) return set_aside.error();
    if (!options_.data_directory.empty()) leave_bug_notes(options_.data_directory);
    find_open_executions(true);
    return {};
  } catch (const StoreFailure& failure) {
    return error(ErrorCode::Unavailable, failure.what());
  }
}

Result<void> EngineCore::set_aside_after_bug() {
  if (options_.data_directory.empty()) return {};
  const auto row = read_bug_note(options_.data_directory);
  if (!row) return {};
  transaction_.set_time(clock_.now());
  const bool given_up = transaction_.give_up_express(*row);
  if (!given_up) transaction_.set_aside(*row);
  transaction_.keep_operation();
  const Kept kept = transaction_.take();  // its effects are counted by the scan below
  if (!kept.writes.empty()) {
    const auto committed = store_.commit(kept.writes);
    view_.changed(kept.writes);
    if (!committed) return committed;
    const auto record = find_execution(store_, *row);
    if (given_up)
      spdlog::error("the express execution in row {} met a bug in the process before and has failed: begun again, it would meet it again",
                    row->value);
    else
      spdlog::error("execution {} of {} met a bug in the process before and is set aside; resume it by hand when the bug is mended",
                    record->id.value, record->state_machine);
  }
  remove_bug_note(options_.data_directory);
  return {};
}

// `restarted`: their external calls went down with the process before, and are repeated.
void EngineCore::find_open_executions(bool restarted) {
  timers_.clear();
  stale_timers_ = 0;
  continues_.clear();
  std::int64_t open_count = 0, set_aside_count = 0;
  store_.scan({.prefix = Key(open_executions_table)}, [&](const Key& key, std::string_view bytes) {
    const ExecutionRow row{key.integer(0)};
    const OpenExecution open = decode_open_execution(bytes);
    ++open_count;
    if (open.set_aside) {
      ++set_aside_count;
      return true;
    }
    if (open.due) timers_.push(*open.due, row);
    if (open.pending && restarted) workshop_.unrecovered.insert(workshop_.unrecovered.end(), row);
    if (open.pending && !restarted) continues_.push_back(row);
    return true;
  });
  store_.scan({.prefix = Key(express_executions_table)}, [&](const Key& key, std::string_view) {
    workshop_.lost_express.insert(ExecutionRow{key.integer(0)});
    return true;
  });
  map_run_continues_.clear();
  store_.scan({.prefix = Key(open_map_runs_table)}, [&](const Key& key, std::string_view) {
    map_run_continues_.insert(MapRunRow{key.integer(0)});
    return true;
  });
  counters_->open = open_count;
  counters_->set_aside = set_aside_count;
  counters_->timers = timers_.size();
}

void EngineCore::drop_stale_timers() {
  if (stale_timers_ < stale_timers_max || stale_timers_ < timers_.size() / 2) return;
  try {
    Timers live;
    store_.scan({.prefix = Key(open_executions_table)}, [&](const Key& key, std::string_view bytes) {
      const OpenExecution open = decode_open_execution(bytes);
      if (open.due && !open.set_aside) live.push(*open.due, ExecutionRow{key.integer(0)});
      return true;
    });
    timers_ = std::move(live);
  } catch (const StoreFailure& failure) {
    spdlog::error("timers of closed executions stay: {}", failure.what());
  }
  stale_timers_ = 0;
}

// What ran while the batch was on its way rests on it, and is lost with it.
void EngineCore::commit_failed(const Ready& lost, const Error& failure) {
  spdlog::critical("commit failed: {}; everything is refused until a commit succeeds again", failure.message);
  failed_ = true;
  counters_->store_failed = true;
  next_probe_ = clock_.now() + between_probes;
  transaction_.abandon(lost.kept);
  retention_.begin_again();
  const auto after = std::exchange(to_answer_, {});
  for (const auto* operations : {&lost.operations, &after}) {
    for (const auto& operation : *operations) operation.failed(failure);
  }
}

bool EngineCore::store_works_again() {
  const Timestamp now = clock_.now();
  if (now < next_probe_) return false;
  next_probe_ = now + between_probes;
  try {
    WriteBatch probe;
    probe.put(Key(meta_table, "probe"), encode_row(now.time_since_epoch().count()));
    if (auto committed = store_.commit(probe); !committed) return false;
    find_open_executions(false);
  } catch (const StoreFailure&) {
    return false;
  }
  spdlog::warn("the data file can be written again");
  failed_ = false;
  counters_->store_failed = false;
  next_repeat_ = now;
  return true;
}

void EngineCore::close() {
  while (committing_) {
    end_commit();
    commit();
  }
  if (failed_) return;
  WriteBatch batch;
  workshop_.rows.write_exact(batch);
  if (batch.empty()) return;
  if (auto committed = store_.commit(batch); !committed) spdlog::error("row numbers were not written: {}", committed.error().message);
}

}  // namespace signalbox
