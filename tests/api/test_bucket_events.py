"""A bucket tells EventBridge of its objects, so that an upload starts an execution: asked for by the API, by a template, and as CDK's `eventBridgeEnabled` does."""
import json

from aws_clients import AwsCase
from support.daemon import main, wait_for

ON = {"EventBridgeConfiguration": {}}
PATTERN = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"bucket": {"name": [{"Ref": "Bucket"}]}, "object": {"key": [{"prefix": "in/"}]}}}


def template(bucket, *more):
    """A bucket whose uploads below `in/` start an execution."""
    policy = {"Statement": [{"Effect": "Allow", "Principal": {"Service": ["events.amazonaws.com", "states.amazonaws.com"]}, "Action": "sts:AssumeRole"}]}
    return {"Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": bucket},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": policy}},
        "Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "Definition": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}}},
        "Uploaded": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": PATTERN, "Targets": [{"Id": "m", "Arn": {"Ref": "Machine"}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}]}},
        **dict(more)}}


class BucketEvents(AwsCase):
    def setUp(self):
        self.s3, self.events, self.stacks = self.client("s3"), self.client("events"), self.client("cloudformation")

    def told(self, url, count):
        """What came of `count` events, by reason."""
        events = [json.loads(message["Body"]) for message in self.receive(url, count)]
        return {event["detail"]["reason"]: event for event in events}

    def test_by_the_api(self):
        self.s3.create_bucket(Bucket="telling")
        self.assertNotIn("EventBridgeConfiguration", self.s3.get_bucket_notification_configuration(Bucket="telling"))
        self.s3.put_bucket_notification_configuration(Bucket="telling", NotificationConfiguration=ON)
        self.assertIn("EventBridgeConfiguration", self.s3.get_bucket_notification_configuration(Bucket="telling"))
        url, arn = self.make_queue("told-of-objects")
        self.events.put_rule(Name="objects", EventPattern=json.dumps({"source": ["aws.s3"]}))
        self.events.put_targets(Rule="objects", Targets=[{"Id": "q", "Arn": arn}])
        self.s3.put_object(Bucket="telling", Key="a b", Body=b"hello")
        self.s3.copy_object(Bucket="telling", Key="c", CopySource="telling/a b")
        upload = self.s3.create_multipart_upload(Bucket="telling", Key="m")["UploadId"]
        part = self.s3.upload_part(Bucket="telling", Key="m", UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
        self.s3.complete_multipart_upload(Bucket="telling", Key="m", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]})
        self.s3.delete_object(Bucket="telling", Key="c")
        told = self.told(url, 4)
        self.assertEqual({reason: (event["detail-type"], event["detail"]["object"]["key"]) for reason, event in told.items()},
                         {"PutObject": ("Object Created", "a b"), "CopyObject": ("Object Created", "c"), "CompleteMultipartUpload": ("Object Created", "m"), "DeleteObject": ("Object Deleted", "c")})
        put = told["PutObject"]
        self.assertEqual((put["resources"], put["detail"]["bucket"], put["detail"]["object"]["size"], put["detail"]["object"]["etag"]),
                         (["arn:aws:s3:::telling"], {"name": "telling"}, 5, "5d41402abc4b2a76b9719d911017c592"))
        self.assertEqual((told["DeleteObject"]["detail"]["deletion-type"], "size" in told["DeleteObject"]["detail"]["object"]), ("Permanently Deleted", False))

        self.s3.put_bucket_notification_configuration(Bucket="telling", NotificationConfiguration={})
        self.s3.put_object(Bucket="telling", Key="untold", Body=b"")
        self.s3.put_bucket_notification_configuration(Bucket="telling", NotificationConfiguration=ON)
        self.s3.put_object(Bucket="telling", Key="told", Body=b"")
        self.assertEqual(self.told(url, 1)["PutObject"]["detail"]["object"]["key"], "told")
        to_queue = {"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]}
        self.assertIn("QueueConfiguration is not offered", self.refused("NotImplemented", self.s3.put_bucket_notification_configuration, Bucket="telling", NotificationConfiguration=to_queue))
        self.events.remove_targets(Rule="objects", Ids=["q"])
        self.events.delete_rule(Name="objects")

    def check_stack(self, name, document):
        self.stacks.create_stack(StackName=name, TemplateBody=json.dumps(document), Capabilities=["CAPABILITY_IAM"])
        sfn = self.client("stepfunctions")
        machine, bucket = f"arn:aws:states:us-east-1:000000000000:stateMachine:{name}-Machine", f"{name}-bucket"
        for key in ("out/x", "in/x"):
            self.s3.put_object(Bucket=bucket, Key=key, Body=b"x")
        started = wait_for(lambda: sfn.list_executions(stateMachineArn=machine)["executions"])
        self.assertEqual([json.loads(sfn.describe_execution(executionArn=e["executionArn"])["input"])["detail"]["object"]["key"] for e in started], ["in/x"])
        for key in ("out/x", "in/x"):
            self.s3.delete_object(Bucket=bucket, Key=key)
        self.stacks.delete_stack(StackName=name)

    def test_by_a_template(self):
        self.check_stack("uploads", template({"NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}}))

    def test_as_cdk_does(self):
        made = {"ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:f", "BucketName": {"Ref": "Bucket"}, "NotificationConfiguration": ON, "Managed": True, "SkipDestinationValidation": False}
        self.check_stack("of-cdk", template({}, ("Notifications", {"Type": "Custom::S3BucketNotifications", "Properties": made})))

    def test_nobody_else_is_told(self):
        document = template({"NotificationConfiguration": {"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": "f"}]}})
        said = self.refused("ValidationError", self.stacks.create_stack, StackName="refused", TemplateBody=json.dumps(document), Capabilities=["CAPABILITY_IAM"])
        self.assertIn("/Resources/Bucket/Properties/NotificationConfiguration/LambdaConfigurations: buckets tell EventBridge of their objects here", said)


if __name__ == "__main__":
    main()
