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
};
constexpr std::array makers{Maker{"AWS::Lambda::Function", aws::Service::Lambda, "CreateFunction"},
                            Maker{"AWS::Lambda::EventInvokeConfig", aws::Service::Lambda, "PutFunctionEventInvokeConfig"},
                            Maker{"AWS::Lambda::EventSourceMapping", aws::Service::Lambda, "CreateEventSourceMapping"},
                            Maker{"AWS::StepFunctions::StateMachine", aws::Service::StepFunctions, "CreateStateMachine"},
                            Maker{"AWS::Events::Rule", aws::Service::Events, "PutTargets"},
                            Maker{"AWS::Scheduler::Schedule", aws::Service::Scheduler, "CreateSchedule"}};

Json request_of(const Maker& maker, const Json& properties) {
  if (maker.service != aws::Service::StepFunctions) return properties;
  const auto* role = properties.find("RoleArn");
  return role ? json_object({{"roleArn", *role}}) : Json::empty_object();
}

}  // namespace

Result<void> check_roles(aws::Authorizer& authorizer, const Site& site, const Resource& resource) {
  const auto maker = std::find_if(makers.begin(), makers.end(), [&](const Maker& each) { return each.type == resource.type; });
  if (maker == makers.end()) return {};
  const auto refused = aws::refused_role(authorizer, site, maker->service, maker->operation, request_of(*maker, resource.properties));
  return refused ? Result<void>(error(ErrorCode::InvalidArgument, refused->message, refused->code)) : Result<void>();
}

}  // namespace signalbox::deploy
