"""A published kind of CDK stack (tests/cdk), synthesised with an old and the newest aws-cdk-lib, deployed both ways, and run to its end by real mail."""
import json
import pathlib
import re
import shutil
import tempfile
import unittest
import urllib.parse

from support import cdk
from support.daemon import NODE_LAYER, Daemon, MailServer, main, request, wait_for

MACHINE = "Confirmation"


class CdkApp(unittest.TestCase):
    def setUp(self):
        if not (NODE_LAYER / "node_modules" / "aws-sdk").exists():
            self.skipTest("the functions' layer has no aws-sdk (docker/node-layer/install build/node-layer)")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-cdk-app-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def synthesise(self, version, wording="first", app="app.js"):
        out = cdk.synthesise(version, self.folder / f"cdk.out-{wording}", wording, app)
        if not out:
            self.skipTest("aws-cdk-lib cannot be installed here")
        return out

    def cdk(self, daemon, *command, status=0):
        """What the command line says."""
        if not cdk.program():
            self.skipTest("CDK's command line cannot be installed here")
        done = cdk.run(daemon, self.folder, *command)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def confirm_subscription(self, daemon, mail):
        """By the link in the mail that asks for it, as its reader does."""
        asked = wait_for(lambda: next((m for m in mail.messages if "onfirm" in m["Subject"] and "SubscriptionArn" not in m.as_string() and "Please" not in m["Subject"]), None))
        link = re.search(r"https?://\S+", asked.get_content()).group()
        self.assertEqual(daemon.open(link)[0], 200)

    def question(self, mail, wording, but=()):
        """The link of the newest question that says so."""
        def found():
            for message in reversed(mail.messages):
                if message["Subject"] != "Please confirm" or f"({wording})" not in message.get_content():
                    continue
                link = re.search(r"https?://\S+/confirm\S+", message.get_content()).group()
                if link not in but:
                    return link
            return None
        return wait_for(found, 100)

    def executions(self, daemon, status):
        return daemon.get(f"/v1/executions?stateMachine={MACHINE}&status={status}")["executions"]

    def test_rule_mail_link_success(self):
        """The old library, `signalbox deploy`; the rule itself starts the workflow, a minute after it was deployed."""
        out = self.synthesise("2.28.1")
        with MailServer() as mail, Daemon("--smtp", mail.url, "--mail-from", "signalbox@example.org", "--iam", "enforce") as daemon:
            answer = daemon.cli("deploy", out).stdout
            self.assertRegex(answer, r"Confirmation: created\n")
            self.confirm_subscription(daemon, mail)
            link = self.question(mail, "first")
            self.assertRegex(link, rf"^http://{daemon.public}/_api/[a-z0-9]+/live//confirm\?")
            waiting = self.executions(daemon, "RUNNING")
            self.assertGreaterEqual(len(waiting), 1)

            # A change while executions wait: they finish on the definition that they began with, and the link goes on working.
            changed = self.synthesise("2.28.1", "second")
            self.assertIn("update  MakeRequest", daemon.cli("deploy", changed).stdout)
            status, _, text = daemon.open(link)
            self.assertEqual((status, text), (200, '{"statusCode":200}'))
            asked = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["request"][0]
            done = wait_for(lambda: next((e for e in self.executions(daemon, "SUCCEEDED") if daemon.execution(e["id"])["output"] == {"confirmed": asked}), None))
            self.assertIn(done["id"], [e["id"] for e in waiting])
            self.assertIn('"method":"GET","path":"/confirm","status":"200","user":"-"', self.access_log(daemon))

            daemon.start_execution(MACHINE)
            self.question(mail, "second", but=(link,))
            self.no_denials(daemon)
            removed = daemon.cli("destroy", "Confirmation").stdout
            self.assertIn("keep    AccessLog", removed)
            self.assertEqual(daemon.get("/v1/stacks")["stacks"], [])
            self.assertEqual(daemon.get("/v1/schedules")["schedules"], [])
            self.assertEqual(request(daemon.public, "GET", urllib.parse.urlsplit(link).path)[0], 403)

    def no_denials(self, daemon):
        """What CDK granted is enough for all that happened."""
        self.assertIn("signalbox_iam_denials_total 0\n", request(daemon.admin, "GET", "/metrics")[2])

    def client(self, daemon, service):
        import boto3
        return boto3.client(service, endpoint_url=f"http://{daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")

    def access_log(self, daemon):
        logs = self.client(daemon, "logs")
        group = next(g["logGroupName"] for g in logs.describe_log_groups()["logGroups"] if "AccessLog" in g["logGroupName"])
        return wait_for(lambda: "\n".join(e["message"] for e in logs.filter_log_events(logGroupName=group)["events"]))

    def test_the_newest_library_by_cdk_deploy(self):
        out = self.synthesise("newest")
        with Daemon("--iam", "enforce") as daemon:
            self.assertIn("Confirmation.LinksUrl = http", self.cdk(daemon, "deploy", "--app", out, "--require-approval", "never"))
            daemon.start_execution(MACHINE)
            mail = wait_for(lambda: [m for m in daemon.mail() if m["subject"] == "Please confirm"])[0]
            link = re.search(r"https?://\S+/confirm\S+", mail["text"]).group()
            self.assertEqual(daemon.open(link)[0], 200)
            wait_for(lambda: self.executions(daemon, "SUCCEEDED"))
            self.no_denials(daemon)
            self.cdk(daemon, "destroy", "--app", out, "--force")
            self.assertEqual(daemon.get("/v1/stacks")["stacks"], [])

    def greeting(self, daemon):
        started = daemon.start_execution("Greeting", {"name": "Ada"})
        return daemon.wait_for_end(started["id"])["output"]

    def test_versions_an_alias_and_a_layer(self):
        """`fn.currentVersion` is another version after each change; the alias follows, and what the stack no longer has is removed."""
        first, second = (self.synthesise("newest", wording, "versions.js") for wording in ("first", "second"))
        with Daemon() as daemon:
            self.assertRegex(daemon.cli("deploy", first).stdout, r"Version\W+arn:aws:lambda:us-east-1:000000000000:function:\S+:1\n")
            self.assertEqual(self.greeting(daemon), {"said": "hello Ada", "wording": "first", "version": "1"})
            self.assertIn("unchanged", daemon.cli("deploy", first).stdout)

            daemon.cli("deploy", second)
            self.assertEqual(self.greeting(daemon), {"said": "hello Ada", "wording": "second", "version": "2"})
            daemon.cli("deploy", first)
            self.assertEqual(self.greeting(daemon), {"said": "hello Ada", "wording": "first", "version": "3"})
            daemon.cli("destroy", "Versions")
            self.assertEqual(daemon.get("/v1/functions")["functions"], [])

    def test_an_http_api(self):
        """What aws_apigatewayv2 makes: its permissions are enough, and a second deployment adds a route and keeps the API's id."""
        first, second = (self.synthesise("newest", wording, "http_api.js") for wording in ("first", "second"))
        with Daemon("--iam", "enforce") as daemon:
            daemon.cli("deploy", first)
            outputs = daemon.get("/v1/stacks/HttpApi")["outputs"]
            url, named = outputs["Url"].rstrip("/"), outputs["Url"] + "named"
            ask = lambda path, method="GET", body=None, **headers: daemon.open(path, method, headers, body)
            queue = self.client(daemon, "sqs")
            receive = lambda: queue.receive_message(QueueUrl=outputs["QuestionsUrl"], WaitTimeSeconds=20)["Messages"][0]["Body"]

            status, _, started = ask(url + "/executions", "POST", "{}")
            self.assertEqual(status, 200, started)
            question = json.loads(receive())
            status, headers, text = ask(f"{question['link']}fine?token={question['token']}")
            self.assertEqual((status, headers["content-type"], headers["set-cookie"], text), (200, "text/html", "answered=yes", "<h1>Thank you</h1>"))
            ended = lambda: (lambda e: e if e["status"] != "RUNNING" else None)(self.client(daemon, "stepfunctions").describe_execution(executionArn=json.loads(started)["executionArn"]))
            self.assertEqual(json.loads(wait_for(ended)["output"]), {"said": "fine"})
            self.assertEqual(ask(url + "/messages", "POST", '{"MessageBody": "sent"}')[0], 200)
            self.assertEqual(receive(), "sent")

            route = lambda path: json.loads(ask(path)[2])
            self.assertEqual(route(named + "/second"), {"route": "$default", "path": "/named/second", "stage": "named"})
            self.assertEqual(route(url + "/proxied/a/b")["path"], "/echoed/a/b")
            self.assertEqual(ask(url + "/any", Origin="https://example.org")[1]["access-control-allow-origin"], "https://example.org")
            status, headers, text = ask(outputs["EchoUrl"] + "direct", Origin="https://example.org")
            self.assertEqual((status, headers["access-control-allow-origin"], json.loads(text)), (200, "*", {"route": "$default", "path": "/direct", "stage": "$default"}))
            self.no_denials(daemon)

            daemon.cli("deploy", second)
            self.assertEqual(daemon.get("/v1/stacks/HttpApi")["outputs"]["Url"], outputs["Url"])
            self.assertEqual([route(base + "/second")["route"] for base in (url, named)], ["GET /second"] * 2)
            daemon.cli("deploy", first)
            self.assertEqual(route(url + "/second")["route"], "$default")
            daemon.cli("destroy", "HttpApi")
            self.assertEqual(ask(url + "/second")[0], 403)
            self.assertEqual(self.client(daemon, "apigatewayv2").get_apis()["Items"], [])

    def test_what_constructs_of_tasks_make(self):
        """Their roles trust what they are for and may do what is needed, and no more: nothing is denied. What is retained is in nobody's way when the stack is made again."""
        out = self.synthesise("newest", app="tasks.js")
        with Daemon("--iam", "enforce") as daemon:
            sqs, sfn, s3 = (self.client(daemon, service) for service in ("sqs", "stepfunctions", "s3"))
            for _ in range(2):
                daemon.cli("deploy", out)
                outputs = {name.removesuffix("Is"): value for name, value in daemon.get("/v1/stacks/Tasks")["outputs"].items()}
                bodies = lambda queue, count: [sqs.receive_message(QueueUrl=outputs[queue], WaitTimeSeconds=20)["Messages"][0]["Body"] for _ in range(count)]
                s3.put_object(Bucket=outputs["Bucket"], Key="four", Body=b"four")
                self.assertEqual((bodies("Done", 1), bodies("Letters", 1)), (["4"], ['{"worked": 4}']))
                sqs.send_message(QueueUrl=outputs["Jobs"], MessageBody='{"poison": true}')
                self.assertEqual(bodies("Letters", 1), ['{"poison": true}'])
                refused = sfn.start_execution(stateMachineArn=outputs["Machine"], input='{"n": 40}')["executionArn"]
                self.assertEqual(wait_for(lambda: sfn.describe_execution(executionArn=refused).get("error")), "TooLarge")
                self.assertEqual(json.loads(daemon.open(outputs["Url"], "POST", {"Content-Type": "application/json"}, '{"n": 3}')[2]), {"twice": 6})
                self.no_denials(daemon)
                daemon.cli("destroy", "Tasks")
            self.assertEqual((s3.list_buckets()["Buckets"], sqs.list_queues().get("QueueUrls")), ([], None))

    def test_the_rest_of_the_command_line(self):
        """diff, deploy --method=direct, hotswap, watch's deployment, import: done, or refused by name."""
        first, second = self.synthesise("newest"), self.synthesise("newest", "second")
        with Daemon() as daemon:
            self.assertIn("[+] AWS::StepFunctions::StateMachine", self.cdk(daemon, "diff", "--app", first))
            mapping = self.folder / "mapping.json"
            mapping.write_text("{}")
            self.assertIn("no resources selected for import", self.cdk(daemon, "import", "--app", first, "--force", "--resource-mapping", mapping).lower())
            self.cdk(daemon, "deploy", "--app", first, "--require-approval", "never", "--method=direct")
            self.assertIn("There were no differences", self.cdk(daemon, "diff", "--app", first))
            changed = self.cdk(daemon, "diff", "--app", second)
            self.assertIn("[~] AWS::Lambda::Function", changed)
            self.assertNotIn("may be replaced", changed)
            # Functions are changed past CloudFormation, as hotswap has it; the next whole deployment finds nothing lost.
            self.assertIn("hotswapped!", self.cdk(daemon, "deploy", "--app", second, "--require-approval", "never", "--hotswap"))
            daemon.start_execution(MACHINE)
            mail = wait_for(lambda: [m for m in daemon.mail() if m["subject"] == "Please confirm"])[0]
            self.assertIn("(second)", mail["text"])
            self.cdk(daemon, "deploy", "--app", second, "--require-approval", "never")
            self.assertIn("There were no differences", self.cdk(daemon, "diff", "--app", second))
            self.cdk(daemon, "destroy", "--app", second, "--force")


if __name__ == "__main__":
    main()
