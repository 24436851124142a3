#include "services/queues/queue_settings.h"

#include "services/queues/queue_errors.h"
#include "services/queues/queue_records.h"
#include "services/queues/queue_url.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace signalbox::queues {

namespace {

using nlohmann::json;

Error invalid_attribute_value(std::string_view name) {
  return queue_error(ErrorCode::InvalidArgument, "InvalidAttributeValue", fmt::format("Invalid value for the parameter {}.", name));
}
Error invalid_policy(std::string_view value, std::string_view name, std::string_view reason) { return invalid_value(value, name, reason); }

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

struct NumberSetting {
  std::string_view name;
  std::int64_t least, most;
  std::chrono::seconds QueueRecord::*member;
};
constexpr std::array number_settings{NumberSetting{"VisibilityTimeout", 0, 43'200, &QueueRecord::visibility_timeout},
                                     NumberSetting{"DelaySeconds", 0, 900, &QueueRecord::delay},
                                     NumberSetting{"MessageRetentionPeriod", 60, 1'209'600, &QueueRecord::retention},
                                     NumberSetting{"ReceiveMessageWaitTimeSeconds", 0, 20, &QueueRecord::receive_wait}};

/// Kept and shown, without effect here.
constexpr std::array<std::string_view, 4> kept_settings{"Policy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"};

Result<bool> parse_boolean(std::string_view name, std::string_view value) {
  if (value == "true") return true;
  if (value == "false") return false;
  return invalid_attribute_value(name);
}

void keep(QueueRecord& queue, const std::string& name, const std::string& value) {
  if (value.empty()) {
    queue.settings.erase(name);
  } else {
    queue.settings[name] = value;
  }
}

Result<void> check_permission(const QueueRecord& dead_letters, const QueueRecord& source, std::string_view policy) {
  const auto found = dead_letters.settings.find("RedriveAllowPolicy");
  if (found == dead_letters.settings.end()) return {};
  const auto allow = json::parse(found->second, nullptr, false);
  const auto permission = allow.value("redrivePermission", "allowAll");
  if (permission == "allowAll") return {};
  if (permission == "byQueue") {
    for (const auto& arn : allow.value("sourceQueueArns", json::array())) {
      if (arn.is_string() && queue_name_of(arn.get<std::string>()) == source.name) return {};
    }
  }
  return invalid_policy(
      policy, "RedrivePolicy",
      fmt::format("The RedriveAllowPolicy of queue {} does not permit queue {} to use it.", dead_letters.name, source.name));
}

std::optional<std::int64_t> integer_member(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::nullopt;
  if (found->is_number_integer()) return found->get<std::int64_t>();
  if (found->is_string()) return parse_integer(found->get_ref<const std::string&>());
  return std::nullopt;
}

Result<void> set_redrive_policy(const Reader& reader, QueueRecord& queue, const std::string& value) {
  constexpr const char* name = "RedrivePolicy";
  keep(queue, name, value);
  queue.dead_letter_queue.reset();
  queue.receive_count_max = 0;
  if (value.empty()) return {};
  const auto policy = json::parse(value, nullptr, false);
  if (!policy.is_object()) return invalid_policy(value, name, "Redrive policy is not a valid JSON map.");
  for (const char* member : {"deadLetterTargetArn", "maxReceiveCount"}) {
    if (!policy.contains(member))
      return invalid_policy(value, name, fmt::format("Redrive policy does not contain mandatory attribute: {}.", member));
  }
  for (const auto& [member, unused] : policy.items()) {
    if (member != "deadLetterTargetArn" && member != "maxReceiveCount")
      return invalid_policy(value, name, "Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].");
  }
  const auto receives = integer_member(policy, "maxReceiveCount");
  if (!receives || *receives < 1 || *receives > 1'000) {
    return invalid_policy(value, name,
                          fmt::format("Invalid value for maxReceiveCount: {}, valid values are from 1 to 1000 both inclusive.",
                                      policy["maxReceiveCount"].dump()));
  }
  const auto& arn = policy["deadLetterTargetArn"];
  const auto target = arn.is_string() ? queue_name_of(arn.get<std::string>()) : std::nullopt;
  const auto record = target ? reader.get(Key(queues_table, *target)) : std::nullopt;
  if (!record) return invalid_policy(value, name, "Dead letter target does not exist.");
  const auto dead_letters = decode_queue(*record);
  if (dead_letters.fifo != queue.fifo) return invalid_policy(value, name, "Dead-letter queue must be same type of queue as the source.");
  if (auto allowed = check_permission(dead_letters, queue, value); !allowed) return allowed;
  queue.dead_letter_queue = *target;
  queue.receive_count_max = *receives;
  return {};
}

Result<void> set_redrive_allow_policy(QueueRecord& queue, const std::string& value) {
  constexpr const char* name = "RedriveAllowPolicy";
  keep(queue, name, value);
  if (value.empty()) return {};
  const auto policy = json::parse(value, nullptr, false);
  if (!policy.is_object()) return invalid_policy(value, name, "Redrive allow policy is not a valid JSON map.");
  const auto found = policy.find("redrivePermission");
  const auto permission = found != policy.end() && found->is_string() ? found->get<std::string>() : "";
  if (permission != "allowAll" && permission != "denyAll" && permission != "byQueue") {
    return invalid_policy(value, name, "redrivePermission must be one of allowAll, denyAll, byQueue.");
  }
  const bool has_sources = policy.contains("sourceQueueArns") && policy["sourceQueueArns"].is_array() && !policy["sourceQueueArns"].empty();
  if (has_sources != (permission == "byQueue"))
    return invalid_policy(value, name, "sourceQueueArns must be given with redrivePermission byQueue, and only then.");
  return {};
}

Result<void> set_fifo_setting(QueueRecord& queue, const std::string& name, const std::string& value) {
  if (!queue.fifo) return queue_error(ErrorCode::InvalidArgument, "InvalidAttributeName", fmt::format("Unknown Attribute {}.", name));
  if (name == "ContentBasedDeduplication") {
    const auto flag = parse_boolean(name, value);
    if (!flag) return flag.error();
    queue.content_based_deduplication = *flag;
    return {};
  }
  const bool per_group = value == (name == "DeduplicationScope" ? "messageGroup" : "perMessageGroupId");
  if (!per_group && value != (name == "DeduplicationScope" ? "queue" : "perQueue")) return invalid_attribute_value(name);
  if (name == "DeduplicationScope") queue.deduplication_per_group = per_group;
  queue.settings[name] = value;
  return {};
}

Result<void> apply_one(const Reader& reader, QueueRecord& queue, const std::string& name, const std::string& value) {
  for (const auto& setting : number_settings) {
    if (name != setting.name) continue;
    const auto number = parse_integer(value);
    if (!number || *number < setting.least || *number > setting.most) return invalid_attribute_value(name);
    queue.*setting.member = std::chrono::seconds{*number};
    return {};
  }
  if (name == "MaximumMessageSize") {
    const auto number = parse_integer(value);
    if (!number || *number < 1'024 || *number > 1'048'576) return invalid_attribute_value(name);
    queue.message_bytes_max = *number;
    return {};
  }
  if (name == "RedrivePolicy") return set_redrive_policy(reader, queue, value);
  if (name == "RedriveAllowPolicy") return set_redrive_allow_policy(queue, value);
  if (name == "FifoQueue") return value == (queue.fifo ? "true" : "false") ? Result<void>{} : Result<void>{invalid_attribute_value(name)};
  if (name == "ContentBasedDeduplication" || name == "DeduplicationScope" || name == "FifoThroughputLimit")
    return set_fifo_setting(queue, name, value);
  if (std::find(kept_settings.begin(), kept_settings.end(), name) != kept_settings.end()) {
    keep(queue, name, value);
    return {};
  }
  return queue_error(ErrorCode::InvalidArgument, "InvalidAttributeName", fmt::format("Unknown Attribute {}.", name));
}

}  // namespace

Result<void> apply_settings(const Reader& reader, QueueRecord& queue, const QueueTextMap& attributes) {
  for (const auto& [name, value] : attributes) {
    if (auto applied = apply_one(reader, queue, name, value); !applied) return applied;
  }
  return {};
}

QueueTextMap settings_of(const QueueRecord& queue, const Site& site) {
  const auto seconds = [](Timestamp time) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  };
  QueueTextMap map = queue.settings;
  for (const auto& setting : number_settings) map.emplace(setting.name, std::to_string((queue.*setting.member).count()));
  map.emplace("MaximumMessageSize", std::to_string(queue.message_bytes_max));
  map.emplace("QueueArn", site.queue_arn(queue.name));
  map.emplace("CreatedTimestamp", seconds(queue.created_at));
  map.emplace("LastModifiedTimestamp", seconds(queue.modified_at));
  map.emplace("SqsManagedSseEnabled", "true");
  if (queue.fifo) {
    map.emplace("FifoQueue", "true");
    map.emplace("ContentBasedDeduplication", queue.content_based_deduplication ? "true" : "false");
    map.emplace("DeduplicationScope", "queue");
    map.emplace("FifoThroughputLimit", "perQueue");
  }
  return map;
}

}  // namespace signalbox::queues
