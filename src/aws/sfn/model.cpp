#include "aws/sfn/sfn.h"

#include <algorithm>
#include <array>

namespace signalbox::aws::sfn {

namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
bool is_visible_ascii(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}
/// Not digits alone: those would be a version.
bool is_alias_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::any_of(text.begin(), text.end(), letter) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || digit(c); });
}

constexpr Pattern ascii{R"(\p{ASCII}*)", is_ascii};
constexpr Pattern client_token{"[!-~]+", is_visible_ascii};
constexpr Pattern alias_name{R"(^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$)", is_alias_name};

// One row for each member of each request, in the API model's order (service model 2016-11-23, as of 2026). The order of statusFilter's values is
// the one that AWS shows.
// clang-format off
constexpr std::array<MemberModel, 160> members{{
    {.operation = "CreateActivity", .path = "name", .type = MemberType::Text, .required = true, .min = 1, .max = 80},
    {.operation = "CreateActivity", .path = "tags", .type = MemberType::List},
    {.operation = "CreateActivity", .path = "tags[]", .type = MemberType::Structure},
    {.operation = "CreateActivity", .path = "tags[].key", .type = MemberType::Text, .min = 1, .max = 128},
    {.operation = "CreateActivity", .path = "tags[].value", .type = MemberType::Text, .max = 256},
    {.operation = "CreateActivity", .path = "encryptionConfiguration", .type = MemberType::Structure},
    {.operation = "CreateActivity", .path = "encryptionConfiguration.kmsKeyId", .type = MemberType::Text, .min = 1, .max = 2048},
    {.operation = "CreateActivity", .path = "encryptionConfiguration.kmsDataKeyReusePeriodSeconds", .type = MemberType::Integer, .min = 60, .max = 900},
    {.operation = "CreateActivity", .path = "encryptionConfiguration.type", .type = MemberType::Text, .required = true, .values = "AWS_OWNED_KEY, CUSTOMER_MANAGED_KMS_KEY"},
    {.operation = "CreateStateMachine", .path = "name", .type = MemberType::Text, .required = true, .min = 1, .max = 80},
    {.operation = "CreateStateMachine", .path = "definition", .type = MemberType::Text, .required = true, .sensitive = true, .min = 1, .max = 1048576},
    {.operation = "CreateStateMachine", .path = "roleArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "CreateStateMachine", .path = "type", .type = MemberType::Text, .values = "STANDARD, EXPRESS"},
    {.operation = "CreateStateMachine", .path = "loggingConfiguration", .type = MemberType::Structure},
    {.operation = "CreateStateMachine", .path = "loggingConfiguration.level", .type = MemberType::Text, .values = "ALL, ERROR, FATAL, OFF"},
    {.operation = "CreateStateMachine", .path = "loggingConfiguration.includeExecutionData", .type = MemberType::Boolean},
    {.operation = "CreateStateMachine", .path = "loggingConfiguration.destinations", .type = MemberType::List},
    {.operation = "CreateStateMachine", .path = "loggingConfiguration.destinations[]", .type = MemberType::Structure},
    {.operation = "CreateStateMachine", .path = "loggingConfiguration.destinations[].cloudWatchLogsLogGroup", .type = MemberType::Structure},
    {.operation = "CreateStateMachine", .path = "loggingConfiguration.destinations[].cloudWatchLogsLogGroup.logGroupArn", .type = MemberType::Text, .min = 1, .max = 256},
    {.operation = "CreateStateMachine", .path = "tags", .type = MemberType::List},
    {.operation = "CreateStateMachine", .path = "tags[]", .type = MemberType::Structure},
    {.operation = "CreateStateMachine", .path = "tags[].key", .type = MemberType::Text, .min = 1, .max = 128},
    {.operation = "CreateStateMachine", .path = "tags[].value", .type = MemberType::Text, .max = 256},
    {.operation = "CreateStateMachine", .path = "tracingConfiguration", .type = MemberType::Structure},
    {.operation = "CreateStateMachine", .path = "tracingConfiguration.enabled", .type = MemberType::Boolean},
    {.operation = "CreateStateMachine", .path = "publish", .type = MemberType::Boolean},
    {.operation = "CreateStateMachine", .path = "versionDescription", .type = MemberType::Text, .sensitive = true, .max = 256},
    {.operation = "CreateStateMachine", .path = "encryptionConfiguration", .type = MemberType::Structure},
    {.operation = "CreateStateMachine", .path = "encryptionConfiguration.kmsKeyId", .type = MemberType::Text, .min = 1, .max = 2048},
    {.operation = "CreateStateMachine", .path = "encryptionConfiguration.kmsDataKeyReusePeriodSeconds", .type = MemberType::Integer, .min = 60, .max = 900},
    {.operation = "CreateStateMachine", .path = "encryptionConfiguration.type", .type = MemberType::Text, .required = true, .values = "AWS_OWNED_KEY, CUSTOMER_MANAGED_KMS_KEY"},
    {.operation = "CreateStateMachineAlias", .path = "description", .type = MemberType::Text, .sensitive = true, .max = 256},
    {.operation = "CreateStateMachineAlias", .path = "name", .type = MemberType::Text, .required = true, .min = 1, .max = 80, .pattern = &alias_name},
    {.operation = "CreateStateMachineAlias", .path = "routingConfiguration", .type = MemberType::List, .required = true, .min = 1, .max = 2, .element = "RoutingConfigurationListItem"},
    {.operation = "CreateStateMachineAlias", .path = "routingConfiguration[]", .type = MemberType::Structure},
    {.operation = "CreateStateMachineAlias", .path = "routingConfiguration[].stateMachineVersionArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "CreateStateMachineAlias", .path = "routingConfiguration[].weight", .type = MemberType::Integer, .required = true, .min = 0, .max = 100},
    {.operation = "DeleteActivity", .path = "activityArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "DeleteStateMachine", .path = "stateMachineArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "DeleteStateMachineAlias", .path = "stateMachineAliasArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "DeleteStateMachineVersion", .path = "stateMachineVersionArn", .type = MemberType::Text, .required = true, .min = 1, .max = 2000},
    {.operation = "DescribeActivity", .path = "activityArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "DescribeExecution", .path = "executionArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "DescribeExecution", .path = "includedData", .type = MemberType::Text, .values = "ALL_DATA, METADATA_ONLY"},
    {.operation = "DescribeMapRun", .path = "mapRunArn", .type = MemberType::Text, .required = true, .min = 1, .max = 2000},
    {.operation = "DescribeStateMachine", .path = "stateMachineArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "DescribeStateMachine", .path = "includedData", .type = MemberType::Text, .values = "ALL_DATA, METADATA_ONLY"},
    {.operation = "DescribeStateMachineAlias", .path = "stateMachineAliasArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "DescribeStateMachineForExecution", .path = "executionArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "DescribeStateMachineForExecution", .path = "includedData", .type = MemberType::Text, .values = "ALL_DATA, METADATA_ONLY"},
    {.operation = "GetActivityTask", .path = "activityArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "GetActivityTask", .path = "workerName", .type = MemberType::Text, .min = 1, .max = 80},
    {.operation = "GetExecutionHistory", .path = "executionArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "GetExecutionHistory", .path = "maxResults", .type = MemberType::Integer, .min = 0, .max = 1000},
    {.operation = "GetExecutionHistory", .path = "reverseOrder", .type = MemberType::Boolean},
    {.operation = "GetExecutionHistory", .path = "nextToken", .type = MemberType::Text, .min = 1, .max = 1024},
    {.operation = "GetExecutionHistory", .path = "includeExecutionData", .type = MemberType::Boolean},
    {.operation = "ListActivities", .path = "maxResults", .type = MemberType::Integer, .min = 0, .max = 1000},
    {.operation = "ListActivities", .path = "nextToken", .type = MemberType::Text, .min = 1, .max = 1024},
    {.operation = "ListExecutions", .path = "stateMachineArn", .type = MemberType::Text, .min = 1, .max = 256},
    {.operation = "ListExecutions", .path = "statusFilter", .type = MemberType::Text, .values = "SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING"},
    {.operation = "ListExecutions", .path = "maxResults", .type = MemberType::Integer, .min = 0, .max = 1000},
    {.operation = "ListExecutions", .path = "nextToken", .type = MemberType::Text, .min = 1, .max = 3096},
    {.operation = "ListExecutions", .path = "mapRunArn", .type = MemberType::Text, .min = 1, .max = 2000},
    {.operation = "ListExecutions", .path = "redriveFilter", .type = MemberType::Text, .values = "REDRIVEN, NOT_REDRIVEN"},
    {.operation = "ListMapRuns", .path = "executionArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "ListMapRuns", .path = "maxResults", .type = MemberType::Integer, .min = 0, .max = 1000},
    {.operation = "ListMapRuns", .path = "nextToken", .type = MemberType::Text, .min = 1, .max = 1024},
    {.operation = "ListStateMachineAliases", .path = "stateMachineArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "ListStateMachineAliases", .path = "nextToken", .type = MemberType::Text, .min = 1, .max = 1024},
    {.operation = "ListStateMachineAliases", .path = "maxResults", .type = MemberType::Integer, .min = 0, .max = 1000},
    {.operation = "ListStateMachineVersions", .path = "stateMachineArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "ListStateMachineVersions", .path = "nextToken", .type = MemberType::Text, .min = 1, .max = 1024},
    {.operation = "ListStateMachineVersions", .path = "maxResults", .type = MemberType::Integer, .min = 0, .max = 1000},
    {.operation = "ListStateMachines", .path = "maxResults", .type = MemberType::Integer, .min = 0, .max = 1000},
    {.operation = "ListStateMachines", .path = "nextToken", .type = MemberType::Text, .min = 1, .max = 1024},
    {.operation = "ListTagsForResource", .path = "resourceArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "PublishStateMachineVersion", .path = "stateMachineArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "PublishStateMachineVersion", .path = "revisionId", .type = MemberType::Text},
    {.operation = "PublishStateMachineVersion", .path = "description", .type = MemberType::Text, .sensitive = true, .max = 256},
    {.operation = "RedriveExecution", .path = "executionArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "RedriveExecution", .path = "clientToken", .type = MemberType::Text, .min = 1, .max = 64, .pattern = &client_token},
    {.operation = "SendTaskFailure", .path = "taskToken", .type = MemberType::Text, .required = true, .sensitive = true, .min = 1, .max = 2048},
    {.operation = "SendTaskFailure", .path = "error", .type = MemberType::Text, .sensitive = true, .max = 256},
    {.operation = "SendTaskFailure", .path = "cause", .type = MemberType::Text, .sensitive = true, .max = 32768},
    {.operation = "SendTaskHeartbeat", .path = "taskToken", .type = MemberType::Text, .required = true, .sensitive = true, .min = 1, .max = 2048},
    {.operation = "SendTaskSuccess", .path = "taskToken", .type = MemberType::Text, .required = true, .sensitive = true, .min = 1, .max = 2048},
    {.operation = "SendTaskSuccess", .path = "output", .type = MemberType::Text, .required = true, .sensitive = true, .max = 262144},
    {.operation = "StartExecution", .path = "stateMachineArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "StartExecution", .path = "name", .type = MemberType::Text, .min = 1, .max = 80},
    {.operation = "StartExecution", .path = "input", .type = MemberType::Text, .sensitive = true, .max = 262144},
    {.operation = "StartExecution", .path = "traceHeader", .type = MemberType::Text, .max = 256, .pattern = &ascii},
    {.operation = "StartSyncExecution", .path = "stateMachineArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "StartSyncExecution", .path = "name", .type = MemberType::Text, .min = 1, .max = 80},
    {.operation = "StartSyncExecution", .path = "input", .type = MemberType::Text, .sensitive = true, .max = 262144},
    {.operation = "StartSyncExecution", .path = "traceHeader", .type = MemberType::Text, .max = 256, .pattern = &ascii},
    {.operation = "StartSyncExecution", .path = "includedData", .type = MemberType::Text, .values = "ALL_DATA, METADATA_ONLY"},
    {.operation = "StopExecution", .path = "executionArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "StopExecution", .path = "error", .type = MemberType::Text, .sensitive = true, .max = 256},
    {.operation = "StopExecution", .path = "cause", .type = MemberType::Text, .sensitive = true, .max = 32768},
    {.operation = "TagResource", .path = "resourceArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "TagResource", .path = "tags", .type = MemberType::List, .required = true},
    {.operation = "TagResource", .path = "tags[]", .type = MemberType::Structure},
    {.operation = "TagResource", .path = "tags[].key", .type = MemberType::Text, .min = 1, .max = 128},
    {.operation = "TagResource", .path = "tags[].value", .type = MemberType::Text, .max = 256},
    {.operation = "TestState", .path = "definition", .type = MemberType::Text, .required = true, .sensitive = true, .min = 1, .max = 1048576},
    {.operation = "TestState", .path = "roleArn", .type = MemberType::Text, .min = 1, .max = 256},
    {.operation = "TestState", .path = "input", .type = MemberType::Text, .sensitive = true, .max = 262144},
    {.operation = "TestState", .path = "inspectionLevel", .type = MemberType::Text, .values = "INFO, DEBUG, TRACE"},
    {.operation = "TestState", .path = "revealSecrets", .type = MemberType::Boolean},
    {.operation = "TestState", .path = "variables", .type = MemberType::Text, .sensitive = true, .max = 262144},
    {.operation = "TestState", .path = "stateName", .type = MemberType::Text, .sensitive = true, .min = 1, .max = 80},
    {.operation = "TestState", .path = "mock", .type = MemberType::Structure},
    {.operation = "TestState", .path = "mock.result", .type = MemberType::Text, .sensitive = true, .max = 262144},
    {.operation = "TestState", .path = "mock.errorOutput", .type = MemberType::Structure},
    {.operation = "TestState", .path = "mock.errorOutput.error", .type = MemberType::Text, .sensitive = true, .max = 256},
    {.operation = "TestState", .path = "mock.errorOutput.cause", .type = MemberType::Text, .sensitive = true, .max = 32768},
    {.operation = "TestState", .path = "mock.fieldValidationMode", .type = MemberType::Text, .values = "STRICT, PRESENT, NONE"},
    {.operation = "TestState", .path = "context", .type = MemberType::Text, .sensitive = true, .max = 262144},
    {.operation = "TestState", .path = "stateConfiguration", .type = MemberType::Structure},
    {.operation = "TestState", .path = "stateConfiguration.retrierRetryCount", .type = MemberType::Integer, .min = 0},
    {.operation = "TestState", .path = "stateConfiguration.errorCausedByState", .type = MemberType::Text, .sensitive = true, .min = 1, .max = 80},
    {.operation = "TestState", .path = "stateConfiguration.mapIterationFailureCount", .type = MemberType::Integer, .min = 0},
    {.operation = "TestState", .path = "stateConfiguration.mapItemReaderData", .type = MemberType::Text, .sensitive = true, .max = 262144},
    {.operation = "UntagResource", .path = "resourceArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "UntagResource", .path = "tagKeys", .type = MemberType::List, .required = true},
    {.operation = "UntagResource", .path = "tagKeys[]", .type = MemberType::Text, .min = 1, .max = 128},
    {.operation = "UpdateMapRun", .path = "mapRunArn", .type = MemberType::Text, .required = true, .min = 1, .max = 2000},
    {.operation = "UpdateMapRun", .path = "maxConcurrency", .type = MemberType::Integer, .min = 0},
    {.operation = "UpdateMapRun", .path = "toleratedFailurePercentage", .type = MemberType::Decimal, .min = 0, .max = 100},
    {.operation = "UpdateMapRun", .path = "toleratedFailureCount", .type = MemberType::Integer, .min = 0},
    {.operation = "UpdateStateMachine", .path = "stateMachineArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "UpdateStateMachine", .path = "definition", .type = MemberType::Text, .sensitive = true, .min = 1, .max = 1048576},
    {.operation = "UpdateStateMachine", .path = "roleArn", .type = MemberType::Text, .min = 1, .max = 256},
    {.operation = "UpdateStateMachine", .path = "loggingConfiguration", .type = MemberType::Structure},
    {.operation = "UpdateStateMachine", .path = "loggingConfiguration.level", .type = MemberType::Text, .values = "ALL, ERROR, FATAL, OFF"},
    {.operation = "UpdateStateMachine", .path = "loggingConfiguration.includeExecutionData", .type = MemberType::Boolean},
    {.operation = "UpdateStateMachine", .path = "loggingConfiguration.destinations", .type = MemberType::List},
    {.operation = "UpdateStateMachine", .path = "loggingConfiguration.destinations[]", .type = MemberType::Structure},
    {.operation = "UpdateStateMachine", .path = "loggingConfiguration.destinations[].cloudWatchLogsLogGroup", .type = MemberType::Structure},
    {.operation = "UpdateStateMachine", .path = "loggingConfiguration.destinations[].cloudWatchLogsLogGroup.logGroupArn", .type = MemberType::Text, .min = 1, .max = 256},
    {.operation = "UpdateStateMachine", .path = "tracingConfiguration", .type = MemberType::Structure},
    {.operation = "UpdateStateMachine", .path = "tracingConfiguration.enabled", .type = MemberType::Boolean},
    {.operation = "UpdateStateMachine", .path = "publish", .type = MemberType::Boolean},
    {.operation = "UpdateStateMachine", .path = "versionDescription", .type = MemberType::Text, .sensitive = true, .max = 256},
    {.operation = "UpdateStateMachine", .path = "encryptionConfiguration", .type = MemberType::Structure},
    {.operation = "UpdateStateMachine", .path = "encryptionConfiguration.kmsKeyId", .type = MemberType::Text, .min = 1, .max = 2048},
    {.operation = "UpdateStateMachine", .path = "encryptionConfiguration.kmsDataKeyReusePeriodSeconds", .type = MemberType::Integer, .min = 60, .max = 900},
    {.operation = "UpdateStateMachine", .path = "encryptionConfiguration.type", .type = MemberType::Text, .required = true, .values = "AWS_OWNED_KEY, CUSTOMER_MANAGED_KMS_KEY"},
    {.operation = "UpdateStateMachineAlias", .path = "stateMachineAliasArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "UpdateStateMachineAlias", .path = "description", .type = MemberType::Text, .sensitive = true, .max = 256},
    {.operation = "UpdateStateMachineAlias", .path = "routingConfiguration", .type = MemberType::List, .min = 1, .max = 2, .element = "RoutingConfigurationListItem"},
    {.operation = "UpdateStateMachineAlias", .path = "routingConfiguration[]", .type = MemberType::Structure},
    {.operation = "UpdateStateMachineAlias", .path = "routingConfiguration[].stateMachineVersionArn", .type = MemberType::Text, .required = true, .min = 1, .max = 256},
    {.operation = "UpdateStateMachineAlias", .path = "routingConfiguration[].weight", .type = MemberType::Integer, .required = true, .min = 0, .max = 100},
    {.operation = "ValidateStateMachineDefinition", .path = "definition", .type = MemberType::Text, .required = true, .sensitive = true, .min = 1, .max = 1048576},
    {.operation = "ValidateStateMachineDefinition", .path = "type", .type = MemberType::Text, .values = "STANDARD, EXPRESS"},
    {.operation = "ValidateStateMachineDefinition", .path = "severity", .type = MemberType::Text, .values = "ERROR, WARNING"},
    {.operation = "ValidateStateMachineDefinition", .path = "maxResults", .type = MemberType::Integer, .min = 0, .max = 100},
}};
// clang-format on

}  // namespace

std::optional<Failure> check_members(std::string_view operation, const Json& request) { return check_request(members, operation, request); }

}  // namespace signalbox::aws::sfn
