"""Redriving over REST, also from a chosen state and with a corrected input, and with the power pulled in the middle; mocked executions."""
import json
import pathlib
import tempfile
import unittest

from support.daemon import Daemon, Refused, main

QUEUE = "letters"
CALLBACK = {"StartAt": "Ask", "States": {
    "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"QueueUrl.$": "$.queue", "MessageBody.$": "$$.Task.Token"}, "ResultPath": "$.answer", "Next": "Done"},
    "Done": {"Type": "Pass", "End": True}}}


def make_queue(daemon):
    """The queue's URL."""
    body = json.dumps({"QueueName": QUEUE})
    return json.loads(daemon.open(f"http://{daemon.admin}/", "POST", {"X-Amz-Target": "AmazonSQS.CreateQueue", "Content-Type": "application/x-amz-json-1.0"}, body)[2])["QueueUrl"]


def waiting_token(daemon, execution):
    return next(each["token"] for each in daemon.get("/v1/tokens")["tokens"] if each["executionId"] == execution)


class Redrive(unittest.TestCase):
    def test_killed_in_the_middle(self):
        with Daemon() as daemon:
            url = make_queue(daemon)
            daemon.create_machine("asks", CALLBACK)
            execution = daemon.start_execution("asks", {"queue": url})["id"]
            first = waiting_token(daemon, execution)
            daemon.post(f"/v1/executions/{execution}/stop", {"error": "E"})
            self.assertEqual(daemon.post(f"/v1/executions/{execution}/redrive")["status"], "RUNNING")
            daemon.kill()
            daemon.start()
            second = waiting_token(daemon, execution)
            self.assertNotEqual(first, second)
            with self.assertRaises(Refused):
                daemon.post(f"/v1/tokens/{first}/succeed", {"output": "late"})
            daemon.post(f"/v1/tokens/{second}/succeed", {"output": "yes"})
            self.assertEqual(daemon.wait_for_end(execution)["output"]["answer"], "yes")
            # One message for each attempt: the killed daemon's was in the same commit as the redrive.
            self.assertEqual(daemon.get(f"/v1/queues/{QUEUE}")["messages"], 2)
            types = [event["type"] for event in daemon.get(f"/v1/executions/{execution}/history")["events"]]
            self.assertEqual(types.count("ExecutionRedriven"), 1)
            self.assertEqual(types.count("TaskScheduled"), 2)

    def test_chosen_state_and_corrected_input(self):
        with Daemon() as daemon:
            url = make_queue(daemon)
            daemon.create_machine("asks", CALLBACK)
            execution = daemon.start_execution("asks", {"queue": "http://nowhere/000000000000/missing"})["id"]
            self.assertEqual(daemon.wait_for_end(execution)["status"], "FAILED")
            with self.assertRaises(Refused) as refused:
                daemon.post(f"/v1/executions/{execution}/redrive", {"state": "Nowhere"})
            self.assertIn("no state 'Nowhere'", refused.exception.body)
            daemon.post(f"/v1/executions/{execution}/redrive", {"input": {"queue": url}})
            daemon.post(f"/v1/executions/{execution}/stop")
            daemon.post(f"/v1/executions/{execution}/redrive", {"state": "Done", "input": {"by": "hand"}})
            ended = daemon.wait_for_end(execution)
            self.assertEqual((ended["status"], ended["output"]), ("SUCCEEDED", {"by": "hand"}))
            redriven = [event for event in daemon.get(f"/v1/executions/{execution}/history")["events"] if event["type"] == "ExecutionRedriven"]
            self.assertEqual([event["details"]["fromState"] for event in redriven], ["Ask", "Done"])
            with self.assertRaises(Refused) as refused:
                daemon.post(f"/v1/executions/{execution}/redrive")
            self.assertEqual(refused.exception.status, 409)


class Mocks(unittest.TestCase):
    def test_mock_configuration_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "mocks.json"
            path.write_text(json.dumps({
                "StateMachines": {"jobs": {"TestCases": {"Retried": {"Run": "FailsOnce"}}}},
                "MockedResponses": {"FailsOnce": {"0": {"Throw": {"Error": "Glue.Busy", "Cause": "later"}}, "1-2": {"Return": {"JobRunId": "1"}}}}}))
            # A service that is not here: accepted because the state is mocked.
            definition = json.dumps({"StartAt": "Run", "States": {"Run": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "j"}, "End": True,
                                                                          "Retry": [{"ErrorEquals": ["Glue.Busy"], "IntervalSeconds": 1}]}}})
            with Daemon(environment={"SFN_MOCK_CONFIG": str(path)}) as daemon:
                daemon.create_machine("jobs", json.loads(definition))
                execution = daemon.start_execution("jobs%23Retried")["id"]
                self.assertEqual(daemon.wait_for_end(execution)["output"], {"JobRunId": "1"})
                with self.assertRaises(Refused):
                    daemon.start_execution("jobs%23Other")

    def test_a_synchronous_express_execution(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "mocks.json"
            path.write_text(json.dumps({"StateMachines": {"jobs": {"TestCases": {"Retried": {"Run": "FailsOnce"}}}},
                                        "MockedResponses": {"FailsOnce": {"0": {"Throw": {"Error": "Glue.Busy"}}, "1-2": {"Return": {"JobRunId": "1"}}}}}))
            definition = json.dumps({"StartAt": "Run", "States": {"Run": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun", "Parameters": {"JobName": "j"}, "End": True,
                                                                          "Retry": [{"ErrorEquals": ["Glue.Busy"], "IntervalSeconds": 1}]}}})
            with Daemon(environment={"SFN_MOCK_CONFIG": str(path)}) as daemon:
                def call(operation, **members):
                    headers = {"X-Amz-Target": "AWSStepFunctions." + operation, "Content-Type": "application/x-amz-json-1.0"}
                    status, _, body = daemon.open(f"http://{daemon.admin}/", "POST", headers, json.dumps(members))
                    return status, json.loads(body)
                arn = call("CreateStateMachine", name="jobs", definition=definition, roleArn="arn:aws:iam::000000000000:role/any", type="EXPRESS")[1]["stateMachineArn"]
                ended = call("StartSyncExecution", stateMachineArn=arn + "#Retried")[1]
                self.assertEqual((ended["status"], json.loads(ended["output"])), ("SUCCEEDED", {"JobRunId": "1"}))
                self.assertEqual(ended["stateMachineArn"], arn)
                self.assertEqual(call("StartSyncExecution", stateMachineArn=arn + "#Other")[0], 400)

    def test_faulty_file_is_refused_at_start(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "mocks.json"
            path.write_text('{"StateMachines": {}}')
            daemon = Daemon("--mock-config", str(path))
            with self.assertRaises(RuntimeError) as refused:
                daemon.start()
            self.assertIn("MockedResponses", str(refused.exception))


if __name__ == "__main__":
    main()
