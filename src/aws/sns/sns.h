#pragma once
/// The SNS API (Query protocol). Requests are the form's tree (query_form.h); answers become XML (xml.h). Source: SNS API Reference.

#include "aws/operation.h"
#include "aws/parameters.h"
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
  const Reader& reader;  ///< the I/O thread's
  const Topics& topics;
};

using Operation = asio::awaitable<Answer<Json>>(Api api, Json request);

[[nodiscard]] Operation* find_operation(std::string_view name);
[[nodiscard]] bool is_known(std::string_view name);

[[nodiscard]] Failure failure_of(const Error& error);
/// `Invalid parameter: NAME`.
[[nodiscard]] Failure invalid_parameter(std::string_view name);
/// The topic's name in the member TopicArn (or `member`). Errors: InvalidParameter.
[[nodiscard]] Answer<std::string> topic_of(const Json& request, const char* member = "TopicArn");
[[nodiscard]] TextMap text_map(const Json& request, const char* member);
[[nodiscard]] TextMap tags_of(const Json& request);  ///< `Tags.member.N.Key` and `.Value`
[[nodiscard]] Json text_map_json(const TextMap& map);

/// Runs `work` in a transaction.
template <class T>
asio::awaitable<Answer<T>> write(Engine& engine, std::function<Result<T>(EngineTransaction&)> work) {
  return answer_of_transaction<T>(engine, std::move(work), &failure_of);
}

Operation publish, publish_batch, create_topic, delete_topic, list_topics, get_topic_attributes, set_topic_attributes, subscribe,
    confirm_subscription, unsubscribe, list_subscriptions, list_subscriptions_by_topic, get_subscription_attributes,
    set_subscription_attributes;
/// Statements of the topic's policy, by their labels.
Operation add_permission, remove_permission, tag_resource, untag_resource, list_tags_for_resource;

}  // namespace signalbox::aws::sns
