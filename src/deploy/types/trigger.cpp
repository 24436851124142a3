/// AWS::Lambda::EventSourceMapping of a queue, and so an SQS event of a function. Physical id: the trigger's UUID would be new each time, so it is
/// queue and function, of which there is one trigger at most.

#include "deploy/properties.h"
#include "deploy/types/types.h"
#include "services/queues/queue_url.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

class TriggerType final : public ResourceType {
 public:
  explicit TriggerType(const Triggers& triggers) : triggers_(triggers) {}

  std::string_view name() const override { return "AWS::Lambda::EventSourceMapping"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto trigger = read(resource, faults);
    return {.physical_id = trigger.queue + " " + trigger.function, .ref = std::nullopt, .attributes = {}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    const auto created = triggers_.create(transaction, read(resource));
    return created ? Result<void>() : Result<void>(created.error());
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    const auto wanted = read(resource);
    const auto existing = find(transaction, resource.identity.physical_id);
    if (!existing) return create(transaction, resource);
    TriggerChange change;
    change.batch_size = wanted.batch_size;
    change.window_seconds = wanted.window_seconds;
    change.reports_failures = wanted.reports_failures;
    change.enabled = wanted.enabled;
    change.concurrency_max = wanted.concurrency_max;
    change.filters = wanted.filters;
    const auto updated = triggers_.update(transaction, existing->id, change);
    return updated ? Result<void>() : Result<void>(updated.error());
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto existing = find(transaction, physical_id);
    if (!existing) return {};
    const auto removed = triggers_.remove(transaction, existing->id);
    return removed ? Result<void>() : Result<void>(removed.error());
  }

 private:
  [[nodiscard]] std::optional<TriggerRecord> find(const Reader& reader, const std::string& physical_id) const {
    const auto blank = physical_id.find(' ');
    auto found = triggers_.list(reader, physical_id.substr(0, blank), physical_id.substr(blank + 1), "", 1);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  }

  /// NAME or NAME:QUALIFIER, of a function that may be given by its ARN.
  static std::string function_of(const std::string& given) {
    constexpr std::string_view marker = ":function:";
    const auto at = given.find(marker);
    return given.starts_with("arn:") && at != std::string::npos ? given.substr(at + marker.size()) : given;
  }

  static void read_filters(Properties& properties, TriggerRecord& trigger) {
    const auto* criteria = properties.object("FilterCriteria");
    const auto* filters = criteria ? criteria->find("Filters") : nullptr;
    if (!filters || !filters->is_array()) return;
    for (const auto& filter : filters->elements()) {
      const auto* pattern = filter.find("Pattern");
      if (pattern && pattern->is_string()) trigger.filters.emplace_back(pattern->as_string());
      else properties.fault("FilterCriteria", "a filter needs a Pattern");
    }
  }

  static TriggerRecord read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    TriggerRecord trigger;
    const auto source = properties.required("EventSourceArn");
    if (const auto queue = queue_name_of(source)) trigger.queue = *queue;
    else if (!source.empty()) properties.fault("EventSourceArn", fmt::format("'{}' is no queue", source));
    trigger.function = function_of(properties.required("FunctionName"));
    trigger.batch_size = properties.integer("BatchSize", 1, 10'000).value_or(10);
    trigger.window_seconds = properties.integer("MaximumBatchingWindowInSeconds", 0, 300).value_or(0);
    trigger.enabled = properties.boolean("Enabled").value_or(true);
    trigger.stack = resource.stack;
    if (const auto* types = properties.array("FunctionResponseTypes"))
      for (const auto& type : types->elements()) {
        if (type == Json("ReportBatchItemFailures")) trigger.reports_failures = true;
        else properties.fault("FunctionResponseTypes", fmt::format("{} is not offered here; ReportBatchItemFailures is", type.text()));
      }
    read_filters(properties, trigger);
    if (const auto* scaling = properties.object("ScalingConfig")) {
      Properties limits(*scaling, properties.at("ScalingConfig"), faults);
      trigger.concurrency_max = limits.integer("MaximumConcurrency", 2, 1'000);
      limits.refuse_others();
    }
    properties.ignore({"Tags", "KmsKeyArn", "MetricsConfig"});
    properties.refuse_others();
    return trigger;
  }
  static TriggerRecord read(const Resource& resource) {
    Faults none;
    return read(resource, none);
  }

  const Triggers& triggers_;
};

}  // namespace

std::unique_ptr<ResourceType> make_trigger_type(const Triggers& triggers) { return std::make_unique<TriggerType>(triggers); }

}  // namespace signalbox::deploy
