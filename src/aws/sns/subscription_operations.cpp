// Operations on subscriptions.
#include "aws/page_token.h"
#include "aws/sns/sns.h"

namespace signalbox::aws::sns {

namespace {

constexpr std::size_t page_size = 100;  // [ListSubscriptions]

Json subscription_json(const Api& api, const Subscription& subscription) {
  const auto& site = api.topics.site();
  return json_object(
      {{"SubscriptionArn", Json(api.topics.is_pending(subscription) ? "PendingConfirmation" : subscription_arn(site, subscription))},
       {"Owner", Json(site.account)},
       {"Protocol", Json(to_string(subscription.protocol))},
       {"Endpoint", Json(subscription.endpoint)},
       {"TopicArn", Json(site.topic_arn(subscription.topic))}});
}

Answer<Json> subscriptions_page(const Api& api, const Json& request, const std::optional<std::string>& topic) {
  const auto scope = "ListSubscriptions " + topic.value_or("");
  std::optional<std::string> after;
  if (const auto token = find_text(request, "NextToken")) {
    after = read_page_token(api.engine.master_key(), scope, *token);
    if (!after) return invalid_parameter("NextToken");
  }
  const auto page = api.topics.subscriptions(api.reader, topic, page_size, after);
  Json::Array subscriptions;
  for (const Subscription& each : page.items) subscriptions.push_back(subscription_json(api, each));
  Json out = json_object({{"Subscriptions", Json(std::move(subscriptions))}});
  return page.next ? out.with("NextToken", Json(make_page_token(api.engine.master_key(), scope, *page.next))) : out;
}

}  // namespace

asio::awaitable<Answer<Json>> subscribe(Api api, Json request) {
  const auto topic = topic_of(request);
  if (!topic) co_return topic.error();
  const bool return_arn = member_text(request, "ReturnSubscriptionArn") == "true";
  SubscribeRequest wanted{.topic = *topic,
                          .protocol = member_text(request, "Protocol"),
                          .endpoint = member_text(request, "Endpoint"),
                          .attributes = text_map(request, "Attributes")};
  std::function<Result<Subscription>(EngineTransaction&)> work = [&topics = api.topics, wanted](EngineTransaction& transaction) {
    return topics.subscribe(transaction, wanted);
  };
  const auto subscription = co_await write<Subscription>(api.engine, std::move(work));
  if (!subscription) co_return subscription.error();
  const bool pending = api.topics.is_pending(*subscription) && !return_arn;
  co_return json_object({{"SubscriptionArn", Json(pending ? "pending confirmation" : subscription_arn(api.topics.site(), *subscription))}});
}

asio::awaitable<Answer<Json>> confirm_subscription(Api api, Json request) {
  const auto topic = topic_of(request);
  if (!topic) co_return topic.error();
  const auto token = find_text(request, "Token");
  if (!token) co_return invalid_parameter("Token Reason: no value for required parameter");
  std::function<Result<Subscription>(EngineTransaction&)> work = [&topics = api.topics, topic = *topic,
                                                                  token = *token](EngineTransaction& transaction) {
    return topics.confirm(transaction, topic, token);
  };
  const auto subscription = co_await write<Subscription>(api.engine, std::move(work));
  if (!subscription) co_return subscription.error();
  co_return json_object({{"SubscriptionArn", Json(subscription_arn(api.topics.site(), *subscription))}});
}

asio::awaitable<Answer<Json>> unsubscribe(Api api, Json request) {
  std::function<Result<void>(EngineTransaction&)> work = [&topics = api.topics,
                                                          arn = member_text(request, "SubscriptionArn")](EngineTransaction& transaction) {
    return topics.unsubscribe(transaction, arn);
  };
  const auto done = co_await write<void>(api.engine, std::move(work));
  if (!done) co_return done.error();
  co_return Json::empty_object();
}

asio::awaitable<Answer<Json>> list_subscriptions(Api api, Json request) { co_return subscriptions_page(api, request, std::nullopt); }

asio::awaitable<Answer<Json>> list_subscriptions_by_topic(Api api, Json request) {
  const auto topic = topic_of(request);
  if (!topic) co_return topic.error();
  if (auto found = api.topics.find(api.reader, *topic); !found) co_return failure_of(found.error());
  co_return subscriptions_page(api, request, *topic);
}

asio::awaitable<Answer<Json>> get_subscription_attributes(Api api, Json request) {
  const auto subscription = api.topics.find_subscription(api.reader, member_text(request, "SubscriptionArn"));
  if (!subscription) co_return failure_of(subscription.error());
  co_return json_object({{"Attributes", text_map_json(api.topics.subscription_attributes(*subscription))}});
}

asio::awaitable<Answer<Json>> set_subscription_attributes(Api api, Json request) {
  std::function<Result<void>(EngineTransaction&)> work = [&topics = api.topics, arn = member_text(request, "SubscriptionArn"),
                                                          name = member_text(request, "AttributeName"),
                                                          value = member_text(request, "AttributeValue")](EngineTransaction& transaction) {
    return topics.set_subscription_attribute(transaction, arn, name, value);
  };
  const auto done = co_await write<void>(api.engine, std::move(work));
  if (!done) co_return done.error();
  co_return Json::empty_object();
}

}  // namespace signalbox::aws::sns
