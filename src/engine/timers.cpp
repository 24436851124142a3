#include "engine/timers.h"

#include "signalbox/result.h"

#include <algorithm>
#include <chrono>

namespace signalbox {

namespace {
constexpr std::size_t arity = 4;
constexpr std::int64_t number_max = (std::int64_t{1} << 48) - 1;
}  // namespace

Timers::Packed::Packed(const Entry& entry) {
  const auto due = static_cast<std::uint64_t>(std::clamp<std::int64_t>(entry.due.time_since_epoch().count(), 0, number_max));
  SIGNALBOX_ASSERT(entry.row.value >= 0 && entry.row.value <= number_max);
  const auto row = static_cast<std::uint64_t>(entry.row.value);
  due_low_ = static_cast<std::uint32_t>(due);
  due_high_ = static_cast<std::uint16_t>(due >> 32);
  row_low_ = static_cast<std::uint32_t>(row);
  row_high_ = static_cast<std::uint16_t>(row >> 32);
}

Timers::Entry Timers::Packed::entry() const {
  const auto row = std::uint64_t{row_high_} << 32 | row_low_;
  return {.due = Timestamp{std::chrono::milliseconds{due()}}, .row = ExecutionRow{static_cast<std::int64_t>(row)}};
}

void Timers::push(Timestamp due, ExecutionRow row) {
  const Packed entry(Entry{due, row});
  if (size_ == chunks_.size() * chunk_entries) chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
  std::size_t hole = size_++;
  while (hole > 0) {
    const std::size_t parent = (hole - 1) / arity;
    if (at(parent).due() <= entry.due()) break;
    at(hole) = at(parent);
    hole = parent;
  }
  at(hole) = entry;
}

std::optional<Timestamp> Timers::next_due() const { return empty() ? std::nullopt : std::optional(at(0).entry().due); }

std::optional<Timers::Entry> Timers::pop_due(Timestamp now) {
  if (empty()) return std::nullopt;
  const Entry first = at(0).entry();
  if (first.due > now) return std::nullopt;
  const Packed last = at(--size_);
  if (size_ > 0) sift_down(last);
  // One chunk is kept in reserve, so that a heap that swings around a boundary does not allocate each time.
  while (chunks_.size() > 1 && size_ + chunk_entries < (chunks_.size() - 1) * chunk_entries) chunks_.pop_back();
  return first;
}

void Timers::sift_down(Packed entry) {
  std::size_t hole = 0;
  for (;;) {
    const std::size_t first = hole * arity + 1;
    if (first >= size_) break;
    std::size_t least = first;
    for (std::size_t child = first + 1; child < std::min(first + arity, size_); ++child) {
      if (at(child).due() < at(least).due()) least = child;
    }
    if (entry.due() <= at(least).due()) break;
    at(hole) = at(least);
    hole = least;
  }
  at(hole) = entry;
}

void Timers::clear() {
  chunks_.clear();
  size_ = 0;
}

}  // namespace signalbox
