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
from support.daemon import NODE_LAYER, ROOT, main
from test_deploy import HANDLER, resource, sub, template

CDK = ROOT / "build" / "cdk"


def cdk():
    """CDK's command line, installed as package-lock.json says; None where npm's registry cannot be reached."""
    program = CDK / "node_modules" / "aws-cdk" / "bin" / "cdk"
    wanted = pathlib.Path(__file__).parent / "clients" / "cdk"
    if not program.exists():
        CDK.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(wanted / name, CDK)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=CDK, capture_output=True)
    return program if program.exists() else None


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
        self.assertEqual([r["ResourceType"] for r in self.stacks.list_stack_resources(StackName="one")["StackResourceSummaries"]], ["AWS::SQS::Queue"])
        self.assertEqual(self.stacks.get_template_summary(StackName="one")["ResourceTypes"], ["AWS::SQS::Queue"])

        self.stacks.delete_stack(StackName="one")
        self.stacks.get_waiter("stack_delete_complete").wait(StackName="one")
        self.assertEqual(self.refused("ValidationError", self.stacks.describe_stacks, StackName="one"), "Stack with id one does not exist")
        self.assertEqual(self.stacks.describe_stacks(StackName=made["StackId"])["Stacks"][0]["StackStatus"], "DELETE_COMPLETE")
        gone = [s["StackName"] for s in self.stacks.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]]
        self.assertEqual([name for name in gone if name != "doors"], ["one"])   # another test's
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
        body = {"Resources": {"Good": resource("AWS::SQS::Queue"), "Bad": resource("AWS::SQS::Queue", {"QueueName": "owned-by-another"})}}
        self.stacks.create_stack(StackName="failing", TemplateBody=json.dumps(body))
        shown = self.stacks.describe_stacks(StackName="failing")["Stacks"][0]
        self.assertEqual((shown["StackStatus"], shown["StackStatusReason"]), ("ROLLBACK_COMPLETE", "Bad: there is a queue 'owned-by-another' already"))
        self.assertEqual(self.client("sqs").list_queues(QueueNamePrefix="failing").get("QueueUrls", []), [])
        failed = [e for e in self.stacks.describe_stack_events(StackName="failing")["StackEvents"] if e["ResourceStatus"] == "CREATE_FAILED"]
        self.assertEqual([e["LogicalResourceId"] for e in failed], ["Bad"])
        self.stacks.delete_stack(StackName="failing")

    def test_cdk_deploys_unmodified(self):
        program = cdk()
        if not program:
            self.skipTest("CDK's command line cannot be installed here")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-cdk-"))
        self.addCleanup(shutil.rmtree, folder)
        out = assembly(folder / "cdk.out")
        # Its own home, since CDK remembers accounts by access key.
        environment = {**os.environ, "HOME": str(folder), "AWS_ENDPOINT_URL": f"http://{self.daemon.admin}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                       "AWS_REGION": "us-east-1", "CDK_DISABLE_CLI_TELEMETRY": "1", "CI": "1"}
        node = NODE_LAYER / "node"

        def run(*command):
            line = [str(node) if node.exists() else "node", program, *command, "--app", out, "Made"]
            done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            return done.stdout + done.stderr

        self.assertIn("Made.MachineArn = arn:aws:states:us-east-1:000000000000:stateMachine:deployed-machine", run("deploy", "--require-approval", "never"))
        started = self.daemon.start_execution("deployed-machine", {"word": "cdk"})
        self.assertEqual(self.daemon.wait_for_end(started["id"])["output"], {"said": "cdk", "by": "Made-Function"})
        self.assertIn("Made (no changes)", run("deploy", "--require-approval", "never"))
        run("destroy", "--force")
        self.assertEqual(self.daemon.get("/v1/stacks")["stacks"], [])


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
