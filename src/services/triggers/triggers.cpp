#include "signalbox/triggers.h"

#include "signalbox/encoding.h"

#include "services/events/event_pattern.h"
#include "services/queues/queue_url.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace signalbox {

namespace {

using Config = nlohmann::ordered_json;
constexpr int version = 1;

std::string encode(const TriggerRecord& trigger) {
  Config config{{"version", version},
                {"queue", trigger.queue},
                {"function", trigger.function},
                {"batchSize", trigger.batch_size},
                {"windowSeconds", trigger.window_seconds},
                {"reportsFailures", trigger.reports_failures},
                {"enabled", trigger.enabled},
                {"createdAt", format_rfc3339(trigger.created_at)},
                {"modifiedAt", format_rfc3339(trigger.modified_at)}};
  if (trigger.concurrency_max) config["concurrencyMax"] = *trigger.concurrency_max;
  if (trigger.stack) config["stack"] = *trigger.stack;
  if (!trigger.filters.empty()) config["filters"] = trigger.filters;
  return config.dump();
}

TriggerRecord decode(std::string id, std::string_view record) {
  const auto config = Config::parse(record, nullptr, false);
  if (!config.is_object() || config.value("version", 0) != version) throw StoreFailure("damaged record of trigger " + id);
  TriggerRecord trigger{.id = std::move(id),
                        .queue = config.value("queue", ""),
                        .function = config.value("function", ""),
                        .batch_size = config.value("batchSize", std::int64_t{10}),
                        .window_seconds = config.value("windowSeconds", std::int64_t{0}),
                        .reports_failures = config.value("reportsFailures", false),
                        .enabled = config.value("enabled", true)};
  if (config.contains("concurrencyMax")) trigger.concurrency_max = config["concurrencyMax"].get<std::int64_t>();
  if (config.contains("stack")) trigger.stack = config["stack"].get<std::string>();
  trigger.filters = config.value("filters", std::vector<std::string>{});
  trigger.created_at = parse_rfc3339(config.value("createdAt", "")).value_or(Timestamp{});
  trigger.modified_at = parse_rfc3339(config.value("modifiedAt", "")).value_or(Timestamp{});
  return trigger;
}

std::string_view without_qualifier(std::string_view function) { return function.substr(0, function.find(':')); }

Error out_of_range(const char* name, std::int64_t value, std::int64_t least, std::int64_t most) {
  return error(ErrorCode::InvalidArgument, fmt::format("{} must be between {} and {}, but is {}.", name, least, most, value), name);
}

Result<void> check(const TriggerRecord& trigger) {
  const bool fifo = is_fifo_name(trigger.queue);
  const std::int64_t batch_max = fifo ? 10 : 10'000;
  if (trigger.function.empty()) return error(ErrorCode::InvalidArgument, "FunctionName must not be empty.", "FunctionName");
  if (trigger.batch_size < 1 || trigger.batch_size > batch_max) return out_of_range("BatchSize", trigger.batch_size, 1, batch_max);
  if (trigger.window_seconds < 0 || trigger.window_seconds > 300)
    return out_of_range("MaximumBatchingWindowInSeconds", trigger.window_seconds, 0, 300);
  if (fifo && trigger.window_seconds > 0) {
    return error(ErrorCode::InvalidArgument, "Batching window is not supported for FIFO queues.", "MaximumBatchingWindowInSeconds");
  }
  if (trigger.batch_size > 10 && trigger.window_seconds < 1) {
    return error(ErrorCode::InvalidArgument,
                 "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
                 "MaximumBatchingWindowInSeconds");
  }
  if (trigger.concurrency_max && (*trigger.concurrency_max < 2 || *trigger.concurrency_max > 1'000))
    return out_of_range("MaximumConcurrency", *trigger.concurrency_max, 2, 1'000);
  for (const auto& filter : trigger.filters) {
    if (const auto pattern = events::EventPattern::parse(filter); !pattern)
      return error(ErrorCode::InvalidArgument, "Invalid filter pattern definition. " + pattern.error().message, "FilterCriteria");
  }
  return {};
}

}  // namespace

void Triggers::store(Transaction& transaction, const TriggerRecord& trigger) const {
  transaction.put(Key(triggers_table, trigger.id), encode(trigger));
}

void Triggers::on_change(std::function<void(const std::string&)> listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

void Triggers::announce(Transaction& transaction, const std::string& id) const {
  transaction.on_commit([this, id] {
    const std::lock_guard lock(mutex_);
    if (listener_) listener_(id);
  });
}

Result<TriggerRecord> Triggers::create(Transaction& transaction, TriggerRecord trigger) const {
  if (auto checked = check(trigger); !checked) return checked.error();
  if (auto queue = queues_.find(transaction, trigger.queue); !queue) return queue.error();
  for (const auto& other : list(transaction, trigger.queue, std::nullopt, "", static_cast<std::size_t>(-1))) {
    if (other.function != trigger.function) continue;
    return error(ErrorCode::AlreadyExists, fmt::format("An event source mapping with event source arn (\"{}\") and function name (\"{}\") "
                                                       "already exists. Please update or delete the existing mapping with UUID {}",
                                                       queues_.site().queue_arn(trigger.queue), trigger.function, other.id));
  }
  trigger.id = transaction.new_uuid().value;
  trigger.created_at = trigger.modified_at = transaction.now();
  store(transaction, trigger);
  announce(transaction, trigger.id);
  return trigger;
}

Result<TriggerRecord> Triggers::update(Transaction& transaction, std::string_view id, const TriggerChange& change) const {
  auto trigger = find(transaction, id);
  if (!trigger) return trigger;
  trigger->function = change.function.value_or(trigger->function);
  trigger->batch_size = change.batch_size.value_or(trigger->batch_size);
  trigger->window_seconds = change.window_seconds.value_or(trigger->window_seconds);
  trigger->reports_failures = change.reports_failures.value_or(trigger->reports_failures);
  trigger->enabled = change.enabled.value_or(trigger->enabled);
  if (change.concurrency_max) trigger->concurrency_max = change.concurrency_max;
  trigger->filters = change.filters.value_or(trigger->filters);
  if (auto checked = check(*trigger); !checked) return checked.error();
  trigger->modified_at = transaction.now();
  store(transaction, *trigger);
  announce(transaction, trigger->id);
  return trigger;
}

Result<TriggerRecord> Triggers::remove(Transaction& transaction, std::string_view id) const {
  auto trigger = find(transaction, id);
  if (!trigger) return trigger;
  transaction.erase(Key(triggers_table, id));
  announce(transaction, trigger->id);
  return trigger;
}

Result<TriggerRecord> Triggers::find(const Reader& reader, std::string_view id) const {
  const auto record = reader.get(Key(triggers_table, id));
  if (!record) return error(ErrorCode::NotFound, "The resource you requested does not exist.");
  return decode(std::string(id), *record);
}

std::vector<TriggerRecord> Triggers::list(const Reader& reader, std::optional<std::string_view> queue,
                                          std::optional<std::string_view> function, std::string_view after, std::size_t limit) const {
  std::vector<TriggerRecord> triggers;
  KeyRange range{.prefix = Key(triggers_table)};
  if (!after.empty()) range.after = Key(triggers_table, after);
  reader.scan(range, [&](const Key& key, std::string_view record) {
    auto trigger = decode(key.text(0), record);
    const bool wanted = (!queue || trigger.queue == *queue) && (!function || without_qualifier(trigger.function) == *function);
    if (wanted) triggers.push_back(std::move(trigger));
    return triggers.size() < limit;
  });
  return triggers;
}

}  // namespace signalbox
