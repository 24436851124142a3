// Operations on topics, and their tags.
#include "aws/page_token.h"
#include "aws/sns/sns.h"

namespace signalbox::aws::sns {

namespace {

constexpr std::size_t page_size = 100;  // [ListTopics]

asio::awaitable<Answer<Json>> done(Engine& engine, std::function<Result<void>(EngineTransaction&)> work) {
  const auto result = co_await write<void>(engine, std::move(work));
  if (!result) co_return result.error();
  co_return Json::empty_object();
}

/// The topic whose tags are asked for. [TagResource, ResourceArn]
Answer<std::string> tagged(const Json& request) { return topic_of(request, "ResourceArn"); }

}  // namespace

asio::awaitable<Answer<Json>> create_topic(Api api, Json request) {
  const auto name = find_text(request, "Name");
  if (!name) co_return invalid_parameter("Topic Name");
  std::function<Result<Topic>(EngineTransaction&)> work = [&topics = api.topics, name = *name, attributes = text_map(request, "Attributes"),
                                                           tags = tags_of(request)](EngineTransaction& transaction) {
    return topics.create(transaction, name, attributes, tags);
  };
  const auto topic = co_await write<Topic>(api.engine, std::move(work));
  if (!topic) co_return topic.error();
  co_return json_object({{"TopicArn", Json(api.topics.site().topic_arn(topic->name))}});
}

asio::awaitable<Answer<Json>> delete_topic(Api api, Json request) {
  const auto topic = topic_of(request);
  if (!topic) co_return topic.error();
  std::function<Result<void>(EngineTransaction&)> work = [&topics = api.topics,
                                                          topic = *topic](EngineTransaction& transaction) -> Result<void> {
    topics.remove(transaction, topic);
    return {};
  };
  auto answer = co_await done(api.engine, std::move(work));
  co_return answer;
}

asio::awaitable<Answer<Json>> list_topics(Api api, Json request) {
  std::optional<std::string> after;
  if (const auto token = find_text(request, "NextToken")) {
    after = read_page_token(api.engine.master_key(), "ListTopics", *token);
    if (!after) co_return invalid_parameter("NextToken");
  }
  const auto page = api.topics.list(api.reader, page_size, after);
  Json::Array topics;
  for (const Topic& topic : page.items) topics.push_back(json_object({{"TopicArn", Json(api.topics.site().topic_arn(topic.name))}}));
  Json out = json_object({{"Topics", Json(std::move(topics))}});
  co_return page.next ? out.with("NextToken", Json(make_page_token(api.engine.master_key(), "ListTopics", *page.next))) : out;
}

asio::awaitable<Answer<Json>> get_topic_attributes(Api api, Json request) {
  const auto topic = topic_of(request);
  if (!topic) co_return topic.error();
  const auto attributes = api.topics.attributes(api.reader, *topic);
  if (!attributes) co_return failure_of(attributes.error());
  co_return json_object({{"Attributes", text_map_json(*attributes)}});
}

asio::awaitable<Answer<Json>> set_topic_attributes(Api api, Json request) {
  const auto topic = topic_of(request);
  if (!topic) co_return topic.error();
  std::function<Result<void>(EngineTransaction&)> work =
      [&topics = api.topics, topic = *topic, name = member_text(request, "AttributeName"), value = member_text(request, "AttributeValue")](
          EngineTransaction& transaction) { return topics.set_attribute(transaction, topic, name, value); };
  auto answer = co_await done(api.engine, std::move(work));
  co_return answer;
}

asio::awaitable<Answer<Json>> tag_resource(Api api, Json request) {
  const auto topic = tagged(request);
  if (!topic) co_return topic.error();
  std::function<Result<void>(EngineTransaction&)> work = [&topics = api.topics, topic = *topic,
                                                          tags = tags_of(request)](EngineTransaction& transaction) {
    return topics.tag(transaction, topic, tags);
  };
  auto answer = co_await done(api.engine, std::move(work));
  co_return answer;
}

asio::awaitable<Answer<Json>> untag_resource(Api api, Json request) {
  const auto topic = tagged(request);
  if (!topic) co_return topic.error();
  Parameters parameters(request);
  const auto keys = parameters.texts("TagKeys");
  if (auto fault = parameters.fault()) co_return *fault;
  std::function<Result<void>(EngineTransaction&)> work = [&topics = api.topics, topic = *topic, keys](EngineTransaction& transaction) {
    return topics.untag(transaction, topic, keys);
  };
  auto answer = co_await done(api.engine, std::move(work));
  co_return answer;
}

asio::awaitable<Answer<Json>> list_tags_for_resource(Api api, Json request) {
  const auto name = tagged(request);
  if (!name) co_return name.error();
  const auto topic = api.topics.find(api.reader, *name);
  if (!topic) co_return Failure{"ResourceNotFound", "Resource does not exist", 404};
  Json::Array tags;
  for (const auto& [key, value] : topic->tags) tags.push_back(json_object({{"Key", Json(key)}, {"Value", Json(value)}}));
  co_return json_object({{"Tags", Json(std::move(tags))}});
}

}  // namespace signalbox::aws::sns
