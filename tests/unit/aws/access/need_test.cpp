/// Which permission a call needs, by the Service Authorization Reference.

#include "aws/access/need.h"
#include "store/memory_store.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::aws;

namespace {

std::string needs(Service service, std::string_view operation, const std::string& request) {
  static MemoryStore store;
  static const Site site;
  static const auto reader = store.reader();
  const auto json = Json::parse(request);
  if (!json) FAIL(json.error().message);
  std::string text;
  for (const auto& need : needs_of(service, {site, *reader}, operation, *json)) {
    text += (text.empty() ? "" : "; ") + need.action + " " + need.resource;
    for (const auto& [key, values] : need.keys) text += " " + key + "=" + values.front();
  }
  return text;
}

}  // namespace

TEST_CASE("what calls need") {
  struct Row {
    Service service;
    const char *operation, *request, *needs;
  };
  const Row rows[] = {
      {Service::Sqs, "SendMessage", R"({"QueueUrl":"http://localhost/000000000000/jobs"})",
       "sqs:SendMessage arn:aws:sqs:us-east-1:000000000000:jobs"},
      {Service::Sqs, "DeleteMessageBatch", R"({"QueueUrl":"http://localhost/000000000000/jobs"})",
       "sqs:DeleteMessage arn:aws:sqs:us-east-1:000000000000:jobs"},
      {Service::Sqs, "CreateQueue", R"({"QueueName":"jobs"})", "sqs:CreateQueue arn:aws:sqs:us-east-1:000000000000:jobs"},
      {Service::Sqs, "ListQueues", "{}", "sqs:ListQueues arn:aws:sqs:us-east-1:000000000000:"},
      {Service::Sns, "PublishBatch", R"({"TopicArn":"arn:aws:sns:us-east-1:000000000000:t"})",
       "sns:Publish arn:aws:sns:us-east-1:000000000000:t"},
      {Service::Sns, "Publish", R"({"TargetArn":"arn:aws:sns:us-east-1:000000000000:t"})",
       "sns:Publish arn:aws:sns:us-east-1:000000000000:t"},
      {Service::Sns, "Unsubscribe", R"({"SubscriptionArn":"arn:aws:sns:us-east-1:000000000000:t:1-2"})",
       "sns:Unsubscribe arn:aws:sns:us-east-1:000000000000:t"},
      {Service::Sns, "Subscribe", R"({"TopicArn":"arn:aws:sns:us-east-1:000000000000:t","Protocol":"email"})",
       "sns:Subscribe arn:aws:sns:us-east-1:000000000000:t sns:protocol=email"},
      {Service::StepFunctions, "StartExecution", R"({"stateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:m"})",
       "states:StartExecution arn:aws:states:us-east-1:000000000000:stateMachine:m"},
      {Service::StepFunctions, "StartExecution", R"({"stateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:m:PROD"})",
       "states:StartExecution arn:aws:states:us-east-1:000000000000:stateMachine:m states:statemachinequalifier=PROD"},
      {Service::StepFunctions, "StopExecution", R"({"executionArn":"arn:aws:states:us-east-1:000000000000:execution:m:e"})",
       "states:StopExecution arn:aws:states:us-east-1:000000000000:execution:m:e"},
      {Service::StepFunctions, "CreateStateMachine", R"({"name":"m","roleArn":"arn:aws:iam::000000000000:role/r","publish":true})",
       "states:CreateStateMachine arn:aws:states:us-east-1:000000000000:stateMachine:m; states:PublishStateMachineVersion "
       "arn:aws:states:us-east-1:000000000000:stateMachine:m; "
       "iam:PassRole arn:aws:iam::000000000000:role/r iam:passedtoservice=states.amazonaws.com"},
      {Service::StepFunctions, "SendTaskSuccess", R"({"taskToken":"nonsense"})", ""},  // the operation itself refuses it
      {Service::Lambda, "Invoke", R"({"FunctionName":"f","Qualifier":"live"})",
       "lambda:InvokeFunction arn:aws:lambda:us-east-1:000000000000:function:f:live"},
      {Service::Lambda, "Invoke", R"({"FunctionName":"arn:aws:lambda:us-east-1:000000000000:function:f"})",
       "lambda:InvokeFunction arn:aws:lambda:us-east-1:000000000000:function:f"},
      {Service::Lambda, "CreateFunction", R"({"FunctionName":"f","Role":"arn:aws:iam::000000000000:role/r"})",
       "lambda:CreateFunction arn:aws:lambda:us-east-1:000000000000:function:f; iam:PassRole arn:aws:iam::000000000000:role/r "
       "iam:passedtoservice=lambda.amazonaws.com"},
      {Service::Lambda, "GetLayerVersion", R"({"LayerName":"l","VersionNumber":"3"})",
       "lambda:GetLayerVersion arn:aws:lambda:us-east-1:000000000000:layer:l:3"},
      {Service::Logs, "PutLogEvents", R"({"logGroupName":"/g","logStreamName":"s"})",
       "logs:PutLogEvents arn:aws:logs:us-east-1:000000000000:log-group:/g:log-stream:s"},
      {Service::Logs, "CreateLogGroup", R"({"logGroupName":"/g"})",
       "logs:CreateLogGroup arn:aws:logs:us-east-1:000000000000:log-group:/g:log-stream:"},
      {Service::Logs, "DescribeLogGroups", "{}", "logs:DescribeLogGroups arn:aws:logs:us-east-1:000000000000:log-group::log-stream:"},
      {Service::Events, "PutRule", R"({"Name":"r","EventBusName":"b"})", "events:PutRule arn:aws:events:us-east-1:000000000000:rule/b/r"},
      {Service::Events, "PutTargets", R"({"Rule":"r","Targets":[{"RoleArn":"arn:aws:iam::000000000000:role/r"}]})",
       "events:PutTargets arn:aws:events:us-east-1:000000000000:rule/r; iam:PassRole arn:aws:iam::000000000000:role/r "
       "iam:passedtoservice=events.amazonaws.com"},
      {Service::Events, "PutEvents", R"({"Entries":[{"Source":"s"},{"EventBusName":"arn:aws:events:us-east-1:000000000000:event-bus/b"}]})",
       "events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/default events:source=s; events:PutEvents "
       "arn:aws:events:us-east-1:000000000000:event-bus/b"},
      {Service::Scheduler, "GetSchedule", R"({"Name":"n"})",
       "scheduler:GetSchedule arn:aws:scheduler:us-east-1:000000000000:schedule/default/n"},
      {Service::Ssm, "GetParameter", R"({"Name":"/app/url:3"})", "ssm:GetParameter arn:aws:ssm:us-east-1:000000000000:parameter/app/url"},
      {Service::Ssm, "GetParameters", R"({"Names":["a","/b"]})",
       "ssm:GetParameters arn:aws:ssm:us-east-1:000000000000:parameter/a; ssm:GetParameters "
       "arn:aws:ssm:us-east-1:000000000000:parameter/b"},
      {Service::Iam, "CreateRole", R"({"RoleName":"r","Path":"/app/"})", "iam:CreateRole arn:aws:iam::000000000000:role/app/r"},
      {Service::Iam, "AttachRolePolicy", R"({"RoleName":"r","PolicyArn":"arn:aws:iam::aws:policy/P"})",
       "iam:AttachRolePolicy arn:aws:iam::000000000000:role/r iam:policyarn=arn:aws:iam::aws:policy/P"},
      {Service::Sts, "GetCallerIdentity", "{}", ""},
      {Service::CloudFormation, "DescribeStacks", R"({"StackName":"s"})",
       "cloudformation:DescribeStacks arn:aws:cloudformation:us-east-1:000000000000:stack/s/*"}};
  for (const auto& row : rows) {
    INFO(row.operation << " " << row.request);
    CHECK(needs(row.service, row.operation, row.request) == row.needs);
  }
}
