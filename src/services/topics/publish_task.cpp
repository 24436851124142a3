#include "services/topics/publish_task.h"

#include "services/topics/topic_rules.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox {

using topic_rules::invalid;

namespace {

/// The SDK's class for a code, less the word Exception.
std::string exception_name(const std::string& code) { return code == "ParameterValueInvalid" ? "InvalidParameterValue" : code; }

WorkflowError failure(const Error& error, const std::string& request_id) {
  const auto sns = sns_error(error);
  return WorkflowError{.error = "SNS." + exception_name(sns.code) + "Exception",
                       .cause = fmt::format("{} (Service: AmazonSNS; Status Code: {}; Error Code: {}; Request ID: {}; Proxy: null)",
                                            error.message, sns.status, sns.code, request_id)};
}

std::optional<std::string> text_of(const Json& input, std::string_view name) {
  const auto* value = input.find(name);
  if (!value || value->is_null()) return std::nullopt;
  return plain_text(*value);
}

Result<TopicMessageAttribute> attribute_of(const std::string& name, const Json& value) {
  TopicMessageAttribute attribute{.data_type = text_of(value, "DataType").value_or("")};
  if (auto text = text_of(value, "StringValue")) {
    attribute.value = std::move(*text);
  } else if (auto binary = text_of(value, "BinaryValue")) {
    auto bytes = base64_decode(*binary);
    if (!bytes) return invalid("MessageAttributes Reason: BinaryValue of '" + name + "' is not base64", "MessageAttributes");
    attribute.value = std::move(*bytes);
  }
  return attribute;
}

Result<std::string> topic_of(const Json& input) {
  if (auto arn = text_of(input, "TopicArn")) return topic_name_of_arn(*arn, "TopicArn");
  if (auto arn = text_of(input, "TargetArn")) return topic_name_of_arn(*arn, "TargetArn");
  if (text_of(input, "PhoneNumber")) return invalid("PhoneNumber Reason: text messages are not supported here", "PhoneNumber");
  return invalid("TopicArn or TargetArn Reason: no value for required parameter", "TopicArn");
}

Result<PublishRequest> request_of(const Json& input) {
  auto topic = topic_of(input);
  if (!topic) return topic.error();
  PublishRequest request{.topic = std::move(*topic),
                         .message = text_of(input, "Message").value_or(""),
                         .subject = text_of(input, "Subject"),
                         .message_structure = text_of(input, "MessageStructure"),
                         .group_id = text_of(input, "MessageGroupId"),
                         .deduplication_id = text_of(input, "MessageDeduplicationId")};
  const auto* attributes = input.find("MessageAttributes");
  if (attributes && attributes->is_object()) {
    for (const auto& [name, value] : attributes->members()) {
      auto attribute = attribute_of(name, value);
      if (!attribute) return attribute.error();
      request.attributes.emplace(name, std::move(*attribute));
    }
  }
  return request;
}

/// The answer as the AWS SDK hands it to Step Functions: the operation's result and how HTTP carried it.
Json answer(const PublishedMessage& published, const std::string& request_id, Timestamp now) {
  const std::string date = format_http_date(now), length = published.sequence_number ? "352" : "294";
  auto result =
      json_object({{"MessageId", published.message_id},
                   {"SdkHttpMetadata", json_object({{"AllHttpHeaders", json_object({{"x-amzn-RequestId", json_array({request_id})},
                                                                                    {"connection", json_array({"keep-alive"})},
                                                                                    {"Content-Length", json_array({length})},
                                                                                    {"Date", json_array({date})},
                                                                                    {"Content-Type", json_array({"text/xml"})}})},
                                                    {"HttpHeaders", json_object({{"connection", "keep-alive"},
                                                                                 {"Content-Length", length},
                                                                                 {"Content-Type", "text/xml"},
                                                                                 {"Date", date},
                                                                                 {"x-amzn-RequestId", request_id}})},
                                                    {"HttpStatusCode", 200}})},
                   {"SdkResponseMetadata", json_object({{"RequestId", request_id}})}});
  if (published.sequence_number) return result.with("SequenceNumber", *published.sequence_number);
  return result;
}

}  // namespace

TaskAnswer PublishTask::call(Transaction& transaction, const TaskCall& call) {
  auto request = request_of(call.input);
  if (!request) return failure(request.error(), call.request_id);
  auto published = topics_.publish(transaction, *request);
  if (!published) return failure(published.error(), call.request_id);
  return answer(*published, call.request_id, transaction.now());
}

}  // namespace signalbox
