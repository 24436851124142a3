/// Source: Service Authorization Reference, Amazon SNS.

#include "aws/access/permissions.h"

#include <algorithm>
#include <array>

namespace signalbox::aws::permissions {

namespace {

std::string topic(const NeedContext&, const Json& request) {
  const auto arn = member_text(request, "TopicArn");
  return arn.empty() ? member_text(request, "TargetArn") : arn;
}
std::string topic_of_name(const NeedContext& context, const Json& request) { return context.site.topic_arn(member_text(request, "Name")); }
/// `arn:aws:sns:REGION:ACCOUNT:TOPIC:ID` belongs to its topic.
std::string topic_of_subscription(const NeedContext&, const Json& request) {
  constexpr std::ptrdiff_t colons_of_subscriptions = 6;
  const auto arn = member_text(request, "SubscriptionArn");
  return std::count(arn.begin(), arn.end(), ':') == colons_of_subscriptions ? arn.substr(0, arn.rfind(':')) : arn;
}
std::string tagged(const NeedContext&, const Json& request) { return member_text(request, "ResourceArn"); }
std::string all_topics(const NeedContext& context, const Json&) { return context.site.topic_arn("*"); }

constexpr std::array rows{NeedRow{"CreateTopic", "", &topic_of_name},
                          NeedRow{"GetSubscriptionAttributes", "", &topic_of_subscription},
                          NeedRow{"ListSubscriptions", "", &all_topics},
                          NeedRow{"ListTagsForResource", "", &tagged},
                          NeedRow{"ListTopics", "", &all_topics},
                          NeedRow{"PublishBatch", "Publish", &topic},
                          NeedRow{"SetSubscriptionAttributes", "", &topic_of_subscription},
                          NeedRow{"TagResource", "", &tagged},
                          NeedRow{"Unsubscribe", "", &topic_of_subscription},
                          NeedRow{"UntagResource", "", &tagged}};

}  // namespace

Needs sns(const NeedContext& context, std::string_view operation, const Json& request) {
  auto needs = needs_by(rows, "sns", &topic, context, operation, request);
  if (operation == "Subscribe") {
    if (const auto protocol = member_text(request, "Protocol"); !protocol.empty()) needs.front().keys["sns:protocol"] = {protocol};
    if (const auto endpoint = member_text(request, "Endpoint"); !endpoint.empty()) needs.front().keys["sns:endpoint"] = {endpoint};
  }
  return needs;
}

}  // namespace signalbox::aws::permissions
