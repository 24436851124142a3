#pragma once
/// The SNS API (Query protocol). Requests are the form's tree (query_form.h); answers become XML (xml.h). Source: SNS API Reference.

#include "aws/failure.h"
#include "aws/parameters.h"
#include "signalbox/async.h"
#include "signalbox/engine.h"
#include "signalbox/topics.h"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace signalbox::aws::sns {

namespace asio = boost::asio;

struct Api {
  Engine& engine;
  const Reader& reader;          ///< the I/O thread's
  const Topics& topics;
};

using Operation = asio::awaitable<Answer<Json>> (*)(Api, Json);

[[nodiscard]] Operation find_operation(std::string_view name);
[[nodiscard]] bool is_known(std::string_view name);

[[nodiscard]] Failure failure_of(const Error& error);
/// `Invalid parameter: NAME`.
[[nodiscard]] Failure invalid_parameter(std::string_view name);
/// The topic's name in the member TopicArn (or `member`). Errors: InvalidParameter.
[[nodiscard]] Answer<std::string> topic_of(const Json& request, const char* member = "TopicArn");
[[nodiscard]] std::string text_of(const Json& request, const char* member);
[[nodiscard]] std::optional<std::string> optional_text_of(const Json& request, const char* member);
[[nodiscard]] TextMap text_map(const Json& request, const char* member);
[[nodiscard]] TextMap tags_of(const Json& request);        ///< `Tags.member.N.Key` and `.Value`
[[nodiscard]] Json text_map_json(const TextMap& map);

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

asio::awaitable<Answer<Json>> publish(Api api, Json request);
asio::awaitable<Answer<Json>> publish_batch(Api api, Json request);
asio::awaitable<Answer<Json>> create_topic(Api api, Json request);
asio::awaitable<Answer<Json>> delete_topic(Api api, Json request);
asio::awaitable<Answer<Json>> list_topics(Api api, Json request);
asio::awaitable<Answer<Json>> get_topic_attributes(Api api, Json request);
asio::awaitable<Answer<Json>> set_topic_attributes(Api api, Json request);
asio::awaitable<Answer<Json>> subscribe(Api api, Json request);
asio::awaitable<Answer<Json>> confirm_subscription(Api api, Json request);
asio::awaitable<Answer<Json>> unsubscribe(Api api, Json request);
asio::awaitable<Answer<Json>> list_subscriptions(Api api, Json request);
asio::awaitable<Answer<Json>> list_subscriptions_by_topic(Api api, Json request);
asio::awaitable<Answer<Json>> get_subscription_attributes(Api api, Json request);
asio::awaitable<Answer<Json>> set_subscription_attributes(Api api, Json request);
/// Statements of the topic's policy, by their labels.
asio::awaitable<Answer<Json>> add_permission(Api api, Json request);
asio::awaitable<Answer<Json>> remove_permission(Api api, Json request);
asio::awaitable<Answer<Json>> tag_resource(Api api, Json request);
asio::awaitable<Answer<Json>> untag_resource(Api api, Json request);
asio::awaitable<Answer<Json>> list_tags_for_resource(Api api, Json request);

}  // namespace signalbox::aws::sns
