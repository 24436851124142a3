"""Stacks by `signalbox deploy`: a template's file, a CDK assembly as `cdk synth` leaves it, plans, changes, roll-back, `signalbox destroy`."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from aws_clients import AwsCase
from support.daemon import BINARY, main, wait_for

HANDLER = "def handler(event, context):\n    return {'said': event.get('word', 'nothing'), 'by': context.function_name}\n"
ECHO_DEFINITION = {"StartAt": "Say", "States": {"Say": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "OutputPath": "$.Payload",
                                                       "Parameters": {"FunctionName": "FUNCTION", "Payload.$": "$"}, "End": True}}}


def sub(text):
    return {"Fn::Sub": text}


def ref(name):
    return {"Ref": name}


def arn(name):
    return {"Fn::GetAtt": [name, "Arn"]}


def resource(type, properties=None, **attributes):
    return {"Type": type, **({"Properties": properties} if properties is not None else {}), **attributes}


def definition(function):
    """As CDK writes it: the pieces of a text, with what is not known yet between them."""
    before, after = json.dumps(ECHO_DEFINITION).split("FUNCTION")
    return {"Fn::Join": ["", [before, function, after]]}


def template(code):
    """What a stack of CDK's uses: roles and policies, a function with an asset, a rule, logs, conditions, a parameter of Systems Manager."""
    return {
        "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"},
                       "Size": {"Type": "String", "Default": "small", "AllowedValues": ["small", "large"]}},
        "Rules": {"CheckBootstrapVersion": {"Assertions": [{"Assert": {"Fn::Not": [{"Fn::Contains": [["1", "2"], ref("BootstrapVersion")]}]}}]}},
        "Mappings": {"Days": {"small": {"kept": 3}, "large": {"kept": 30}}},
        "Conditions": {"IsLarge": {"Fn::Equals": [ref("Size"), "large"]}, "IsSmall": {"Fn::Not": [{"Condition": "IsLarge"}]}},
        "Resources": {
            "Log": resource("AWS::Logs::LogGroup", {"RetentionInDays": {"Fn::FindInMap": ["Days", ref("Size"), "kept"]}}, DeletionPolicy="Retain", UpdateReplacePolicy="Retain"),
            "Role": resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
                                                "ManagedPolicyArns": [{"Fn::Join": ["", ["arn:", ref("AWS::Partition"), ":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]]}]}),
            "Policy": resource("AWS::IAM::Policy", {"PolicyName": "more", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": ref("Topic")}]},
                                                    "Roles": [ref("Role")]}),
            "Function": resource("AWS::Lambda::Function", {"Code": code, "Runtime": "python3.12", "Handler": "index.handler", "Role": arn("Role"),
                                                           "Environment": {"Variables": {"TOPIC": ref("Topic"), "LARGE": {"Fn::If": ["IsLarge", "yes", "no"]}}}}),
            "Permission": resource("AWS::Lambda::Permission", {"Action": "lambda:InvokeFunction", "FunctionName": arn("Function"), "Principal": "events.amazonaws.com"}),
            "Queue": resource("AWS::SQS::Queue"),
            "Source": resource("AWS::Lambda::EventSourceMapping", {"EventSourceArn": arn("Queue"), "FunctionName": ref("Function"),
                                                                   "FilterCriteria": {"Filters": [{"Pattern": json.dumps({"body": {"kind": ["a"]}})}]}}),
            "Topic": resource("AWS::SNS::Topic", {"TopicName": "deployed-topic"}),
            "Subscription": resource("AWS::SNS::Subscription", {"TopicArn": ref("Topic"), "Protocol": "sqs", "Endpoint": arn("Queue")}),
            "Machine": resource("AWS::StepFunctions::StateMachine", {"DefinitionString": definition(arn("Function")), "RoleArn": arn("Role"), "StateMachineName": "deployed-machine"}, DependsOn=["Policy"]),
            "Cron": resource("AWS::Events::Rule", {"ScheduleExpression": "rate(10 minutes)", "State": "ENABLED",
                                                   "Targets": [{"Arn": ref("Machine"), "Id": "Target0", "Input": "{}", "RoleArn": arn("Role")}]}),
            "Large": resource("AWS::S3::Bucket", Condition="IsLarge"),
            "Stored": resource("AWS::SSM::Parameter", {"Name": "/deployed/size", "Type": "String", "Value": ref("Size")}),
            "CDKMetadata": resource("AWS::CDK::Metadata", {"Analytics": "v2:deflate64:x"}),
        },
        "Outputs": {"MachineArn": {"Value": ref("Machine"), "Export": {"Name": sub("${AWS::StackName}-machine")}}, "Bucket": {"Value": "there", "Condition": "IsLarge"}},
    }


class Deploy(AwsCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-deploy-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def cli(self, *command, code=0):
        done = subprocess.run([BINARY, *command, "--endpoint", f"http://{self.daemon.admin}"], capture_output=True, text=True)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def deploy(self, stack, name="stack", *options, **more):
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(stack))
        return self.cli("deploy", path, *options, **more)

    def run_machine(self, name, input):
        started = self.daemon.rest("POST", f"/v1/state-machines/{name}/executions", {"input": input})
        return wait_for(lambda: (lambda e: e if e["status"] != "RUNNING" else None)(self.daemon.rest("GET", f"/v1/executions/{started['id']}")))

    def test_a_template_is_planned_deployed_changed_and_destroyed(self):
        stack = template({"ZipFile": HANDLER})
        plan = self.deploy(stack, "whole", "--plan")
        self.assertIn("whole: create\n", plan)
        self.assertIn("create  Function  AWS::Lambda::Function", plan)
        self.assertNotIn("Large", plan)
        self.assertEqual(self.daemon.rest("GET", "/v1/stacks")["stacks"], [])

        self.assertIn("whole: created\n", self.deploy(stack, "whole"))
        ended = self.run_machine("deployed-machine", {"word": "hello"})
        self.assertEqual((ended["status"], ended["output"]), ("SUCCEEDED", {"said": "hello", "by": "whole-Function"}))
        events, logs, iam, ssm, functions = (self.client(name) for name in ("events", "logs", "iam", "ssm", "lambda"))
        self.assertEqual([t["Arn"] for t in events.list_targets_by_rule(Rule="whole-Cron")["Targets"]], ["arn:aws:states:us-east-1:000000000000:stateMachine:deployed-machine"])
        self.assertEqual(logs.describe_log_groups(logGroupNamePrefix="whole-Log")["logGroups"][0]["retentionInDays"], 3)
        self.assertEqual(iam.list_role_policies(RoleName="whole-Role")["PolicyNames"], ["more"])
        self.assertEqual(functions.get_function_configuration(FunctionName="whole-Function")["Environment"]["Variables"]["LARGE"], "no")

        self.assertEqual(self.deploy(stack, "whole").splitlines()[0], "whole: unchanged")
        changed = self.deploy(stack, "whole", "--parameter", "Size=large")
        self.assertEqual(sorted(line.split()[1] for line in changed.splitlines() if line.startswith("  ") and "=" not in line), ["Function", "Large", "Log", "Stored"])
        self.assertIn("Bucket = there", changed)
        self.assertEqual(ssm.get_parameter(Name="/deployed/size")["Parameter"]["Value"], "large")
        self.assertEqual([b["Name"] for b in self.client("s3").list_buckets()["Buckets"]], ["whole-large"])

        self.assertIn("no template there has a parameter 'Szie'", self.deploy(stack, "whole", "--parameter", "Szie=small", code=2))
        self.assertEqual(ssm.get_parameter(Name="/deployed/size")["Parameter"]["Value"], "large")

        gone = self.cli("destroy", "whole")
        self.assertIn("keep    Log  AWS::Logs::LogGroup", gone)
        self.assertEqual(self.daemon.rest("GET", "/v1/stacks")["stacks"], [])
        self.assertEqual(events.list_rules(NamePrefix="whole")["Rules"], [])
        self.assertEqual(functions.list_functions()["Functions"], [])
        self.assertEqual(functions.list_event_source_mappings()["EventSourceMappings"], [])
        self.refused("NoSuchEntity", iam.get_role, RoleName="whole-Role")
        self.assertEqual(self.client("sns").list_topics()["Topics"], [])
        self.assertEqual(len(logs.describe_log_groups(logGroupNamePrefix="whole-Log")["logGroups"]), 1)
        self.assertIn("there is no stack 'whole'", self.cli("destroy", "whole", code=1))

    def test_an_assembly_of_cdk(self):
        out = self.folder / "cdk.out"
        (out / "asset.0a").mkdir(parents=True)
        (out / "asset.0a" / "index.py").write_text(HANDLER)
        code = {"S3Bucket": sub("cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"), "S3Key": "0a.zip"}
        stack = {"Resources": {"Function": resource("AWS::Lambda::Function", {"Code": code, "Runtime": "python3.8", "Handler": "index.handler", "Role": "arn:aws:iam::000000000000:role/r"}),
                               "Machine": resource("AWS::StepFunctions::StateMachine", {"DefinitionString": definition(arn("Function")), "RoleArn": "arn:aws:iam::000000000000:role/r"})},
                 "Outputs": {"Out": {"Value": arn("Function"), "Export": {"Name": "the-function"}}}}
        user = {"Resources": {"Parameter": resource("AWS::SSM::Parameter", {"Name": "/imported", "Type": "String", "Value": {"Fn::ImportValue": "the-function"}})}}
        (out / "Made.template.json").write_text(json.dumps(stack))
        (out / "Uses.template.json").write_text(json.dumps(user))
        (out / "cdk.out").write_text('{"version":"20.0.0"}')
        files = {"0a": {"source": {"path": "asset.0a", "packaging": "zip"}, "destinations": {"any-name": {"bucketName": "b", "objectKey": "0a.zip"}}}}
        (out / "Made.assets.json").write_text(json.dumps({"version": "20.0.0", "files": files, "dockerImages": {}}))
        (out / "manifest.json").write_text(json.dumps({"version": "20.0.0", "artifacts": {
            "AUses": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Uses.template.json", "stackName": "Uses"}, "dependencies": ["Made"]},
            "Made.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Made.assets.json"}},
            "Made": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Made.template.json"}, "dependencies": ["Made.assets"]}}}))
        answer = self.cli("deploy", out)
        self.assertLess(answer.index("Made: created"), answer.index("Uses: created"))
        self.assertEqual(self.run_machine("Made-Machine", {})["output"], {"said": "nothing", "by": "Made-Function"})
        self.assertEqual(self.client("ssm").get_parameter(Name="/imported")["Parameter"]["Value"], "arn:aws:lambda:us-east-1:000000000000:function:Made-Function")
        self.cli("destroy", "Uses")
        self.cli("destroy", "Made")

    def settings(self, **members):
        """A function with what CDK puts beside one; `members` of the asynchronous calls' settings."""
        function = ref("Function")
        return {"Resources": {
            "Function": resource("AWS::Lambda::Function", {"Code": {"ZipFile": HANDLER}, "Runtime": "python3.12", "Handler": "index.handler", "Role": "arn:aws:iam::000000000000:role/r"}),
            "Calls": resource("AWS::Lambda::EventInvokeConfig", {"FunctionName": function, "Qualifier": "$LATEST", **members}),
            "Live": resource("AWS::Lambda::Alias", {"FunctionName": function, "FunctionVersion": "$LATEST", "Name": "live"}),
            "Failures": resource("AWS::SQS::Queue"),
            "Group": resource("AWS::Scheduler::ScheduleGroup", {"Name": "reports", "Tags": [{"Key": "team", "Value": "one"}]}),
            "Daily": resource("AWS::Scheduler::Schedule", {"GroupName": ref("Group"), "ScheduleExpression": "cron(0 9 * * ? *)", "FlexibleTimeWindow": {"Mode": "OFF"},
                                                           "Target": {"Arn": ref("Live"), "RoleArn": "arn:aws:iam::000000000000:role/r"}})},
            "Outputs": {"Live": {"Value": ref("Live")}, "Group": {"Value": arn("Group")}}}

    def test_what_stands_beside_functions_and_schedules(self):
        functions, scheduler = self.client("lambda"), self.client("scheduler")
        answer = self.deploy(self.settings(MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": arn("Failures")}}), "beside")
        group = "arn:aws:scheduler:us-east-1:000000000000:schedule-group/reports"
        self.assertIn("Live = arn:aws:lambda:us-east-1:000000000000:function:beside-Function:live", answer)
        self.assertIn(f"Group = {group}", answer)
        calls = functions.get_function_event_invoke_config(FunctionName="beside-Function")
        self.assertEqual((calls["MaximumRetryAttempts"], calls["MaximumEventAgeInSeconds"]), (0, 21600))
        self.assertEqual(calls["DestinationConfig"]["OnFailure"], {"Destination": "arn:aws:sqs:us-east-1:000000000000:beside-Failures"})
        said = json.load(functions.invoke(FunctionName="beside-Function:live", Payload=b'{"word": "alias"}')["Payload"])
        self.assertEqual(said["said"], "alias")
        self.assertEqual(scheduler.get_schedule(GroupName="reports", Name="beside-Daily")["State"], "ENABLED")
        self.assertEqual(scheduler.list_tags_for_resource(ResourceArn=group)["Tags"], [{"Key": "team", "Value": "one"}])

        version = functions.publish_version(FunctionName="beside-Function")["Version"]
        changed = self.settings(MaximumRetryAttempts=1)
        changed["Resources"]["Group"]["Properties"]["Tags"] = [{"Key": "cost", "Value": "low"}]
        changed["Resources"]["Live"]["Properties"]["FunctionVersion"] = version
        self.deploy(changed, "beside")
        calls = functions.get_function_event_invoke_config(FunctionName="beside-Function")
        self.assertEqual((calls["MaximumRetryAttempts"], calls["DestinationConfig"]["OnFailure"]), (1, {}))
        self.assertEqual(functions.get_alias(FunctionName="beside-Function", Name="live")["FunctionVersion"], version)
        self.assertEqual(scheduler.list_tags_for_resource(ResourceArn=group)["Tags"], [{"Key": "cost", "Value": "low"}])

        faulty = self.settings(MaximumRetryAttempts=3, Colour="red")
        answer = self.deploy(faulty, "beside", code=1)
        self.assertIn("/Resources/Calls/Properties/MaximumRetryAttempts", answer)
        self.assertIn("/Resources/Calls/Properties/Colour: the property 'Colour' is not offered here", answer)

        self.cli("destroy", "beside")
        self.refused("ResourceNotFoundException", functions.get_function_configuration, FunctionName="beside-Function")
        self.refused("ResourceNotFoundException", scheduler.get_schedule_group, Name="reports")

    def test_what_fails_leaves_nothing(self):
        self.make_queue("taken")
        stack = {"Resources": {"Queue": resource("AWS::SQS::Queue"), "Taken": resource("AWS::SQS::Queue", {"QueueName": "taken"})}}
        self.assertIn("Taken: there is a queue 'taken' already", self.deploy(stack, "failing", code=1))
        self.assertEqual(self.client("sqs").list_queues(QueueNamePrefix="failing").get("QueueUrls", []), [])
        faulty = {"Resources": {"A": resource("AWS::EC2::Instance"), "B": resource("AWS::SQS::Queue", {"Colour": "red"}), "C": resource("AWS::SQS::Queue", {"QueueName": ref("Nobody")})}}
        answer = self.deploy(faulty, "faulty", code=1)
        for fault in ("/Resources/A/Type: the resource type AWS::EC2::Instance is not offered here", "/Resources/B/Properties/Colour: the property 'Colour' is not offered here",
                      "/Resources/C/Properties/QueueName/Ref: there is no parameter or resource 'Nobody'"):
            self.assertIn(fault, answer)

    def test_a_type_that_is_not_here_can_be_allowed(self):
        stack = {"Resources": {"Table": resource("AWS::DynamoDB::Table", {"KeySchema": []}), "Queue": resource("AWS::SQS::Queue", {"Tags": [{"Key": "table", "Value": ref("Table")}]})}}
        self.assertIn("the resource type AWS::DynamoDB::Table is not offered here", self.deploy(stack, "allowing", code=1))
        self.assertIn("create  Table  AWS::DynamoDB::Table", self.deploy(stack, "allowing", "--allow-unsupported", "AWS::DynamoDB::Table"))
        url = self.client("sqs").get_queue_url(QueueName="allowing-Queue")["QueueUrl"]
        self.assertEqual(self.client("sqs").list_queue_tags(QueueUrl=url)["Tags"], {"table": "allowing-Table"})
        self.assertIn("remove  Table", self.cli("destroy", "allowing"))


if __name__ == "__main__":
    main()
