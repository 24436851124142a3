#pragma once
/// The moments at which executions want to be looked at: a heap of 16-byte entries.

#include "signalbox/ids.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace signalbox {

/// Entries are never taken out from the middle: one whose execution has moved on is looked at in vain when it fires. The heap is
/// four-ary (half the levels of a binary one, children in one cache line) and grows by chunks of 64 KiB, so that a million entries
/// take 16 bytes each, not the 32 that a vector may have just after doubling.
class Timers {
 public:
  struct Entry {
    Timestamp due;
    ExecutionRow row;
  };
  static_assert(sizeof(Entry) == 16);

  void push(Timestamp due, ExecutionRow row);
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::optional<Timestamp> next_due() const;
  /// The earliest entry if it is due at `now`; it is taken out.
  [[nodiscard]] std::optional<Entry> pop_due(Timestamp now);
  void clear();

 private:
  static constexpr std::size_t chunk_entries = 4'096;
  using Chunk = std::array<Entry, chunk_entries>;

  [[nodiscard]] Entry& at(std::size_t index) { return (*chunks_[index / chunk_entries])[index % chunk_entries]; }
  [[nodiscard]] const Entry& at(std::size_t index) const { return (*chunks_[index / chunk_entries])[index % chunk_entries]; }
  void sift_down(Entry entry);

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace signalbox
