#include "deploy/sam_policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "services/access/managed_policies.h"

namespace signalbox::deploy {

namespace {

/// A statement of a policy template. In `resources` the parameter is `${value}`, region and account are `${here}`.
struct TemplateStatement {
  std::string_view policy;
  std::string_view parameter;  ///< empty: it has none
  std::string_view actions;    ///< between spaces
  std::string_view resources;  ///< between spaces
};

constexpr std::string_view s3_resources = "arn:${AWS::Partition}:s3:::${value} arn:${AWS::Partition}:s3:::${value}/*";
constexpr std::string_view here = "${AWS::Region}:${AWS::AccountId}";

constexpr std::array statements{
    TemplateStatement{"SQSPollerPolicy", "QueueName",
                      "sqs:ChangeMessageVisibility sqs:ChangeMessageVisibilityBatch sqs:DeleteMessage sqs:DeleteMessageBatch "
                      "sqs:GetQueueAttributes sqs:ReceiveMessage",
                      "arn:${AWS::Partition}:sqs:${here}:${value}"},
    TemplateStatement{"SQSSendMessagePolicy", "QueueName", "sqs:SendMessage*", "arn:${AWS::Partition}:sqs:${here}:${value}"},
    TemplateStatement{"SNSPublishMessagePolicy", "TopicName", "sns:Publish", "arn:${AWS::Partition}:sns:${here}:${value}"},
    TemplateStatement{"SNSCrudPolicy", "TopicName",
                      "sns:ListSubscriptionsByTopic sns:CreateTopic sns:SetTopicAttributes sns:Subscribe sns:Publish",
                      "arn:${AWS::Partition}:sns:${here}:${value}*"},
    TemplateStatement{"LambdaInvokePolicy", "FunctionName", "lambda:InvokeFunction",
                      "arn:${AWS::Partition}:lambda:${here}:function:${value}*"},
    TemplateStatement{"StepFunctionsExecutionPolicy", "StateMachineName", "states:StartExecution",
                      "arn:${AWS::Partition}:states:${here}:stateMachine:${value}"},
    TemplateStatement{"EventBridgePutEventsPolicy", "EventBusName", "events:PutEvents",
                      "arn:${AWS::Partition}:events:${here}:event-bus/${value}"},
    TemplateStatement{"FilterLogEventsPolicy", "LogGroupName", "logs:FilterLogEvents",
                      "arn:${AWS::Partition}:logs:${here}:log-group:${value}:log-stream:*"},
    TemplateStatement{"S3ReadPolicy", "BucketName",
                      "s3:GetObject s3:ListBucket s3:GetBucketLocation s3:GetObjectVersion s3:GetLifecycleConfiguration", s3_resources},
    TemplateStatement{"S3WritePolicy", "BucketName", "s3:PutObject s3:PutObjectAcl s3:PutLifecycleConfiguration", s3_resources},
    TemplateStatement{"S3CrudPolicy", "BucketName",
                      "s3:GetObject s3:ListBucket s3:GetBucketLocation s3:GetObjectVersion s3:PutObject s3:PutObjectAcl "
                      "s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration s3:DeleteObject",
                      s3_resources},
    TemplateStatement{"S3FullAccessPolicy", "BucketName",
                      "s3:GetObject s3:GetObjectAcl s3:GetObjectVersion s3:PutObject s3:PutObjectAcl s3:DeleteObject "
                      "s3:DeleteObjectTagging s3:DeleteObjectVersionTagging s3:GetObjectTagging "
                      "s3:GetObjectVersionTagging s3:PutObjectTagging s3:PutObjectVersionTagging",
                      "arn:${AWS::Partition}:s3:::${value}/*"},
    TemplateStatement{"S3FullAccessPolicy", "BucketName",
                      "s3:ListBucket s3:GetBucketLocation s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration",
                      "arn:${AWS::Partition}:s3:::${value}"},
    TemplateStatement{"SSMParameterReadPolicy", "ParameterName", "ssm:DescribeParameters", "*"},
    TemplateStatement{"SSMParameterReadPolicy", "ParameterName", "ssm:GetParameters ssm:GetParameter ssm:GetParametersByPath",
                      "arn:${AWS::Partition}:ssm:${here}:parameter/${value}"},
    TemplateStatement{"SSMParameterWithSlashPrefixReadPolicy", "ParameterName", "ssm:DescribeParameters", "*"},
    TemplateStatement{"SSMParameterWithSlashPrefixReadPolicy", "ParameterName",
                      "ssm:GetParameters ssm:GetParameter ssm:GetParametersByPath", "arn:${AWS::Partition}:ssm:${here}:parameter${value}"},
    TemplateStatement{"CloudFormationDescribeStacksPolicy", "", "cloudformation:DescribeStacks",
                      "arn:${AWS::Partition}:cloudformation:${here}:stack/*"}};

/// Policy templates about services that are not here: known, and without effect.
constexpr std::array elsewhere{"ACMGetCertificatePolicy",
                               "AMIDescribePolicy",
                               "AWSSecretsManagerGetSecretValuePolicy",
                               "AWSSecretsManagerRotationPolicy",
                               "AthenaQueryPolicy",
                               "CloudWatchDashboardPolicy",
                               "CloudWatchDescribeAlarmHistoryPolicy",
                               "CloudWatchPutMetricPolicy",
                               "CodeCommitCrudPolicy",
                               "CodeCommitReadPolicy",
                               "CodePipelineLambdaExecutionPolicy",
                               "CodePipelineReadOnlyPolicy",
                               "ComprehendBasicAccessPolicy",
                               "CostExplorerReadOnlyPolicy",
                               "DynamoDBBackupFullAccessPolicy",
                               "DynamoDBCrudPolicy",
                               "DynamoDBReadPolicy",
                               "DynamoDBReconfigurePolicy",
                               "DynamoDBRestoreFromBackupPolicy",
                               "DynamoDBStreamReadPolicy",
                               "DynamoDBWritePolicy",
                               "EC2CopyImagePolicy",
                               "EC2DescribePolicy",
                               "EFSWriteAccessPolicy",
                               "EKSDescribePolicy",
                               "EcsRunTaskPolicy",
                               "ElasticMapReduceAddJobFlowStepsPolicy",
                               "ElasticMapReduceCancelStepsPolicy",
                               "ElasticMapReduceModifyInstanceFleetPolicy",
                               "ElasticMapReduceModifyInstanceGroupsPolicy",
                               "ElasticMapReduceSetTerminationProtectionPolicy",
                               "ElasticMapReduceTerminateJobFlowsPolicy",
                               "ElasticsearchHttpPostPolicy",
                               "FirehoseCrudPolicy",
                               "FirehoseWritePolicy",
                               "KMSDecryptPolicy",
                               "KMSEncryptPolicy",
                               "KinesisCrudPolicy",
                               "KinesisStreamReadPolicy",
                               "MobileAnalyticsWriteOnlyAccessPolicy",
                               "OrganizationsListAccountsPolicy",
                               "PinpointEndpointAccessPolicy",
                               "PollyFullAccessPolicy",
                               "RekognitionDetectOnlyPolicy",
                               "RekognitionFacesManagementPolicy",
                               "RekognitionFacesPolicy",
                               "RekognitionLabelsPolicy",
                               "RekognitionNoDataAccessPolicy",
                               "RekognitionReadPolicy",
                               "RekognitionWriteOnlyAccessPolicy",
                               "Route53ChangeResourceRecordSetsPolicy",
                               "SESBulkTemplatedCrudPolicy",
                               "SESBulkTemplatedCrudPolicy_v2",
                               "SESCrudPolicy",
                               "SESEmailTemplateCrudPolicy",
                               "SESSendBouncePolicy",
                               "ServerlessRepoReadWriteAccessPolicy",
                               "TextractDetectAnalyzePolicy",
                               "TextractGetResultPolicy",
                               "TextractPolicy",
                               "VPCAccessPolicy"};

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Json resource_json(std::string pattern, const Json& value) {
  constexpr std::string_view mark = "${here}";
  if (const auto place = pattern.find(mark); place != std::string::npos) pattern.replace(place, mark.size(), here);
  if (pattern.find("${value}") == std::string::npos) return pattern == "*" ? Json(pattern) : json_object({{"Fn::Sub", Json(pattern)}});
  return json_object({{"Fn::Sub", json_array({Json(pattern), json_object({{"value", value}})})}});
}

Json statement_json(const TemplateStatement& statement, const Json& value) {
  Json::Array actions, resources;
  for (auto& action : words(statement.actions)) actions.emplace_back(std::move(action));
  for (auto& resource : words(statement.resources)) resources.push_back(resource_json(std::move(resource), value));
  return json_object({{"Effect", "Allow"}, {"Action", Json(std::move(actions))}, {"Resource", Json(std::move(resources))}});
}

bool is_intrinsic(const Json& value) {
  if (!value.is_object() || value.size() != 1) return false;
  const auto& name = value.members().front().name;
  return name == "Ref" || name.starts_with("Fn::");
}

/// What one element of Policies becomes.
class Reading {
 public:
  Reading(std::string place, std::string prefix, Faults& faults) : place_(std::move(place)), prefix_(std::move(prefix)), faults_(faults) {}

