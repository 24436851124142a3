#include "aws/sqs/sqs.h"

#include <algorithm>
#include <array>
#include <map>

#include "services/queues/queue_url.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::sqs {

namespace {

const std::map<std::string_view, Operation*>& operations() {
  static const std::map<std::string_view, Operation*> table{
      {"AddPermission", &add_permission},
      {"CancelMessageMoveTask", &cancel_message_move_task},
      {"ChangeMessageVisibility", &change_message_visibility},
      {"ChangeMessageVisibilityBatch", &change_message_visibility_batch},
      {"CreateQueue", &create_queue},
      {"DeleteMessage", &delete_message},
      {"DeleteMessageBatch", &delete_message_batch},
      {"DeleteQueue", &delete_queue},
      {"GetQueueAttributes", &get_queue_attributes},
      {"GetQueueUrl", &get_queue_url},
      {"ListDeadLetterSourceQueues", &list_dead_letter_source_queues},
      {"ListMessageMoveTasks", &list_message_move_tasks},
      {"ListQueueTags", &list_queue_tags},
      {"ListQueues", &list_queues},
      {"PurgeQueue", &purge_queue},
      {"ReceiveMessage", &receive_message},
      {"RemovePermission", &remove_permission},
      {"SendMessage", &send_message},
      {"SendMessageBatch", &send_message_batch},
      {"SetQueueAttributes", &set_queue_attributes},
      {"StartMessageMoveTask", &start_message_move_task},
      {"TagQueue", &tag_queue},
      {"UntagQueue", &untag_queue},
  };
  return table;
}

}  // namespace

Operation* find_operation(std::string_view name) {
  const auto found = operations().find(name);
  return found == operations().end() ? nullptr : found->second;
}

bool is_known(std::string_view name) { return find_operation(name) != nullptr; }

Failure failure_of(const Error& error) {
  auto sqs = sqs_error(error);
  return {std::move(sqs.shape), error.message, sqs.status, std::move(sqs.query_code)};
}

Failure missing_parameter(std::string_view name) {
  return {"MissingParameter", "The request must contain the parameter " + std::string(name) + ".", 400, "MissingParameter"};
}

Answer<std::string> queue_of(const Json& request) {
  const auto url = find_text(request, "QueueUrl");
  if (!url) return missing_parameter("QueueUrl");
  auto name = queue_name_of(*url);
  if (!name) return Failure{"InvalidAddress", "The address " + *url + " is not valid for this endpoint.", 404, "InvalidAddress"};
  return std::move(*name);
}

QueueTextMap text_map(const Json& request, std::string_view name) {
  QueueTextMap out;
  const Json* map = request.find(name);
  if (!map || !map->is_object()) return out;
  for (const auto& [key, value] : map->members()) out[key] = plain_text(value);
  return out;
}

Answer<MessageAttributes> message_attributes(const Json& request, std::string_view name) {
  MessageAttributes out;
  const Json* map = request.find(name);
  if (!map || !map->is_object()) return out;
  for (const auto& [key, value] : map->members()) {
    MessageAttribute attribute{.data_type = find_text(value, "DataType").value_or("")};
    if (auto binary = find_text(value, "BinaryValue")) {
      auto bytes = base64_decode(*binary);
      if (!bytes)
        return Failure{"InvalidParameterValue", "The BinaryValue of message attribute '" + key + "' is not base64.", 400,
                       "InvalidParameterValue"};
      attribute.value = std::move(*bytes);
    } else {
      attribute.value = find_text(value, "StringValue").value_or("");
    }
    out.emplace(key, std::move(attribute));
  }
  return out;
}

Json attributes_json(const MessageAttributes& attributes) {
  Json::Object out;
  for (const auto& [name, attribute] : attributes) {
    Json value = json_object({{"DataType", Json(attribute.data_type)}});
    value = attribute.is_binary() ? value.with("BinaryValue", Json(base64_encode(attribute.value)))
                                  : value.with("StringValue", Json(attribute.value));
    out.push_back({name, std::move(value)});
  }
  return Json(std::move(out));
}

Json text_map_json(const QueueTextMap& map) {
  Json::Object out;
  for (const auto& [name, value] : map) out.push_back({name, Json(value)});
  return Json(std::move(out));
}

Answer<SendMessage> read_message(const Json& entry) {
  Parameters parameters(entry);
  SendMessage message;
  auto body = parameters.text("MessageBody");
  message.delay_seconds = parameters.integer("DelaySeconds");
  message.group_id = parameters.text("MessageGroupId");
  message.deduplication_id = parameters.text("MessageDeduplicationId");
  if (auto fault = parameters.fault()) return *fault;
  if (!body) return missing_parameter("MessageBody");
  message.body = std::move(*body);
  auto attributes = message_attributes(entry, "MessageAttributes");
  if (!attributes) return attributes.error();
  message.attributes = std::move(*attributes);
  const auto system = message_attributes(entry, "MessageSystemAttributes");
  if (!system) return system.error();
  for (const auto& [name, attribute] : *system) {
    if (name != "AWSTraceHeader") {
      return Failure{"InvalidParameterValue", "Message system attribute name '" + name + "' is invalid.", 400, "InvalidParameterValue"};
    }
    message.trace_header = attribute.value;
  }
  return message;
}

Json sent_json(const SentMessage& sent) {
  Json out = json_object({{"MD5OfMessageBody", Json(sent.md5_of_body)}, {"MessageId", Json(sent.message_id)}});
  if (sent.md5_of_attributes) out = out.with("MD5OfMessageAttributes", Json(*sent.md5_of_attributes));
  if (sent.md5_of_system_attributes) out = out.with("MD5OfMessageSystemAttributes", Json(*sent.md5_of_system_attributes));
  if (sent.sequence_number) out = out.with("SequenceNumber", Json(*sent.sequence_number));
  return out;
}

}  // namespace signalbox::aws::sqs
