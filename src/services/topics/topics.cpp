#include "signalbox/topics.h"

#include "services/topics/topic_rules.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace signalbox {

using namespace topic_records;
using namespace topic_rules;

Error topic_rules::invalid(const std::string& what, const std::string& where) {
  return error(ErrorCode::InvalidArgument, "Invalid parameter: " + what, where);
}
Error topic_rules::topic_does_not_exist() { return error(ErrorCode::NotFound, "Topic does not exist", "TopicArn"); }

std::string topic_rules::signature_version(const Topic& topic) {
  const auto set = topic.attributes.find("SignatureVersion");
  return set == topic.attributes.end() ? "1" : set->second;
}

namespace {

/// Settable attributes of a topic. All are kept; DisplayName, FifoTopic, ContentBasedDeduplication, SignatureVersion and MaximumMessageSize have an effect.
constexpr std::array topic_attributes{"DisplayName",
                                      "Policy",
                                      "DeliveryPolicy",
                                      "KmsMasterKeyId",
                                      "FifoTopic",
                                      "ContentBasedDeduplication",
                                      "SignatureVersion",
                                      "TracingConfig",
                                      "FifoThroughputScope",
                                      "ArchivePolicy",
                                      "MaximumMessageSize",
                                      "DataProtectionPolicy",
                                      "HTTPSuccessFeedbackRoleArn",
                                      "HTTPSuccessFeedbackSampleRate",
                                      "HTTPFailureFeedbackRoleArn",
                                      "LambdaSuccessFeedbackRoleArn",
                                      "LambdaSuccessFeedbackSampleRate",
                                      "LambdaFailureFeedbackRoleArn",
                                      "SQSSuccessFeedbackRoleArn",
                                      "SQSSuccessFeedbackSampleRate",
                                      "SQSFailureFeedbackRoleArn",
                                      "FirehoseSuccessFeedbackRoleArn",
                                      "FirehoseSuccessFeedbackSampleRate",
                                      "FirehoseFailureFeedbackRoleArn",
                                      "ApplicationSuccessFeedbackRoleArn",
                                      "ApplicationSuccessFeedbackSampleRate",
                                      "ApplicationFailureFeedbackRoleArn"};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

Result<void> check_name(std::string_view name, bool fifo) {
  if (fifo != name.ends_with(".fifo"))
    return invalid(fifo ? "Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, "
                          "numbers, underscores, and "
                          "hyphens, and must be between 1 and 256 characters long."
                        : "Topic Name",
                   "Name");
  const auto stem = fifo ? name.substr(0, name.size() - 5) : name;
  if (stem.empty() || name.size() > 256 || !std::all_of(stem.begin(), stem.end(), is_name_character)) return invalid("Topic Name", "Name");
  return {};
}

Result<void> check_attribute(const std::string& name, const std::string& value) {
  if (std::find(topic_attributes.begin(), topic_attributes.end(), name) == topic_attributes.end()) return invalid("AttributeName", name);
  if (name == "DisplayName" &&
      (value.size() > 100 || std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })))
    return invalid("DisplayName", name);
  if ((name == "FifoTopic" || name == "ContentBasedDeduplication") && value != "true" && value != "false") return invalid(name, name);
  if (name == "SignatureVersion" && value != "1" && value != "2") return invalid(name, name);
  if (name == "MaximumMessageSize") {
    int bytes = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), bytes);
    if (parsed.ec != std::errc{} || parsed.ptr != value.data() + value.size() || bytes < 1024 || bytes > 1048576)
      return invalid(name, name);
  }
  if ((name == "Policy" || name == "DeliveryPolicy") && !value.empty() && !nlohmann::json::accept(value))
    return invalid(name + " failed to parse JSON.", name);
  return {};
}

TextMap without_defaults(TextMap attributes) {
  std::erase_if(attributes, [](const auto& attribute) { return attribute.first == "FifoTopic" && attribute.second == "false"; });
  return attributes;
}

