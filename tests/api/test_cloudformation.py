"""The CloudFormation API with Debian's boto3, and CDK's command line, unmodified, deploying to it."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from aws_clients import AwsCase
from support import cdk
from support.daemon import Refused, main, wait_for
from test_deploy import HANDLER, resource, sub, template

class CloudFormation(AwsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stacks = cls.client("cloudformation")

    def test_a_stack_is_created_updated_and_deleted(self):
        body = {"Description": "one queue", "Parameters": {"Seconds": {"Type": "Number", "Default": 10}},
                "Resources": {"Queue": resource("AWS::SQS::Queue", {"VisibilityTimeout": {"Ref": "Seconds"}})},
                "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Description": "its name", "Export": {"Name": "queue-arn"}}}}
        made = self.stacks.create_stack(StackName="one", TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_IAM"])
        self.stacks.get_waiter("stack_create_complete").wait(StackName="one")
        shown = self.stacks.describe_stacks(StackName=made["StackId"])["Stacks"][0]
        self.assertEqual((shown["StackStatus"], shown["Description"], shown["Parameters"]), ("CREATE_COMPLETE", "one queue", [{"ParameterKey": "Seconds", "ParameterValue": "10"}]))
        self.assertEqual(shown["Outputs"], [{"OutputKey": "Arn", "OutputValue": "arn:aws:sqs:us-east-1:000000000000:one-Queue", "Description": "its name", "ExportName": "queue-arn"}])
        self.assertEqual([e["Name"] for e in self.stacks.list_exports()["Exports"]], ["queue-arn"])
        events = [(e["LogicalResourceId"], e["ResourceStatus"]) for e in self.stacks.describe_stack_events(StackName="one")["StackEvents"]]
        self.assertEqual(events, [("one", "CREATE_COMPLETE"), ("Queue", "CREATE_COMPLETE"), ("Queue", "CREATE_IN_PROGRESS"), ("one", "CREATE_IN_PROGRESS")])
        self.assertEqual(self.refused("ValidationError", self.stacks.update_stack, StackName="one", TemplateBody=json.dumps(body)), "No updates are to be performed.")
        self.refused("AlreadyExistsException", self.stacks.create_stack, StackName="one", TemplateBody=json.dumps(body))

        self.stacks.update_stack(StackName="one", UsePreviousTemplate=True, Parameters=[{"ParameterKey": "Seconds", "ParameterValue": "20"}])
        self.stacks.get_waiter("stack_update_complete").wait(StackName="one")
        url = self.client("sqs").get_queue_url(QueueName="one-Queue")["QueueUrl"]
        self.assertEqual(self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"], {"VisibilityTimeout": "20"})
        self.assertEqual(self.stacks.get_template(StackName="one")["TemplateBody"]["Description"], "one queue")
        self.assertEqual([r["LogicalResourceId"] for r in self.stacks.describe_stack_resources(StackName="one")["StackResources"]], ["Queue"])
        self.assertEqual([(r["ResourceType"], r["ResourceStatus"], r["PhysicalResourceId"]) for r in self.stacks.list_stack_resources(StackName="one")["StackResourceSummaries"]],
                         [("AWS::SQS::Queue", "UPDATE_COMPLETE", url)])
        self.assertEqual(self.stacks.get_template_summary(StackName="one")["ResourceTypes"], ["AWS::SQS::Queue"])

        self.stacks.delete_stack(StackName="one")
        self.stacks.get_waiter("stack_delete_complete").wait(StackName="one")
        self.assertEqual(self.refused("ValidationError", self.stacks.describe_stacks, StackName="one"), "Stack with id one does not exist")
        self.assertEqual(self.stacks.describe_stacks(StackName=made["StackId"])["Stacks"][0]["StackStatus"], "DELETE_COMPLETE")
        gone = [s["StackName"] for s in self.stacks.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]]
        self.assertIn("one", gone)
        self.stacks.delete_stack(StackName="one")   # once more is no error

    def test_a_stack_destroyed_by_another_door_is_gone(self):
        body = json.dumps({"Resources": {"Topic": resource("AWS::SNS::Topic")}})
        made = self.stacks.create_stack(StackName="doors", TemplateBody=body)
        self.daemon.rest("DELETE", "/v1/stacks/doors")
        self.assertEqual(self.refused("ValidationError", self.stacks.describe_stacks, StackName="doors"), "Stack with id doors does not exist")
        self.assertEqual(self.stacks.describe_stacks(StackName=made["StackId"])["Stacks"][0]["StackStatus"], "DELETE_COMPLETE")
        self.assertIn("doors", [s["StackName"] for s in self.stacks.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]])
        self.stacks.create_stack(StackName="doors", TemplateBody=body)
        self.stacks.delete_stack(StackName="doors")

    def test_change_sets(self):
        body = {"Resources": {"Topic": resource("AWS::SNS::Topic")}}
        made = self.stacks.create_change_set(StackName="sets", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=json.dumps(body))
        self.assertEqual(self.stacks.describe_stacks(StackName="sets")["Stacks"][0]["StackStatus"], "REVIEW_IN_PROGRESS")
        shown = self.stacks.describe_change_set(ChangeSetName=made["Id"], StackName="sets")
        self.assertEqual((shown["Status"], shown["ExecutionStatus"]), ("CREATE_COMPLETE", "AVAILABLE"))
        self.assertEqual([(c["ResourceChange"]["Action"], c["ResourceChange"]["LogicalResourceId"]) for c in shown["Changes"]], [("Add", "Topic")])
        self.stacks.execute_change_set(ChangeSetName="first", StackName="sets")
        self.assertEqual(self.stacks.describe_stacks(StackName="sets")["Stacks"][0]["StackStatus"], "CREATE_COMPLETE")
        self.refused("ChangeSetNotFound", self.stacks.describe_change_set, ChangeSetName="first", StackName="sets")
        same = self.stacks.create_change_set(StackName="sets", ChangeSetName="same", TemplateBody=json.dumps(body))
        shown = self.stacks.describe_change_set(ChangeSetName=same["Id"])
        self.assertEqual((shown["Status"], shown["StatusReason"]),
                         ("FAILED", "The submitted information didn't contain changes. Submit different information to create a change set."))
        self.stacks.delete_change_set(ChangeSetName=same["Id"])

    def test_what_is_wrong_is_said(self):
        body = {"Resources": {"A": resource("AWS::EC2::Instance"), "B": resource("AWS::SQS::Queue", {"Colour": "red"})}}
        text = self.refused("ValidationError", self.stacks.create_stack, StackName="wrong", TemplateBody=json.dumps(body))
        self.assertIn("/Resources/A/Type: the resource type AWS::EC2::Instance is not offered here", text)
        self.assertIn("/Resources/B/Properties/Colour", text)
        self.refused("ValidationError", self.stacks.create_stack, StackName="1", TemplateBody="{}")
        self.make_queue("owned-by-another")

    def statuses(self, stack):
        """Of its resources, by logical id."""
        return {r["LogicalResourceId"]: r["ResourceStatus"] for r in self.stacks.describe_stack_resources(StackName=stack)["StackResources"]}

    def events(self, stack):
        """Oldest first."""
        return [(e["LogicalResourceId"], e["ResourceStatus"]) for e in reversed(self.stacks.describe_stack_events(StackName=stack)["StackEvents"])]

    def test_a_stack_that_cannot_be_made_is_rolled_back_and_can_only_be_deleted(self):
        self.make_queue("owned-by-another")
        body = json.dumps({"Resources": {"Good": resource("AWS::SQS::Queue"), "Bad": resource("AWS::SQS::Queue", {"QueueName": "owned-by-another"})}})
        self.stacks.create_stack(StackName="failing", TemplateBody=body)
        shown = self.stacks.describe_stacks(StackName="failing")["Stacks"][0]
        self.assertEqual((shown["StackStatus"], shown["StackStatusReason"]), ("ROLLBACK_COMPLETE", "Bad: there is a queue 'owned-by-another' already"))
        self.assertEqual(self.client("sqs").list_queues(QueueNamePrefix="failing").get("QueueUrls", []), [])
        self.assertEqual(self.statuses("failing"), {"Good": "DELETE_COMPLETE", "Bad": "DELETE_COMPLETE"})
        self.assertEqual(self.events("failing"), [
            ("failing", "CREATE_IN_PROGRESS"), ("Good", "CREATE_IN_PROGRESS"), ("Good", "CREATE_COMPLETE"), ("Bad", "CREATE_IN_PROGRESS"), ("Bad", "CREATE_FAILED"), ("failing", "ROLLBACK_IN_PROGRESS"),
            ("Bad", "DELETE_IN_PROGRESS"), ("Bad", "DELETE_COMPLETE"), ("Good", "DELETE_IN_PROGRESS"), ("Good", "DELETE_COMPLETE"), ("failing", "ROLLBACK_COMPLETE")])
        reasons = {(e["LogicalResourceId"], e["ResourceStatus"]): e.get("ResourceStatusReason") for e in self.stacks.describe_stack_events(StackName="failing")["StackEvents"]}
        self.assertEqual(reasons["Bad", "CREATE_FAILED"], "there is a queue 'owned-by-another' already")
        self.assertEqual(reasons["failing", "ROLLBACK_IN_PROGRESS"], "The following resource(s) failed to create: [Bad]. Rollback requested by user.")
        refusal = f"Stack:{shown['StackId']} is in ROLLBACK_COMPLETE state and can not be updated."
        self.assertEqual(self.refused("ValidationError", self.stacks.update_stack, StackName="failing", TemplateBody=body), refusal)
        self.assertEqual(self.refused("ValidationError", self.stacks.create_change_set, StackName="failing", ChangeSetName="c", TemplateBody=body), refusal)
        self.refused("AlreadyExistsException", self.stacks.create_stack, StackName="failing", TemplateBody=body)
        self.stacks.delete_stack(StackName="failing")
        self.stacks.create_stack(StackName="failing", TemplateBody=body, OnFailure="DELETE")
        self.refused("ValidationError", self.stacks.describe_stacks, StackName="failing")

    def test_an_update_that_fails_leaves_the_stack_as_it_was(self):
        self.make_queue("taken-already")
        before = {"Resources": {"Kept": resource("AWS::SQS::Queue", {"VisibilityTimeout": 5}), "Named": resource("AWS::SQS::Queue", {"QueueName": "named-one"})}}
        self.stacks.create_stack(StackName="steady", TemplateBody=json.dumps(before), Tags=[{"Key": "team", "Value": "a"}])
        after = {"Resources": {"Kept": resource("AWS::SQS::Queue", {"VisibilityTimeout": 6}), "Named": resource("AWS::SQS::Queue", {"QueueName": "named-two"}),
                               "Zed": resource("AWS::SQS::Queue", {"QueueName": "taken-already"})}}
        self.stacks.update_stack(StackName="steady", TemplateBody=json.dumps(after), Tags=[{"Key": "team", "Value": "b"}])
        shown = self.stacks.describe_stacks(StackName="steady")["Stacks"][0]
        self.assertEqual((shown["StackStatus"], shown["Tags"]), ("UPDATE_ROLLBACK_COMPLETE", [{"Key": "team", "Value": "a"}]))
        self.assertEqual(self.statuses("steady"), {"Kept": "UPDATE_COMPLETE", "Named": "UPDATE_COMPLETE"})
        self.assertIn(("Zed", "CREATE_FAILED"), self.events("steady"))
        self.assertEqual(self.events("steady")[-1], ("steady", "UPDATE_ROLLBACK_COMPLETE"))
        urls = self.client("sqs").list_queues(QueueNamePrefix="named-")["QueueUrls"]
        self.assertEqual([url.rsplit("/", 1)[1] for url in urls], ["named-one"])
        # And it can be changed again: what replaces comes before what is replaced goes.
        del after["Resources"]["Zed"]
        self.stacks.update_stack(StackName="steady", TemplateBody=json.dumps(after))
        self.assertEqual(self.events("steady")[-6:], [("Named", "UPDATE_IN_PROGRESS"), ("Named", "UPDATE_COMPLETE"), ("steady", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), ("Named", "DELETE_IN_PROGRESS"),
                                                      ("Named", "DELETE_COMPLETE"), ("steady", "UPDATE_COMPLETE")])
        found = self.stacks.describe_stack_resources(PhysicalResourceId=self.client("sqs").get_queue_url(QueueName="named-two")["QueueUrl"], LogicalResourceId="Named")["StackResources"][0]
        self.assertEqual((found["StackName"], found["ResourceStatus"]), ("steady", "UPDATE_COMPLETE"))
        self.assertEqual(self.stacks.describe_stack_resource(StackName="steady", LogicalResourceId="Kept")["StackResourceDetail"]["ResourceStatus"], "UPDATE_COMPLETE")
        self.stacks.delete_stack(StackName="steady")
        self.assertEqual(self.statuses(shown["StackId"]), {"Kept": "DELETE_COMPLETE", "Named": "DELETE_COMPLETE", "Zed": "DELETE_COMPLETE"})

    def test_termination_protection_retained_resources_and_forced_deletion(self):
        s3 = self.client("s3")
        body = json.dumps({"Resources": {"Full": resource("AWS::S3::Bucket", {"BucketName": "full-bucket"}), "Topic": resource("AWS::SNS::Topic", {"TopicName": "beside-it"})}})
        made = self.stacks.create_stack(StackName="guarded", TemplateBody=body, EnableTerminationProtection=True)["StackId"]
        self.assertTrue(self.stacks.describe_stacks(StackName="guarded")["Stacks"][0]["EnableTerminationProtection"])
        self.assertEqual(self.refused("ValidationError", self.stacks.delete_stack, StackName="guarded"), "Stack [guarded] cannot be deleted while TerminationProtection is enabled")
        with self.assertRaises(Refused) as caught:
            self.daemon.rest("DELETE", "/v1/stacks/guarded")
        self.assertEqual(caught.exception.status, 409)
        self.assertEqual(self.stacks.update_termination_protection(StackName="guarded", EnableTerminationProtection=False)["StackId"], made)
        not_failed = f"Invalid operation on stack [{made}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state."
        self.assertEqual(self.refused("ValidationError", self.stacks.delete_stack, StackName="guarded", RetainResources=["Full"]), not_failed)
        s3.put_object(Bucket="full-bucket", Key="a", Body=b"x")
        self.stacks.delete_stack(StackName="guarded")
        shown = self.stacks.describe_stacks(StackName="guarded")["Stacks"][0]
        self.assertEqual((shown["StackStatus"], shown["StackStatusReason"]), ("DELETE_FAILED", "The following resource(s) failed to delete: [Full]. "))
        self.assertEqual(self.statuses("guarded"), {"Full": "DELETE_FAILED", "Topic": "CREATE_COMPLETE"})   # all or nothing: what went is back
        reason = self.stacks.describe_stack_resource(StackName="guarded", LogicalResourceId="Full")["StackResourceDetail"]["ResourceStatusReason"]
        self.assertIn("not empty", reason)
        self.assertEqual(self.refused("ValidationError", self.stacks.update_stack, StackName="guarded", TemplateBody=body), f"Stack:{made} is in DELETE_FAILED state and can not be updated.")
        self.stacks.delete_stack(StackName="guarded", RetainResources=["Full"])
        self.assertEqual(self.stacks.describe_stacks(StackName=made)["Stacks"][0]["StackStatus"], "DELETE_COMPLETE")
        self.assertEqual(self.statuses(made), {"Full": "DELETE_SKIPPED", "Topic": "DELETE_COMPLETE"})
        self.assertEqual(s3.get_object(Bucket="full-bucket", Key="a")["Body"].read(), b"x")
        s3.delete_object(Bucket="full-bucket", Key="a")
        s3.delete_bucket(Bucket="full-bucket")

    def test_what_a_stack_left_behind_is_taken_over(self):
        """Names that nobody wrote are the same each time here, so what was retained would be in the way of the stack that is made again, which it is not on AWS."""
        trust = lambda service: {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
        body = lambda service: json.dumps({"Resources": {"Role": {**resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust(service)}), "DeletionPolicy": "Retain"},
                                                         "Bucket": {**resource("AWS::S3::Bucket"), "DeletionPolicy": "Retain"}}})
        iam = self.client("iam")
        for number, service in enumerate(("lambda.amazonaws.com", "states.amazonaws.com", "events.amazonaws.com")):
            if number == 2:
                iam.delete_role(RoleName="again-Role")   # left behind, and removed by hand since
            self.stacks.create_stack(StackName="again", TemplateBody=body(service), Capabilities=["CAPABILITY_IAM"])
            self.assertEqual(self.stacks.describe_stacks(StackName="again")["Stacks"][0]["StackStatus"], "CREATE_COMPLETE")
            self.assertEqual(iam.get_role(RoleName="again-Role")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"], {"Service": service})
            self.stacks.delete_stack(StackName="again")
        iam.delete_role(RoleName="again-Role")
        self.client("s3").delete_bucket(Bucket="again-bucket")

    def test_a_bucket_that_empties_itself(self):
        """What CDK makes of `autoDeleteObjects`."""
        tags = [{"Key": "aws-cdk:auto-delete-objects", "Value": "true"}]
        bucket = lambda emptied: {"Resources": {"Bucket": resource("AWS::S3::Bucket", {"BucketName": "emptied", **({"Tags": tags} if emptied else {})}),
                                                **({"Emptied": resource("Custom::S3AutoDeleteObjects", {"ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:f", "BucketName": {"Ref": "Bucket"}})} if emptied else {})}}
        s3 = self.client("s3")
        self.stacks.create_stack(StackName="emptied", TemplateBody=json.dumps(bucket(True)))
        for number in range(3):
            s3.put_object(Bucket="emptied", Key=f"k{number}", Body=b"x")
        self.stacks.update_stack(StackName="emptied", TemplateBody=json.dumps(bucket(False)))
        self.assertEqual(s3.list_objects_v2(Bucket="emptied")["KeyCount"], 3, "a bucket that stays keeps what is in it")
        self.stacks.update_stack(StackName="emptied", TemplateBody=json.dumps(bucket(True)))
        self.stacks.delete_stack(StackName="emptied")
        self.assertNotIn("emptied", [b["Name"] for b in s3.list_buckets()["Buckets"]])

    @unittest.skipUnless(shutil.which("aws"), "awscli is not installed")
    def test_a_template_that_the_command_line_packaged(self):
        """`aws cloudformation package` puts code and definitions into a bucket, and `s3://…` in their places."""
        template = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Work: {Type: AWS::Serverless::Function, Properties: {CodeUri: code/, Handler: app.handler, Runtime: python3.12}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: machine.asl.json, DefinitionSubstitutions: {Work: !GetAtt Work.Arn}}
"""
        self.client("s3").create_bucket(Bucket="packages")
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder)
            (source / "code").mkdir()
            (source / "code" / "app.py").write_text("def handler(event, context):\n    return {'packed': event}\n")
            (source / "machine.asl.json").write_text(json.dumps({"StartAt": "W", "States": {"W": {"Type": "Task", "Resource": "${Work}", "End": True}}}))
            (source / "template.yaml").write_text(template)
            command = ["aws", "cloudformation", "package", "--endpoint-url", f"http://{self.daemon.admin}", "--template-file", source / "template.yaml", "--s3-bucket", "packages", "--output-template-file", source / "packaged.yaml"]
            keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": f"http://{self.daemon.admin}"}
            done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **keys})
            self.assertEqual(done.returncode, 0, done.stderr)
            packaged = (source / "packaged.yaml").read_text()
        self.assertIn("CodeUri: s3://packages/", packaged)
        self.stacks.create_stack(StackName="packed", TemplateBody=packaged, Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"])
        sfn = self.client("stepfunctions")
        execution = sfn.start_execution(stateMachineArn="arn:aws:states:us-east-1:000000000000:stateMachine:packed-Machine", input="1")["executionArn"]
        self.assertEqual(json.loads(wait_for(lambda: sfn.describe_execution(executionArn=execution).get("output"))), {"packed": 1})
        self.stacks.delete_stack(StackName="packed")

    def test_details_of_change_sets(self):
        def body(name, size, tags):
            return json.dumps({"Parameters": {"Size": {"Type": "Number", "Default": 1}}, "Resources": {
                "Queue": resource("AWS::SQS::Queue", {"QueueName": name, "VisibilityTimeout": {"Ref": "Size"}, "Tags": [{"Key": "a", "Value": tags}]}),
                "Machine": resource("AWS::StepFunctions::StateMachine", {"RoleArn": "arn:aws:iam::000000000000:role/r", "DefinitionString": sub(
                    '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Queue.Arn}", "End": true}}}')}),
                "Gone": resource("AWS::SNS::Topic") if size == 1 else resource("AWS::SQS::Queue")}})
        self.stacks.create_stack(StackName="details", TemplateBody=body("details-a", 1, "x").replace('"Gone"', '"Leaves"'))
        made = self.stacks.create_change_set(StackName="details", ChangeSetName="replacing", TemplateBody=body("details-b", 2, "y").replace('"Gone"', '"Comes"'),
                                             Parameters=[{"ParameterKey": "Size", "ParameterValue": "2"}])
        shown = self.stacks.describe_change_set(ChangeSetName=made["Id"])
        changes = {c["ResourceChange"]["LogicalResourceId"]: c["ResourceChange"] for c in shown["Changes"]}
        self.assertEqual({name: (c["Action"], c.get("Replacement")) for name, c in changes.items()},
                         {"Queue": ("Modify", "True"), "Machine": ("Modify", "False"), "Comes": ("Add", None), "Leaves": ("Remove", None)})
        details = [(d["Target"]["Attribute"], d["Target"].get("Name"), d["Target"]["RequiresRecreation"], d["ChangeSource"], d.get("CausingEntity")) for d in changes["Queue"]["Details"]]
        self.assertEqual(details, [("Properties", "QueueName", "Always", "DirectModification", None), ("Tags", None, "Never", "DirectModification", None),
                                   ("Properties", "VisibilityTimeout", "Never", "ParameterReference", "Size")])
        self.assertEqual(changes["Queue"]["Scope"], ["Properties", "Tags"])
        self.assertEqual([(d["ChangeSource"], d["CausingEntity"]) for d in changes["Machine"]["Details"]], [("ResourceAttribute", "Queue.Arn")])
        self.assertEqual(changes["Machine"]["PhysicalResourceId"], "arn:aws:states:us-east-1:000000000000:stateMachine:details-Machine")
        self.assertNotIn("BeforeContext", changes["Queue"])
        answer = self.query("2010-05-15", Action="DescribeChangeSet", ChangeSetName=made["Id"], IncludePropertyValues="true")
        for known_later in ("<BeforeValue>details-a</BeforeValue>", "<PolicyAction>ReplaceAndDelete</PolicyAction>", "<PolicyAction>Delete</PolicyAction>"):
            self.assertIn(known_later, answer)
        self.stacks.execute_change_set(ChangeSetName=made["Id"])
        self.assertEqual(self.stacks.describe_stacks(StackName="details")["Stacks"][0]["ChangeSetId"], made["Id"])
        changed = json.dumps({"Resources": {"Queue": resource("AWS::SNS::Topic")}})
        self.assertEqual(self.refused("ValidationError", self.stacks.update_stack, StackName="details", TemplateBody=changed),
                         "Update of resource type is not permitted. The new template modifies resource type of the following resources: [Queue]")
        refusal = self.refused("ValidationError", self.stacks.create_change_set, StackName="details", ChangeSetName="i", ChangeSetType="IMPORT", TemplateBody=changed)
        self.assertIn("Change sets of type IMPORT are not offered here", refusal)
        self.stacks.delete_stack(StackName="details")

    def test_exports_in_use_stay(self):
        exporter = {"Resources": {"Queue": resource("AWS::SQS::Queue", {"QueueName": "shared-a"})}, "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Queue", "QueueName"]}, "Export": {"Name": "shared-name"}}}}
        importer = {"Resources": {"Topic": resource("AWS::SNS::Topic", {"DisplayName": {"Fn::ImportValue": "shared-name"}})}}
        self.stacks.create_stack(StackName="exports", TemplateBody=json.dumps(exporter))
        self.assertEqual(self.refused("ValidationError", self.stacks.list_imports, ExportName="shared-name"), "Export 'shared-name' is not imported by any stack.")
        self.stacks.create_stack(StackName="imports", TemplateBody=json.dumps(importer))
        self.assertEqual(self.stacks.list_imports(ExportName="shared-name")["Imports"], ["imports"])
        exporter["Resources"]["Queue"]["Properties"]["QueueName"] = "shared-b"
        self.stacks.update_stack(StackName="exports", TemplateBody=json.dumps(exporter))
        shown = self.stacks.describe_stacks(StackName="exports")["Stacks"][0]
        self.assertEqual((shown["StackStatus"], shown["StackStatusReason"]), ("UPDATE_ROLLBACK_COMPLETE", "Export shared-name cannot be updated as it is in use by imports"))
        self.stacks.delete_stack(StackName="exports")
        self.assertEqual(self.stacks.describe_stacks(StackName="exports")["Stacks"][0]["StackStatusReason"], "Export shared-name cannot be deleted as it is in use by imports")
        self.stacks.delete_stack(StackName="imports")
        self.stacks.delete_stack(StackName="exports")
        self.refused("ValidationError", self.stacks.describe_stacks, StackName="exports")

    def test_what_a_template_says_of_itself(self):
        body = {"Description": "roles", "AWSTemplateFormatVersion": "2010-09-09", "Metadata": {"by": "hand"},
                "Parameters": {"Kind": {"Type": "String", "Default": "a", "AllowedValues": ["a", "b"], "Description": "which"}, "Secret": {"Type": "String", "NoEcho": True}},
                "Resources": {"Role": resource("AWS::IAM::Role", {"RoleName": "r", "AssumeRolePolicyDocument": {}}), "Queue": resource("AWS::SQS::Queue")}}
        text = json.dumps(body)
        told = self.stacks.validate_template(TemplateBody=text)
        self.assertEqual(told["Parameters"], [{"ParameterKey": "Kind", "DefaultValue": "a", "NoEcho": False, "Description": "which"}, {"ParameterKey": "Secret", "NoEcho": True}])
        self.assertEqual((told["Description"], told["Capabilities"], told["CapabilitiesReason"]),
                         ("roles", ["CAPABILITY_NAMED_IAM"], "The following resource(s) require capabilities: [AWS::IAM::Role]"))
        told = self.stacks.get_template_summary(TemplateBody=text)
        self.assertEqual([(p["ParameterKey"], p["ParameterType"], p["ParameterConstraints"].get("AllowedValues")) for p in told["Parameters"]], [("Kind", "String", ["a", "b"]), ("Secret", "String", None)])
        self.assertEqual((told["ResourceTypes"], told["Version"], json.loads(told["Metadata"])), (["AWS::IAM::Role", "AWS::SQS::Queue"], "2010-09-09", {"by": "hand"}))
        self.assertEqual(self.refused("InsufficientCapabilitiesException", self.stacks.create_stack, StackName="roles", TemplateBody=text), "Requires capabilities : [CAPABILITY_NAMED_IAM]")
        self.assertEqual(self.refused("InsufficientCapabilitiesException", self.stacks.create_change_set, StackName="roles", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=text),
                         "Requires capabilities : [CAPABILITY_NAMED_IAM]")
        serverless = json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Queue": resource("AWS::SQS::Queue")}})
        self.assertEqual(self.refused("InsufficientCapabilitiesException", self.stacks.create_stack, StackName="roles", TemplateBody=serverless), "Requires capabilities : [CAPABILITY_AUTO_EXPAND]")
        self.assertEqual(self.stacks.validate_template(TemplateBody=serverless)["DeclaredTransforms"], ["AWS::Serverless-2016-10-31"])
        for wrong, said in (("[]", "Template format error: unsupported structure."), ("{}", "Template format error: At least one Resources member must be defined.")):
            self.assertEqual(self.refused("ValidationError", self.stacks.validate_template, TemplateBody=wrong), said)
        self.assertEqual(self.refused("ValidationError", self.stacks.validate_template), "Either Template URL or Template Body must be specified.")

    def test_events_of_operations(self):
        body = {"Resources": {"Queue": resource("AWS::SQS::Queue", {"QueueName": "events-a"})}}

        def events(**request):
            return self.query("2010-05-15", Action="DescribeEvents", **request)

        self.stacks.create_stack(StackName="operations", TemplateBody=json.dumps(body))
        told = events(StackName="operations")
        self.assertEqual(told.count("<OperationType>CREATE_STACK</OperationType>"), 4)
        self.assertEqual(told.count("<EventType>PROGRESS_EVENT</EventType>"), 2)
        self.assertIn("<OperationStatus>SUCCEEDED</OperationStatus>", told)
        self.assertNotIn("<EventId/>", told)
        self.make_queue("events-taken")
        body["Resources"]["Other"] = resource("AWS::SQS::Queue", {"QueueName": "events-taken"})
        self.stacks.update_stack(StackName="operations", TemplateBody=json.dumps(body))
        failed = events(StackName="operations", **{"Filters.FailedEvents": "true"})
        self.assertEqual((failed.count("<member>"), failed.count("PROVISIONING_ERROR")), (2, 1))
        self.assertIn("there is a queue 'events-taken' already", failed)
        operation = failed.split("<OperationId>")[1].split("<")[0]
        self.assertNotIn("CREATE_STACK", events(OperationId=operation))
        made = self.stacks.create_change_set(StackName="operations", ChangeSetName="nothing", TemplateBody=json.dumps({"Resources": {"Queue": body["Resources"]["Queue"]}}))
        told = events(ChangeSetName=made["Id"])
        self.assertIn("<OperationType>CREATE_CHANGESET</OperationType>", told)
        self.assertIn("<OperationStatus>FAILED</OperationStatus>", told)
        self.stacks.delete_stack(StackName="operations")

    def test_what_is_missing_or_not_offered_is_named(self):
        unchecked = self.client("cloudformation", parameter_validation=False)
        for call, members in ((unchecked.describe_stack_events, ["stackName"]), (unchecked.delete_stack, ["stackName"]), (unchecked.describe_stack_resource, ["stackName", "logicalResourceId"])):
            said = "; ".join(f"Value null at '{name}' failed to satisfy constraint: Member must not be null" for name in members)
            self.assertEqual(self.refused("ValidationError", call), f"{len(members)} validation error{'s' if len(members) > 1 else ''} detected: {said}")
        self.assertEqual(self.refused("ValidationError", unchecked.describe_stack_resources), "You must specify either StackName or PhysicalResourceId, but not both.")
        for call, said in ((self.stacks.describe_stack_events, "Stack [nobody] does not exist"), (self.stacks.list_stack_resources, "Stack with id nobody does not exist"),
                           (self.stacks.list_change_sets, "Stack [nobody] does not exist"), (self.stacks.get_template, "Stack with id nobody does not exist")):
            self.assertEqual(self.refused("ValidationError", call, StackName="nobody"), said)
        self.assertEqual(self.refused("ValidationError", self.stacks.update_stack, StackName="nobody", TemplateBody="{}"), "Stack [nobody] does not exist")
        for call in (self.stacks.detect_stack_drift, self.stacks.get_stack_policy, self.stacks.cancel_update_stack):
            self.assertIn("is an operation of AWS that is not supported here", self.refused("InvalidAction", call, StackName="nobody"))

    def test_cdk_deploys_unmodified(self):
        if not cdk.program():
            self.skipTest("CDK's command line cannot be installed here")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-cdk-"))
        self.addCleanup(shutil.rmtree, folder)
        out = assembly(folder / "cdk.out")

        def run(*command):
            done = cdk.run(self.daemon, folder, *command, "--app", out, "Made")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            return done.stdout + done.stderr

        self.assertIn("Made.MachineArn = arn:aws:states:us-east-1:000000000000:stateMachine:deployed-machine", run("deploy", "--require-approval", "never"))
        started = self.daemon.start_execution("deployed-machine", {"word": "cdk"})
        self.assertEqual(self.daemon.wait_for_end(started["id"])["output"], {"said": "cdk", "by": "Made-Function"})
        self.assertIn("Made (no changes)", run("deploy", "--require-approval", "never"))
        run("destroy", "--force")
        self.assertEqual(self.daemon.get("/v1/stacks")["stacks"], [])


