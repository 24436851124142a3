#include "signalbox/item_batches.h"

#include <utility>

namespace signalbox {

ItemBatches::ItemBatches(const MapRunPlan::Batcher& limits) : limits_(limits) {
  if (limits.batch_input) fixed_bytes_ += limits.batch_input->text_bytes() + 14;  // "BatchInput":…,
}

std::vector<ItemBatches::Batch> ItemBatches::add(const Json& item) {
  std::vector<Batch> whole;
  const auto take = [&] {
    if (auto batch = close()) whole.push_back(std::move(*batch));
  };
  const auto bytes = item.text_bytes() + 1;
  if (limits_.max_bytes > 0 && static_cast<std::int64_t>(fixed_bytes_ + bytes_ + bytes) > limits_.max_bytes) take();
  items_.push_back(item);
  bytes_ += bytes;
  if (limits_.max_items > 0 && static_cast<std::int64_t>(items_.size()) >= limits_.max_items) take();
  return whole;
}

std::optional<ItemBatches::Batch> ItemBatches::close() {
  if (items_.empty()) return std::nullopt;
  const auto count = static_cast<std::int64_t>(items_.size());
  Json::Object input;
  if (limits_.batch_input) input.push_back({"BatchInput", *limits_.batch_input});
  input.push_back({"Items", Json(std::exchange(items_, {}))});
  bytes_ = 0;
  return Batch{.input = Json(std::move(input)), .items = count};
}

}  // namespace signalbox
