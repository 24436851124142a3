"""Callback samples in the style in which people publish them for AWS (tests/samples): deployed as they stand with `signalbox deploy`, and run to their end."""
import json
import pathlib
import re
import shutil
import tempfile

from aws_clients import AwsCase
from support.daemon import ROOT, main, wait_for

SAMPLES = ROOT / "tests" / "samples"


class Samples(AwsCase):
    def deploy(self, sample, *options, name="template.yaml"):
        self.daemon.cli("deploy", SAMPLES / sample / name, *options)
        self.addCleanup(self.daemon.cli, "destroy", sample)
        return self.daemon.get(f"/v1/stacks/{sample}")["outputs"]

    def start(self, machine, input):
        return self.client("stepfunctions").start_execution(stateMachineArn=machine, input=json.dumps(input))["executionArn"]

    def end_of(self, execution):
        sfn = self.client("stepfunctions")
        return wait_for(lambda: next((d for d in [sfn.describe_execution(executionArn=execution)] if d["status"] != "RUNNING"), None))

    def result(self, execution):
        ended = self.end_of(execution)
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        return json.loads(ended["output"])

    def message(self, url):
        """The body of the next message, which is removed."""
        sqs = self.client("sqs")
        message = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"][0]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return json.loads(message["Body"])

    # ---- approve or reject by a link in a mail --------------------------------------------------------------------------------------------

    def links(self, subject_is_new):
        mail = wait_for(lambda: next((m for m in self.daemon.mail() if m["subject"] == "Approval needed" and subject_is_new(m["text"])), None))
        return {word: re.search(rf"https?://\S+/{word}\?\S+", mail["text"]).group() for word in ("approve", "reject")}

    def test_approval_by_link(self):
        outputs = self.deploy("approval-by-link", "--parameter", "Email=ada@example.org")
        execution = self.start(outputs["StateMachineArn"], {"request": "a new chair"})
        links = self.links(lambda text: "a new chair" in text)
        self.assertTrue(links["approve"].startswith(outputs["ApiUrl"] + "approve"), (links, outputs))
        status, headers, text = self.daemon.open(links["approve"])
        self.assertEqual((status, headers["Content-Type"], text), (200, "text/html", "<h1>Thank you</h1>"))
        self.assertEqual(self.result(execution), {"request": "a new chair", "answer": {"by": "link"}, "status": "approved"})
        self.assertEqual(self.daemon.open(links["reject"])[0], 410)

        execution = self.start(outputs["StateMachineArn"], {"request": "a golden chair"})
        self.assertEqual(self.daemon.open(self.links(lambda text: "a golden chair" in text)["reject"])[0], 200)
        ended = self.end_of(execution)
        self.assertEqual((ended["status"], ended["error"], ended["cause"]), ("FAILED", "RequestRejected", "Somebody said no"))

    def test_an_approval_that_sends_the_browser_on(self):
        said = self.daemon.cli("deploy", SAMPLES / "redirected-approval", "--parameter", "Email=nobody", check=False)
        self.assertEqual((said.stdout + said.stderr).strip(), "signalbox: redirected-approval: /Parameters/Email: \"nobody\" is not allowed: It must be an address for mail.")
        outputs = self.deploy("redirected-approval", "--parameter", "Email=ada@example.org")
        for verdict in ("yes", "no"):
            execution = self.start(outputs["StateMachineArn"], {})
            name = execution.rsplit(":", 1)[1]
            mail = wait_for(lambda: next((m for m in self.daemon.mail() if m["subject"] == "An answer is wanted" and name in m["text"]), None))
            link = re.search(rf"{verdict.capitalize()}: (\S+)", mail["text"]).group(1)
            self.assertTrue(link.startswith(outputs["Endpoint"] + "/answer?"), link)
            status, _, text = self.daemon.open(link.replace(f"verdict={verdict}", "verdict=perhaps"))
            self.assertEqual((status, json.loads(text)), (400, {"problem": "Unknown answer: perhaps"}))
            status, headers, _ = self.daemon.open(link)
            self.assertEqual((status, headers["Location"]), (302, f"https://example.org/thanks?for={verdict}"))
            self.assertEqual(self.result(execution), {"verdict": verdict, "by": "ada@example.org"})

    # ---- an API without functions -----------------------------------------------------------------------------------------------------------

    def test_an_api_that_starts_workflows(self):
        outputs = self.deploy("api-workflows")

        def post(path, body):
            status, _, text = self.daemon.open(outputs["Url"] + path, "POST", {"Content-Type": "application/json"}, json.dumps(body))
            return status, json.loads(text)
        order = {"for": "Ada's \"shop\"", "lines": [{"n": 1}]}
        status, started = post("/orders", order)
        self.assertEqual(status, 201)
        self.assertEqual(self.result(f"arn:aws:states:us-east-1:000000000000:execution:api-workflows-Order:{started['execution']}"), order)
        self.assertEqual(post("/prices", {"pieces": 21}), (200, {"price": 42}))
        self.assertEqual(post("/prices", {}), (422, {"error": "NoPieces", "cause": "It's not said how many"}))
        self.assertEqual(post("/notes?kind=private", {"text": "a & b"}), (200, {"kept": True}))
        self.assertEqual(post("/notes", {}), (400, {"message": "Missing required request parameters: [kind]"}))
        self.assertEqual(self.message(outputs["NotesUrl"]), {"text": "a & b"})

    # ---- a worker behind a queue ------------------------------------------------------------------------------------------------------------

    def test_queue_worker(self):
        said = self.daemon.cli("deploy", SAMPLES / "queue-worker", check=False)
        self.assertIn("/Resources/Worker/Properties/Environment/Variables/LIMIT: Systems Manager has no parameter '/queue-worker/limit'", said.stdout + said.stderr)
        self.client("ssm").put_parameter(Name="/queue-worker/limit", Type="String", Value="100")
        outputs = self.deploy("queue-worker")
        self.assertEqual(self.result(self.start(outputs["WorkflowArn"], {"number": 21})), {"doubled": 42})
        self.assertEqual(self.result(self.start(outputs["WorkflowArn"], {"number": 101})), {"refused": True})
        policy = self.client("sqs").get_queue_attributes(QueueUrl=outputs["QueueUrl"], AttributeNames=["Policy"])["Attributes"]["Policy"]
        self.assertEqual(json.loads(policy)["Statement"][0]["Principal"], {"Service": "states.amazonaws.com"})
        self.assertIn("unchanged", self.daemon.cli("deploy", SAMPLES / "queue-worker").stdout)
        self.assertRegex(self.daemon.cli("deploy", SAMPLES / "queue-worker", "--parameter", "Stage=prod").stdout, r"create  Alarm")

    # ---- a topic, and an API that answers by itself -------------------------------------------------------------------------------------------

    def test_topic_approval(self):
        outputs = self.deploy("topic-approval")
        execution = self.start(outputs["WorkflowArn"], {"what": "a desk"})
        asked = self.message(outputs["OutboxUrl"])
        self.assertEqual((asked["what"], asked["answer at"]), ("a desk", outputs["AnswersUrl"]))

        def answer(body):
            status, headers, text = self.daemon.open(asked["answer at"], "POST", {"Content-Type": "application/json"}, json.dumps(body))
            return status, json.loads(text)
        self.assertEqual(answer({"approved": True}), (400, {"message": "Invalid request body"}))
        self.assertEqual(answer({"token": "of nobody", "approved": True}), (400, {"taken": False}))
        self.assertEqual(answer({"token": asked["token"], "approved": True}), (200, {"taken": True}))
        self.assertEqual(self.result(execution), {"approved": True})
        status, headers, _ = self.daemon.open(asked["answer at"], "OPTIONS", {"Origin": "http://elsewhere"})
        self.assertEqual((status, headers["Access-Control-Allow-Origin"], headers["Access-Control-Allow-Methods"]), (200, "*", "OPTIONS,POST"))

    # ---- started by events, with a loop ---------------------------------------------------------------------------------------------------------

    def test_started_by_an_event_or_over_http(self):
        outputs = self.deploy("event-started")
        self.client("events").put_events(Entries=[{"EventBusName": outputs["BusName"], "Source": "shop", "DetailType": "ordered", "Detail": json.dumps({"office": "south", "order": 1})}])
        asked = self.message(outputs["southUrl"])
        self.assertEqual(asked["order"], 1)
        self.client("stepfunctions").send_task_success(taskToken=asked["token"], output='"done"')

        status, _, text = self.daemon.open(outputs["OrdersUrl"], "POST", {"Content-Type": "application/json"}, json.dumps({"office": "north", "order": "it's 2"}))
        self.assertEqual(status, 200, text)
        started = json.loads(text)["executionArn"]
        asked = self.message(outputs["northUrl"])
        self.assertEqual(asked["order"], "it's 2")
        self.client("stepfunctions").send_task_success(taskToken=asked["token"], output='"done"')
        self.assertEqual(self.result(started), "done")
        self.assertTrue(self.step_functions("DescribeExecution", executionArn=started)["stateMachineAliasArn"].endswith(":live"))


