#include "deploy/cloudformation/api.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

namespace signalbox::deploy::cloudformation {

namespace {

constexpr std::array not_offered{"ActivateOrganizationsAccess",
                                 "ActivateType",
                                 "BatchDescribeTypeConfigurations",
                                 "CancelUpdateStack",
                                 "ContinueUpdateRollback",
                                 "CreateGeneratedTemplate",
                                 "CreateStackInstances",
                                 "CreateStackRefactor",
                                 "CreateStackSet",
                                 "DeactivateOrganizationsAccess",
                                 "DeactivateType",
                                 "DeleteGeneratedTemplate",
                                 "DeleteStackInstances",
                                 "DeleteStackSet",
                                 "DeregisterType",
                                 "DescribeAccountLimits",
                                 "DescribeChangeSetHooks",
                                 "DescribeGeneratedTemplate",
                                 "DescribeOrganizationsAccess",
                                 "DescribePublisher",
                                 "DescribeResourceScan",
                                 "DescribeStackDriftDetectionStatus",
                                 "DescribeStackInstance",
                                 "DescribeStackRefactor",
                                 "DescribeStackResourceDrifts",
                                 "DescribeStackSet",
                                 "DescribeStackSetOperation",
                                 "DescribeType",
                                 "DescribeTypeRegistration",
                                 "DetectStackDrift",
                                 "DetectStackResourceDrift",
                                 "DetectStackSetDrift",
                                 "EstimateTemplateCost",
                                 "ExecuteStackRefactor",
                                 "GetGeneratedTemplate",
                                 "GetHookResult",
                                 "GetStackPolicy",
                                 "ImportStacksToStackSet",
                                 "ListGeneratedTemplates",
                                 "ListHookResults",
                                 "ListResourceScanRelatedResources",
                                 "ListResourceScanResources",
                                 "ListResourceScans",
                                 "ListStackInstanceResourceDrifts",
                                 "ListStackInstances",
                                 "ListStackRefactorActions",
                                 "ListStackRefactors",
                                 "ListStackSetAutoDeploymentTargets",
                                 "ListStackSetOperationResults",
                                 "ListStackSetOperations",
                                 "ListStackSets",
                                 "ListTypeRegistrations",
                                 "ListTypeVersions",
                                 "ListTypes",
                                 "PublishType",
                                 "RecordHandlerProgress",
                                 "RegisterPublisher",
                                 "RegisterType",
                                 "RemoveAlias",
                                 "RollbackStack",
                                 "SetAlias",
                                 "SetStackPolicy",
                                 "SetTypeConfiguration",
                                 "SetTypeDefaultVersion",
                                 "SignalResource",
                                 "StartResourceScan",
                                 "StopStackSetOperation",
                                 "TestType",
                                 "UpdateGeneratedTemplate",
                                 "UpdateStackInstances",
                                 "UpdateStackSet"};

/// Members without which AWS does not look at a request.
const std::map<std::string_view, std::vector<std::string_view>>& required_members() {
  static const std::map<std::string_view, std::vector<std::string_view>> required{
      {"CreateChangeSet", {"StackName", "ChangeSetName"}},
      {"CreateStack", {"StackName"}},
      {"DeleteChangeSet", {"ChangeSetName"}},
      {"DeleteStack", {"StackName"}},
      {"DescribeChangeSet", {"ChangeSetName"}},
      {"DescribeStackEvents", {"StackName"}},
      {"DescribeStackResource", {"StackName", "LogicalResourceId"}},
      {"ExecuteChangeSet", {"ChangeSetName"}},
      {"ListChangeSets", {"StackName"}},
      {"ListImports", {"ExportName"}},
      {"ListStackResources", {"StackName"}},
      {"UpdateStack", {"StackName"}},
      {"UpdateTerminationProtection", {"StackName", "EnableTerminationProtection"}}};
  return required;
}

}  // namespace

aws::Failure validation_error(std::string message) { return {"ValidationError", std::move(message)}; }

bool is_true(const Json& request, std::string_view name) { return member_text(request, name) == "true"; }

std::vector<std::string> list_member(const Json& request, std::string_view name) {
  std::vector<std::string> texts;
  const Json* list = request.find(name);
  if (!list || !list->is_array()) return texts;
  for (const auto& element : list->elements())
    if (element.is_string()) texts.emplace_back(element.as_string());
  return texts;
}

std::optional<aws::Failure> missing_members(std::string_view operation, const Json& request) {
  const auto required = required_members().find(operation);
  if (required == required_members().end()) return std::nullopt;
  std::vector<std::string> faults;
  for (const auto name : required->second) {
    if (request.find(name)) continue;
    const auto shown = static_cast<char>(name.front() - 'A' + 'a') + std::string(name.substr(1));
    faults.push_back(fmt::format("Value null at '{}' failed to satisfy constraint: Member must not be null", shown));
  }
  if (faults.empty()) return std::nullopt;
  return validation_error(
      fmt::format("{} validation error{} detected: {}", faults.size(), faults.size() == 1 ? "" : "s", fmt::join(faults, "; ")));
}

Json settings_of(const Json& request, const Json& before) {
  Json settings = before;
  for (const auto* name : {"Tags", "Capabilities", "NotificationARNs"})
    if (const Json* given = request.find(name)) settings = settings.with(name, given->is_array() ? *given : Json::empty_array());
  for (const auto* name : {"RoleARN", "TimeoutInMinutes"})
    if (const Json* given = request.find(name)) settings = settings.with(name, *given);
  if (const Json* given = request.find("RollbackConfiguration"))
    settings = settings.with("RollbackConfiguration", given->is_object() ? *given : Json::empty_object());
  return settings;
}

bool has_same_tags(const Json& settings, const Json& others) {
  const Json* one = settings.find("Tags");
  const Json* other = others.find("Tags");
  return (one ? *one : Json::empty_array()) == (other ? *other : Json::empty_array());
}

bool Api::knows(std::string_view operation) const {
  return offers(operation) || std::find(not_offered.begin(), not_offered.end(), operation) != not_offered.end();
}

bool Api::offers(std::string_view operation) const { return reading().contains(operation) || writing().contains(operation); }

const std::map<std::string_view, Api::Reading>& Api::reading() {
  static const std::map<std::string_view, Reading> operations{{"DescribeChangeSet", &Api::describe_change_set},
                                                              {"DescribeEvents", &Api::describe_events},
                                                              {"DescribeStackEvents", &Api::describe_stack_events},
                                                              {"DescribeStackResource", &Api::describe_stack_resource},
                                                              {"DescribeStackResources", &Api::describe_stack_resources},
                                                              {"DescribeStacks", &Api::describe_stacks},
                                                              {"GetTemplate", &Api::get_template},
                                                              {"GetTemplateSummary", &Api::get_template_summary},
                                                              {"ListChangeSets", &Api::list_change_sets},
                                                              {"ListExports", &Api::list_exports},
                                                              {"ListImports", &Api::list_imports},
                                                              {"ListStackResources", &Api::list_stack_resources},
                                                              {"ListStacks", &Api::list_stacks},
                                                              {"ValidateTemplate", &Api::validate_template}};
  return operations;
}

const std::map<std::string_view, Api::Writing>& Api::writing() {
  static const std::map<std::string_view, Writing> operations{{"CreateChangeSet", &Api::create_change_set},
                                                              {"CreateStack", &Api::create_stack},
                                                              {"DeleteChangeSet", &Api::delete_change_set},
                                                              {"DeleteStack", &Api::delete_stack},
                                                              {"ExecuteChangeSet", &Api::execute_change_set},
                                                              {"UpdateStack", &Api::update_stack},
                                                              {"UpdateTerminationProtection", &Api::update_termination_protection}};
  return operations;
}

aws::asio::awaitable<aws::Answer<Json>> Api::call(aws::OperationContext, std::string operation, Json request) {
  if (auto missing = missing_members(operation, request)) co_return *missing;
  if (const auto found = reading().find(operation); found != reading().end()) co_return (this->*found->second)(request);
  const auto found = writing().find(operation);
  SIGNALBOX_ASSERT(found != writing().end());
  auto answer = co_await (this->*found->second)(std::move(request));
  co_return answer;
}

}  // namespace signalbox::deploy::cloudformation