/// The policy that AWS gives a new topic: its owner may do everything.
std::string default_policy(const Site& site, const std::string& arn) {
  nlohmann::ordered_json actions = nlohmann::ordered_json::array();
  for (const auto* action : {"GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe",
                             "ListSubscriptionsByTopic", "Publish"})
    actions.push_back(std::string("SNS:") + action);
  return nlohmann::ordered_json{{"Version", "2008-10-17"},
                                {"Id", "__default_policy_ID"},
                                {"Statement",
                                 {{{"Sid", "__default_statement_ID"},
                                   {"Effect", "Allow"},
                                   {"Principal", {{"AWS", "*"}}},
                                   {"Action", actions},
                                   {"Resource", arn},
                                   {"Condition", {{"StringEquals", {{"AWS:SourceOwner", site.account}}}}}}}}}
      .dump();
}

}  // namespace

bool Topic::is_fifo() const {
  const auto found = attributes.find("FifoTopic");
  return found != attributes.end() && found->second == "true";
}

SnsError sns_error(const Error& error) {
  switch (error.code) {
    case ErrorCode::NotFound: return {.code = "NotFound", .status = 404};
    case ErrorCode::Forbidden: return {.code = "AuthorizationError", .status = 403};
    case ErrorCode::Unavailable:
    case ErrorCode::Internal: return {.code = "InternalError", .status = 500};
    default: break;
  }
  // Faults of message attributes have a code of their own on AWS.
  if (error.where.starts_with("MessageAttributes")) return {.code = "ParameterValueInvalid", .status = 400};
  return {.code = "InvalidParameter", .status = 400};
}

Result<std::string> topic_name_of_arn(std::string_view arn, std::string_view parameter) {
  const std::string where(parameter);
  const auto elements = std::count(arn.begin(), arn.end(), ':') + 1;
  if (elements < 6) return invalid(where + " Reason: An ARN must have at least 6 elements, not " + std::to_string(elements), where);
  Arn parsed;
  if (!parse_arn(arn, parsed) || parsed.service != "sns" || parsed.resource.empty() || parsed.resource.find(':') != std::string::npos)
    return invalid(where, where);
  return parsed.resource;
}

Topics::Topics(TopicEnvironment environment, const Outbox& outbox) : environment_(std::move(environment)), outbox_(outbox) {}

Result<Topic> Topics::create(Transaction& transaction, const std::string& name, const TextMap& attributes, const TextMap& tags) const {
  Topic topic{.name = name, .attributes = without_defaults(attributes), .tags = tags, .created_at = transaction.now()};
  if (auto checked = check_name(name, topic.is_fifo()); !checked) return checked.error();
  for (const auto& [attribute, value] : topic.attributes)
    if (auto checked = check_attribute(attribute, value); !checked) return checked.error();
  if (tags.size() > 50) return invalid("Tags Reason: a topic can have no more than 50 tags", "Tags");
  if (auto existing = get_topic(transaction, name)) {
    for (const auto& [attribute, value] : topic.attributes)
      if (const auto found = existing->attributes.find(attribute); found == existing->attributes.end() || found->second != value)
        return invalid("Attributes Reason: Topic already exists with different attributes", "Attributes");
    if (!tags.empty() && tags != existing->tags) return invalid("Tags Reason: Topic already exists with different tags", "Tags");
    return std::move(*existing);
  }
  put_topic(transaction, topic);
  return topic;
}

void Topics::remove(Transaction& transaction, const std::string& name) const {
  std::vector<Subscription> gone;
  transaction.scan({.prefix = Key(subscriptions_table, name)}, [&](const Key& key, std::string_view record) {
    gone.push_back(decode_subscription(key, record));
    return true;
  });
  for (const auto& subscription : gone) remove_subscription(transaction, subscription);
  transaction.erase(Key(topics_table, name));
}

