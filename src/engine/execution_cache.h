#pragma once
/// Executions folded in memory, those used least lately dropped first. A dropped one costs a fold of its history when something
/// reaches it again.

#include "signalbox/execution.h"
#include "signalbox/executions.h"

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "engine/machines.h"
#include "signalbox/express.h"

namespace signalbox {

/// An express execution: nothing of it can be read again, so it stays in memory until it ends.
struct ExpressRun {
  bool is_stored = false;                                 ///< asynchronous: its start is a row
  ExpressListener on_end;                                 ///< synchronous
  std::map<std::string, std::int64_t> mocked_calls = {};  ///< by state: there is no history to count them in
};

struct CachedExecution {
  ExecutionRecord record;
  Execution state;
  std::shared_ptr<const Program> program;
  OpenExecution open;  ///< as it was last written
  bool open_is_written = false;
  std::map<TaskAttempt, Timestamp> heartbeats;
  /// Tasks whose answer the engine itself owes: an external call under way, or an internal one put off to a later transaction. May hold some that
  /// have ended meanwhile.
  std::set<TaskAttempt> owed;
  /// The moment of its earliest entry among the timers; `armed_for_certain` if that entry was made since it was loaded.
  std::optional<Timestamp> armed;
  bool armed_for_certain = false;

  std::vector<HistoryEvent> facts;  ///< not written yet
  bool touched = false;             ///< stands in the transaction's list of what it must write
  bool closed = false;
  bool began = false;  ///< started or redriven in this transaction, and nobody has been told yet
  std::optional<ExpressRun> express;
  std::size_t bytes = 0, bytes_measured = 0;  ///< of memory, estimated
};

class ExecutionCache {
 public:
  /// Null if it is not here. Pointers stay valid until the execution is erased or evict() runs.
  [[nodiscard]] CachedExecution* find(ExecutionRow row);
  CachedExecution& insert(CachedExecution execution);
  void erase(ExecutionRow row);
  /// After its state has grown by about `bytes`.
  void grown(CachedExecution& execution, std::size_t bytes);
  /// Drops what was used least lately until the rest takes at most `bytes_max`. The one used last stays: it would only be folded again. So do express ones.
  void evict(std::size_t bytes_max);
  void clear();
  void for_each(const std::function<void(CachedExecution&)>& visit);
  [[nodiscard]] std::size_t size() const { return by_row_.size(); }

 private:
  std::list<CachedExecution> executions_;  ///< used last first
  std::unordered_map<ExecutionRow, std::list<CachedExecution>::iterator> by_row_;
  std::size_t bytes_ = 0;
};

/// What an execution takes in memory, roughly.
[[nodiscard]] std::size_t estimated_bytes(const Execution& execution);

}  // namespace signalbox
