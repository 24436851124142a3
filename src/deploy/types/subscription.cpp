/// AWS::SNS::Subscription. Its ARN is not known before it is made, so it has neither Ref nor attributes.

#include "deploy/properties.h"
#include "deploy/types/types.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace signalbox::deploy {

namespace {

/// What an update sets, and takes back when the template no longer says it.
constexpr std::array attribute_names{"FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy"};

/// Physical id: topic, protocol and endpoint, which make a subscription what it is; `\n` is in none of them.
std::string identity_of(const SubscribeRequest& request) {
  return fmt::format("{}\n{}\n{}", request.topic, request.protocol, request.endpoint);
}

std::optional<Subscription> find(const Topics& topics, const Reader& reader, const std::string& physical_id) {
  const auto topic = physical_id.substr(0, physical_id.find('\n'));
  std::optional<std::string> after;
  do {
    auto page = topics.subscriptions(reader, topic, 100, after);
    for (auto& one : page.items)
      if (fmt::format("{}\n{}\n{}", one.topic, to_string(one.protocol), one.endpoint) == physical_id) return std::move(one);
    after = std::move(page.next);
  } while (after);
  return std::nullopt;
}

class SubscriptionType final : public ResourceType {
 public:
  explicit SubscriptionType(const Topics& topics) : topics_(topics) {}

  std::string_view name() const override { return "AWS::SNS::Subscription"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    return {.physical_id = identity_of(read(resource, faults)), .ref = std::nullopt, .attributes = {}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    const auto made = topics_.subscribe(transaction, read(resource));
    return made ? Result<void>() : Result<void>(made.error());
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    const auto wanted = read(resource);
    const auto existing = find(topics_, transaction, resource.identity.physical_id);
    if (!existing) return create(transaction, resource);
    const auto arn = subscription_arn(topics_.site(), *existing);
    for (const auto* name : attribute_names) {
      const auto value = wanted.attributes.find(name);
      if (value == wanted.attributes.end() && !existing->attributes.contains(name)) continue;
      const std::string absent = std::string_view(name) == "RawMessageDelivery" ? "false" : "";
      if (auto set = topics_.set_subscription_attribute(transaction, arn, name, value == wanted.attributes.end() ? absent : value->second);
          !set)
        return set;
    }
    return {};
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    if (const auto existing = find(topics_, transaction, physical_id)) topics_.remove_subscription(transaction, *existing);
    return {};
  }

 private:
  static SubscribeRequest read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    SubscribeRequest request;
    const auto arn = properties.required("TopicArn");
    const auto topic = topic_name_of_arn(arn);
    if (topic) request.topic = *topic;
    else if (!arn.empty()) properties.fault("TopicArn", topic.error().message);
    request.protocol = properties.required("Protocol");
    request.endpoint = properties.required("Endpoint");
    for (const auto* name : {"FilterPolicy", "RedrivePolicy"})
      if (const auto* value = properties.object(name)) request.attributes[name] = value->text();
    if (const auto scope = properties.string("FilterPolicyScope")) request.attributes["FilterPolicyScope"] = *scope;
    if (const auto raw = properties.boolean("RawMessageDelivery")) request.attributes["RawMessageDelivery"] = *raw ? "true" : "false";
    properties.refuse_others();
    return request;
  }
  static SubscribeRequest read(const Resource& resource) {
    Faults none;
    return read(resource, none);
  }

  const Topics& topics_;
};

}  // namespace

std::unique_ptr<ResourceType> make_subscription_type(const Topics& topics) { return std::make_unique<SubscriptionType>(topics); }

}  // namespace signalbox::deploy
