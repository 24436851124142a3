/// Source: Service Authorization Reference, AWS Systems Manager.

#include "aws/access/permissions.h"

#include <array>

namespace signalbox::aws::permissions {

namespace {

/// `parameter/NAME`, whether the name begins with a slash or not; a parameter may be named by its ARN, and with a version or label.
std::string parameter_arn(const NeedContext& context, std::string name) {
  if (name.starts_with("arn:")) return name;
  name = name.substr(0, name.find(':'));
  return context.site.arn("ssm", "parameter" + std::string(name.starts_with('/') ? "" : "/") + name);
}
std::string parameter(const NeedContext& context, const Json& request) { return parameter_arn(context, member_text(request, "Name")); }
std::string path(const NeedContext& context, const Json& request) { return parameter_arn(context, member_text(request, "Path")); }
std::string tagged(const NeedContext& context, const Json& request) { return parameter_arn(context, member_text(request, "ResourceId")); }
std::string everything(const NeedContext& context, const Json&) { return context.site.arn("ssm", "*"); }

constexpr std::array rows{NeedRow{"AddTagsToResource", "", &tagged}, NeedRow{"DescribeParameters", "", &everything},
                          NeedRow{"GetParametersByPath", "", &path}, NeedRow{"ListTagsForResource", "", &tagged},
                          NeedRow{"RemoveTagsFromResource", "", &tagged}};

}  // namespace

Needs ssm(const NeedContext& context, std::string_view operation, const Json& request) {
  const auto* names = request.find("Names");
  if (!names || !names->is_array()) return needs_by(rows, "ssm", &parameter, context, operation, request);
  Needs needs;
  for (const auto& name : names->elements()) {
    if (name.is_string()) needs.push_back({"ssm:" + std::string(operation), parameter_arn(context, std::string(name.as_string()))});
  }
  return needs;
}

}  // namespace signalbox::aws::permissions