  void add(const Json& policy) {
    const auto number = number_++;
    if (policy.is_null()) return;
    if (policy.is_string()) return add_managed(Json(access::managed_policy_arn(policy.as_string())));
    if (is_intrinsic(policy)) return add_managed(policy);
    if (policy.find("Statement")) return add_inline(number, policy.find("Version") ? policy : policy.with("Version", "2012-10-17"));
    if (!policy.is_object() || policy.size() != 1)
      return faults_.add(place_, "a policy is a name, an ARN, a document, or one policy template");
    const auto& [name, parameters] = policy.members().front();
    add_template(number, name, parameters);
  }

  void add_managed(Json arn) {
    if (std::find(managed.begin(), managed.end(), arn) == managed.end()) managed.push_back(std::move(arn));
  }

  Json::Array managed;
  Json::Array inline_policies;

 private:
  void add_inline(std::size_t number, Json document) {
    inline_policies.push_back(
        json_object({{"PolicyName", Json(prefix_ + std::to_string(number))}, {"PolicyDocument", std::move(document)}}));
  }

  void add_template(std::size_t number, const std::string& name, const Json& parameters) {
    Json::Array made;
    for (const auto& statement : statements) {
      if (statement.policy != name) continue;
      const auto* value = statement.parameter.empty() ? nullptr : parameters.find(statement.parameter);
      if (!statement.parameter.empty() && !value)
        return faults_.add(place_, fmt::format("the policy template {} needs the parameter {}", name, statement.parameter));
      made.push_back(statement_json(statement, value ? *value : Json()));
    }
    if (!made.empty()) return add_inline(number, json_object({{"Version", "2012-10-17"}, {"Statement", Json(std::move(made))}}));
    if (std::find(elsewhere.begin(), elsewhere.end(), name) == elsewhere.end())
      faults_.add(place_, fmt::format("there is no policy template '{}'", name));
  }

