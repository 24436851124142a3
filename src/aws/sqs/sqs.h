#pragma once
/// The SQS API: what its operations share. Requests and answers are trees in the shape of SQS's JSON protocol; the Query protocol is turned
/// into it (query_form.h) and back (xml.h). Source: SQS API Reference and service model.

#include "aws/operation.h"
#include "aws/parameters.h"
#include "services/queues/queue_service.h"
#include "signalbox/engine.h"
#include "signalbox/queues.h"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace signalbox {
class MessageMoves;
}

namespace signalbox::aws::sqs {

namespace asio = boost::asio;

struct Api {
  Engine& engine;
  const Reader& reader;  ///< the I/O thread's
  const Queues& queues;
  QueueService& service;
  const MessageMoves* moves;  ///< null in tests without them: then there are no move tasks
  std::string base_url;       ///< `http://` + the request's Host: clients send to the host of the URLs they were given
};

using Operation = asio::awaitable<Answer<Json>>(Api api, Json request);

/// Null pointer for a name that is none of this API's, or that is not offered here; is_known() tells the two apart.
[[nodiscard]] Operation* find_operation(std::string_view name);
[[nodiscard]] bool is_known(std::string_view name);

[[nodiscard]] Failure failure_of(const Error& error);
[[nodiscard]] Failure missing_parameter(std::string_view name);
/// The name in the request's QueueUrl. Errors: MissingParameter, InvalidAddress.
[[nodiscard]] Answer<std::string> queue_of(const Json& request);
[[nodiscard]] QueueTextMap text_map(const Json& request, std::string_view name);
/// `{"name": {"DataType", "StringValue" or "BinaryValue"}}`.
[[nodiscard]] Answer<MessageAttributes> message_attributes(const Json& request, std::string_view name);
[[nodiscard]] Json attributes_json(const MessageAttributes& attributes);
[[nodiscard]] Json text_map_json(const QueueTextMap& map);
[[nodiscard]] Answer<SendMessage> read_message(const Json& entry);
[[nodiscard]] Json sent_json(const SentMessage& sent);

/// Runs `work` in a transaction.
template <class T>
asio::awaitable<Answer<T>> write(Engine& engine, std::function<Result<T>(EngineTransaction&)> work) {
  return answer_of_transaction<T>(engine, std::move(work), &failure_of);
}

Operation create_queue, delete_queue, purge_queue, get_queue_url, list_queues, get_queue_attributes, set_queue_attributes, tag_queue,
    untag_queue, list_queue_tags, list_dead_letter_source_queues, send_message, receive_message, delete_message, change_message_visibility,
    add_permission, remove_permission, start_message_move_task, cancel_message_move_task, list_message_move_tasks, send_message_batch,
    delete_message_batch, change_message_visibility_batch;

}  // namespace signalbox::aws::sqs
