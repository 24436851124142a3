#include "services/queues/message_storage.h"
#include "services/queues/queue_errors.h"
#include "services/queues/queue_records.h"
#include "services/queues/queue_settings.h"
#include "services/queues/queue_url.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox {

using namespace queues;

namespace {

void store(Transaction& transaction, const QueueRecord& queue) { transaction.put(Key(queues_table, queue.name), encode(queue)); }

Error invalid_name(bool fifo) {
  return invalid_parameter(fifo ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end "
                                  "with .fifo suffix and be 1 to 80 in length."
                                : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.");
}

Result<void> check_tags(const QueueTextMap& tags) {
  constexpr std::size_t tags_max = 50;
  if (tags.size() > tags_max) return invalid_parameter(fmt::format("Too many tags: {}; a queue can have {}.", tags.size(), tags_max));
  for (const auto& [key, value] : tags) {
    if (key.empty() || key.size() > 128 || value.size() > 256)
      return invalid_parameter(fmt::format("Tag '{}' is invalid: a key has 1 to 128 characters, a value up to 256.", key));
  }
  return {};
}

/// The first attribute that the caller names and whose value is another one.
std::optional<std::string> first_difference(const QueueTextMap& wanted, const QueueTextMap& existing) {
  for (const auto& [name, value] : wanted) {
    const auto found = existing.find(name);
    if ((found == existing.end() ? "" : found->second) != value) return name;
  }
  return std::nullopt;
}

}  // namespace

Result<QueueRecord> Queues::find(const Reader& reader, std::string_view name) const {
  const auto record = reader.get(Key(queues_table, name));
  if (!record) return queue_does_not_exist();
  return decode_queue(*record);
}

Result<QueueRecord> Queues::create(Transaction& transaction, const CreateQueue& request) const {
  const auto fifo_flag = request.attributes.find("FifoQueue");
  const bool wants_fifo = fifo_flag != request.attributes.end() && fifo_flag->second == "true";
  const bool fifo = is_fifo_name(request.name);
  if (!is_queue_name(request.name) || wants_fifo != fifo) return invalid_name(wants_fifo);
  QueueRecord queue{.name = request.name,
                    .fifo = fifo,
                    .tags = request.tags,
                    .created_at = transaction.now(),
                    .modified_at = transaction.now(),
                    .stack = request.stack};
  if (auto applied = apply_settings(transaction, queue, request.attributes); !applied) return applied.error();
  if (auto checked = check_tags(request.tags); !checked) return checked.error();

  if (auto existing = find(transaction, request.name)) {
    if (const auto difference = first_difference(request.attributes, settings_of(*existing, site_))) {
      return queue_error(ErrorCode::AlreadyExists, "QueueNameExists",
                         fmt::format("A queue already exists with the same name and a different value for attribute {}", *difference));
    }
    return existing;
  }
  queue.row = queue.id = transaction.next_row(queue_states_table);
  store(transaction, queue);
  return queue;
}

Result<void> Queues::remove(Transaction& transaction, std::string_view name) const {
  const auto queue = find(transaction, name);
  if (!queue) return queue.error();
  transaction.erase(Key(queues_table, name));
  transaction.put(Key(queue_garbage_table, queue->row), "");
  transaction.on_commit([signals = &signals_, id = queue->id] { signals->notify(id); });
  return {};
}

Result<void> Queues::purge(Transaction& transaction, std::string_view name) const {
  auto queue = find(transaction, name);
  if (!queue) return queue.error();
  transaction.put(Key(queue_garbage_table, queue->row), "");
  queue->row = transaction.next_row(queue_states_table);
  store(transaction, *queue);
  return {};
}

Result<void> Queues::set_attributes(Transaction& transaction, std::string_view name, const QueueTextMap& attributes) const {
  auto queue = find(transaction, name);
  if (!queue) return queue.error();
  if (auto applied = apply_settings(transaction, *queue, attributes); !applied) return applied;
  queue->modified_at = transaction.now();
  store(transaction, *queue);
  return {};
}

std::vector<QueueRecord> Queues::list(const Reader& reader, std::string_view prefix, std::string_view after, std::size_t limit) const {
  std::vector<QueueRecord> queues;
  // The range's end is not expressible as a prefix of whole key parts, hence the look at each name; they are in order.
  KeyRange range{.prefix = Key(queues_table)};
  if (!after.empty()) range.after = Key(queues_table, after);
  reader.scan(range, [&](const Key& key, std::string_view record) {
    const auto name = key.text(0);
    if (name.starts_with(prefix)) queues.push_back(decode_queue(record));
    return queues.size() < limit && (prefix.empty() || name.compare(0, prefix.size(), prefix) <= 0);
  });
  return queues;
}

Result<QueueTextMap> Queues::attributes(const Reader& reader, std::string_view name, const std::vector<std::string>& names,
                                        Timestamp now) const {
  const auto queue = find(reader, name);
  if (!queue) return queue.error();
  auto all = settings_of(*queue, site_);
  const auto wants = [&](std::string_view attribute) {
    return std::any_of(names.begin(), names.end(), [&](const auto& wanted) { return wanted == "All" || wanted == attribute; });
  };
  if (wants("ApproximateNumberOfMessages") || wants("ApproximateNumberOfMessagesNotVisible") ||
      wants("ApproximateNumberOfMessagesDelayed")) {
    const auto counts = count(reader, *queue, now);
    all.emplace("ApproximateNumberOfMessages", std::to_string(counts.visible));
    all.emplace("ApproximateNumberOfMessagesNotVisible", std::to_string(counts.not_visible));
    all.emplace("ApproximateNumberOfMessagesDelayed", std::to_string(counts.delayed));
  }
  static constexpr std::string_view optional_names[]{"All",
                                                     "Policy",
                                                     "RedrivePolicy",
                                                     "RedriveAllowPolicy",
                                                     "KmsMasterKeyId",
                                                     "KmsDataKeyReusePeriodSeconds",
                                                     "FifoQueue",
                                                     "ContentBasedDeduplication",
                                                     "DeduplicationScope",
                                                     "FifoThroughputLimit"};
  QueueTextMap selected;
  for (const auto& wanted : names) {
    if (!all.contains(wanted) && std::find(std::begin(optional_names), std::end(optional_names), wanted) == std::end(optional_names)) {
      return queue_error(ErrorCode::InvalidArgument, "InvalidAttributeName", fmt::format("Unknown Attribute {}.", wanted));
    }
  }
  for (const auto& [attribute, value] : all) {
    if (wants(attribute)) selected.emplace(attribute, value);
  }
  return selected;
}

Result<void> Queues::tag(Transaction& transaction, std::string_view name, const QueueTextMap& tags) const {
  auto queue = find(transaction, name);
  if (!queue) return queue.error();
  for (const auto& [key, value] : tags) queue->tags[key] = value;
  if (auto checked = check_tags(queue->tags); !checked) return checked;
  store(transaction, *queue);
  return {};
}

Result<void> Queues::untag(Transaction& transaction, std::string_view name, const std::vector<std::string>& keys) const {
  auto queue = find(transaction, name);
  if (!queue) return queue.error();
  for (const auto& key : keys) queue->tags.erase(key);
  store(transaction, *queue);
  return {};
}

Result<std::vector<std::string>> Queues::dead_letter_sources(const Reader& reader, std::string_view name) const {
  if (const auto queue = find(reader, name); !queue) return queue.error();
  std::vector<std::string> sources;
  reader.scan(KeyRange{.prefix = Key(queues_table)}, [&](const Key&, std::string_view record) {
    auto queue = decode_queue(record);
    if (queue.dead_letter_queue == name) sources.push_back(std::move(queue.name));
    return true;
  });
  return sources;
}

}  // namespace signalbox
