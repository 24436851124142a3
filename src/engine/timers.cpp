#include "engine/timers.h"

#include <algorithm>

namespace signalbox {

namespace {
constexpr std::size_t arity = 4;
}

void Timers::push(Timestamp due, ExecutionRow row) {
  if (size_ == chunks_.size() * chunk_entries) chunks_.push_back(std::make_unique<Chunk>());
  std::size_t hole = size_++;
  while (hole > 0) {
    const std::size_t parent = (hole - 1) / arity;
    if (at(parent).due <= due) break;
    at(hole) = at(parent);
    hole = parent;
  }
  at(hole) = {due, row};
}

std::optional<Timestamp> Timers::next_due() const { return empty() ? std::nullopt : std::optional(at(0).due); }

std::optional<Timers::Entry> Timers::pop_due(Timestamp now) {
  if (empty() || at(0).due > now) return std::nullopt;
  const Entry popped = at(0);
  const Entry last = at(--size_);
  if (size_ > 0) sift_down(last);
  // One chunk is kept in reserve, so that a heap that swings around a boundary does not allocate each time.
  while (chunks_.size() > 1 && size_ + chunk_entries < (chunks_.size() - 1) * chunk_entries) chunks_.pop_back();
  return popped;
}

void Timers::sift_down(Entry entry) {
  std::size_t hole = 0;
  for (;;) {
    const std::size_t first = hole * arity + 1;
    if (first >= size_) break;
    std::size_t least = first;
    for (std::size_t child = first + 1; child < std::min(first + arity, size_); ++child) {
      if (at(child).due < at(least).due) least = child;
    }
    if (entry.due <= at(least).due) break;
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
