"""--iam=enforce: who may use a bucket, by its own policy and by roles'; distributed Maps read and write in their machine's role."""
import json
import unittest

from aws_clients import AwsCase
from support.daemon import Daemon, main, wait_for
from test_iam import ACCOUNT, REGION, boto3, policy, trust


@unittest.skipUnless(boto3, "boto3 is not installed")
class Buckets(AwsCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon("--iam", "enforce")
        cls.daemon.__enter__()

    def role(self, name, document=None, service=None):
        iam = self.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(Service=service) if service else trust(AWS=ACCOUNT))["Role"]["Arn"]
        if document:
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
        return arn

    def as_role(self, arn):
        key = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"]
        return boto3.client("s3", endpoint_url=f"http://{self.daemon.admin}", region_name=REGION, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"],
                            aws_session_token=key["SessionToken"])

    def test_a_buckets_own_policy(self):
        s3, stacks = self.client("s3"), self.client("cloudformation")
        friend, owner = self.role("friend"), self.role("owner", policy({"Action": "s3:*"}))
        document = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": friend}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::guarded/open/*"},
            {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::guarded/closed/*"}]}
        template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "guarded"}},
                                  "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": document}}}}
        stacks.create_stack(StackName="guarded", TemplateBody=json.dumps(template))
        self.assertEqual(json.loads(s3.get_bucket_policy(Bucket="guarded")["Policy"]), document)
        for key in ("open/a", "other/a"):
            s3.put_object(Bucket="guarded", Key=key, Body=b"x")
        self.assertEqual(self.as_role(friend).get_object(Bucket="guarded", Key="open/a")["Body"].read(), b"x")
        self.assertIn("s3:GetObject", self.refused("AccessDenied", self.as_role(friend).get_object, Bucket="guarded", Key="other/a"))
        self.as_role(owner).put_object(Bucket="guarded", Key="open/b", Body=b"y")
        self.assertIn("with an explicit deny in a resource-based policy", self.refused("AccessDenied", self.as_role(owner).put_object, Bucket="guarded", Key="closed/b", Body=b"y"))

        s3.delete_bucket_policy(Bucket="guarded")
        self.refused("NoSuchBucketPolicy", s3.get_bucket_policy, Bucket="guarded")
        self.refused("AccessDenied", self.as_role(friend).get_object, Bucket="guarded", Key="open/a")
        self.refused("MalformedPolicy", s3.put_bucket_policy, Bucket="guarded", Policy="{}")
        self.refused("NoSuchBucket", s3.put_bucket_policy, Bucket="nowhere", Policy=json.dumps(document))
        s3.put_bucket_policy(Bucket="guarded", Policy=json.dumps(document))
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.as_role(friend).get_object(Bucket="guarded", Key="open/a")["Body"].read(), b"x")

    def test_distributed_maps(self):
        s3, sfn, iam = self.client("s3"), self.client("stepfunctions"), self.client("iam")
        s3.create_bucket(Bucket="mapped")
        s3.put_object(Bucket="mapped", Key="in.json", Body=b"[1, 2]")
        state = {"Type": "Map", "Label": "L", "End": True,
                 "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": {"Bucket": "mapped", "Key": "in.json"}},
                 "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}},
                 "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "mapped", "Prefix": "out"}}}
        role = self.role("mapper", service="states.amazonaws.com")
        machine = sfn.create_state_machine(name="mapping", roleArn=role, definition=json.dumps({"StartAt": "M", "States": {"M": state}}))["stateMachineArn"]

        def run():
            execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
            return wait_for(lambda: next((d for d in [sfn.describe_execution(executionArn=execution)] if d["status"] != "RUNNING"), None))
        denied = run()
        self.assertEqual((denied["status"], denied["error"]), ("FAILED", "States.ItemReaderFailed"))
        self.assertIn('is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::mapped/in.json" because no identity-based policy allows the s3:GetObject action', denied["cause"])
        reads = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::mapped/in.json"}
        iam.put_role_policy(RoleName="mapper", PolicyName="p", PolicyDocument=policy(reads))
        denied = run()
        self.assertEqual((denied["status"], denied["error"]), ("FAILED", "States.ResultWriterFailed"))
        self.assertIn("is not authorized to perform: s3:PutObject", denied["cause"])
        iam.put_role_policy(RoleName="mapper", PolicyName="p", PolicyDocument=policy(reads, {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::mapped/out/*"}))
        self.assertEqual(run()["status"], "SUCCEEDED")


if __name__ == "__main__":
    main()
