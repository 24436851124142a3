// Operations on up to ten messages: each entry has an answer of its own.
#include "aws/sqs/sqs.h"

namespace signalbox::aws::sqs {

namespace {

template <class T>
struct Batch {
  BatchEntries<T> entries;
  std::vector<std::pair<std::string, Failure>> unreadable;  ///< entries that are wrong in themselves
};

/// `read` makes an entry's value of its JSON.
template <class T>
Answer<Batch<T>> read_batch(const Json& request, Answer<T> (*read)(const Json&)) {
  Parameters parameters(request);
  Batch<T> batch;
  const Json* entries = parameters.array("Entries");
  if (auto fault = parameters.fault()) return *fault;
  for (std::size_t i = 0; entries && i < entries->size(); ++i) {
    const Json& entry = *entries->at(i);
    const Json* id = entry.find("Id");
    if (!id || !id->is_string()) return missing_parameter("Id");
    auto value = read(entry);
    if (!value) {
      batch.unreadable.emplace_back(std::string(id->as_string()), value.error());
    } else {
      batch.entries.emplace_back(std::string(id->as_string()), std::move(*value));
    }
  }
  return batch;
}

Json failed_json(const std::string& id, const Failure& failure) {
  return json_object({{"Id", Json(id)},
                      {"SenderFault", Json(failure.status < 500)},
                      {"Code", Json(failure.query_code.value_or(failure.code))},
                      {"Message", Json(failure.message)}});
}

/// Successful and Failed, both always there.
template <class T, class Show>
Json batch_json(const std::vector<BatchAnswer<T>>& answers, const std::vector<std::pair<std::string, Failure>>& unreadable, Show show) {
  Json::Array successful, failed;
  for (const auto& answer : answers) {
    if (answer.answer) {
      successful.push_back(show(answer));
    } else {
      failed.push_back(failed_json(answer.id, failure_of(answer.answer.error())));
    }
  }
  for (const auto& [id, failure] : unreadable) failed.push_back(failed_json(id, failure));
  return json_object({{"Successful", Json(std::move(successful))}, {"Failed", Json(std::move(failed))}});
}

Answer<std::string> read_handle(const Json& entry) {
  Parameters parameters(entry);
  auto handle = parameters.text("ReceiptHandle");
  if (auto fault = parameters.fault()) return *fault;
  if (!handle) return missing_parameter("ReceiptHandle");
  return std::move(*handle);
}

Answer<VisibilityChange> read_change(const Json& entry) {
  auto handle = read_handle(entry);
  if (!handle) return handle.error();
  Parameters parameters(entry);
  const auto seconds = parameters.integer("VisibilityTimeout");
  if (auto fault = parameters.fault()) return *fault;
  if (!seconds) return missing_parameter("VisibilityTimeout");
  return VisibilityChange{std::move(*handle), *seconds};
}

Json id_json(const BatchAnswer<void>& answer) { return json_object({{"Id", Json(answer.id)}}); }

/// An empty batch is the rules' to refuse, unless all of its entries were unreadable.
template <class T>
bool nothing_left(const Batch<T>& batch) {
  return batch.entries.empty() && !batch.unreadable.empty();
}

}  // namespace

asio::awaitable<Answer<Json>> send_message_batch(Api api, Json request) {
  const auto name = queue_of(request);
  if (!name) co_return name.error();
  const auto batch = read_batch<SendMessage>(request, &read_message);
  if (!batch) co_return batch.error();
  const auto show = [](const BatchAnswer<SentMessage>& answer) { return sent_json(*answer.answer).with("Id", Json(answer.id)); };
  if (nothing_left(*batch)) co_return batch_json(std::vector<BatchAnswer<SentMessage>>{}, batch->unreadable, show);
  std::function<Result<std::vector<BatchAnswer<SentMessage>>>(EngineTransaction&)> work =
      [&queues = api.queues, name = *name, entries = batch->entries](EngineTransaction& transaction) {
        return queues.send_batch(transaction, name, entries);
      };
  const auto answers = co_await write<std::vector<BatchAnswer<SentMessage>>>(api.engine, std::move(work));
  if (!answers) co_return answers.error();
  co_return batch_json(*answers, batch->unreadable, show);
}

asio::awaitable<Answer<Json>> delete_message_batch(Api api, Json request) {
  const auto name = queue_of(request);
  if (!name) co_return name.error();
  const auto batch = read_batch<std::string>(request, &read_handle);
  if (!batch) co_return batch.error();
  if (nothing_left(*batch)) co_return batch_json(std::vector<BatchAnswer<void>>{}, batch->unreadable, &id_json);
  std::function<Result<std::vector<BatchAnswer<void>>>(EngineTransaction&)> work =
      [&queues = api.queues, name = *name, entries = batch->entries](EngineTransaction& transaction) {
        return queues.delete_batch(transaction, name, entries);
      };
  const auto answers = co_await write<std::vector<BatchAnswer<void>>>(api.engine, std::move(work));
  if (!answers) co_return answers.error();
  co_return batch_json(*answers, batch->unreadable, &id_json);
}

asio::awaitable<Answer<Json>> change_message_visibility_batch(Api api, Json request) {
  const auto name = queue_of(request);
  if (!name) co_return name.error();
  const auto batch = read_batch<VisibilityChange>(request, &read_change);
  if (!batch) co_return batch.error();
  if (nothing_left(*batch)) co_return batch_json(std::vector<BatchAnswer<void>>{}, batch->unreadable, &id_json);
  std::function<Result<std::vector<BatchAnswer<void>>>(EngineTransaction&)> work =
      [&queues = api.queues, name = *name, entries = batch->entries](EngineTransaction& transaction) {
        return queues.change_visibility_batch(transaction, name, entries);
      };
  const auto answers = co_await write<std::vector<BatchAnswer<void>>>(api.engine, std::move(work));
  if (!answers) co_return answers.error();
  co_return batch_json(*answers, batch->unreadable, &id_json);
}

}  // namespace signalbox::aws::sqs
