#pragma once
/// Items of a distributed Map put together into the inputs of its children. Spec: ItemBatcher.

#include "signalbox/json.h"
#include "signalbox/map_run_plan.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace signalbox {

class ItemBatches {
 public:
  struct Batch {
    Json input;  ///< `{"BatchInput": …, "Items": […]}`
    std::int64_t items = 0;
  };

  /// `limits` must outlive it.
  explicit ItemBatches(const MapRunPlan::Batcher& limits);

  /// The batches that are whole now: one that had no room for the item, and the item's own if that fills it.
  [[nodiscard]] std::vector<Batch> add(const Json& item);
  /// Items that no batch has been made of yet.
  [[nodiscard]] const Json::Array& left() const { return items_; }
  /// A batch of what is left; nothing if nothing is.
  [[nodiscard]] std::optional<Batch> close();

 private:
  const MapRunPlan::Batcher& limits_;
  Json::Array items_;
  std::size_t bytes_ = 0, fixed_bytes_ = 12;  // {"Items":[]}
};

}  // namespace signalbox
