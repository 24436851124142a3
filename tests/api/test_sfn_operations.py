"""Every operation of Step Functions that Debian's boto3 and awscli, and the newest boto3, know: which they are is asked of the clients themselves, so a
client that learns another makes these tests fail. The newest client for JavaScript: clients/sfn.mjs."""
import datetime
import json
import os
import shutil
import subprocess
import sys
import unittest

from support.daemon import ROOT, Daemon, main, wait_for

try:
    import boto3
    import botocore.exceptions
    from botocore import xform_name
    from botocore.config import Config
except ImportError:
    boto3 = None

ROLE = "arn:aws:iam::000000000000:role/any"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}

# Errors that a client knows and a daemon without quotas, KMS or other accounts never gives.
NEVER = {"ActivityAlreadyExists", "ActivityLimitExceeded", "ActivityWorkerLimitExceeded", "ExecutionLimitExceeded", "InvalidEncryptionConfiguration", "InvalidTracingConfiguration",
         "KmsAccessDeniedException", "KmsInvalidStateException", "KmsThrottlingException", "ServiceQuotaExceededException", "StateMachineDeleting", "StateMachineLimitExceeded",
         "TaskDoesNotExist"}


def machine(result):
    return json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": result, "End": True}}})


WAIT = json.dumps({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}})
FAIL = {"Type": "Fail", "Error": "E", "Cause": "C"}


