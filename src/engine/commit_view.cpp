#include "engine/commit_view.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace signalbox {

const Reader& CommitView::now() const {
  if (under_way_) return *under_way_;
  return store_;
}

std::optional<std::string> CommitView::get(const Key& key) const {
  if (!key.table().seldom_changes) return now().get(key);
  auto& kept = kept_[&key.table()];
  if (const auto found = kept.find(key.bytes()); found != kept.end()) return found->second;
  auto record = now().get(key);
  constexpr std::size_t records_max = 1'000;
  if (kept.size() >= records_max) kept.clear();
  if (record) kept.emplace(key.bytes(), *record);
  return record;
}

void CommitView::changed(const WriteBatch& batch) {
  for (const auto& [table, writes] : batch.tables()) kept_.erase(table);
}

bool CommitView::is_ready() {
  if (beside_) return true;
  try {
    beside_ = store_.reader();
  } catch (const StoreFailure& failure) {
    spdlog::warn("the engine waits for each commit: {}", failure.what());
  }
  return beside_ != nullptr;
}

const WriteBatch& CommitView::begin(WriteBatch batch) {
  SIGNALBOX_ASSERT(beside_ && !under_way_);
  changed(batch);
  return under_way_.emplace(*beside_, std::move(batch)).batch();
}

WriteBatch CommitView::end() {
  WriteBatch batch = under_way_->take_batch();
  under_way_.reset();
  changed(batch);  // it may have failed
  return batch;
}

}  // namespace signalbox
