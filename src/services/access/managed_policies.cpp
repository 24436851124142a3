#include "services/access/managed_policies.h"

#include <algorithm>
#include <array>
#include <string>

namespace signalbox::access {

namespace {

/// Nearly all of them allow some actions on everything. What they say about services that are not here is left out.
struct ManagedPolicy {
  std::string_view name;     ///< with its path: `service-role/AWSLambdaRole`
  std::string_view actions;  ///< between spaces
  std::string_view resource = "*";
  std::string_view passes_roles_to = "";  ///< iam:PassRole too, to these services
};

constexpr std::string_view write_logs = "logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents";

constexpr std::array policies{
    ManagedPolicy{"AdministratorAccess", "*"}, ManagedPolicy{"IAMFullAccess", "iam:*"},
    ManagedPolicy{"IAMReadOnlyAccess",
                  "iam:GenerateCredentialReport iam:GenerateServiceLastAccessedDetails iam:Get* iam:List* iam:SimulateCustomPolicy "
                  "iam:SimulatePrincipalPolicy"},
    // Lambda
    ManagedPolicy{"service-role/AWSLambdaBasicExecutionRole", write_logs},
    ManagedPolicy{"service-role/AWSLambdaSQSQueueExecutionRole",
                  "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents"},
    ManagedPolicy{"service-role/AWSLambdaVPCAccessExecutionRole", write_logs},
    ManagedPolicy{"service-role/AWSLambdaDynamoDBExecutionRole", write_logs},
    ManagedPolicy{"service-role/AWSLambdaKinesisExecutionRole", write_logs},
    ManagedPolicy{"service-role/AWSLambdaRole", "lambda:InvokeFunction"},
    ManagedPolicy{"AWSLambdaInvocation-DynamoDB", "lambda:InvokeFunction"},
    ManagedPolicy{"AWSLambda_FullAccess",
                  "cloudformation:DescribeStacks cloudformation:ListStackResources iam:GetPolicy iam:GetPolicyVersion iam:GetRole "
                  "iam:GetRolePolicy iam:ListAttachedRolePolicies iam:ListRolePolicies "
                  "iam:ListRoles lambda:* logs:DescribeLogGroups states:DescribeStateMachine states:ListStateMachines "
                  "logs:DescribeLogStreams logs:GetLogEvents logs:FilterLogEvents",
                  "*", "lambda.amazonaws.com"},
    ManagedPolicy{"AWSLambda_ReadOnlyAccess",
                  "cloudformation:DescribeStacks cloudformation:ListStacks cloudformation:ListStackResources iam:GetPolicy "
                  "iam:GetPolicyVersion iam:GetRole iam:GetRolePolicy "
                  "iam:ListAttachedRolePolicies iam:ListRolePolicies iam:ListRoles logs:DescribeLogGroups lambda:Get* lambda:List* "
                  "states:DescribeStateMachine states:ListStateMachines "
                  "logs:DescribeLogStreams logs:GetLogEvents logs:FilterLogEvents"},
    // Step Functions
    ManagedPolicy{"AWSStepFunctionsFullAccess", "states:*"},
    ManagedPolicy{"AWSStepFunctionsConsoleFullAccess", "states:* iam:ListRoles lambda:ListFunctions"},
    ManagedPolicy{"AWSStepFunctionsReadOnlyAccess",
                  "states:ListStateMachines states:ListActivities states:DescribeStateMachine states:DescribeStateMachineForExecution "
                  "states:ListExecutions states:DescribeExecution "
                  "states:GetExecutionHistory states:DescribeActivity states:ListTagsForResource states:DescribeMapRun states:ListMapRuns "
                  "states:DescribeStateMachineAlias "
                  "states:ListStateMachineAliases states:ListStateMachineVersions states:ValidateStateMachineDefinition"},
    // Queues and topics
    ManagedPolicy{"AmazonSQSFullAccess", "sqs:*"},
    ManagedPolicy{
        "AmazonSQSReadOnlyAccess",
        "sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ListDeadLetterSourceQueues sqs:ListQueues sqs:ListMessageMoveTasks sqs:ListQueueTags"},
    ManagedPolicy{"AmazonSNSFullAccess", "sns:*"}, ManagedPolicy{"AmazonSNSReadOnlyAccess", "sns:GetTopicAttributes sns:List*"},
    ManagedPolicy{"service-role/AmazonSNSRole",
                  "logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents logs:PutMetricFilter logs:PutRetentionPolicy"},
    // Logs
    ManagedPolicy{"CloudWatchLogsFullAccess", "logs:*"},
    ManagedPolicy{"CloudWatchLogsReadOnlyAccess",
                  "logs:Describe* logs:Get* logs:List* logs:StartQuery logs:StopQuery logs:TestMetricFilter logs:FilterLogEvents "
                  "logs:StartLiveTail logs:StopLiveTail"},
    ManagedPolicy{"CloudWatchFullAccess", "logs:* sns:*"},
    ManagedPolicy{"service-role/AmazonAPIGatewayPushToCloudWatchLogs",
                  "logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogGroups logs:DescribeLogStreams logs:PutLogEvents "
                  "logs:GetLogEvents logs:FilterLogEvents"},
    // Events and schedules
    ManagedPolicy{"AmazonEventBridgeFullAccess", "events:* schemas:* scheduler:* pipes:*", "*",
                  "events.amazonaws.com scheduler.amazonaws.com pipes.amazonaws.com"},
    ManagedPolicy{"AmazonEventBridgeReadOnlyAccess",
                  "events:DescribeRule events:DescribeEventBus events:DescribeEventSource events:ListEventBuses events:ListEventSources "
                  "events:ListRuleNamesByTarget events:ListRules "
                  "events:ListTargetsByRule events:TestEventPattern events:DescribeArchive events:ListArchives events:DescribeReplay "
                  "events:ListReplays events:DescribeConnection "
                  "events:ListConnections events:DescribeApiDestination events:ListApiDestinations events:DescribeEndpoint "
                  "events:ListEndpoints scheduler:ListSchedules scheduler:ListScheduleGroups "
                  "scheduler:ListTagsForResource scheduler:GetSchedule scheduler:GetScheduleGroup"},
    ManagedPolicy{"AmazonEventBridgeSchedulerFullAccess", "scheduler:*", "*", "scheduler.amazonaws.com"},
    ManagedPolicy{"AmazonEventBridgeSchedulerReadOnlyAccess",
                  "scheduler:ListSchedules scheduler:ListScheduleGroups scheduler:GetSchedule scheduler:GetScheduleGroup "
                  "scheduler:ListTagsForResource"},
    ManagedPolicy{"CloudWatchEventsFullAccess", "events:* schemas:* scheduler:* pipes:*", "*",
                  "events.amazonaws.com scheduler.amazonaws.com pipes.amazonaws.com"},
    // Objects and parameters
    ManagedPolicy{"AmazonS3FullAccess", "s3:* s3-object-lambda:*"},
    ManagedPolicy{"AmazonS3ReadOnlyAccess", "s3:Get* s3:List* s3:Describe* s3-object-lambda:Get* s3-object-lambda:List*"},
    ManagedPolicy{"AmazonSSMFullAccess", "ssm:*"}, ManagedPolicy{"AmazonSSMReadOnlyAccess", "ssm:Describe* ssm:Get* ssm:List*"},
    // API Gateway and CloudFormation
    ManagedPolicy{"AmazonAPIGatewayAdministrator", "apigateway:*"},
    ManagedPolicy{"AmazonAPIGatewayInvokeFullAccess", "execute-api:Invoke execute-api:ManageConnections"},
    ManagedPolicy{"AWSCloudFormationFullAccess", "cloudformation:*"},
    ManagedPolicy{"AWSCloudFormationReadOnlyAccess",
                  "cloudformation:Describe* cloudformation:EstimateTemplateCost cloudformation:Get* cloudformation:List* "
                  "cloudformation:ValidateTemplate cloudformation:Detect*"},
    // About services that are not here; templates attach them to functions.
    ManagedPolicy{
        "AWSXRayDaemonWriteAccess",
        "xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets xray:GetSamplingStatisticSummaries"},
    ManagedPolicy{
        "AWSXrayWriteOnlyAccess",
        "xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets xray:GetSamplingStatisticSummaries"},
    ManagedPolicy{"CloudWatchLambdaInsightsExecutionRolePolicy", write_logs, "arn:aws:logs:*:*:log-group:/aws/lambda-insights:*"}};

Json words(std::string_view text) {
  Json::Array out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return Json(std::move(out));
}

constexpr std::string_view beginning = ":iam::aws:policy/";

Json document_of(const ManagedPolicy& policy) {
  Json::Array statements{json_object({{"Effect", "Allow"}, {"Action", words(policy.actions)}, {"Resource", policy.resource}})};
  if (!policy.passes_roles_to.empty()) {
    const Json services = json_object({{"StringEquals", json_object({{"iam:PassedToService", words(policy.passes_roles_to)}})}});
    statements.push_back(json_object({{"Effect", "Allow"}, {"Action", "iam:PassRole"}, {"Resource", "*"}, {"Condition", services}}));
  }
  return json_object({{"Version", "2012-10-17"}, {"Statement", Json(std::move(statements))}});
}

/// AWSLambdaExecute: logs everywhere, objects only.
Json lambda_execute() {
  return json_object(
      {{"Version", "2012-10-17"},
       {"Statement", json_array({json_object({{"Effect", "Allow"}, {"Action", "logs:*"}, {"Resource", "arn:aws:logs:*:*:*"}}),
                                 json_object({{"Effect", "Allow"},
                                              {"Action", json_array({"s3:GetObject", "s3:PutObject"})},
                                              {"Resource", "arn:aws:s3:::*"}})})}});
}

/// PowerUserAccess: everything but accounts, organizations and IAM, of which a little.
Json power_user() {
  const Json allowed = json_array({"account:GetAccountInformation", "account:GetPrimaryEmail", "account:ListRegions",
                                   "iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles",
                                   "organizations:DescribeEffectivePolicy", "organizations:DescribeOrganization"});
  return json_object(
      {{"Version", "2012-10-17"},
       {"Statement",
        json_array(
            {json_object({{"Effect", "Allow"}, {"NotAction", json_array({"iam:*", "organizations:*", "account:*"})}, {"Resource", "*"}}),
             json_object({{"Effect", "Allow"}, {"Action", allowed}, {"Resource", "*"}})})}});
}

}  // namespace

bool is_managed_by_aws(std::string_view arn) { return arn.starts_with("arn:") && arn.find(beginning) != std::string_view::npos; }

std::string managed_policy_arn(std::string_view name) {
  if (name.starts_with("arn:")) return std::string(name);
  const auto has_path = [&](const ManagedPolicy& each) {
    return each.name.ends_with(name) && each.name.size() > name.size() && each.name[each.name.size() - name.size() - 1] == '/';
  };
  const auto found = std::find_if(policies.begin(), policies.end(), has_path);
  return "arn:aws:iam::aws:policy/" + std::string(found == policies.end() ? name : found->name);
}

std::optional<Json> managed_policy(std::string_view arn) {
  const auto place = arn.find(beginning);
  if (!is_managed_by_aws(arn)) return std::nullopt;
  const auto name = arn.substr(place + beginning.size());
  if (name == "AWSLambdaExecute") return lambda_execute();
  if (name == "PowerUserAccess") return power_user();
  const auto found = std::find_if(policies.begin(), policies.end(), [&](const ManagedPolicy& each) { return each.name == name; });
  if (found == policies.end()) return std::nullopt;
  return document_of(*found);
}

}  // namespace signalbox::access
