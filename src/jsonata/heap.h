#pragma once
/// Memory of one evaluation: pools for small cells, all given back at once when the evaluation ends, however its values point to each other.

#include <array>
#include <cstddef>
#include <cstdint>

namespace signalbox::jsonata::engine {

/// Counts what the expression's values cost (see Cost) apart from where they lie, so that the limit does not depend on this machine's layout.
/// One at a time is current in a thread; values are made and destroyed only while theirs is.
class Heap {
 public:
  explicit Heap(std::size_t budget);
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  static Heap& current() { return *current_; }

  void* allocate(std::size_t bytes);
  void release(void* block, std::size_t bytes);

  /// Throws the memory limit's failure when the cost of all that is held passes the budget.
  void charge(std::size_t cost) {
    held_ += cost;
    if (held_ > budget_) over_budget(cost);
  }
  void refund(std::size_t cost) { held_ -= cost; }
  /// Throws if this much more could not be charged.
  void require(std::size_t cost) const;

 private:
  struct Free {
    Free* next;
  };
  struct Chunk {
    Chunk* next;
  };
  /// Stands before a block too large for the pools.
  struct alignas(16) Large {
    Large* next;
    Large* previous;
  };
  static constexpr std::size_t step = 16, pooled_max = 512, chunk_bytes = 32768, own_bytes = 4096;

  [[noreturn]] void over_budget(std::size_t cost);
  void* carve(std::size_t bytes);
  void* allocate_large(std::size_t bytes);

  static thread_local Heap* current_;
  Heap* outer_;
  std::size_t budget_;
  std::size_t held_;
  std::array<Free*, pooled_max / step + 1> free_{};
  Chunk* chunks_ = nullptr;
  Large large_{&large_, &large_};
  char* at_;
  char* end_;
  alignas(16) char own_[own_bytes];  // enough for most expressions
};

/// What values cost against Limits::bytes: what a reference and a character take, with half of it again for growth. With
/// AWS's 10 MiB this gives AWS's measured limits: `[1..873782]` passes and one more fails; a string of 2^22 characters passes,
/// one of 2^23 fails.
struct Cost {
  static constexpr std::size_t evaluation = 274;
  static constexpr std::size_t cell = 24;
  static constexpr std::size_t element = 12;
  static constexpr std::size_t member = 24;
  static constexpr std::size_t frame = 48;
  static constexpr std::size_t function = 96;
  static constexpr std::size_t text(std::size_t bytes) { return cell + bytes + bytes / 2; }
};

}  // namespace signalbox::jsonata::engine
