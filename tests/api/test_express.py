"""Machines of type EXPRESS: synchronous, asynchronous, their limits, and a crash."""
import json
import unittest

from support.daemon import Daemon, Refused, main, wait_for

try:
    import boto3
    import botocore.config
    import botocore.exceptions
except ImportError:
    boto3 = None

ROLE = "arn:aws:iam::000000000000:role/any"


@unittest.skipUnless(boto3, "boto3 is not installed")
class Express(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon()
        self.daemon.__enter__()
        self.addCleanup(self.daemon.__exit__, None, None, None)
        self.connect()

    def connect(self):
        options = dict(endpoint_url=f"http://{self.daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        self.sfn = boto3.client("stepfunctions", config=botocore.config.Config(inject_host_prefix=False), **options)
        self.s3 = boto3.client("s3", **options)

    def create(self, name, states, start="A", **fields):
        definition = json.dumps({"StartAt": start, "States": states, **fields})
        return self.sfn.create_state_machine(name=name, definition=definition, roleArn=ROLE, type="EXPRESS")["stateMachineArn"]

    def refused(self, code, call, **arguments):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def test_synchronous(self):
        arn = self.create("sync", {"A": {"Type": "Pass", "Result": {"x": 1}, "End": True}})
        ended = self.sfn.start_sync_execution(stateMachineArn=arn, input='{"in": 1}', name="chosen")
        self.assertRegex(ended["executionArn"], "^arn:aws:states:us-east-1:000000000000:express:sync:chosen:[0-9a-f-]{36}$")
        self.assertEqual((ended["status"], ended["name"], ended["input"], json.loads(ended["output"])), ("SUCCEEDED", "chosen", '{"in": 1}', {"x": 1}))
        self.assertEqual((ended["inputDetails"], ended["outputDetails"]), ({"included": True}, {"included": True}))
        self.assertEqual(ended["billingDetails"], {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100})
        arn = self.create("fails", {"A": {"Type": "Fail", "Error": "E", "Cause": "C"}})
        ended = self.sfn.start_sync_execution(stateMachineArn=arn)
        self.assertEqual((ended["status"], ended["error"], ended["cause"], "output" in ended), ("FAILED", "E", "C", False))
        arn = self.create("times-out", {"A": {"Type": "Wait", "Seconds": 60, "End": True}}, TimeoutSeconds=1)
        self.assertEqual(self.sfn.start_sync_execution(stateMachineArn=arn)["status"], "TIMED_OUT")

    def test_there_is_no_history_and_no_conflict(self):
        arn = self.create("quiet", {"A": {"Type": "Pass", "End": True}})
        first, second = (self.sfn.start_execution(stateMachineArn=arn, name="same")["executionArn"] for _ in range(2))
        self.assertNotEqual(first, second)
        message = self.refused("InvalidArn", self.sfn.describe_execution, executionArn=first)
        self.assertEqual(message, "Invalid Arn: 'Resource type not valid in this context: express'")
        self.refused("InvalidArn", self.sfn.get_execution_history, executionArn=first)
        self.refused("StateMachineTypeNotSupported", self.sfn.list_executions, stateMachineArn=arn)
        with self.assertRaises(Refused) as listing:
            self.daemon.get("/v1/executions?stateMachine=" + arn.split(":")[-1])
        self.assertIn("its log group has their events", json.loads(listing.exception.body)["detail"])
        standard = self.sfn.create_state_machine(name="standard", definition='{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}', roleArn=ROLE)["stateMachineArn"]
        message = self.refused("StateMachineTypeNotSupported", self.sfn.start_sync_execution, stateMachineArn=standard)
        self.assertEqual(message, "This operation is not supported by this type of state machine")

    def test_what_express_machines_cannot_do(self):
        for resource, text in (("arn:aws:states:::sqs:sendMessage.waitForTaskToken", "does not support '.waitForTaskToken' service integration"),
                               ("arn:aws:states:::states:startExecution.sync", "does not support '.sync' service integration"),
                               ("arn:aws:states:us-east-1:000000000000:activity:a", "does not support Activity ARN")):
            parameters = {"QueueUrl": "q", "MessageBody": "b"} if "sqs" in resource else {"StateMachineArn": "x"}
            message = self.refused("InvalidDefinition", self.create, name="no", states={"A": {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}})
            self.assertIn(text, message)
        processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}}
        self.refused("InvalidDefinition", self.create, name="no", states={"A": {"Type": "Map", "ItemProcessor": processor, "End": True}})

    def test_a_client_that_leaves_ends_its_execution(self):
        self.s3.create_bucket(Bucket="seen")
        write = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:putObject", "Parameters": {"Bucket": "seen", "Key": "late", "Body": "x"}, "End": True}
        arn = self.create("leaves", {"A": {"Type": "Wait", "Seconds": 4, "Next": "B"}, "B": write})
        config = botocore.config.Config(inject_host_prefix=False, read_timeout=1, retries={"max_attempts": 0})
        impatient = boto3.client("stepfunctions", endpoint_url=f"http://{self.daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test", config=config)
        with self.assertRaises(botocore.exceptions.ReadTimeoutError):
            impatient.start_sync_execution(stateMachineArn=arn)
        standard = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 5, "End": True}}})
        clock = self.sfn.create_state_machine(name="clock", definition=standard, roleArn=ROLE)["stateMachineArn"]
        execution = self.sfn.start_execution(stateMachineArn=clock)["executionArn"]
        wait_for(lambda: self.sfn.describe_execution(executionArn=execution)["status"] == "SUCCEEDED", 20)   # longer than the other would have taken
        self.assertEqual(self.s3.list_objects_v2(Bucket="seen")["KeyCount"], 0)

    def test_an_asynchronous_one_runs_again_from_the_beginning_after_a_crash(self):
        self.s3.create_bucket(Bucket="seen")
        def put(key, next_state):
            return {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:putObject", "ResultPath": None,
                    "Parameters": {"Bucket": "seen", "Key": key, "Body.$": "$$.Execution.Id"}, **next_state}
        arn = self.create("again", {"A": put("first", {"Next": "W"}), "W": {"Type": "Wait", "Seconds": 3, "Next": "B"}, "B": put("last", {"End": True})})
        execution = self.sfn.start_execution(stateMachineArn=arn)["executionArn"]
        wait_for(lambda: self.s3.list_objects_v2(Bucket="seen")["KeyCount"] == 1)
        self.s3.delete_object(Bucket="seen", Key="first")
        self.daemon.kill()
        self.daemon.start()
        self.connect()
        wait_for(lambda: self.s3.list_objects_v2(Bucket="seen")["KeyCount"] == 2)
        for key in ("first", "last"):
            self.assertEqual(json.loads(self.s3.get_object(Bucket="seen", Key=key)["Body"].read()), execution)


if __name__ == "__main__":
    main()
