// Publish and PublishBatch.
#include <algorithm>

#include "aws/sns/sns.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::sns {

namespace {

Answer<TopicMessageAttributes> attributes_of(const Json& request) {
  TopicMessageAttributes out;
  const Json* map = request.find("MessageAttributes");
  if (!map || !map->is_object()) return out;
  for (const auto& [name, value] : map->members()) {
    TopicMessageAttribute attribute{.data_type = member_text(value, "DataType")};
    if (const auto binary = find_text(value, "BinaryValue")) {
      auto bytes = base64_decode(*binary);
      if (!bytes) return Failure{"ParameterValueInvalid", "Invalid base64 in the BinaryValue of message attribute '" + name + "'"};
      attribute.value = std::move(*bytes);
    } else {
      attribute.value = member_text(value, "StringValue");
    }
    out.emplace(name, std::move(attribute));
  }
  return out;
}

Answer<PublishRequest> message_of(const Json& entry, std::string topic) {
  PublishRequest message{.topic = std::move(topic)};
  auto attributes = attributes_of(entry);
  if (!attributes) return attributes.error();
  message.attributes = std::move(*attributes);
  message.message = member_text(entry, "Message");
  message.subject = find_text(entry, "Subject");
  message.message_structure = find_text(entry, "MessageStructure");
  message.group_id = find_text(entry, "MessageGroupId");
  message.deduplication_id = find_text(entry, "MessageDeduplicationId");
  return message;
}

Json published_json(const PublishedMessage& published) {
  Json out = json_object({{"MessageId", Json(published.message_id)}});
  return published.sequence_number ? out.with("SequenceNumber", Json(*published.sequence_number)) : out;
}

Json failed_json(const std::string& id, const Failure& failure) {
  return json_object(
      {{"Id", Json(id)}, {"Code", Json(failure.code)}, {"Message", Json(failure.message)}, {"SenderFault", Json(failure.status < 500)}});
}

/// Faults of a batch as a whole, in AWS's words. [PublishBatch]
std::optional<Failure> batch_fault(const Json* entries) {
  constexpr std::size_t entries_max = 10;
  if (!entries || !entries->is_array() || entries->size() == 0)
    return Failure{"EmptyBatchRequest", "The batch request doesn't contain any entries."};
  if (entries->size() > entries_max)
    return Failure{"TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible."};
  std::vector<std::string> ids;
  for (const Json& entry : entries->elements()) ids.push_back(member_text(entry, "Id"));
  std::sort(ids.begin(), ids.end());
  if (std::adjacent_find(ids.begin(), ids.end()) != ids.end())
    return Failure{"BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id."};
  return std::nullopt;
}

}  // namespace

asio::awaitable<Answer<Json>> publish(Api api, Json request) {
  if (find_text(request, "PhoneNumber")) co_return invalid_parameter("PhoneNumber Reason: SMS is not offered here");
  const auto topic = topic_of(request, find_text(request, "TargetArn") ? "TargetArn" : "TopicArn");
  if (!topic) co_return topic.error();
  const auto message = message_of(request, *topic);
  if (!message) co_return message.error();
  std::function<Result<PublishedMessage>(EngineTransaction&)> work =
      [&topics = api.topics, message = *message](EngineTransaction& transaction) { return topics.publish(transaction, message); };
  const auto published = co_await write<PublishedMessage>(api.engine, std::move(work));
  if (!published) co_return published.error();
  co_return published_json(*published);
}

asio::awaitable<Answer<Json>> publish_batch(Api api, Json request) {
  const auto topic = topic_of(request);
  if (!topic) co_return topic.error();
  const Json* entries = request.find("PublishBatchRequestEntries");
  if (auto fault = batch_fault(entries)) co_return *fault;
  if (auto found = api.topics.find(api.reader, *topic); !found) co_return failure_of(found.error());
  Json::Array successful, failed;
  // Each entry succeeds or fails alone, so each is a transaction's operation of its own; the engine commits them together with others.
  for (const Json& entry : entries->elements()) {
    const auto id = member_text(entry, "Id");
    const auto message = message_of(entry, *topic);
    if (!message) {
      failed.push_back(failed_json(id, message.error()));
      continue;
    }
    std::function<Result<PublishedMessage>(EngineTransaction&)> work =
        [&topics = api.topics, message = *message](EngineTransaction& transaction) { return topics.publish(transaction, message); };
    const auto published = co_await write<PublishedMessage>(api.engine, std::move(work));
    if (published) {
      successful.push_back(published_json(*published).with("Id", Json(id)));
    } else {
      failed.push_back(failed_json(id, published.error()));
    }
  }
  co_return json_object({{"Successful", Json(std::move(successful))}, {"Failed", Json(std::move(failed))}});
}

}  // namespace signalbox::aws::sns
