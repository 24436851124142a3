#include "deploy/cloudformation/api.h"

#include <array>
#include <algorithm>
#include <map>

namespace signalbox::deploy::cloudformation {

namespace {

constexpr std::array not_offered{"ActivateOrganizationsAccess", "ActivateType", "BatchDescribeTypeConfigurations", "CancelUpdateStack", "ContinueUpdateRollback", "CreateGeneratedTemplate",
                                 "CreateStackInstances", "CreateStackRefactor", "CreateStackSet", "DeactivateType", "DeleteGeneratedTemplate", "DeleteStackInstances", "DeleteStackSet",
                                 "DeregisterType", "DescribeAccountLimits", "DescribeStackDriftDetectionStatus", "DescribeStackInstance", "DescribeStackResourceDrifts", "DescribeStackSet",
                                 "DescribeType", "DetectStackDrift", "DetectStackResourceDrift", "EstimateTemplateCost", "ExecuteStackRefactor", "GetStackPolicy", "ImportStacksToStackSet",
                                 "ListImports", "ListStackInstances", "ListStackSets", "ListTypes", "PublishType", "RecordHandlerProgress", "RegisterType", "RollbackStack", "SetStackPolicy",
                                 "SignalResource", "StartResourceScan", "StopStackSetOperation", "TestType", "UpdateStackInstances", "UpdateStackSet", "UpdateTerminationProtection"};

}  // namespace

aws::Failure validation_error(std::string message) { return {"ValidationError", std::move(message)}; }

aws::Failure no_such_stack(std::string_view given) { return validation_error("Stack with id " + std::string(given) + " does not exist"); }

std::string text_member(const Json& request, std::string_view name) {
  const Json* value = request.find(name);
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

const std::map<std::string_view, Api::Reading>& Api::reading() {
  static const std::map<std::string_view, Reading> operations{{"DescribeChangeSet", &Api::describe_change_set},
                                                              {"DescribeEvents", &Api::describe_stack_events},
                                                              {"DescribeStackEvents", &Api::describe_stack_events},
                                                              {"DescribeStackResource", &Api::describe_stack_resource},
                                                              {"DescribeStackResources", &Api::describe_stack_resources},
                                                              {"DescribeStacks", &Api::describe_stacks},
                                                              {"GetTemplate", &Api::get_template},
                                                              {"GetTemplateSummary", &Api::get_template_summary},
                                                              {"ListChangeSets", &Api::list_change_sets},
                                                              {"ListExports", &Api::list_exports},
                                                              {"ListStackResources", &Api::list_stack_resources},
                                                              {"ListStacks", &Api::list_stacks},
                                                              {"ValidateTemplate", &Api::validate_template}};
  return operations;
}

const std::map<std::string_view, Api::Writing>& Api::writing() {
  static const std::map<std::string_view, Writing> operations{{"CreateChangeSet", &Api::create_change_set},   {"CreateStack", &Api::create_stack},
                                                              {"DeleteChangeSet", &Api::delete_change_set},   {"DeleteStack", &Api::delete_stack},
                                                              {"ExecuteChangeSet", &Api::execute_change_set}, {"UpdateStack", &Api::update_stack}};
  return operations;
}

bool Api::knows(std::string_view operation) const { return offers(operation) || std::find(not_offered.begin(), not_offered.end(), operation) != not_offered.end(); }

bool Api::offers(std::string_view operation) const { return reading().contains(operation) || writing().contains(operation); }

aws::asio::awaitable<aws::Answer<Json>> Api::call(aws::OperationContext, std::string operation, Json request) {
  if (const auto found = reading().find(operation); found != reading().end()) co_return (this->*found->second)(request);
  const auto found = writing().find(operation);
  SIGNALBOX_ASSERT(found != writing().end());
  auto answer = co_await (this->*found->second)(std::move(request));
  co_return answer;
}

}  // namespace signalbox::deploy::cloudformation
