#pragma once
/// The SQS API: what its operations share. Requests and answers are trees in the shape of SQS's JSON protocol; the Query protocol is turned
/// into it (query_form.h) and back (xml.h). Source: SQS API Reference and service model.

#include "aws/failure.h"
#include "aws/parameters.h"
#include "services/queues/queue_service.h"
#include "signalbox/async.h"
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
  const Reader& reader;          ///< the I/O thread's
  const Queues& queues;
  QueueService& service;
  const MessageMoves* moves;     ///< null in tests without them: then there are no move tasks
  std::string base_url;          ///< `http://` + the request's Host: clients send to the host of the URLs they were given
};

using Operation = asio::awaitable<Answer<Json>> (*)(Api, Json);

/// Null pointer for a name that is none of this API's, or that is not offered here; is_known() tells the two apart.
[[nodiscard]] Operation find_operation(std::string_view name);
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
  auto result = co_await transact<T>(engine, std::move(work));
  if (!result) co_return failure_of(result.error());
  if constexpr (std::is_void_v<T>) {
    co_return Answer<void>();
  } else {
    co_return std::move(*result);
  }
}

asio::awaitable<Answer<Json>> create_queue(Api api, Json request);
asio::awaitable<Answer<Json>> delete_queue(Api api, Json request);
asio::awaitable<Answer<Json>> purge_queue(Api api, Json request);
asio::awaitable<Answer<Json>> get_queue_url(Api api, Json request);
asio::awaitable<Answer<Json>> list_queues(Api api, Json request);
asio::awaitable<Answer<Json>> get_queue_attributes(Api api, Json request);
asio::awaitable<Answer<Json>> set_queue_attributes(Api api, Json request);
asio::awaitable<Answer<Json>> tag_queue(Api api, Json request);
asio::awaitable<Answer<Json>> untag_queue(Api api, Json request);
asio::awaitable<Answer<Json>> list_queue_tags(Api api, Json request);
asio::awaitable<Answer<Json>> list_dead_letter_source_queues(Api api, Json request);
asio::awaitable<Answer<Json>> send_message(Api api, Json request);
asio::awaitable<Answer<Json>> receive_message(Api api, Json request);
asio::awaitable<Answer<Json>> delete_message(Api api, Json request);
asio::awaitable<Answer<Json>> change_message_visibility(Api api, Json request);
asio::awaitable<Answer<Json>> add_permission(Api api, Json request);
asio::awaitable<Answer<Json>> remove_permission(Api api, Json request);
asio::awaitable<Answer<Json>> start_message_move_task(Api api, Json request);
asio::awaitable<Answer<Json>> cancel_message_move_task(Api api, Json request);
asio::awaitable<Answer<Json>> list_message_move_tasks(Api api, Json request);
asio::awaitable<Answer<Json>> send_message_batch(Api api, Json request);
asio::awaitable<Answer<Json>> delete_message_batch(Api api, Json request);
asio::awaitable<Answer<Json>> change_message_visibility_batch(Api api, Json request);

}  // namespace signalbox::aws::sqs
