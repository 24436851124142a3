#include "services/queues/send_message_task.h"

#include "signalbox/encoding.h"

#include "services/queues/queue_errors.h"
#include "services/queues/queue_url.h"

#include <fmt/format.h>

namespace signalbox {

namespace {

using namespace queues;

WorkflowError task_error(const Error& fault, const std::string& request_id) {
  const auto sqs = sqs_error(fault);
  const bool is_modelled = sqs.shape == "QueueDoesNotExist" || sqs.shape == "InvalidMessageContents";
  return WorkflowError{.error = is_modelled ? "SQS." + sqs.shape + "Exception" : "SQS.AmazonSQSException",
                       .cause = fmt::format("{} (Service: AmazonSQS; Status Code: {}; Error Code: {}; Request ID: {}; Proxy: null)",
                                            fault.message, sqs.status, sqs.query_code, request_id)};
}

Result<MessageAttribute> parse_attribute(const std::string& name, const Json& json) {
  const auto fault = [&](const char* what) { return invalid_parameter(fmt::format("The message attribute '{}' {}.", name, what)); };
  const Json* type = json.find("DataType");
  if (!type || !type->is_string()) return fault("must contain the member DataType");
  MessageAttribute attribute{.data_type = std::string(type->as_string()), .value = {}};
  if (attribute.is_binary()) {
    const Json* value = json.find("BinaryValue");
    const auto bytes = value && value->is_string() ? base64_decode(value->as_string()) : std::nullopt;
    if (!bytes) return fault("must contain the member BinaryValue, a base64 text");
    attribute.value = *bytes;
  } else {
    const Json* value = json.find("StringValue");
    if (!value || value->is_null()) return fault("must contain the member StringValue");
    attribute.value = plain_text(*value);
  }
  return attribute;
}

struct Parsed {
  std::string queue;
  SendMessage message = {};
};

Result<void> parse_member(Parsed& parsed, const Json::Member& member) {
  const auto& [name, value] = member;
  if (value.is_null()) return {};  // as if it were not there
  if (name == "QueueUrl") {
    const auto queue = value.is_string() ? queue_name_of(value.as_string()) : std::nullopt;
    if (!queue)
      return queue_error(ErrorCode::InvalidArgument, "InvalidAddress",
                         fmt::format("The address {} is not valid for this endpoint.", plain_text(value)));
    parsed.queue = *queue;
  } else if (name == "MessageBody") {
    parsed.message.body = plain_text(value);
  } else if (name == "DelaySeconds") {
    parsed.message.delay_seconds = value.as_integer();
    if (!parsed.message.delay_seconds) return invalid_value(plain_text(value), "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.");
  } else if (name == "MessageGroupId") {
    parsed.message.group_id = plain_text(value);
  } else if (name == "MessageDeduplicationId") {
    parsed.message.deduplication_id = plain_text(value);
  } else if (name == "MessageAttributes" || name == "MessageAttribute") {  // AWS's guide spells it both ways
    if (!value.is_object()) return invalid_parameter(fmt::format("{} must be an object, but is {}", name, value.text()));
    for (const auto& [attribute_name, json] : value.members()) {
      auto attribute = parse_attribute(attribute_name, json);
      if (!attribute) return attribute.error();
      parsed.message.attributes.emplace(attribute_name, std::move(*attribute));
    }
  } else if (name == "MessageSystemAttributes") {
    for (const auto& [attribute_name, json] : value.is_object() ? value.members() : Json::Object()) {
      if (attribute_name != "AWSTraceHeader")
        return invalid_parameter(fmt::format("Message system attribute name '{}' is invalid.", attribute_name));
      const auto attribute = parse_attribute(attribute_name, json);
      if (!attribute) return attribute.error();
      parsed.message.trace_header = attribute->value;
    }
  } else {
    return invalid_parameter(fmt::format("The field '{}' is not supported by Step Functions", name));
  }
  return {};
}

Result<Parsed> parse(const Json& parameters) {
  Parsed parsed;
  if (!parameters.is_object()) return missing_parameter("QueueUrl");
  for (const auto& member : parameters.members()) {
    if (auto done = parse_member(parsed, member); !done) return done.error();
  }
  if (parsed.queue.empty()) return missing_parameter("QueueUrl");
  return parsed;
}

/// As AWS's SDK reports an answer over HTTP; the members are those recorded, in their order.
Json result_of(const SentMessage& sent, const std::string& request_id, Timestamp now) {
  std::string body;
  body.reserve(640);
  body.append("{\"MD5OfMessageBody\":\"").append(sent.md5_of_body).append("\"");
  if (sent.md5_of_attributes) body += ",\"MD5OfMessageAttributes\":\"" + *sent.md5_of_attributes + "\"";
  if (sent.md5_of_system_attributes) body += ",\"MD5OfMessageSystemAttributes\":\"" + *sent.md5_of_system_attributes + "\"";
  body += ",\"MessageId\":\"" + sent.message_id + "\"";
  if (sent.sequence_number) body += ",\"SequenceNumber\":\"" + *sent.sequence_number + "\"";
  const std::string length = std::to_string(body.size() + 1), date = format_http_date(now);
  constexpr std::string_view type = "application/x-amz-json-1.0";
  for (const std::string_view part : std::initializer_list<std::string_view>{
           R"(,"SdkHttpMetadata":{"AllHttpHeaders":{"x-amzn-RequestId":[")", request_id,
           R"("],"connection":["keep-alive"],"Content-Length":[")", length, R"("],"Date":[")", date, R"("],"Content-Type":[")", type,
           R"("]},"HttpHeaders":{"connection":"keep-alive","Content-Length":")", length, R"(","Content-Type":")", type, R"(","Date":")",
           date, R"(","x-amzn-RequestId":")", request_id, R"("},"HttpStatusCode":200},"SdkResponseMetadata":{"RequestId":")", request_id,
           R"("}})"}) {
    body += part;
  }
  return Json::from_stored(std::move(body));
}

}  // namespace

TaskAnswer SendMessageTask::call(Transaction& transaction, const TaskCall& call) {
  auto parsed = parse(call.input);
  if (!parsed) return task_error(parsed.error(), call.request_id);
  const auto sent = queues_.send(transaction, parsed->queue, std::move(parsed->message));
  if (!sent) return task_error(sent.error(), call.request_id);
  return result_of(*sent, call.request_id, transaction.now());
}

}  // namespace signalbox
