// Operations on queues themselves: creation, deletion, attributes, tags.
#include "aws/page_token.h"
#include "aws/sqs/sqs.h"
#include "services/queues/queue_url.h"

namespace signalbox::aws::sqs {

namespace {

Json url_json(const Api& api, std::string_view name) {
  return json_object({{"QueueUrl", Json(queue_url(api.base_url, api.queues.site(), name))}});
}

/// An operation on one queue that has no answer.
asio::awaitable<Answer<Json>> change(Api api, Json request, std::function<Result<void>(Transaction&, const std::string& name)> work) {
  const auto name = queue_of(request);
  if (!name) co_return name.error();
  std::function<Result<void>(EngineTransaction&)> in_transaction = [name = *name, work = std::move(work)](EngineTransaction& transaction) {
    return work(transaction, name);
  };
  const auto done = co_await write<void>(api.engine, std::move(in_transaction));
  if (!done) co_return done.error();
  co_return Json::empty_object();
}

}  // namespace

asio::awaitable<Answer<Json>> create_queue(Api api, Json request) {
  Parameters parameters(request);
  const auto name = parameters.text("QueueName");
  if (auto fault = parameters.fault()) co_return *fault;
  if (!name) co_return missing_parameter("QueueName");
  CreateQueue create{.name = *name, .attributes = text_map(request, "Attributes"), .tags = text_map(request, "tags")};
  std::function<Result<QueueRecord>(EngineTransaction&)> work = [&queues = api.queues, create](EngineTransaction& transaction) {
    return queues.create(transaction, create);
  };
  const auto created = co_await write<QueueRecord>(api.engine, std::move(work));
  if (!created) co_return created.error();
  co_return url_json(api, created->name);
}

asio::awaitable<Answer<Json>> delete_queue(Api api, Json request) {
  return change(api, std::move(request),
                [&queues = api.queues](Transaction& transaction, const std::string& name) { return queues.remove(transaction, name); });
}

asio::awaitable<Answer<Json>> purge_queue(Api api, Json request) {
  return change(api, std::move(request),
                [&queues = api.queues](Transaction& transaction, const std::string& name) { return queues.purge(transaction, name); });
}

asio::awaitable<Answer<Json>> set_queue_attributes(Api api, Json request) {
  auto attributes = text_map(request, "Attributes");
  return change(api, std::move(request),
                [&queues = api.queues, attributes = std::move(attributes)](Transaction& transaction, const std::string& name) {
                  return queues.set_attributes(transaction, name, attributes);
                });
}

asio::awaitable<Answer<Json>> tag_queue(Api api, Json request) {
  auto tags = text_map(request, "Tags");
  return change(api, std::move(request), [&queues = api.queues, tags = std::move(tags)](Transaction& transaction, const std::string& name) {
    return queues.tag(transaction, name, tags);
  });
}

asio::awaitable<Answer<Json>> untag_queue(Api api, Json request) {
  auto keys = Parameters(request).texts("TagKeys");
  return change(api, std::move(request), [&queues = api.queues, keys = std::move(keys)](Transaction& transaction, const std::string& name) {
    return queues.untag(transaction, name, keys);
  });
}

asio::awaitable<Answer<Json>> get_queue_url(Api api, Json request) {
  Parameters parameters(request);
  const auto name = parameters.text("QueueName");
  if (auto fault = parameters.fault()) co_return *fault;
  if (!name) co_return missing_parameter("QueueName");
  const auto found = api.queues.find(api.reader, *name);
  if (!found) co_return failure_of(found.error());
  co_return url_json(api, found->name);
}

asio::awaitable<Answer<Json>> list_queues(Api api, Json request) {
  constexpr std::size_t most = 1000;
  Parameters parameters(request);
  const auto prefix = parameters.text("QueueNamePrefix").value_or("");
  const auto limit = parameters.integer("MaxResults");
  const auto token = parameters.text("NextToken");
  if (auto fault = parameters.fault()) co_return *fault;
  if (limit && (*limit < 1 || *limit > static_cast<std::int64_t>(most))) {
    co_return Failure{
        "InvalidParameterValue",
        "Value " + std::to_string(*limit) + " for parameter MaxResults is invalid. Reason: Must be between 1 and 1000, if provided.", 400,
        "InvalidParameterValue"};
  }
  const auto scope = "ListQueues " + prefix;
  std::string after;
  if (token) {
    auto position = read_page_token(api.engine.master_key(), scope, *token);
    if (!position) co_return Failure{"InvalidParameterValue", "Invalid or expired next token.", 400, "InvalidParameterValue"};
    after = std::move(*position);
  }
  const auto size = limit ? static_cast<std::size_t>(*limit) : most;
  auto page = api.queues.list(api.reader, prefix, after, size + 1);
  const bool more = page.size() > size;
  if (more) page.pop_back();
  Json::Array urls;
  for (const auto& queue : page) urls.emplace_back(queue_url(api.base_url, api.queues.site(), queue.name));
  Json out = json_object({{"QueueUrls", Json(std::move(urls))}});
  // As on AWS: a next page is offered only to those who asked for pages.
  if (more && limit) out = out.with("NextToken", Json(make_page_token(api.engine.master_key(), scope, page.back().name)));
  co_return out;
}

asio::awaitable<Answer<Json>> get_queue_attributes(Api api, Json request) {
  const auto name = queue_of(request);
  if (!name) co_return name.error();
  Parameters parameters(request);
  const auto names = parameters.texts("AttributeNames");
  if (auto fault = parameters.fault()) co_return *fault;
  const auto attributes = api.queues.attributes(api.reader, *name, names, api.engine.clock().now());
  if (!attributes) co_return failure_of(attributes.error());
  if (attributes->empty()) co_return Json::empty_object();
  co_return json_object({{"Attributes", text_map_json(*attributes)}});
}

asio::awaitable<Answer<Json>> list_queue_tags(Api api, Json request) {
  const auto name = queue_of(request);
  if (!name) co_return name.error();
  const auto queue = api.queues.find(api.reader, *name);
  if (!queue) co_return failure_of(queue.error());
  if (queue->tags.empty()) co_return Json::empty_object();
  co_return json_object({{"Tags", text_map_json(queue->tags)}});
}

asio::awaitable<Answer<Json>> list_dead_letter_source_queues(Api api, Json request) {
  const auto name = queue_of(request);
  if (!name) co_return name.error();
  const auto sources = api.queues.dead_letter_sources(api.reader, *name);
  if (!sources) co_return failure_of(sources.error());
  Json::Array urls;
  for (const auto& source : *sources) urls.emplace_back(queue_url(api.base_url, api.queues.site(), source));
  co_return json_object({{"queueUrls", Json(std::move(urls))}});
}

}  // namespace signalbox::aws::sqs
