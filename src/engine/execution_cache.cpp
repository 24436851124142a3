#include "engine/execution_cache.h"

namespace signalbox {

std::size_t estimated_bytes(const Execution& execution) {
  constexpr std::size_t fixed_bytes = 1'536, frame_bytes = 512, task_bytes = 768;
  std::size_t bytes = fixed_bytes + execution.started.input.text_bytes();
  for (const auto& [id, frame] : execution.frames) {
    bytes += frame_bytes + frame.input.text_bytes();
    if (const auto* gathering = std::get_if<Frame::Gathering>(&frame.activity)) {
      if (gathering->map) bytes += gathering->map->items.text_bytes();
      for (const auto& result : gathering->results) bytes += sizeof(Json) + (result ? result->text_bytes() : 0);
    }
  }
  for (const auto& [attempt, task] : execution.tasks) bytes += task_bytes + task.scheduled.input.text_bytes();
  return bytes;
}

CachedExecution* ExecutionCache::find(ExecutionRow row) {
  const auto found = by_row_.find(row);
  if (found == by_row_.end()) return nullptr;
  executions_.splice(executions_.begin(), executions_, found->second);
  return &*found->second;
}

CachedExecution& ExecutionCache::insert(CachedExecution execution) {
  execution.bytes = execution.bytes_measured = estimated_bytes(execution.state);
  bytes_ += execution.bytes;
  executions_.push_front(std::move(execution));
  by_row_[executions_.front().record.row] = executions_.begin();
  return executions_.front();
}

void ExecutionCache::erase(ExecutionRow row) {
  const auto found = by_row_.find(row);
  if (found == by_row_.end()) return;
  bytes_ -= found->second->bytes;
  executions_.erase(found->second);
  by_row_.erase(found);
}

// Measuring walks over the whole state, so it is done again only when the sum of what was added has doubled it.
void ExecutionCache::grown(CachedExecution& execution, std::size_t bytes) {
  bytes_ -= execution.bytes;
  execution.bytes += bytes;
  if (execution.bytes > 2 * execution.bytes_measured + 4'096) execution.bytes = execution.bytes_measured = estimated_bytes(execution.state);
  bytes_ += execution.bytes;
}

void ExecutionCache::evict(std::size_t bytes_max) {
  for (auto at = executions_.end(); bytes_ > bytes_max && at != executions_.begin();) {
    --at;
    if (at->express || at == executions_.begin()) continue;
    const auto dropped = at++;
    erase(dropped->record.row);
  }
}

void ExecutionCache::for_each(const std::function<void(CachedExecution&)>& visit) {
  for (auto& execution : executions_) visit(execution);
}

void ExecutionCache::clear() {
  executions_.clear();
  by_row_.clear();
  bytes_ = 0;
}

}  // namespace signalbox
