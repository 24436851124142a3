#include "aws/sfn/inspection.h"

#include "json/object_text.h"

#include <fmt/format.h>

#include <cmath>

namespace signalbox::aws::sfn {

namespace {

/// 1 as `1.0`: AWS's is a float.
std::string float_text(double value) {
  return std::floor(value) == value && std::abs(value) < 1e15 ? fmt::format("{:.1f}", value) : Json(value).text();
}

/// AWS shows a batch with each of its items as a text of JSON.
Json with_items_as_texts(const Json& batches) {
  Json::Array out;
  for (const auto& batch : batches.elements()) {
    Json::Array texts;
    for (const auto& item : batch.find("Items")->elements()) texts.emplace_back(item.text());
    out.push_back(batch.with("Items", Json(std::move(texts))));
  }
  return Json(std::move(out));
}

class InspectionText {
 public:
  InspectionText(const State& state, const TrialResult& result) : state_(state), result_(result) {}

  std::string text(const Json& input) {
    out_.quoted("input", input);
    if (jsonata()) show_jsonata();
    else show_json_path();
    if (map() != nullptr) show_limits();
    if (result_.variables.size() > 0) out_.quoted("variables", result_.variables);
    if (result_.retry_index || shown().catch_index) out_.raw("errorDetails", error_details());
    return out_.take();
  }

 private:
  [[nodiscard]] const StateInspection& shown() const { return result_.inspection; }
  [[nodiscard]] bool jsonata() const { return state_.query_language == QueryLanguage::Jsonata; }
  [[nodiscard]] bool task() const { return std::holds_alternative<TaskState>(state_.type); }
  [[nodiscard]] const MapState* map() const { return std::get_if<MapState>(&state_.type); }

  void show(std::string_view name, const std::optional<Json>& value) {
    if (value) out_.quoted(name, *value);
  }

  void show_jsonata() {
    if (map() != nullptr) show_items();
    if (!task()) return;
    show("afterArguments", shown().after_arguments);
    show("result", shown().result);
  }

  void show_json_path() {
    const bool parallel = std::holds_alternative<ParallelState>(state_.type), passes = std::holds_alternative<PassState>(state_.type);
    if (!parallel) show("afterInputPath", shown().after_input_path);
    if (map() != nullptr) show_items();
    if (passes || task()) show("afterParameters", shown().after_parameters);
    if (passes || task()) show("result", shown().result);
    show("afterResultSelector", shown().after_result_selector);
    show("afterResultPath", shown().after_result_path);
  }

  /// JSONata has no ItemsPath.
  void show_items() {
    if (points_into_object()) show("afterItemsPointer", shown().after_items_path);
    else if (!jsonata()) show("afterItemsPath", shown().after_items_path);
    show("afterItemSelector", shown().after_item_selector);
    if (shown().after_item_batcher) out_.quoted("afterItemBatcher", with_items_as_texts(*shown().after_item_batcher));
  }

  [[nodiscard]] bool points_into_object() const {
    const auto& distributed = map()->distributed;
    return distributed && distributed->reader && distributed->reader->config.find("ItemsPointer") != nullptr;
  }

  void show_limits() {
    if (shown().max_concurrency) out_.number("maxConcurrency", *shown().max_concurrency);
    if (shown().tolerated_failure_count) out_.number("toleratedFailureCount", *shown().tolerated_failure_count);
    if (shown().tolerated_failure_percentage) out_.raw("toleratedFailurePercentage", float_text(*shown().tolerated_failure_percentage));
  }

  [[nodiscard]] std::string error_details() const {
    ObjectText details;
    if (result_.retry_index)
      details.number("retryIndex", *result_.retry_index).number("retryBackoffIntervalSeconds", *result_.retry_backoff_seconds);
    else details.number("catchIndex", *shown().catch_index);
    return details.take();
  }

  const State& state_;
  const TrialResult& result_;
  ObjectText out_;
};

}  // namespace

std::string inspection_text(const Json& input, const State& state, const TrialResult& result) {
  return InspectionText(state, result).text(input);
}

}  // namespace signalbox::aws::sfn
