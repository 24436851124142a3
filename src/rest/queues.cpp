#include "rest/request.h"
#include "rest/service_routes.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;

Json count(const QueueTextMap& attributes, const char* name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? Json() : Json(static_cast<std::int64_t>(std::stoll(found->second)));
}

Result<Json> describe(const Reader& reader, const Queues& queues, const QueueRecord& queue, Timestamp now) {
  const auto attributes = queues.attributes(reader, queue.name, {"All"}, now);
  if (!attributes) return attributes.error();
  return present_members({{"name", queue.name},
                          {"arn", queues.site().queue_arn(queue.name)},
                          {"fifo", queue.fifo},
                          {"messages", count(*attributes, "ApproximateNumberOfMessages")},
                          {"inFlight", count(*attributes, "ApproximateNumberOfMessagesNotVisible")},
                          {"delayed", count(*attributes, "ApproximateNumberOfMessagesDelayed")},
                          {"visibilityTimeoutSeconds", static_cast<std::int64_t>(queue.visibility_timeout.count())},
                          {"retentionSeconds", static_cast<std::int64_t>(queue.retention.count())},
                          {"deadLetterQueue", optional_text(queue.dead_letter_queue)},
                          {"createdAt", format_rfc3339(queue.created_at)},
                          {"stack", optional_text(queue.stack)}});
}

awaitable<http::Response> list(const Engine& engine, const Reader& reader, const Queues& queues, http::Request request) {
  const auto limit = read_limit(request);
  if (!limit) co_return problem(limit.error());
  const auto found = queues.list(reader, "", request.query_value("cursor").value_or(""), *limit + 1);
  Json::Array items;
  for (std::size_t i = 0; i < found.size() && i < *limit; ++i) {
    auto item = describe(reader, queues, found[i], engine.clock().now());
    if (item) items.push_back(std::move(*item));
  }
  const Json next = found.size() > *limit ? Json(found[*limit - 1].name) : Json();
  co_return answer(200, present_members({{"queues", Json(std::move(items))}, {"cursor", next}}));
}

awaitable<http::Response> get(const Engine& engine, const Reader& reader, const Queues& queues, http::Request request) {
  const auto queue = queues.find(reader, request.parameter("name"));
  if (!queue) co_return problem(queue.error());
  const auto body = describe(reader, queues, *queue, engine.clock().now());
  co_return body ? answer(200, *body) : problem(body.error());
}

awaitable<http::Response> send(Engine& engine, const Queues& queues, http::Request request) {
  auto body = read_body(request, {"body", "delaySeconds", "groupId", "deduplicationId"});
  if (!body) co_return problem(body.error());
  const Json* content = body->find("body");
  if (!content) co_return problem(error(ErrorCode::InvalidArgument, "'body' is missing", "/body"));
  auto group = text_member(*body, "groupId");
  if (!group) co_return problem(group.error());
  auto deduplication = text_member(*body, "deduplicationId");
  if (!deduplication) co_return problem(deduplication.error());
  SendMessage message;
  message.body = plain_text(*content);
  if (const Json* delay = body->find("delaySeconds")) message.delay_seconds = delay->as_integer();
  message.group_id = *group;
  message.deduplication_id = *deduplication;
  std::function<Result<SentMessage>(EngineTransaction&)> work = [&queues, name = std::string(request.parameter("name")),
                                                                 message](EngineTransaction& transaction) {
    return queues.send(transaction, name, message);
  };
  auto sent = co_await transact<SentMessage>(engine, std::move(work));
  if (!sent) co_return problem(sent.error());
  co_return answer(201, json_object({{"messageId", sent->message_id}}));
}

}  // namespace

void add_queue_routes(http::Router& router, Engine& engine, const Reader& reader, const Queues& queues) {
  router.on("GET", "/v1/queues", [&](http::Request&& request) { return list(engine, reader, queues, std::move(request)); });
  router.on("GET", "/v1/queues/{name}", [&](http::Request&& request) { return get(engine, reader, queues, std::move(request)); });
  router.on("POST", "/v1/queues/{name}/messages", [&](http::Request&& request) { return send(engine, queues, std::move(request)); });
}

}  // namespace signalbox::rest
