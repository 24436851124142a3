"""`aws-sdk:` and optimised integrations: a workflow's tasks call the very operations that the wire offers."""
import json
import time

from aws_clients import ROLE, AwsCase, archive, wait_for
from support.daemon import main


class SdkTasks(AwsCase):
    def run_state(self, state, input=None, name=None):
        """The execution of a machine whose one state this is: its description once it has ended."""
        sfn = self.client("stepfunctions")
        name = name or f"m{time.monotonic_ns()}"
        definition = json.dumps({"StartAt": "S", "States": {"S": {"Type": "Task", "End": True, **state}}})
        machine = sfn.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]
        execution = sfn.start_execution(stateMachineArn=machine, input=json.dumps({} if input is None else input))["executionArn"]

        def ended():
            found = sfn.describe_execution(executionArn=execution)
            return found if found["status"] != "RUNNING" else None
        return wait_for(ended)

    def output(self, state, input=None):
        ended = self.run_state(state, input)
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        return json.loads(ended["output"])

    def failure(self, state, input=None):
        ended = self.run_state(state, input)
        self.assertEqual(ended["status"], "FAILED", ended)
        return ended["error"], ended["cause"]

    def sdk(self, action, **parameters):
        return {"Resource": f"arn:aws:states:::aws-sdk:{action}", "Parameters": parameters}

    def test_queues(self):
        made = self.output(self.sdk("sqs:createQueue", QueueName="made", Tags={"k": "v"}))
        url, _ = self.make_queue("made")
        self.assertTrue(made["QueueUrl"].endswith("/000000000000/made"))
        sent = self.output(self.sdk("sqs:sendMessage", QueueUrl=url, MessageBody={"implicit": "json"}))
        self.assertEqual(sorted(sent), ["MD5OfMessageBody", "MessageId"])
        got = self.output(self.sdk("sqs:receiveMessage", QueueUrl=url, WaitTimeSeconds=5))
        self.assertEqual(got["Messages"][0]["Body"], '{"implicit":"json"}')
        error, cause = self.failure(self.sdk("sqs:sendMessage", QueueUrl="http://x/000000000000/missing", MessageBody="x"))
        self.assertEqual(error, "Sqs.QueueDoesNotExistException")
        self.assertRegex(cause, r"^The specified queue does not exist\. \(Service: Sqs, Status Code: 400, Request ID: [0-9a-f-]+\) \(SDK Attempt Count: 1\)$")

    def test_step_functions_themselves(self):
        child = self.client("stepfunctions").create_state_machine(name="child", definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}), roleArn=ROLE)["stateMachineArn"]
        started = self.output(self.sdk("sfn:startExecution", StateMachineArn=child, Input={"a": 1}))
        self.assertEqual(sorted(started), ["ExecutionArn", "StartDate"])
        self.assertRegex(started["StartDate"], r"^\d{4}-\d\d-\d\dT[\d:.]+Z$")
        described = self.output(self.sdk("sfn:describeExecution", ExecutionArn=started["ExecutionArn"]))
        self.assertEqual((described["Status"], described["Input"]), ("SUCCEEDED", '{"a":1}'))
        error, cause = self.failure(self.sdk("sfn:sendTaskSuccess", TaskToken="rubbish", Output="{}"))
        self.assertEqual(error, "Sfn.InvalidTokenException")
        self.assertIn("Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: ", cause)
        self.assertEqual(self.failure(self.sdk("sfn:describeExecution", ExecutionArn="nonsense"))[0], "Sfn.InvalidArnException")

    def test_other_services(self):
        self.client("lambda").create_function(FunctionName="f", Runtime="python3.12", Handler="a.h", Role=ROLE, Code={"ZipFile": archive(a="def h(e, c):\n    return e\n")})
        self.assertEqual(self.output(self.sdk("lambda:getFunction", FunctionName="f"))["Configuration"]["FunctionName"], "f")
        invoked = self.output(self.sdk("lambda:invoke", FunctionName="f", Payload={"n": 1}))
        self.assertEqual((invoked["StatusCode"], json.loads(invoked["Payload"])), (200, {"n": 1}))
        self.assertEqual(self.failure(self.sdk("lambda:getFunction", FunctionName="none"))[0], "Lambda.ResourceNotFoundException")
        topic = self.output(self.sdk("sns:createTopic", Name="t"))["TopicArn"]
        self.assertTrue(self.output(self.sdk("sns:publish", TopicArn=topic, Message={"a": 1}))["MessageId"])
        self.assertEqual(self.failure(self.sdk("sns:publish", TopicArn=topic + "none", Message="x"))[0], "Sns.NotFoundException")
        self.output(self.sdk("ssm:putParameter", Name="p", Value="v", Type="String"))
        self.assertEqual(self.output(self.sdk("ssm:getParameter", Name="p"))["Parameter"]["Value"], "v")
        self.output(self.sdk("cloudwatchlogs:createLogGroup", LogGroupName="g"))
        self.assertEqual(self.output(self.sdk("cloudwatchlogs:describeLogGroups", LogGroupNamePrefix="g"))["LogGroups"][0]["LogGroupName"], "g")
        self.assertEqual(self.output(self.sdk("eventbridge:putEvents", Entries=[{"Source": "a", "DetailType": "b", "Detail": {"x": 1}}]))["FailedEntryCount"], 0)
        self.assertEqual(self.output(self.sdk("sts:getCallerIdentity"))["Account"], "000000000000")

    def test_events_and_asynchronous_invocations(self):
        url, arn = self.make_queue("caught")
        events = self.client("events")
        events.put_rule(Name="r", EventPattern='{"source": ["flow"]}')
        events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": arn}])
        put = self.output({"Resource": "arn:aws:states:::events:putEvents", "Parameters": {"Entries": [{"Source": "flow", "DetailType": "t", "Detail": {"n.$": "$.n"}}]}}, {"n": 3})
        self.assertEqual(put["FailedEntryCount"], 0)
        event = json.loads(self.receive(url)[0]["Body"])
        self.assertEqual((event["id"], event["detail"]), (put["Entries"][0]["EventId"], {"n": 3}))
        self.assertEqual([r.split(":")[5] for r in event["resources"]], ["stateMachine", "execution"])
        error, cause = self.failure({"Resource": "arn:aws:states:::events:putEvents", "Parameters": {"Entries": [{"Source": "flow", "DetailType": "t", "Detail": "no json"}]}})
        self.assertEqual((error, json.loads(cause)["Entries"][0]["ErrorCode"]), ("EventBridge.FailedEntry", "MalformedDetail"))
        self.client("lambda").create_function(FunctionName="later", Runtime="python3.12", Handler="a.h", Role=ROLE, Code={"ZipFile": archive(a="def h(e, c):\n    print('ran', e)\n")})
        accepted = self.output({"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "later", "InvocationType": "Event", "Payload": {"x": 1}}})
        self.assertEqual(accepted["StatusCode"], 202)
        logs = self.client("logs")
        wait_for(lambda: logs.filter_log_events(logGroupName="/aws/lambda/later", filterPattern="ran")["events"])
        self.assertEqual(self.failure({"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "none", "InvocationType": "Event"}})[0], "Lambda.ResourceNotFoundException")
        error, cause = self.failure({"Resource": "arn:aws:states:::events:putEvents", "Parameters": {"Entries": [{"Source": "flow", "DetailType": "t", "Detail": {}}] * 11}})
        self.assertEqual(error, "EventBridge.AmazonEventBridgeException")
        self.assertIn("Member must have length less than or equal to 10 (Service: AmazonEventBridge; Status Code: 400; Error Code: ValidationException;", cause)

    def test_what_is_not_here_is_refused_by_name(self):
        sfn = self.client("stepfunctions")
        definition = json.dumps({"StartAt": "S", "States": {"S": {"Type": "Task", "End": True, "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem", "Parameters": {}}}})
        self.assertIn("dynamodb", self.refused("InvalidDefinition", sfn.create_state_machine, name="no", definition=definition, roleArn=ROLE))


if __name__ == "__main__":
    main()