class Protection(AwsCase):
    def test_an_assembly_says_whether_its_stack_is_protected(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-cdk-"))
        self.addCleanup(shutil.rmtree, folder)
        out = assembly(folder / "cdk.out")
        manifest = json.loads((out / "manifest.json").read_text())

        def deploy(protected):
            manifest["artifacts"]["Made"]["properties"]["terminationProtection"] = protected
            (out / "manifest.json").write_text(json.dumps(manifest))
            self.daemon.cli("deploy", out)
            return self.client("cloudformation").describe_stacks(StackName="Made")["Stacks"][0]["EnableTerminationProtection"]
        self.assertTrue(deploy(True))
        refused = self.daemon.cli("destroy", "Made", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("Stack [Made] cannot be deleted while TerminationProtection is enabled", refused.stdout + refused.stderr)
        self.assertFalse(deploy(False))
        self.daemon.cli("destroy", "Made")


def assembly(out):
    """What `cdk synth` leaves: a template that is an asset itself, a folder of code, roles to be assumed."""
    (out / "asset.0a").mkdir(parents=True)
    (out / "asset.0a" / "index.py").write_text(HANDLER)
    bucket = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
    text = json.dumps(template({"S3Bucket": sub(bucket), "S3Key": "0a.zip"}))
    (out / "Made.template.json").write_text(text)
    key = hashlib.sha256(text.encode()).hexdigest() + ".json"

    def role(name):
        return "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-" + name + "-role-${AWS::AccountId}-${AWS::Region}"

    def asset(path, packaging, key):
        return {"source": {"path": path, "packaging": packaging},
                "destinations": {"current_account-current_region": {"bucketName": bucket, "objectKey": key, "assumeRoleArn": role("file-publishing")}}}

    version = {"requiresBootstrapStackVersion": 6, "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version"}
    (out / "Made.assets.json").write_text(json.dumps({"version": "20.0.0", "dockerImages": {}, "files": {
        "0a": asset("asset.0a", "zip", "0a.zip"), key[:-5]: asset("Made.template.json", "file", key)}}))
    (out / "manifest.json").write_text(json.dumps({"version": "20.0.0", "artifacts": {
        "Made.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Made.assets.json", **version}},
        "Made": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region", "dependencies": ["Made.assets"], "metadata": {}, "displayName": "Made",
                 "properties": {"templateFile": "Made.template.json", "validateOnSynth": False, "assumeRoleArn": role("deploy"), "cloudFormationExecutionRoleArn": role("cfn-exec"),
                                "stackTemplateAssetObjectUrl": f"s3://{bucket}/{key}", "additionalDependencies": ["Made.assets"], **version}}}}))
    (out / "cdk.out").write_text('{"version":"20.0.0"}')
    return out


if __name__ == "__main__":
    main()
