#pragma once
/// Counts, for each table, the commits that wrote to it, so that what was read of the table may be kept until the count moves on.

#include "signalbox/store.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>

namespace signalbox {

class TableChanges {
 public:
  /// The table's count. Any thread; valid as long as this.
  [[nodiscard]] const std::atomic<std::uint64_t>& of(const Table& table) {
    std::lock_guard lock(mutex_);
    return counts_[&table];
  }
  /// After the batch was committed, before anybody learns of it.
  void note(const WriteBatch& batch) {
    std::lock_guard lock(mutex_);
    for (const auto& [table, writes] : batch.tables()) ++counts_[table];
  }

 private:
  std::mutex mutex_;
  std::map<const Table*, std::atomic<std::uint64_t>> counts_;
};

}  // namespace signalbox
