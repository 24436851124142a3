/// Source: Service Authorization Reference, AWS STS.

#include "aws/access/permissions.h"

namespace signalbox::aws::permissions {

Needs sts(const NeedContext& context, std::string_view operation, const Json& request) {
  if (operation == "AssumeRole" || operation == "GetCallerIdentity" || operation == "GetSessionToken") return {};
  return needs_by({}, "sts", &any_resource, context, operation, request);
}

}  // namespace signalbox::aws::permissions
