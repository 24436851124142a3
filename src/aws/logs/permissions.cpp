/// Source: Service Authorization Reference, Amazon CloudWatch Logs. A group's ARN ends with `:log-stream:` and the stream's name, if any; tags are on the
/// group's plain ARN.

#include "aws/access/permissions.h"

#include <array>

namespace signalbox::aws::permissions {

namespace {

std::string group_name(const Json& request) {
  if (auto name = member_text(request, "logGroupName"); !name.empty()) return name;
  auto identifier = member_text(request, "logGroupIdentifier");
  constexpr std::string_view kind = ":log-group:";
  if (const auto place = identifier.find(kind); place != std::string::npos) identifier = identifier.substr(place + kind.size());
  return identifier.substr(0, identifier.find(':'));
}

std::string plain_group(const NeedContext& context, const Json& request) {
  return context.site.arn("logs", "log-group:" + group_name(request));
}
std::string stream(const NeedContext& context, const Json& request) {
  return plain_group(context, request) + ":log-stream:" + member_text(request, "logStreamName");
}
std::string group(const NeedContext& context, const Json& request) { return plain_group(context, request) + ":log-stream:"; }
std::string tagged(const NeedContext&, const Json& request) { return member_text(request, "resourceArn"); }

constexpr std::array rows{NeedRow{"CreateLogStream", "", &group},
                          NeedRow{"DeleteLogStream", "", &stream},
                          NeedRow{"DeleteResourcePolicy", "", &any_resource},
                          NeedRow{"DescribeResourcePolicies", "", &any_resource},
                          NeedRow{"GetLogEvents", "", &stream},
                          NeedRow{"ListTagsForResource", "", &tagged},
                          NeedRow{"ListTagsLogGroup", "", &plain_group},
                          NeedRow{"PutLogEvents", "", &stream},
                          NeedRow{"PutResourcePolicy", "", &any_resource},
                          NeedRow{"TagLogGroup", "", &plain_group},
                          NeedRow{"TagResource", "", &tagged},
                          NeedRow{"UntagLogGroup", "", &plain_group},
                          NeedRow{"UntagResource", "", &tagged}};

}  // namespace

Needs logs(const NeedContext& context, std::string_view operation, const Json& request) {
  return needs_by(rows, "logs", &group, context, operation, request);
}

}  // namespace signalbox::aws::permissions