Result<void> Topics::set_attribute(Transaction& transaction, const std::string& name, const std::string& attribute,
                                   const std::string& value) const {
  auto topic = get_topic(transaction, name);
  if (!topic) return topic_does_not_exist();
  if (attribute == "FifoTopic") return invalid("AttributeName", attribute);
  if (auto checked = check_attribute(attribute, value); !checked) return checked;
  if (value.empty()) topic->attributes.erase(attribute);
  else topic->attributes[attribute] = value;
  put_topic(transaction, *topic);
  return {};
}

Result<TextMap> Topics::attributes(const Reader& reader, const std::string& name) const {
  const auto topic = get_topic(reader, name);
  if (!topic) return topic_does_not_exist();
  std::size_t confirmed = 0, pending = 0;
  reader.scan({.prefix = Key(subscriptions_table, name)}, [&](const Key& key, std::string_view record) {
    ++(is_pending(decode_subscription(key, record)) ? pending : confirmed);
    return true;
  });
  const auto arn = environment_.site.topic_arn(name);
  TextMap shown{
      {"TopicArn", arn},
      {"Owner", environment_.site.account},
      {"DisplayName", ""},
      {"SubscriptionsConfirmed", std::to_string(confirmed)},
      {"SubscriptionsPending", std::to_string(pending)},
      {"SubscriptionsDeleted", "0"},
      {"Policy", default_policy(environment_.site, arn)},
      {"EffectiveDeliveryPolicy",
       R"({"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,)"
       R"("numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false}})"}};
  if (topic->is_fifo()) shown["ContentBasedDeduplication"] = "false";
  for (const auto& [attribute, value] : topic->attributes)
    if (attribute != "Policy" || !value.empty()) shown[attribute] = value;  // an empty policy is none
  return shown;
}

Result<Topic> Topics::find(const Reader& reader, const std::string& name) const {
  auto topic = get_topic(reader, name);
  if (!topic) return topic_does_not_exist();
  return std::move(*topic);
}

Page<Topic> Topics::list(const Reader& reader, std::size_t limit, std::optional<std::string> after) const {
  Page<Topic> page;
  KeyRange range{.prefix = Key(topics_table)};
  if (after) range.after = Key(topics_table, *after);
  reader.scan(range, [&](const Key& key, std::string_view record) {
    if (page.items.size() == limit) {
      page.next = page.items.back().name;
      return false;
    }
    page.items.push_back(decode_topic(key.text(0), record));
    return true;
  });
  return page;
}

Result<void> Topics::tag(Transaction& transaction, const std::string& name, const TextMap& tags) const {
  auto topic = get_topic(transaction, name);
  if (!topic) return error(ErrorCode::NotFound, "Resource does not exist", "ResourceArn");
  for (const auto& [key, value] : tags) topic->tags[key] = value;
  if (topic->tags.size() > 50) return error(ErrorCode::TooLarge, "Could not complete request: tag quota of per resource exceeded", "Tags");
  put_topic(transaction, *topic);
  return {};
}

Result<void> Topics::untag(Transaction& transaction, const std::string& name, const std::vector<std::string>& keys) const {
  auto topic = get_topic(transaction, name);
  if (!topic) return error(ErrorCode::NotFound, "Resource does not exist", "ResourceArn");
  for (const auto& key : keys) topic->tags.erase(key);
  put_topic(transaction, *topic);
  return {};
}

namespace {

std::vector<Key> old_deduplication(const Reader& reader, Timestamp now, std::size_t limit) {
  std::vector<Key> old;
  reader.scan({.prefix = Key(deduplication_table)}, [&](const Key& key, std::string_view record) {
    if (now - deduplication_time(record) >= std::chrono::minutes{5}) old.push_back(key);
    return old.size() < limit;
  });
  return old;
}

}  // namespace

bool Topics::has_old_deduplication(const Reader& reader, Timestamp now) const { return !old_deduplication(reader, now, 1).empty(); }

std::size_t Topics::forget_old_deduplication(Transaction& transaction, std::size_t limit) const {
  const auto old = old_deduplication(transaction, transaction.now(), limit);
  for (const auto& key : old) transaction.erase(key);
  return old.size();
}

}  // namespace signalbox