def distributed(state):
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": state}}
    return json.dumps({"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "L", "ItemProcessor": processor, "End": True}}})


class Walk:
    """Calls each operation at least once, as far as the client knows it. A subclass says how: `send` gives the answer, or raises `Failed`."""

    class Failed(Exception):
        def __init__(self, code, message):
            super().__init__(f"{code}: {message}")
            self.code = code

    def __init__(self, test, model):
        self.test, self.model = test, model
        self.called, self.errors = set(), set()

    def knows(self, operation):
        return operation in self.model.operation_names

    def call(self, operation, **members):
        """Nothing if the client does not know the operation; members that it does not know are left out."""
        if not self.knows(operation):
            return None
        known = self.model.operation_model(operation).input_shape.members
        self.called.add(operation)
        return self.send(operation, {name: value for name, value in members.items() if name in known})

    def refused(self, code, operation, **members):
        if not self.knows(operation):
            return
        with self.test.assertRaises(self.Failed) as caught:
            self.call(operation, **members)
        self.test.assertEqual(caught.exception.code, code, caught.exception)
        self.errors.add(code)

    def is_time(self, value):
        self.test.assertLess(abs((value - datetime.datetime.now(datetime.timezone.utc)).total_seconds()), 120)

    def all(self):
        for part in (self.machines, self.versions_and_aliases, self.executions, self.express, self.activities, self.map_runs, self.definitions, self.tags):
            part()
        self.test.assertEqual(set(self.model.operation_names) - self.called, set(), "operations that nobody called")

    def machines(self):
        made = self.call("CreateStateMachine", name="m", definition=machine(1), roleArn=ROLE)
        self.is_time(made["creationDate"])
        self.machine = made["stateMachineArn"]
        described = self.call("DescribeStateMachine", stateMachineArn=self.machine)
        self.test.assertEqual((described["creationDate"], described["type"], described["definition"]), (made["creationDate"], "STANDARD", machine(1)))
        self.is_time(self.call("UpdateStateMachine", stateMachineArn=self.machine, definition=machine(2))["updateDate"])
        self.test.assertIn(self.machine, [each["stateMachineArn"] for each in self.call("ListStateMachines")["stateMachines"]])
        self.refused("StateMachineAlreadyExists", "CreateStateMachine", name="m", definition=WAIT, roleArn=ROLE)
        self.refused("InvalidName", "CreateStateMachine", name="a b", definition=WAIT, roleArn=ROLE)
        self.refused("InvalidDefinition", "CreateStateMachine", name="bad", definition="{", roleArn=ROLE)
        self.refused("InvalidArn", "DescribeStateMachine", stateMachineArn="nonsense")
        self.refused("StateMachineDoesNotExist", "DescribeStateMachine", stateMachineArn=self.machine + "x")
        self.refused("MissingRequiredParameter", "UpdateStateMachine", stateMachineArn=self.machine)
        self.refused("InvalidLoggingConfiguration", "CreateStateMachine", name="logs", definition=WAIT, roleArn=ROLE, loggingConfiguration={"level": "ALL"})
        self.refused("InvalidToken", "ListStateMachines", nextToken="made-up")

    def versions_and_aliases(self):
        if not self.knows("PublishStateMachineVersion"):
            return
        first = self.call("PublishStateMachineVersion", stateMachineArn=self.machine)
        self.is_time(first["creationDate"])
        version = first["stateMachineVersionArn"]
        self.refused("ConflictException", "PublishStateMachineVersion", stateMachineArn=self.machine, revisionId="other")
        route = [{"stateMachineVersionArn": version, "weight": 100}]
        alias = self.call("CreateStateMachineAlias", name="live", routingConfiguration=route)["stateMachineAliasArn"]
        self.test.assertEqual(self.call("DescribeStateMachineAlias", stateMachineAliasArn=alias)["routingConfiguration"], route)
        self.is_time(self.call("UpdateStateMachineAlias", stateMachineAliasArn=alias, description="d")["updateDate"])
        self.test.assertEqual(len(self.call("ListStateMachineAliases", stateMachineArn=self.machine)["stateMachineAliases"]), 1)
        self.test.assertEqual(len(self.call("ListStateMachineVersions", stateMachineArn=self.machine)["stateMachineVersions"]), 1)
        self.refused("ConflictException", "DeleteStateMachineVersion", stateMachineVersionArn=version)
        self.call("DeleteStateMachineAlias", stateMachineAliasArn=alias)
        self.call("DeleteStateMachineVersion", stateMachineVersionArn=version)
        self.refused("ResourceNotFound", "DescribeStateMachineAlias", stateMachineAliasArn=alias)

    def executions(self):
        waits = self.call("CreateStateMachine", name="waits", definition=WAIT, roleArn=ROLE)["stateMachineArn"]
        started = self.call("StartExecution", stateMachineArn=waits, name="one", input="{}")
        execution = started["executionArn"]
        self.test.assertEqual(self.call("StartExecution", stateMachineArn=waits, name="one", input="{}")["startDate"], started["startDate"])
        self.refused("ExecutionAlreadyExists", "StartExecution", stateMachineArn=waits, name="one", input="[]")
        self.refused("InvalidExecutionInput", "StartExecution", stateMachineArn=waits, input="{")
        self.refused("ExecutionNotRedrivable", "RedriveExecution", executionArn=execution)
        stopped = self.call("StopExecution", executionArn=execution, error="E", cause="C")["stopDate"]
        described = self.call("DescribeExecution", executionArn=execution)
        self.test.assertEqual((described["status"], described["startDate"], described["stopDate"]), ("ABORTED", started["startDate"], stopped))
        self.test.assertEqual(self.call("DescribeStateMachineForExecution", executionArn=execution)["stateMachineArn"], waits)
        if self.knows("RedriveExecution"):
            self.is_time(self.call("RedriveExecution", executionArn=execution)["redriveDate"])
            self.call("StopExecution", executionArn=execution)
        events = self.call("GetExecutionHistory", executionArn=execution)["events"]
        self.test.assertEqual([event["type"] for event in events[:3]], ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted"])
        self.test.assertEqual(events[0]["timestamp"], started["startDate"])
        self.test.assertEqual([each["executionArn"] for each in self.call("ListExecutions", stateMachineArn=waits)["executions"]], [execution])
        self.refused("ExecutionDoesNotExist", "DescribeExecution", executionArn=execution + "x")
        self.call("DeleteStateMachine", stateMachineArn=waits)

    def express(self):
        express = self.call("CreateStateMachine", name="express", definition=machine({"x": 1}), roleArn=ROLE, type="EXPRESS")["stateMachineArn"]
        ended = self.call("StartSyncExecution", stateMachineArn=express, input="[1]")
        self.test.assertEqual((ended["status"], json.loads(ended["output"])), ("SUCCEEDED", {"x": 1}))
        self.is_time(ended["stopDate"])
        self.refused("StateMachineTypeNotSupported", "StartSyncExecution", stateMachineArn=self.machine)

    def activities(self):
        activity = self.call("CreateActivity", name="work")["activityArn"]
        self.is_time(self.call("DescribeActivity", activityArn=activity)["creationDate"])
        self.test.assertEqual([each["name"] for each in self.call("ListActivities")["activities"]], ["work"])
        definition = json.dumps({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": activity, "HeartbeatSeconds": 60, "End": True}}})
        works = self.call("CreateStateMachine", name="works", definition=definition, roleArn=ROLE)["stateMachineArn"]
        for answer, status in (({"output": "8"}, "SUCCEEDED"), ({"error": "E"}, "FAILED")):
            execution = self.call("StartExecution", stateMachineArn=works, input="[7]")["executionArn"]
            task = self.call("GetActivityTask", activityArn=activity, workerName="w")
            self.test.assertEqual(task["input"], "[7]")
            token = task["taskToken"]
            self.call("SendTaskHeartbeat", taskToken=token)
            self.call("SendTaskSuccess" if "output" in answer else "SendTaskFailure", taskToken=token, **answer)
            self.test.assertEqual(self.call("DescribeExecution", executionArn=execution)["status"], status)
            self.refused("TaskTimedOut", "SendTaskSuccess", taskToken=token, output="{}")
        self.refused("InvalidToken", "SendTaskHeartbeat", taskToken="rubbish")
        execution = self.call("StartExecution", stateMachineArn=works)["executionArn"]
        token = self.call("GetActivityTask", activityArn=activity)["taskToken"]
        self.refused("InvalidOutput", "SendTaskSuccess", taskToken=token, output="{")
        self.call("StopExecution", executionArn=execution)
        self.call("DeleteActivity", activityArn=activity)
        self.refused("ActivityDoesNotExist", "GetActivityTask", activityArn=activity)

    def map_runs(self):
        maps = self.call("CreateStateMachine", name="maps", definition=distributed({"Type": "Wait", "Seconds": 3600, "End": True}), roleArn=ROLE)["stateMachineArn"]
        execution = self.call("StartExecution", stateMachineArn=maps, input="[1,2]")["executionArn"]
        run = wait_for(lambda: self.call("ListMapRuns", executionArn=execution)["mapRuns"])[0]["mapRunArn"]
        self.call("UpdateMapRun", mapRunArn=run, maxConcurrency=7)
        described = self.call("DescribeMapRun", mapRunArn=run)
        self.test.assertEqual((described["maxConcurrency"], described["executionCounts"]["running"]), (7, 2))
        self.is_time(described["startDate"])
        self.test.assertEqual(len(self.call("ListExecutions", mapRunArn=run)["executions"]), 2)
        self.call("StopExecution", executionArn=execution)
        self.refused("ResourceNotFound", "DescribeMapRun", mapRunArn=run[:-12] + "0" * 12)
        self.refused("ValidationException", "UpdateMapRun", mapRunArn=run, toleratedFailurePercentage=101)

    def definitions(self):
        if self.knows("ValidateStateMachineDefinition"):
            self.test.assertEqual(self.call("ValidateStateMachineDefinition", definition=machine(1))["result"], "OK")
        if self.knows("TestState"):
            tried = self.call("TestState", definition=json.dumps({"Type": "Pass", "Result": 1, "End": True}), roleArn=ROLE, input="{}", inspectionLevel="DEBUG")
            self.test.assertEqual((tried["status"], tried["output"], tried["inspectionData"]["result"]), ("SUCCEEDED", "1", "1"))

    def tags(self):
        self.call("TagResource", resourceArn=self.machine, tags=[{"key": "k", "value": "v"}])
        self.test.assertEqual(self.call("ListTagsForResource", resourceArn=self.machine)["tags"], [{"key": "k", "value": "v"}])
        self.call("UntagResource", resourceArn=self.machine, tagKeys=["k"])
        self.test.assertEqual(self.call("ListTagsForResource", resourceArn=self.machine)["tags"], [])
        self.refused("TooManyTags", "TagResource", resourceArn=self.machine, tags=[{"key": f"k{n}", "value": ""} for n in range(51)])
        self.refused("ResourceNotFound", "TagResource", resourceArn=self.machine + "x", tags=[{"key": "k", "value": "v"}])

    def all_errors(self):
        known = {shape.metadata.get("error", {}).get("code", shape.name) for operation in self.model.operation_names for shape in self.model.operation_model(operation).error_shapes}
        self.test.assertEqual(known - self.errors - NEVER, set(), "errors that nothing gave")


class BotoWalk(Walk):
    def __init__(self, test, client):
        super().__init__(test, client.meta.service_model)
        self.client = client

    def send(self, operation, members):
        try:
            answer = getattr(self.client, xform_name(operation))(**members)
        except botocore.exceptions.ClientError as error:
            self.test.assertIsInstance(error, getattr(self.client.exceptions, error.response["Error"]["Code"], botocore.exceptions.ClientError))
            raise self.Failed(error.response["Error"]["Code"], error.response["Error"]["Message"]) from error
        self.test.assertTrue(answer.pop("ResponseMetadata")["RequestId"])
        return answer


class CliWalk(Walk):
    """Its endpoint is `localhost`: two operations go to `sync-localhost`, as the client wants it."""

    def __init__(self, test, daemon, model):
        super().__init__(test, model)
        self.endpoint = f"http://localhost:{daemon.admin.rsplit(':', 1)[1]}"

    def refused(self, code, operation, **members):
        """Each call takes about a second: test_aws_clients shows how errors look."""

    def send(self, operation, members):
        command = ["/usr/bin/aws", "stepfunctions", xform_name(operation, "-"), "--endpoint-url", self.endpoint, "--output", "json", "--cli-input-json", json.dumps(members)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **CREDENTIALS, "PYTHONPATH": str(ROOT / "tests" / "support" / "hosts")})
        if done.returncode != 0:
            self.test.assertRegex(done.stderr, r"An error occurred \(\w+\) when calling the " + operation + " operation")
            raise self.Failed(done.stderr.split("(")[1].split(")")[0], done.stderr)
        return times_parsed(json.loads(done.stdout)) if done.stdout.strip() else {}


def times_parsed(answer):
    """The command line prints times as texts of ISO 8601."""
    if isinstance(answer, list):
        return [times_parsed(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    return {name: datetime.datetime.fromisoformat(value) if name.endswith("Date") or name == "timestamp" else times_parsed(value) for name, value in answer.items()}


@unittest.skipUnless(boto3, "boto3 is not installed")
class Operations(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon()
        self.daemon.__enter__()
        self.addCleanup(self.daemon.__exit__, None, None, None)

    def client(self):
        return boto3.client("stepfunctions", endpoint_url=f"http://{self.daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test",
                            config=Config(inject_host_prefix=False, retries={"max_attempts": 0}, read_timeout=70))

    def test_boto3(self):
        walk = BotoWalk(self, self.client())
        walk.all()
        walk.all_errors()

    def test_paginators_and_waiters(self):
        client = self.client()
        arns = {"stateMachineArn": client.create_state_machine(name="paged", definition=machine(1), roleArn=ROLE)["stateMachineArn"]}
        for n in range(4):
            client.create_state_machine(name=f"m{n}", definition=machine(n), roleArn=ROLE)
            client.create_activity(name=f"a{n}")
            arns["executionArn"] = client.start_execution(stateMachineArn=arns["stateMachineArn"])["executionArn"]
        maps = client.create_state_machine(name="maps", definition=distributed({"Type": "Pass", "End": True}), roleArn=ROLE)["stateMachineArn"]
        mapped = client.start_execution(stateMachineArn=maps, input="[1]")["executionArn"]
        wait_for(lambda: client.list_map_runs(executionArn=mapped)["mapRuns"])
        expected = {"ListActivities": ("activities", 4, {}), "ListStateMachines": ("stateMachines", 6, {}), "ListExecutions": ("executions", 4, {"stateMachineArn": arns["stateMachineArn"]}),
                    "GetExecutionHistory": ("events", 4, {"executionArn": arns["executionArn"]}), "ListMapRuns": ("mapRuns", 1, {"executionArn": mapped})}
        paginated = [operation for operation in client.meta.service_model.operation_names if client.can_paginate(xform_name(operation))]
        for operation in paginated:
            items, count, members = expected[operation]
            pages = list(client.get_paginator(xform_name(operation)).paginate(**members, PaginationConfig={"PageSize": 1}))
            self.assertEqual([len(page[items]) for page in pages], [1] * count, operation)
        self.assertEqual(client.waiter_names, [])

    @unittest.skipUnless(shutil.which("/usr/bin/aws") and sys.prefix == "/usr", "Debian's awscli is not installed")
    def test_command_line(self):
        import awscli.botocore.session
        CliWalk(self, self.daemon, awscli.botocore.session.get_session().get_service_model("stepfunctions")).all()


if __name__ == "__main__":
    main()
