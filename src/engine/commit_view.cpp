#include "engine/commit_view.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace signalbox {

const Reader& CommitView::now() const {
  if (under_way_) return *under_way_;
  return store_;
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
  return under_way_.emplace(*beside_, std::move(batch)).batch();
}

WriteBatch CommitView::end() {
  WriteBatch batch = under_way_->take_batch();
  under_way_.reset();
  return batch;
}

}  // namespace signalbox
