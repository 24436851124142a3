#pragma once
/// What each service's operations need; the tables are in SERVICE/permissions.cpp.

#include "aws/access/need.h"
#include "http/http.h"

namespace signalbox::aws::permissions {

[[nodiscard]] Needs step_functions(const NeedContext& context, std::string_view operation, const Json& request);
[[nodiscard]] Needs sqs(const NeedContext& context, std::string_view operation, const Json& request);
[[nodiscard]] Needs sns(const NeedContext& context, std::string_view operation, const Json& request);
[[nodiscard]] Needs lambda(const NeedContext& context, std::string_view operation, const Json& request);
[[nodiscard]] Needs logs(const NeedContext& context, std::string_view operation, const Json& request);
[[nodiscard]] Needs events(const NeedContext& context, std::string_view operation, const Json& request);
[[nodiscard]] Needs scheduler(const NeedContext& context, std::string_view operation, const Json& request);
/// None for AssumeRole, which checks whom the role trusts itself, and for GetCallerIdentity, which everybody may ask.
[[nodiscard]] Needs sts(const NeedContext& context, std::string_view operation, const Json& request);
[[nodiscard]] Needs ssm(const NeedContext& context, std::string_view operation, const Json& request);
[[nodiscard]] Needs iam(const NeedContext& context, std::string_view operation, const Json& request);
[[nodiscard]] Needs cloudformation(const NeedContext& context, std::string_view operation, const Json& request);
/// API Gateway's actions are HTTP's methods, its resources the paths.
[[nodiscard]] Needs api_gateway(const NeedContext& context, const http::Request& request);

}  // namespace signalbox::aws::permissions
