#include "rest/request.h"
#include "rest/service_routes.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;

constexpr std::size_t subscriptions_shown_max = 1000;

Json to_json(const Topics& topics, const Subscription& subscription) {
  return present_members({{"arn", subscription_arn(topics.site(), subscription)},
                          {"protocol", to_string(subscription.protocol)},
                          {"endpoint", subscription.endpoint},
                          {"state", topics.is_pending(subscription) ? "pending" : "confirmed"},
                          {"createdAt", format_rfc3339(subscription.created_at)},
                          {"confirmedAt", optional_time(subscription.confirmed_at)}});
}

Json summary(const Reader& reader, const Topics& topics, const Topic& topic) {
  const auto subscriptions = topics.subscriptions(reader, topic.name, subscriptions_shown_max);
  return present_members({{"name", topic.name},
                          {"arn", topics.site().topic_arn(topic.name)},
                          {"createdAt", format_rfc3339(topic.created_at)},
                          {"subscriptions", static_cast<std::int64_t>(subscriptions.items.size())}});
}

awaitable<http::Response> list(const Reader& reader, const Topics& topics, http::Request request) {
  const auto limit = read_limit(request);
  if (!limit) co_return problem(limit.error());
  const auto cursor = request.query_value("cursor");
  const auto page = topics.list(reader, *limit, cursor ? std::optional<std::string>(*cursor) : std::nullopt);
  Json::Array items;
  for (const auto& topic : page.items) items.push_back(summary(reader, topics, topic));
  co_return answer(200, present_members({{"topics", Json(std::move(items))}, {"cursor", optional_text(page.next)}}));
}

awaitable<http::Response> get(const Reader& reader, const Topics& topics, http::Request request) {
  const auto topic = topics.find(reader, std::string(request.parameter("name")));
  if (!topic) co_return problem(topic.error());
  Json::Array subscriptions;
  for (const auto& subscription : topics.subscriptions(reader, topic->name, subscriptions_shown_max).items)
    subscriptions.push_back(to_json(topics, subscription));
  co_return answer(200, summary(reader, topics, *topic).with("subscriptions", Json(std::move(subscriptions))));
}

awaitable<http::Response> publish(Engine& engine, const Topics& topics, http::Request request) {
  auto body = read_body(request, {"message", "subject"});
  if (!body) co_return problem(body.error());
  auto message = required_text(*body, "message");
  if (!message) co_return problem(message.error());
  auto subject = text_member(*body, "subject");
  if (!subject) co_return problem(subject.error());
  PublishRequest wanted;
  wanted.topic = std::string(request.parameter("name"));
  wanted.message = std::move(*message);
  wanted.subject = std::move(*subject);
  std::function<Result<PublishedMessage>(EngineTransaction&)> work = [&topics, wanted](EngineTransaction& transaction) {
    return topics.publish(transaction, wanted);
  };
  auto published = co_await transact<PublishedMessage>(engine, std::move(work));
  if (!published) co_return problem(published.error());
  co_return answer(201, json_object({{"messageId", published->message_id}}));
}

}  // namespace

void add_topic_routes(http::Router& router, Engine& engine, const Reader& reader, const Topics& topics) {
  router.on("GET", "/v1/topics", [&](http::Request&& request) { return list(reader, topics, std::move(request)); });
  router.on("GET", "/v1/topics/{name}", [&](http::Request&& request) { return get(reader, topics, std::move(request)); });
  router.on("POST", "/v1/topics/{name}/messages", [&](http::Request&& request) { return publish(engine, topics, std::move(request)); });
}

}  // namespace signalbox::rest
