"""kill -9 in the middle of a Parallel, of a nested `.sync` and of a redrive: what has happened stays, what has not goes on, and nothing happens twice."""
import json
import unittest

from aws_clients import ROLE, archive
from support.daemon import Daemon, main, wait_for

try:
    import boto3
except ImportError:
    boto3 = None

RAISES = "def handler(event, context):\n    raise ValueError('not yet')\n"
ANSWERS = "def handler(event, context):\n    return {'mended': event}\n"


def ask(queue):
    return {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True,
            "Parameters": {"QueueUrl": queue, "MessageBody": {"token.$": "$$.Task.Token"}}}


@unittest.skipUnless(boto3, "boto3 is not installed")
class LanguageCrashes(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon()
        self.daemon.__enter__()
        self.addCleanup(self.daemon.__exit__, None, None, None)
        options = dict(endpoint_url=f"http://{self.daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        self.sfn, self.sqs, self.functions = (boto3.client(name, **options) for name in ("stepfunctions", "sqs", "lambda"))
        self.queue = self.sqs.create_queue(QueueName="asked")["QueueUrl"]

    def crash(self):
        self.daemon.kill()
        self.daemon.start()

    def create(self, name, states):
        definition = json.dumps({"StartAt": next(iter(states)), "States": states})
        return self.sfn.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]

    def tokens(self, count):
        """Of that many messages, taken off the queue."""
        found = []
        while len(found) < count:
            for message in self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=5).get("Messages", []):
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                found.append(json.loads(message["Body"])["token"])
        return found

    def ended(self, execution):
        def look():
            found = self.sfn.describe_execution(executionArn=execution)
            return found if found["status"] != "RUNNING" else None
        return wait_for(look, 30)

    def types(self, execution):
        pages = self.sfn.get_paginator("get_execution_history").paginate(executionArn=execution)
        return [event["type"] for page in pages for event in page["events"]]

    def test_in_a_parallel(self):
        branches = [{"StartAt": name, "States": {name: ask(self.queue)}} for name in ("Ask", "AskToo")]
        arn = self.create("parallel", {"Both": {"Type": "Parallel", "Branches": branches, "End": True}})
        execution = self.sfn.start_execution(stateMachineArn=arn)["executionArn"]
        first, second = self.tokens(2)
        self.sfn.send_task_success(taskToken=first, output='"one"')
        self.crash()
        self.assertEqual(self.sfn.describe_execution(executionArn=execution)["status"], "RUNNING")
        with self.assertRaises(self.sfn.exceptions.TaskTimedOut):
            self.sfn.send_task_success(taskToken=first, output='"again"')
        self.sfn.send_task_success(taskToken=second, output='"two"')
        self.crash()
        ended = self.ended(execution)
        self.assertEqual((ended["status"], sorted(json.loads(ended["output"]))), ("SUCCEEDED", ["one", "two"]))
        types = self.types(execution)
        self.assertEqual((types.count("TaskScheduled"), types.count("TaskSucceeded"), types.count("ParallelStateSucceeded")), (2, 2, 1))

    def test_in_a_nested_sync(self):
        child = self.create("child", {"Ask": ask(self.queue)})
        nested = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {"StateMachineArn": child, "Input": {}}, "OutputPath": "$.Output", "End": True}
        execution = self.sfn.start_execution(stateMachineArn=self.create("parent", {"Nested": nested}))["executionArn"]
        (token,) = self.tokens(1)
        self.crash()
        self.sfn.send_task_success(taskToken=token, output='{"by":"child"}')
        self.crash()
        ended = self.ended(execution)
        self.assertEqual((ended["status"], ended.get("output")), ("SUCCEEDED", '{"by":"child"}'))
        self.assertEqual(len(self.sfn.list_executions(stateMachineArn=child)["executions"]), 1)
        self.assertEqual(self.types(execution).count("TaskSucceeded"), 1)

    def test_a_redrive_takes_the_newest_code(self):
        function = self.functions.create_function(FunctionName="mended", Runtime="python3.12", Role=ROLE, Handler="app.handler", Code={"ZipFile": archive(app=RAISES)})["FunctionArn"]
        states = {"First": {"Type": "Pass", "Result": "kept", "Next": "Call"}, "Call": {"Type": "Task", "Resource": function, "Next": "Ask"},
                  "Ask": {**ask(self.queue), "ResultPath": "$.answer"}}
        execution = self.sfn.start_execution(stateMachineArn=self.create("redriven", states))["executionArn"]
        failed = self.ended(execution)
        self.assertEqual((failed["status"], failed["error"]), ("FAILED", "ValueError"))
        self.functions.update_function_code(FunctionName="mended", ZipFile=archive(app=ANSWERS))
        (found,) = self.daemon.get("/v1/executions?stateMachine=redriven")["executions"]   # Debian's boto3 knows no redrives
        self.daemon.post(f"/v1/executions/{found['id']}/redrive")
        self.crash()
        (token,) = self.tokens(1)
        self.crash()
        self.sfn.send_task_success(taskToken=token, output='"yes"')
        ended = self.ended(execution)
        self.assertEqual((ended["status"], json.loads(ended["output"])), ("SUCCEEDED", {"mended": "kept", "answer": "yes"}))
        types = self.types(execution)
        self.assertEqual((types.count("ExecutionRedriven"), types.count("PassStateEntered"), types.count("LambdaFunctionSucceeded")), (1, 1, 1))


if __name__ == "__main__":
    main()
