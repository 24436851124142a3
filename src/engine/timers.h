#pragma once
/// The moments at which executions want to be looked at: a heap of 12-byte entries.

#include "signalbox/ids.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace signalbox {

/// Entries are never taken out from the middle: one whose execution has moved on is looked at in vain when it fires. The heap is
/// four-ary (half the levels of a binary one, children in one cache line) and grows by chunks of 48 KiB, so that a million entries
/// take 12 bytes each, not the 24 that a vector may have just after doubling.
class Timers {
 public:
  struct Entry {
    Timestamp due;
    ExecutionRow row;
  };

  void push(Timestamp due, ExecutionRow row);
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::optional<Timestamp> next_due() const;
  /// The earliest entry if it is due at `now`; it is taken out.
  [[nodiscard]] std::optional<Entry> pop_due(Timestamp now);
  void clear();

 private:
  /// An entry in 48 bits for each number: milliseconds from 1970 into the year 10889 (what lies beyond stands at that end, to be looked at then and
  /// put back), and more rows than there is disk for.
  class Packed {
   public:
    Packed() = default;
    explicit Packed(const Entry& entry);
    [[nodiscard]] std::uint64_t due() const { return std::uint64_t{due_high_} << 32 | due_low_; }
    [[nodiscard]] Entry entry() const;

   private:
    std::uint32_t due_low_, row_low_;
    std::uint16_t due_high_, row_high_;
  };
  static_assert(sizeof(Packed) == 12);

  static constexpr std::size_t chunk_entries = 4'096;
  using Chunk = std::array<Packed, chunk_entries>;

  [[nodiscard]] Packed& at(std::size_t index) { return (*chunks_[index / chunk_entries])[index % chunk_entries]; }
  [[nodiscard]] const Packed& at(std::size_t index) const { return (*chunks_[index / chunk_entries])[index % chunk_entries]; }
  void sift_down(Packed entry);

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace signalbox