  std::string place_, prefix_;
  Faults& faults_;
  std::size_t number_ = 0;
};

Json trust_json(std::string_view service) {
  return json_object({{"Version", "2012-10-17"},
                      {"Statement", json_array({json_object({{"Effect", "Allow"},
                                                             {"Principal", json_object({{"Service", json_array({service})}})},
                                                             {"Action", json_array({"sts:AssumeRole"})}})})}});
}

/// An inline policy with one statement.
Json policy_json(std::string name, std::string_view action, Json resource) {
  const Json statement = json_object({{"Effect", "Allow"}, {"Action", action}, {"Resource", std::move(resource)}});
  return json_object({{"PolicyName", Json(std::move(name))},
                      {"PolicyDocument", json_object({{"Version", "2012-10-17"}, {"Statement", json_array({statement})}})}});
}

ResourceSource caller_role(ResourceSource made, std::string_view service, std::string_view policy, std::string_view action, Json resource) {
  made.logical_id += "Role";
  made.type = "AWS::IAM::Role";
  made.properties =
      json_object({{"AssumeRolePolicyDocument", trust_json(service)},
                   {"Policies", json_array({policy_json(made.logical_id + std::string(policy), action, std::move(resource))})}});
  return made;
}

}  // namespace

ResourceSource sam_permission(ResourceSource made, Json function_name, std::string_view service, Json source_arn) {
  made.logical_id += "Permission";
  made.type = "AWS::Lambda::Permission";
  made.properties = json_object({{"Action", "lambda:InvokeFunction"},
                                 {"FunctionName", std::move(function_name)},
                                 {"Principal", service},
                                 {"SourceArn", std::move(source_arn)}});
  return made;
}

ResourceSource sam_start_role(ResourceSource made, std::string_view service, Json machine_arn) {
  return caller_role(std::move(made), service, "StartExecutionPolicy", "states:StartExecution", std::move(machine_arn));
}

ResourceSource sam_invoke_role(ResourceSource made, std::string_view service, Json function_arn) {
  return caller_role(std::move(made), service, "LambdaPolicy", "lambda:InvokeFunction", std::move(function_arn));
}

ResourceSource with_permission(ResourceSource role, const std::string& policy, std::string_view action, Json resource_arn) {
  const auto* present = role.properties.find("Policies");
  auto policies = present ? present->elements() : Json::Array();
  policies.push_back(policy_json(policy, action, std::move(resource_arn)));
  role.properties = role.properties.with("Policies", Json(std::move(policies)));
  return role;
}

ResourceSource sam_role(const ResourceSource& owner, std::string_view service, const std::vector<std::string_view>& managed,
                        Faults& faults) {
  ResourceSource role;
  role.logical_id = owner.logical_id + "Role";
  role.type = "AWS::IAM::Role";
  role.condition = owner.condition;
  role.place = owner.place;
  Reading reading(owner.place + "/Policies", role.logical_id + "Policy", faults);
  for (const auto name : managed) reading.add_managed(Json(access::managed_policy_arn(name)));
  if (const auto* policies = owner.properties.find("Policies")) {
    if (policies->is_array())
      std::for_each(policies->elements().begin(), policies->elements().end(), [&](const Json& policy) { reading.add(policy); });
    else reading.add(*policies);
  }
  const auto* trust = owner.properties.find("AssumeRolePolicyDocument");
  role.properties = json_object({{"AssumeRolePolicyDocument", trust ? *trust : trust_json(service)}});
  if (!reading.managed.empty()) role.properties = role.properties.with("ManagedPolicyArns", Json(std::move(reading.managed)));
  if (!reading.inline_policies.empty()) role.properties = role.properties.with("Policies", Json(std::move(reading.inline_policies)));
  for (const auto& [sam_name, name] : {std::pair{"PermissionsBoundary", "PermissionsBoundary"}, std::pair{"RolePath", "Path"}})
    if (const auto* value = owner.properties.find(sam_name)) role.properties = role.properties.with(name, *value);
  return role;
}

}  // namespace signalbox::deploy
