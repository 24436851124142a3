/// Source: Service Authorization Reference, AWS CloudFormation. What a stack makes is not checked again: whoever may deploy one may make all that is in it.

#include "aws/access/permissions.h"

#include <array>

namespace signalbox::aws::permissions {

namespace {

/// A stack's name means every stack that ever has it; its ARN is its own.
std::string stack(const NeedContext& context, const Json& request) {
  const auto name = member_text(request, "StackName");
  if (name.empty()) return "*";
  return name.starts_with("arn:") ? name : context.site.arn("cloudformation", "stack/" + name + "/*");
}

constexpr std::array rows{NeedRow{"ListExports", "", &any_resource}, NeedRow{"ListStacks", "", &any_resource},
                          NeedRow{"ValidateTemplate", "", &any_resource}};

}  // namespace

Needs cloudformation(const NeedContext& context, std::string_view operation, const Json& request) {
  auto needs = needs_by(rows, "cloudformation", &stack, context, operation, request);
  add_pass_role(needs, request.find("RoleARN"), "cloudformation.amazonaws.com");
  return needs;
}

}  // namespace signalbox::aws::permissions
