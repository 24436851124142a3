#include "aws/sns/sns.h"

#include <algorithm>
#include <array>
#include <map>

namespace signalbox::aws::sns {

namespace {

const std::map<std::string_view, Operation*>& operations() {
  static const std::map<std::string_view, Operation*> table{
      {"AddPermission", &add_permission},
      {"ConfirmSubscription", &confirm_subscription},
      {"CreateTopic", &create_topic},
      {"DeleteTopic", &delete_topic},
      {"GetSubscriptionAttributes", &get_subscription_attributes},
      {"GetTopicAttributes", &get_topic_attributes},
      {"ListSubscriptions", &list_subscriptions},
      {"ListSubscriptionsByTopic", &list_subscriptions_by_topic},
      {"ListTagsForResource", &list_tags_for_resource},
      {"ListTopics", &list_topics},
      {"Publish", &publish},
      {"PublishBatch", &publish_batch},
      {"RemovePermission", &remove_permission},
      {"SetSubscriptionAttributes", &set_subscription_attributes},
      {"SetTopicAttributes", &set_topic_attributes},
      {"Subscribe", &subscribe},
      {"TagResource", &tag_resource},
      {"Unsubscribe", &unsubscribe},
      {"UntagResource", &untag_resource},
  };
  return table;
}

constexpr std::array<std::string_view, 23> not_offered{"CheckIfPhoneNumberIsOptedOut",
                                                       "CreatePlatformApplication",
                                                       "CreatePlatformEndpoint",
                                                       "CreateSMSSandboxPhoneNumber",
                                                       "DeleteEndpoint",
                                                       "DeletePlatformApplication",
                                                       "DeleteSMSSandboxPhoneNumber",
                                                       "GetDataProtectionPolicy",
                                                       "GetEndpointAttributes",
                                                       "GetPlatformApplicationAttributes",
                                                       "GetSMSAttributes",
                                                       "GetSMSSandboxAccountStatus",
                                                       "ListEndpointsByPlatformApplication",
                                                       "ListOriginationNumbers",
                                                       "ListPhoneNumbersOptedOut",
                                                       "ListPlatformApplications",
                                                       "ListSMSSandboxPhoneNumbers",
                                                       "OptInPhoneNumber",
                                                       "PutDataProtectionPolicy",
                                                       "SetEndpointAttributes",
                                                       "SetPlatformApplicationAttributes",
                                                       "SetSMSAttributes",
                                                       "VerifySMSSandboxPhoneNumber"};

}  // namespace

Operation* find_operation(std::string_view name) {
  const auto found = operations().find(name);
  return found == operations().end() ? nullptr : found->second;
}

bool is_known(std::string_view name) {
  return find_operation(name) || std::find(not_offered.begin(), not_offered.end(), name) != not_offered.end();
}

Failure failure_of(const Error& error) {
  auto sns = sns_error(error);
  return {std::move(sns.code), error.message, sns.status};
}

Failure invalid_parameter(std::string_view name) { return {"InvalidParameter", "Invalid parameter: " + std::string(name)}; }

Answer<std::string> topic_of(const Json& request, const char* member) {
  const auto arn = find_text(request, member);
  if (!arn) return invalid_parameter(std::string(member) + " Reason: no value for required parameter");
  auto name = topic_name_of_arn(*arn, member);
  if (!name) return failure_of(name.error());
  return std::move(*name);
}

TextMap text_map(const Json& request, const char* member) {
  TextMap out;
  const Json* map = request.find(member);
  if (!map || !map->is_object()) return out;
  for (const auto& [key, value] : map->members()) out[key] = plain_text(value);
  return out;
}

TextMap tags_of(const Json& request) {
  TextMap out;
  const Json* list = request.find("Tags");
  for (std::size_t i = 0; list && list->is_array() && i < list->size(); ++i)
    out[member_text(*list->at(i), "Key")] = member_text(*list->at(i), "Value");
  return out;
}

Json text_map_json(const TextMap& map) {
  Json::Object out;
  for (const auto& [name, value] : map) out.push_back({name, Json(value)});
  return Json(std::move(out));
}

}  // namespace signalbox::aws::sns
