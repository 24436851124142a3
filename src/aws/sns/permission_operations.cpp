// AddPermission and RemovePermission: statements of a topic's policy.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "aws/sns/sns.h"

namespace signalbox::aws::sns {

namespace {

/// What others may be allowed. [SNS: AddPermission, "Valid Amazon SNS policy actions"]
constexpr std::array<std::string_view, 11> actions{"AddPermission",
                                                   "DeleteTopic",
                                                   "GetDataProtectionPolicy",
                                                   "GetTopicAttributes",
                                                   "ListSubscriptionsByTopic",
                                                   "ListTagsForResource",
                                                   "Publish",
                                                   "PutDataProtectionPolicy",
                                                   "RemovePermission",
                                                   "SetTopicAttributes",
                                                   "Subscribe"};

bool has_label(const Json& statement, std::string_view label) {
  const Json* sid = statement.find("Sid");
  return sid && sid->is_string() && sid->as_string() == label;
}

Json::Array statements_of(const Json& policy) {
  const Json* statements = policy.find("Statement");
  return statements && statements->is_array() ? statements->elements() : Json::Array{};
}

/// A text where there is one, as AWS writes it; else a list.
Json one_or_all(std::vector<std::string> texts) {
  if (texts.size() == 1) return Json(std::move(texts.front()));
  Json::Array out;
  for (auto& text : texts) out.emplace_back(std::move(text));
  return Json(std::move(out));
}

using Change = std::function<Answer<Json::Array>(Json::Array)>;

asio::awaitable<Answer<Json>> change_policy(Api api, std::string topic, Change change) {
  auto refusal = std::make_shared<std::optional<Failure>>();
  std::function<Result<void>(EngineTransaction&)> work = [&topics = api.topics, topic, change = std::move(change),
                                                          refusal](EngineTransaction& transaction) -> Result<void> {
    const auto attributes = topics.attributes(transaction, topic);
    if (!attributes) return attributes.error();
    const auto policy = Json::parse(attributes->at("Policy"));
    if (!policy) return policy.error();
    auto statements = change(statements_of(*policy));
    if (!statements) {
      *refusal = statements.error();
      return error(ErrorCode::InvalidArgument, statements.error().message);
    }
    return topics.set_attribute(transaction, topic, "Policy", policy->with("Statement", Json(std::move(*statements))).text());
  };
  const auto done = co_await write<void>(api.engine, std::move(work));
  if (*refusal) co_return std::move(**refusal);
  if (!done) co_return done.error();
  co_return Json::empty_object();
}

}  // namespace

asio::awaitable<Answer<Json>> add_permission(Api api, Json request) {
  const auto topic = topic_of(request);
  if (!topic) co_return topic.error();
  Parameters parameters(request);
  const auto label = parameters.text("Label");
  auto accounts = parameters.texts("AWSAccountId"), allowed = parameters.texts("ActionName");
  if (auto fault = parameters.fault()) co_return *fault;
  if (!label || label->empty()) co_return invalid_parameter("Label Reason: no value for required parameter");
  if (accounts.empty()) co_return invalid_parameter("AWSAccountId Reason: no value for required parameter");
  if (allowed.empty()) co_return invalid_parameter("ActionName Reason: no value for required parameter");
  for (auto& account : accounts) account = account == "*" ? account : "arn:aws:iam::" + account + ":root";
  for (auto& action : allowed) {
    if (std::find(actions.begin(), actions.end(), action) == actions.end())
      co_return invalid_parameter("Policy statement action out of service scope!");
    action = "SNS:" + action;
  }
  const Json statement = json_object({{"Sid", Json(*label)},
                                      {"Effect", "Allow"},
                                      {"Principal", json_object({{"AWS", one_or_all(std::move(accounts))}})},
                                      {"Action", one_or_all(std::move(allowed))},
                                      {"Resource", Json(api.topics.site().topic_arn(*topic))}});
  Change change = [statement, label = *label](Json::Array statements) -> Answer<Json::Array> {
    if (std::any_of(statements.begin(), statements.end(), [&](const Json& each) { return has_label(each, label); }))
      return invalid_parameter("Statement already exists");
    statements.push_back(statement);
    return statements;
  };
  auto answer = co_await change_policy(api, *topic, std::move(change));
  co_return answer;
}

asio::awaitable<Answer<Json>> remove_permission(Api api, Json request) {
  const auto topic = topic_of(request);
  if (!topic) co_return topic.error();
  const auto label = member_text(request, "Label");
  if (label.empty()) co_return invalid_parameter("Label Reason: no value for required parameter");
  // A label that is not there is no error.
  Change change = [label](Json::Array statements) -> Answer<Json::Array> {
    std::erase_if(statements, [&](const Json& each) { return has_label(each, label); });
    return statements;
  };
  auto answer = co_await change_policy(api, *topic, std::move(change));
  co_return answer;
}

}  // namespace signalbox::aws::sns