class Errors(AwsCase):
    """What a new user's mistakes look like."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-sample-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        shutil.copytree(SAMPLES / "approval-by-link", self.folder / "mine")

    def change(self, before, after):
        template = self.folder / "mine" / "template.yaml"
        text = template.read_text()
        self.assertIn(before, text)
        template.write_text(text.replace(before, after, 1))

    def deploy(self, *options):
        done = self.daemon.cli("deploy", self.folder / "mine", "--parameter", "Email=ada@example.org", *options, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_faults_are_said_all_at_once_with_their_places(self):
        self.change("      DisplayName: Approvals\n", "      DisplayName: Approvals\n      Displayname: Approvals\n")
        self.change("Outputs:\n", "  Table:\n    Type: AWS::Serverless::SimpleTable\n  Nested:\n    Type: AWS::CloudFormation::Stack\n\nOutputs:\n")
        self.change("            Path: /reject\n            Method: get\n", "            Path: /reject\n            Method: get\n        Table:\n          Type: DynamoDB\n")
        self.change("      Handler: answer.lambda_handler\n", "      Handler: answer.lambda_handler\n      FunctionUrlConfig: { AuthType: NONE, InvokeMode: RESPONSE_STREAM }\n      ImageUri: image\n")
        code, said = self.deploy()
        self.assertNotEqual(code, 0)
        for fault in ("/Resources/ApprovalTopic/Properties/Displayname: the property 'Displayname' is not offered here",
                      "/Resources/Table/Type: the resource type AWS::Serverless::SimpleTable is not offered here",
                      "/Resources/Nested/Type: the resource type AWS::CloudFormation::Stack is not offered here",
                      "/Resources/AnswerFunction/Properties/Events/Table/Type: the event type DynamoDB is not offered here for AWS::Serverless::Function",
                      "/Resources/AnswerFunction/Properties/ImageUri: the property 'ImageUri' of AWS::Serverless::Function is not offered here",
                      "/Resources/AnswerFunction/Properties/FunctionUrlConfig/InvokeMode: answers are sent once they are whole here: BUFFERED is offered"):
            self.assertIn(fault, said)
        self.assertEqual(self.daemon.get("/v1/stacks")["stacks"], [])

    def test_what_is_unsupported_is_recorded_where_one_says_so(self):
        self.change("Outputs:\n", "  Table:\n    Type: AWS::DynamoDB::Table\n    Properties: { BillingMode: PAY_PER_REQUEST }\n\nOutputs:\n")
        code, said = self.deploy()
        self.assertIn("/Resources/Table/Type: the resource type AWS::DynamoDB::Table is not offered here", said)
        code, said = self.deploy("--allow-unsupported", "AWS::DynamoDB::Table")
        self.assertEqual(code, 0, said)
        self.daemon.cli("destroy", "mine")

    def test_a_failure_rolls_back(self):
        self.client("sqs").create_queue(QueueName="taken", Attributes={"DelaySeconds": "9"})
        self.change("Outputs:\n", "  Taken:\n    Type: AWS::SQS::Queue\n    DependsOn: [ApprovalStateMachine, AnswerFunction]\n    Properties: { QueueName: taken }\n\nOutputs:\n")
        code, said = self.deploy()
        self.assertNotEqual(code, 0)
        self.assertIn("Taken: ", said)
        self.assertEqual(self.daemon.get("/v1/stacks")["stacks"], [])
        self.assertEqual(self.client("lambda").list_functions()["Functions"], [])
        self.assertEqual(self.client("apigateway").get_rest_apis()["items"], [])
        self.assertEqual(self.client("stepfunctions").list_state_machines()["stateMachines"], [])
        self.client("sqs").delete_queue(QueueUrl=self.client("sqs").get_queue_url(QueueName="taken")["QueueUrl"])


if __name__ == "__main__":
    main()
