#pragma once
/// What a transaction sees: its own writes laid over those of the operations before it, laid over the store.

#include "signalbox/store.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox {

/// Two layers: the batch that will be committed, and the operation being run, which may still be dropped.
class Overlay final : public Reader {
 public:
  explicit Overlay(const Reader& store, WriteBatch batch = {}) : store_(store), batch_(std::move(batch)) {}

  [[nodiscard]] std::optional<std::string> get(const Key& key) const override;
  void scan(const KeyRange& range, const std::function<bool(const Key& key, std::string_view record)>& visit) const override;
  void put(Key key, std::string record);
  void erase(Key key);

  /// The operation's writes join the batch.
  void keep_operation() { batch_.merge(std::move(operation_)); }
  void drop_operation();
  /// From here on the operation's writes can be taken back; each savepoint is closed by one of the two below, the last one first.
  void open_savepoint();
  void keep_savepoint();
  void drop_savepoint();
  [[nodiscard]] const WriteBatch& batch() const { return batch_; }
  [[nodiscard]] WriteBatch take_batch() { return std::exchange(batch_, {}); }
  void clear();

 private:
  /// What the operation's layer had for a key before it was written.
  struct Overwritten {
    Key key;
    bool was_written;
    std::optional<std::string> record;  ///< nothing: an erasure, if it was written
  };
  void remember(const Key& key);

  const Reader& store_;
  WriteBatch batch_, operation_;
  std::vector<Overwritten> overwritten_;  ///< since the outermost savepoint, in order
  std::vector<std::size_t> savepoints_;   ///< how many of them there were
};

/// Row numbers that are never given twice. What is stored is the end of a block of numbers, so that a row given out seldom
/// costs a write; after a crash the rest of a block is left out.
class RowCounters {
 public:
  /// The next number, from 1. `overlay` is read at a table's first use and written once a block.
  [[nodiscard]] std::int64_t next(const Table& table, Overlay& overlay);
  /// The writes of the current operation were dropped, perhaps a block's end with them: it is written again at the next use.
  void operation_dropped();
  void operation_kept();
  /// Forgets everything: the store is read again.
  void clear() { counters_.clear(); }
  /// Before a graceful stop: stores the exact numbers, so that the next start leaves no gap.
  void write_exact(WriteBatch& batch) const;

 private:
  struct Counter {
    std::int64_t last = 0;    ///< given out
    std::int64_t stored = 0;  ///< end of the block
    bool stored_now = false;  ///< by the operation being run
  };
  std::map<const Table*, Counter> counters_;
};

}  // namespace signalbox
