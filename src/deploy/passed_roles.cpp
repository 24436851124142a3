#include "deploy/passed_roles.h"

#include "aws/access/passed_roles.h"

#include <algorithm>
#include <array>

namespace signalbox::deploy {

namespace {

/// The operation that makes a type's resources. Templates spell its members as the API does, but for Step Functions'.
struct Maker {
  std::string_view type;
  aws::Service service;
  std::string_view operation;
  std::string_view name;  ///< the member with the resource's name, which a template may leave to the stack
};
constexpr std::array makers{Maker{"AWS::Lambda::Function", aws::Service::Lambda, "CreateFunction", "FunctionName"},
                            Maker{"AWS::Lambda::EventInvokeConfig", aws::Service::Lambda, "PutFunctionEventInvokeConfig", ""},
                            Maker{"AWS::Lambda::EventSourceMapping", aws::Service::Lambda, "CreateEventSourceMapping", ""},
                            Maker{"AWS::StepFunctions::StateMachine", aws::Service::StepFunctions, "CreateStateMachine", "name"},
                            Maker{"AWS::Events::Rule", aws::Service::Events, "PutTargets", "Rule"},
                            Maker{"AWS::Scheduler::Schedule", aws::Service::Scheduler, "CreateSchedule", "Name"}};

Json request_of(const Maker& maker, const Resource& resource) {
  auto request = resource.properties;
  if (maker.service == aws::Service::StepFunctions) {
    const auto* role = request.find("RoleArn");
    request = role ? json_object({{"roleArn", *role}}) : Json::empty_object();
  }
  if (maker.name.empty()) return request;
  const auto& id = resource.identity.physical_id;
  return request.with(maker.name, id.substr(id.find_last_of("|/") + 1));  // a rule's follows its bus, a schedule's its group
}

}  // namespace

Result<void> check_roles(aws::Authorizer& authorizer, const Site& site, const Resource& resource) {
  const auto maker = std::find_if(makers.begin(), makers.end(), [&](const Maker& each) { return each.type == resource.type; });
  if (maker == makers.end()) return {};
  const auto refused = aws::refused_role(authorizer, site, maker->service, maker->operation, request_of(*maker, resource));
  return refused ? Result<void>(error(ErrorCode::InvalidArgument, refused->message, refused->code)) : Result<void>();
}

}  // namespace signalbox::deploy
