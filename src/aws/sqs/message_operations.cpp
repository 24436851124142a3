// Operations on single messages.
#include "aws/sqs/sqs.h"

namespace signalbox::aws::sqs {

namespace {

/// A member that lists names, under its new or its old name.
std::vector<std::string> names_of(Parameters& parameters, std::initializer_list<const char*> members) {
  std::vector<std::string> out;
  for (const char* member : members) {
    for (auto& name : parameters.texts(member)) out.push_back(std::move(name));
  }
  return out;
}

Json received_json(const Site& site, const ReceivedMessage& message, const std::vector<std::string>& attribute_names,
                   const std::vector<std::string>& system_names) {
  Json out = json_object({{"MessageId", Json(message.message_id)},
                          {"ReceiptHandle", Json(message.receipt_handle)},
                          {"MD5OfBody", Json(message.md5_of_body)},
                          {"Body", Json(message.body)}});
  const auto system = select_system_attributes(message.system_attributes(site), system_names);
  if (!system.empty()) out = out.with("Attributes", text_map_json(system));
  const auto attributes = select_attributes(message.attributes, attribute_names);
  if (const auto md5 = md5_of_attributes(attributes))
    out = out.with("MD5OfMessageAttributes", Json(*md5)).with("MessageAttributes", attributes_json(attributes));
  return out;
}

}  // namespace

asio::awaitable<Answer<Json>> send_message(Api api, Json request) {
  const auto name = queue_of(request);
  if (!name) co_return name.error();
  const auto message = read_message(request);
  if (!message) co_return message.error();
  std::function<Result<SentMessage>(EngineTransaction&)> work = [&queues = api.queues, name = *name,
                                                                 message = *message](EngineTransaction& transaction) {
    return queues.send(transaction, name, message);
  };
  const auto sent = co_await write<SentMessage>(api.engine, std::move(work));
  if (!sent) co_return sent.error();
  co_return sent_json(*sent);
}

asio::awaitable<Answer<Json>> receive_message(Api api, Json request) {
  const auto name = queue_of(request);
  if (!name) co_return name.error();
  Parameters parameters(request);
  ReceiveMessages receive;
  receive.max_messages = parameters.integer("MaxNumberOfMessages").value_or(1);
  receive.visibility_timeout = parameters.integer("VisibilityTimeout");
  const auto wait = parameters.integer("WaitTimeSeconds");
  const auto attribute_names = names_of(parameters, {"MessageAttributeNames"});
  const auto system_names = names_of(parameters, {"MessageSystemAttributeNames", "AttributeNames"});
  if (auto fault = parameters.fault()) co_return *fault;
  const auto received = co_await api.service.receive(*name, receive, wait);
  if (!received) co_return failure_of(received.error());
  if (received->empty()) co_return Json::empty_object();
  Json::Array messages;
  for (const auto& message : *received) messages.push_back(received_json(api.queues.site(), message, attribute_names, system_names));
  co_return json_object({{"Messages", Json(std::move(messages))}});
}

asio::awaitable<Answer<Json>> delete_message(Api api, Json request) {
  const auto name = queue_of(request);
  if (!name) co_return name.error();
  Parameters parameters(request);
  const auto handle = parameters.text("ReceiptHandle");
  if (auto fault = parameters.fault()) co_return *fault;
  if (!handle) co_return missing_parameter("ReceiptHandle");
  std::function<Result<void>(EngineTransaction&)> work = [&queues = api.queues, name = *name,
                                                          handle = *handle](EngineTransaction& transaction) {
    return queues.delete_message(transaction, name, handle);
  };
  const auto done = co_await write<void>(api.engine, std::move(work));
  if (!done) co_return done.error();
  co_return Json::empty_object();
}

asio::awaitable<Answer<Json>> change_message_visibility(Api api, Json request) {
  const auto name = queue_of(request);
  if (!name) co_return name.error();
  Parameters parameters(request);
  const auto handle = parameters.text("ReceiptHandle");
  const auto seconds = parameters.integer("VisibilityTimeout");
  if (auto fault = parameters.fault()) co_return *fault;
  if (!handle) co_return missing_parameter("ReceiptHandle");
  if (!seconds) co_return missing_parameter("VisibilityTimeout");
  const VisibilityChange change{*handle, *seconds};
  std::function<Result<void>(EngineTransaction&)> work = [&queues = api.queues, name = *name, change](EngineTransaction& transaction) {
    return queues.change_visibility(transaction, name, change);
  };
  const auto done = co_await write<void>(api.engine, std::move(work));
  if (!done) co_return done.error();
  co_return Json::empty_object();
}

}  // namespace signalbox::aws::sqs
