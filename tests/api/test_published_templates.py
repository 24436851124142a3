"""The published stack's templates, as an old and a new CDK synthesised them: each resolves to the resources that it resolves to on AWS.

They lie beside the project (../shared/seed, or SIGNALBOX_SEED); without them everything is skipped.
"""
import collections
import json
import os
import pathlib
import re
import unittest

from aws_clients import AwsCase, archive
from support.daemon import ROOT, main

ACCOUNT, REGION, STACK = "000000000000", "us-east-1", "CdkCallbackStack"
COUNTS = {"AWS::IAM::Role": 9, "AWS::IAM::Policy": 6, "AWS::Lambda::Function": 4, "AWS::Lambda::Permission": 2, "AWS::Logs::LogGroup": 1, "AWS::Logs::ResourcePolicy": 1,
          "AWS::ApiGateway::RestApi": 1, "AWS::ApiGateway::Account": 1, "AWS::ApiGateway::Deployment": 1, "AWS::ApiGateway::Stage": 1, "AWS::ApiGateway::Resource": 1,
          "AWS::ApiGateway::Method": 1, "AWS::SQS::Queue": 1, "AWS::SNS::Topic": 1, "AWS::SNS::Subscription": 1, "AWS::Lambda::EventSourceMapping": 1,
          "AWS::StepFunctions::StateMachine": 1, "AWS::Events::Rule": 1, "AWS::CDK::Metadata": 1}


def seed():
    """The folder of the templates, if it is there."""
    candidates = [pathlib.Path(given) for given in [os.environ.get("SIGNALBOX_SEED")] if given]
    candidates += [ROOT.parent / "shared" / "seed", ROOT.parent.parent / "shared" / "seed"]
    return next((folder for folder in candidates if folder.is_dir()), None)


