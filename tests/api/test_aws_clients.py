"""Debian's awscli and boto3 against the daemon, on every operation that it offers."""
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

from aws_clients import archive
from support.daemon import Daemon, main, wait_for

PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
WAIT = json.dumps({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}})
ROLE = "arn:aws:iam::000000000000:role/any"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


def activity_machine(activity_arn):
    return json.dumps({"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": activity_arn, "HeartbeatSeconds": 60, "End": True}}})


@unittest.skipUnless(shutil.which("aws"), "awscli is not installed")
class Cli(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)

    def aws(self, service, operation, *arguments, error=None):
        done = subprocess.run(["aws", service, operation, "--endpoint-url", f"http://{self.daemon.admin}", "--output", "json", *arguments],
                              capture_output=True, text=True, env={**os.environ, **CREDENTIALS})
        if error:
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(error, done.stderr)
            return None
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def sfn(self, operation, *arguments, error=None):
        return self.aws("stepfunctions", operation, *arguments, error=error)

    def test_state_machines_and_executions(self):
        arn = self.sfn("create-state-machine", "--name", "cli", "--definition", PASS, "--role-arn", ROLE)["stateMachineArn"]
        self.sfn("create-state-machine", "--name", "cli", "--definition", WAIT, "--role-arn", ROLE, error="StateMachineAlreadyExists")
        self.assertEqual(self.sfn("describe-state-machine", "--state-machine-arn", arn)["status"], "ACTIVE")
        self.assertIn(arn, [m["stateMachineArn"] for m in self.sfn("list-state-machines")["stateMachines"]])
        execution = self.sfn("start-execution", "--state-machine-arn", arn, "--name", "one", "--input", '{"a": 1}')["executionArn"]
        described = self.sfn("describe-execution", "--execution-arn", execution)
        self.assertEqual((described["status"], json.loads(described["output"])), ("SUCCEEDED", {"a": 1}))
        self.assertEqual(described.get("redriveCount", 0), 0)   # Debian's client is older than this member, and drops it
        self.assertEqual([e["name"] for e in self.sfn("list-executions", "--state-machine-arn", arn)["executions"]], ["one"])
        events = self.sfn("get-execution-history", "--execution-arn", execution)["events"]
        self.assertEqual([e["type"] for e in events], ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"])
        self.assertEqual(events[1]["stateEnteredEventDetails"], {"name": "A", "input": '{"a": 1}', "inputDetails": {"truncated": False}})
        self.sfn("update-state-machine", "--state-machine-arn", arn, "--definition", WAIT)
        second = self.sfn("start-execution", "--state-machine-arn", arn)["executionArn"]
        self.sfn("stop-execution", "--execution-arn", second, "--error", "E", "--cause", "C")
        described = self.sfn("describe-execution", "--execution-arn", second)
        self.assertEqual((described["status"], described["error"], described["cause"]), ("ABORTED", "E", "C"))
        self.sfn("delete-state-machine", "--state-machine-arn", arn)
        self.sfn("start-execution", "--state-machine-arn", arn, error="StateMachineDoesNotExist")

    def test_errors_have_awss_names(self):
        missing = "arn:aws:states:us-east-1:000000000000:execution:no:no"
        self.sfn("describe-execution", "--execution-arn", missing, error="ExecutionDoesNotExist")
        self.sfn("describe-execution", "--execution-arn", "nonsense", error="InvalidArn")
        self.sfn("send-task-success", "--task-token", "rubbish", "--task-output", "{}", error="InvalidToken")
        self.sfn("create-state-machine", "--name", "bad", "--definition", "{", "--role-arn", ROLE, error="InvalidDefinition")

    def test_activities_and_task_tokens(self):
        arn = self.sfn("create-activity", "--name", "work")["activityArn"]
        self.assertEqual(self.sfn("describe-activity", "--activity-arn", arn)["name"], "work")
        self.assertIn(arn, [a["activityArn"] for a in self.sfn("list-activities")["activities"]])
        machine = self.sfn("create-state-machine", "--name", "worker", "--definition", activity_machine(arn), "--role-arn", ROLE)["stateMachineArn"]
        for answer in ("success", "failure"):
            execution = self.sfn("start-execution", "--state-machine-arn", machine, "--input", '{"n": 7}')["executionArn"]
            task = self.sfn("get-activity-task", "--activity-arn", arn, "--worker-name", "me")
            self.assertEqual(json.loads(task["input"]), {"n": 7})
            token = ("--task-token", task["taskToken"])
            self.sfn("send-task-heartbeat", *token)
            if answer == "success":
                self.sfn("send-task-success", *token, "--task-output", '{"ok": true}')
                self.assertEqual(json.loads(self.sfn("describe-execution", "--execution-arn", execution)["output"]), {"ok": True})
                self.sfn("send-task-success", *token, "--task-output", "{}", error="TaskTimedOut")
            else:
                self.sfn("send-task-failure", *token, "--error", "Bad", "--cause", "because")
                described = self.sfn("describe-execution", "--execution-arn", execution)
                self.assertEqual((described["status"], described["error"]), ("FAILED", "Bad"))
        self.sfn("delete-activity", "--activity-arn", arn)

    def test_queue_by_query_protocol(self):
        self.aws("sqs", "create-queue", "--queue-name", "letters")
        url = self.aws("sqs", "get-queue-url", "--queue-name", "letters")["QueueUrl"]
        sent = self.aws("sqs", "send-message", "--queue-url", url, "--message-body", "hello & <you>")
        message = self.aws("sqs", "receive-message", "--queue-url", url)["Messages"][0]
        self.assertEqual((message["Body"], message["MessageId"]), ("hello & <you>", sent["MessageId"]))
        self.aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
        self.aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
        self.aws("sqs", "get-queue-url", "--queue-name", "missing", error="NonExistentQueue")

    def test_publish_to_a_topic(self):
        topic = self.aws("sns", "create-topic", "--name", "news")["TopicArn"]
        self.aws("sns", "subscribe", "--topic-arn", topic, "--protocol", "email", "--notification-endpoint", "reader@example.com")
        self.aws("sns", "publish", "--topic-arn", topic, "--subject", "Hi", "--message", "first line\nsecond line")
        mail = [m for m in self.daemon.mail() if m["subject"] == "Hi"]
        self.assertEqual([(m["to"], m["state"]) for m in mail], [("reader@example.com", "kept")])
        self.assertTrue(mail[0]["text"].startswith("first line\nsecond line"))
        self.aws("sns", "publish", "--topic-arn", topic + "x", "--message", "m", error="NotFound")

    def test_functions_and_their_logs(self):
        with tempfile.NamedTemporaryFile(suffix=".zip") as bundle:
            bundle.write(archive(app="def handler(event, context):\n    print('hello', event['who'])\n    return event\n"))
            bundle.flush()
            made = self.aws("lambda", "create-function", "--function-name", "cli", "--runtime", "python3.12", "--handler", "app.handler", "--role", ROLE, "--zip-file", f"fileb://{bundle.name}")
        self.assertEqual(made["State"], "Active")
        self.aws("lambda", "wait", "function-active-v2", "--function-name", "cli")
        # From a file of bytes: version 2 of the command line takes a payload in the command for base64, version 1 as it is.
        with tempfile.NamedTemporaryFile() as payload, tempfile.NamedTemporaryFile() as answer:
            payload.write(b'{"who": "you"}')
            payload.flush()
            told = self.aws("lambda", "invoke", "--function-name", "cli", "--payload", f"fileb://{payload.name}", answer.name)
            self.assertEqual((told["StatusCode"], json.load(answer)), (200, {"who": "you"}))
        self.aws("lambda", "get-function", "--function-name", "none", error="ResourceNotFoundException")
        # What `aws logs tail` of the newer command line asks, again and again.
        ask = ("filter-log-events", "--log-group-name", "/aws/lambda/cli", "--interleaved", "--start-time", str(int(time.time() - 60) * 1000))
        wait_for(lambda: "hello you\n" in [event["message"] for event in self.aws("logs", *ask)["events"]])
        self.aws("logs", "describe-log-streams", "--log-group-name", "/none", error="ResourceNotFoundException")

    def test_rules_and_schedules(self):
        arn = self.aws("events", "put-rule", "--name", "cli", "--schedule-expression", "rate(1 day)")["RuleArn"]
        self.assertTrue(arn.endswith(":rule/cli"))
        put = self.aws("events", "put-targets", "--rule", "cli", "--targets", "Id=1,Arn=arn:aws:sqs:us-east-1:000000000000:q")
        self.assertEqual(put["FailedEntryCount"], 0)
        self.aws("events", "put-rule", "--name", "bad", "--schedule-expression", "rate(1 fortnight)", error="ValidationException")
        target = json.dumps({"Arn": "arn:aws:sqs:us-east-1:000000000000:q", "RoleArn": ROLE})
        self.aws("scheduler", "create-schedule", "--name", "cli", "--schedule-expression", "rate(1 hour)", "--flexible-time-window", "Mode=OFF", "--target", target)
        self.assertEqual([schedule["Name"] for schedule in self.aws("scheduler", "list-schedules")["Schedules"]], ["cli"])
        self.aws("scheduler", "get-schedule", "--name", "none", error="ResourceNotFoundException")

    def test_account_and_parameters(self):
        self.assertEqual(self.aws("sts", "get-caller-identity")["Account"], "000000000000")
        assumed = self.aws("sts", "assume-role", "--role-arn", ROLE, "--role-session-name", "cli")
        self.assertTrue(assumed["Credentials"]["Expiration"])
        trust = '{"Version": "2012-10-17", "Statement": []}'
        self.assertEqual(self.aws("iam", "create-role", "--role-name", "cli", "--assume-role-policy-document", trust)["Role"]["RoleName"], "cli")
        self.aws("iam", "wait", "role-exists", "--role-name", "cli")
        self.aws("iam", "get-role", "--role-name", "none", error="NoSuchEntity")
        self.aws("ssm", "put-parameter", "--name", "/cli/p", "--value", "v", "--type", "SecureString")
        self.assertEqual(self.aws("ssm", "get-parameter", "--name", "/cli/p", "--with-decryption")["Parameter"]["Value"], "v")
        self.aws("ssm", "get-parameter", "--name", "/cli/none", error="ParameterNotFound")


class Boto3(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            import boto3
            from botocore.config import Config
        except ImportError:
            raise unittest.SkipTest("boto3 is not installed")
        cls.daemon = Daemon()
        cls.daemon.__enter__()
        config = Config(retries={"max_attempts": 0}, read_timeout=70)
        cls.client = staticmethod(lambda service: boto3.client(service, endpoint_url=f"http://{cls.daemon.admin}", region_name="us-east-1", config=config,
                                                               aws_access_key_id="test", aws_secret_access_key="test"))
        cls.sfn = cls.client("stepfunctions")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)

    def test_paginators_walk_all_pages(self):
        arn = self.sfn.create_state_machine(name="paged", definition=PASS, roleArn=ROLE)["stateMachineArn"]
        started = [self.sfn.start_execution(stateMachineArn=arn, name=f"e{n}")["executionArn"] for n in range(7)]
        pages = self.sfn.get_paginator("list_executions").paginate(stateMachineArn=arn, PaginationConfig={"PageSize": 3})
        self.assertEqual([e["executionArn"] for page in pages for e in page["executions"]], started[::-1])
        pages = self.sfn.get_paginator("get_execution_history").paginate(executionArn=started[0], PaginationConfig={"PageSize": 1})
        self.assertEqual([e["id"] for page in pages for e in page["events"]], [1, 2, 3, 4])
        with self.assertRaises(self.sfn.exceptions.InvalidToken):
            self.sfn.list_executions(stateMachineArn=arn, nextToken="made-up")

    def test_timestamps_are_datetimes(self):
        arn = self.sfn.create_state_machine(name="timed", definition=PASS, roleArn=ROLE)
        described = self.sfn.describe_state_machine(stateMachineArn=arn["stateMachineArn"])
        self.assertEqual(described["creationDate"], arn["creationDate"])

    def test_start_is_idempotent_while_running(self):
        arn = self.sfn.create_state_machine(name="once", definition=WAIT, roleArn=ROLE)["stateMachineArn"]
        first = self.sfn.start_execution(stateMachineArn=arn, name="n", input="{}")
        self.assertEqual(self.sfn.start_execution(stateMachineArn=arn, name="n", input="{}")["startDate"], first["startDate"])
        with self.assertRaises(self.sfn.exceptions.ExecutionAlreadyExists):
            self.sfn.start_execution(stateMachineArn=arn, name="n", input='{"other": 1}')
        self.sfn.stop_execution(executionArn=first["executionArn"])

    def test_activity_long_poll_wakes_up(self):
        arn = self.sfn.create_activity(name="slow")["activityArn"]
        machine = self.sfn.create_state_machine(name="slow", definition=activity_machine(arn), roleArn=ROLE)["stateMachineArn"]
        got = []
        worker = threading.Thread(target=lambda: got.append(self.client("stepfunctions").get_activity_task(activityArn=arn)))
        worker.start()
        execution = self.sfn.start_execution(stateMachineArn=machine)["executionArn"]
        worker.join(timeout=20)
        self.assertFalse(worker.is_alive(), "the poll did not wake up")
        self.sfn.send_task_success(taskToken=got[0]["taskToken"], output="[1]")
        self.assertEqual(self.sfn.describe_execution(executionArn=execution)["output"], "[1]")

    def test_queue_long_poll_wakes_up(self):
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName="polled")["QueueUrl"]
        got = []
        reader = threading.Thread(target=lambda: got.extend(self.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", [])))
        reader.start()
        sqs.send_message(QueueUrl=url, MessageBody="x")
        reader.join(timeout=15)
        self.assertEqual([m["Body"] for m in got], ["x"])


if __name__ == "__main__":
    main()
