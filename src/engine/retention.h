#pragma once
/// Closed executions go some time after they ended.

#include "signalbox/executions.h"
#include "signalbox/transaction.h"

#include <chrono>
#include <optional>

namespace signalbox {

/// Sweeps over the executions from the oldest on, in small portions, and starts again now and then. It needs no index by time: rows are
/// numbered as executions begin, so a sweep ends at the first that began too late to have ended long enough ago, and passes over only those that
/// are kept although they are old: still running, or ended late.
class Retention {
 public:
  explicit Retention(std::chrono::hours retention) : retention_(retention) {}

  [[nodiscard]] bool is_due(Timestamp now) const { return sweeping_ || now >= next_sweep_; }
  [[nodiscard]] bool is_sweeping() const { return sweeping_; }
  [[nodiscard]] Timestamp next_sweep() const { return next_sweep_; }
  /// One portion.
  void sweep(Transaction& transaction);
  /// A portion was not committed: it is looked at again.
  void begin_again();

 private:
  std::chrono::hours retention_;
  bool sweeping_ = false;
  Timestamp next_sweep_{};
  std::optional<ExecutionRow> last_;  ///< looked at
};

/// Removes a closed execution with its history and what leads to it.
void erase_execution(Transaction& transaction, const ExecutionRecord& record);

}  // namespace signalbox
