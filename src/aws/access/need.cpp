#include "aws/access/need.h"

#include <algorithm>

#include "aws/access/permissions.h"

namespace signalbox::aws {

Needs needs_by(std::span<const NeedRow> rows, std::string_view prefix, ResourceOf usual, const NeedContext& context,
               std::string_view operation, const Json& request) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const NeedRow& each) { return each.operation == operation; });
  const bool named = row != rows.end();
  const auto action = named && !row->action.empty() ? row->action : operation;
  const auto resource = (named && row->resource ? row->resource : usual)(context, request);
  return {{std::string(prefix) + ":" + std::string(action), resource}};
}

void add_pass_role(Needs& needs, const Json* role_arn, std::string_view service) {
  if (!role_arn || !role_arn->is_string() || role_arn->as_string().empty()) return;
  needs.push_back({"iam:PassRole", std::string(role_arn->as_string()), {{"iam:passedtoservice", {std::string(service)}}}});
}

std::string any_resource(const NeedContext&, const Json&) { return "*"; }

Needs needs_of(Service service, const NeedContext& context, std::string_view operation, const Json& request) {
  switch (service) {
    case Service::StepFunctions: return permissions::step_functions(context, operation, request);
    case Service::Sqs: return permissions::sqs(context, operation, request);
    case Service::Sns: return permissions::sns(context, operation, request);
    case Service::Lambda: return permissions::lambda(context, operation, request);
    case Service::Logs: return permissions::logs(context, operation, request);
    case Service::Events: return permissions::events(context, operation, request);
    case Service::Scheduler: return permissions::scheduler(context, operation, request);
    case Service::Sts: return permissions::sts(context, operation, request);
    case Service::Ssm: return permissions::ssm(context, operation, request);
    case Service::Iam: return permissions::iam(context, operation, request);
    case Service::CloudFormation: return permissions::cloudformation(context, operation, request);
    case Service::ApiGateway:
    case Service::S3:
    case Service::Other: return {};
  }
  return {};
}

}  // namespace signalbox::aws