@unittest.skipUnless(seed(), "the published stack's templates are not there")
class PublishedTemplates(AwsCase):
    def deployed(self, version):
        """Deploys a template as CDK's command line does, with archives where its assets would be: (resources by type, outputs)."""
        text = (seed() / f"template-cdk-{version}.json").read_text()
        s3, stacks = self.client("s3"), self.client("cloudformation")
        bucket = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
        if bucket not in [b["Name"] for b in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=bucket)
        for key in set(re.findall(r'"([0-9a-f]{64}\.zip)"', text)):
            s3.put_object(Bucket=bucket, Key=key, Body=archive(index="def handler(event, context):\n    return event\n"))
        stacks.create_change_set(StackName=STACK, ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=text, Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"])
        planned = stacks.describe_change_set(StackName=STACK, ChangeSetName="first")
        self.assertEqual(planned["Status"], "CREATE_COMPLETE", planned.get("StatusReason"))
        stacks.execute_change_set(StackName=STACK, ChangeSetName="first")
        stack = stacks.describe_stacks(StackName=STACK)["Stacks"][0]
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", stack.get("StackStatusReason"))
        by_type = collections.defaultdict(dict)
        for page in stacks.get_paginator("list_stack_resources").paginate(StackName=STACK):
            for resource in page["StackResourceSummaries"]:
                by_type[resource["ResourceType"]][resource["LogicalResourceId"]] = resource["PhysicalResourceId"]
        return by_type, {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}

    def only(self, found):
        self.assertEqual(len(found), 1, found)
        return next(iter(found))

    def check(self, version):
        resources, outputs = self.deployed(version)
        self.addCleanup(self.client("cloudformation").delete_stack, StackName=STACK)
        # Whether CDK's own metadata counts is a condition on the region, true in this one.
        self.assertEqual({type: len(made) for type, made in resources.items()}, COUNTS)
        self.check_functions(resources, outputs)
        self.check_machine(outputs, client_timeouts=version != "2.28.1")
        self.check_sources(outputs)

    def check_functions(self, resources, outputs):
        functions = self.client("lambda")
        message = functions.get_function_configuration(FunctionName=outputs["LambdaVerificationMessageARN"])
        self.assertEqual((message["Handler"], message["Runtime"], message["Timeout"], message["MemorySize"]), ("index.handler", "nodejs14.x", 3, 128))
        self.assertRegex(message["Role"], rf"^arn:aws:iam::{ACCOUNT}:role/.*LambdaVerificationMessageServiceRole")
        api = self.only(resources["AWS::ApiGateway::RestApi"].values())
        variables = message["Environment"]["Variables"]
        self.assertRegex(variables["apigwUrl"], rf"^http://[^/]+/_api/{api}/dev/$")
        self.assertEqual(outputs["EndpointUrl"], variables["apigwUrl"])
        self.assertEqual((variables["apiName"], variables["topicArn"], variables["sqsUrl"]), ("verification", outputs["snsTopicArn"], outputs["sqsVerificationUrl"]))
        self.assertEqual(outputs["snsTopicArn"], f"arn:aws:sns:{REGION}:{ACCOUNT}:cdk-sns-callback")
        self.assertRegex(outputs["sqsVerificationUrl"], rf"^http://[^/]+/{ACCOUNT}/")

    def check_machine(self, outputs, client_timeouts):
        self.assertEqual(outputs["StateMachineARN"], f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:WaitForCallback")
        machine = self.client("stepfunctions").describe_state_machine(stateMachineArn=outputs["StateMachineARN"])
        definition = json.loads(machine["definition"])
        self.assertEqual((machine["type"], definition["StartAt"], definition["TimeoutSeconds"]), ("STANDARD", "Generate task", 300))
        generate, request, back = (definition["States"][name] for name in ("Generate task", "Request user varification", "Return to main processing"))
        self.assertEqual(generate["Resource"], "arn:aws:states:::lambda:invoke")
        self.assertEqual(generate["Parameters"], {"FunctionName": outputs["LambdaTaskGeneratorARN"], "Payload.$": "$"})
        errors = [*(["Lambda.ClientExecutionTimeoutException"] if client_timeouts else []), "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException"]
        self.assertEqual(sorted(generate["Retry"][0]["ErrorEquals"]), sorted(errors))
        self.assertEqual(request["Resource"], "arn:aws:states:::sqs:sendMessage.waitForTaskToken")
        self.assertEqual(request["Parameters"], {"QueueUrl": outputs["sqsVerificationUrl"], "MessageBody": {"Payload.$": "$", "TaskToken.$": "$$.Task.Token"}})
        self.assertTrue(back["End"])

    def check_sources(self, outputs):
        """What starts things: the queue's trigger and the rule, and who gets the mail."""
        mapping = self.only(self.client("lambda").list_event_source_mappings(FunctionName=outputs["LambdaVerificationMessageARN"])["EventSourceMappings"])
        self.assertEqual((mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"], mapping["State"]), (10, 0, "Enabled"))
        events = self.client("events")
        rule = self.only([rule["Name"] for rule in events.list_rules(NamePrefix=STACK)["Rules"]])
        self.assertEqual(events.describe_rule(Name=rule)["ScheduleExpression"], "rate(10 minutes)")
        target = self.only([json.dumps(target) for target in events.list_targets_by_rule(Rule=rule)["Targets"]])
        self.assertEqual({**json.loads(target), "RoleArn": ""}, {"Id": "Target0", "Arn": outputs["StateMachineARN"], "Input": "{}", "RoleArn": ""})
        subscription = self.only([s["Protocol"] for s in self.client("sns").list_subscriptions_by_topic(TopicArn=outputs["snsTopicArn"])["Subscriptions"]])
        self.assertEqual(subscription, "email")
        self.assertIn("ApiRoleStepFunction", [role["RoleName"] for role in self.client("iam").list_roles()["Roles"]])
        group = self.client("logs").describe_log_groups(logGroupNamePrefix=STACK)["logGroups"][0]
        self.assertEqual((group["retentionInDays"], group["arn"][-2:]), (90, ":*"))

    def test_as_the_cdk_of_then_wrote_it(self):
        self.check("2.28.1")

    def test_as_the_newest_cdk_writes_it(self):
        self.check("2.276.0")


if __name__ == "__main__":
    main()
