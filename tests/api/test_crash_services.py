"""kill -9 under the services: no message lost, none doubled beyond at-least-once, no firing of a schedule lost; tasks that a crash interrupts, or that fall
due while the daemon is down, are made at the next start."""
import collections
import datetime
import http.server
import json
import random
import threading
import time
import unittest

from aws_clients import ROLE, archive, boto3, botocore
from support.daemon import Daemon, MailServer, main, wait_for

MESSAGES = 60
KILLS = 8
# Tells the test's own server what it was called with: what a function writes into its log may be lost with the process.
TELLER = """
import os, urllib.request
def handler(event, context):
    names = [record['body'] for record in event['Records']] if 'Records' in event else [event['name']]
    for name in names:
        urllib.request.urlopen(os.environ['TELL'] + '/' + name).read()
"""


class Told(http.server.ThreadingHTTPServer):
    """Counts what it is told, by path."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Listener)
        self.counts = collections.Counter()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Listener(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.counts[self.path.strip("/")] += 1
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


@unittest.skipUnless(boto3, "boto3 is not installed")
class CrashCase(unittest.TestCase):
    def client(self, service):
        from botocore.config import Config
        config = Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=30)
        return boto3.client(service, endpoint_url=f"http://{self.daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test", config=config)

    def persistently(self, call, **members):
        """The answer of a call that is repeated while the daemon is down."""
        deadline = time.monotonic() + 60
        while True:
            try:
                return call(**members)
            except botocore.exceptions.ClientError as refused:
                if refused.response["ResponseMetadata"]["HTTPStatusCode"] < 500 or time.monotonic() > deadline:
                    raise
            except (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError):
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.02)

    def make_queue(self, name, **attributes):
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url, f"arn:aws:sqs:us-east-1:000000000000:{name}"

    def make_teller(self, name, told):
        functions = self.client("lambda")
        functions.create_function(FunctionName=name, Runtime="python3.12", Handler="app.handler", Role=ROLE, Timeout=10, Code={"ZipFile": archive(app=TELLER)}, Environment={"Variables": {"TELL": told.url}})

    def drain(self, url, count):
        """How often each body came, once all have been seen; what is left is taken too."""
        sqs, seen, deadline = self.client("sqs"), collections.Counter(), time.monotonic() + 60
        while True:
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
            for message in messages:
                seen[message["Body"]] += 1
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            if not messages and (len(seen) >= count or time.monotonic() > deadline):
                return seen


class Services(CrashCase):
    def test_nothing_is_lost_over_kills(self):
        seed = random.randrange(1 << 30)
        random.seed(seed)
        print(f"# seed {seed}")
        told = Told()
        self.addCleanup(told.server_close)
        self.addCleanup(told.shutdown)
        with MailServer() as self.mail_server, Daemon("--smtp", self.mail_server.url) as self.daemon:
            self.set_up(told)
            names = [f"n{i}" for i in range(MESSAGES)]
            problems = []

            def work(name_of_client, ask):
                try:
                    client = self.client(name_of_client)
                    for name in names:
                        self.persistently(ask(client, name))
                        time.sleep(random.uniform(0, 0.05))
                except Exception as problem:   # anything but the daemon's absence is a finding
                    problems.append(problem)

            askers = {
                "sqs": lambda client, name: lambda: client.send_message(QueueUrl=self.work, MessageBody="trigger-" + name),
                "sns": lambda client, name: lambda: client.publish(TopicArn=self.topic, Subject=name, Message="topic-" + name),
                "events": lambda client, name: lambda: client.put_events(Entries=[{"Source": "crash", "DetailType": "t", "Detail": json.dumps({"name": "event-" + name})}]),
                "lambda": lambda client, name: lambda: client.invoke(FunctionName="teller", InvocationType="Event", Payload=json.dumps({"name": "later-" + name})),
            }
            threads = [threading.Thread(target=work, args=(service, ask)) for service, ask in askers.items()]
            for thread in threads:
                thread.start()
            for _ in range(KILLS):
                time.sleep(random.uniform(0.1, 0.8))
                self.daemon.kill()
                if random.random() < 0.5:      # once more, somewhere in its start
                    self.daemon.launch()
                    time.sleep(random.uniform(0, 0.06))
                    self.daemon.kill()
                self.daemon.start()
            for thread in threads:
                thread.join()
            self.assertEqual(problems, [])
            self.check(names, told)

    def set_up(self, told):
        self.make_teller("teller", told)
        self.make_teller("worker", told)
        self.work, work_arn = self.make_queue("work", VisibilityTimeout="10")
        self.client("lambda").create_event_source_mapping(EventSourceArn=work_arn, FunctionName="worker", BatchSize=5)
        sns, events, scheduler = self.client("sns"), self.client("events"), self.client("scheduler")
        self.topic = sns.create_topic(Name="fan")["TopicArn"]
        self.fans = []
        for number in (1, 2):
            url, arn = self.make_queue(f"fan{number}")
            sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
            self.fans.append(url)
        self.read_by_mail(sns)
        self.caught, caught_arn = self.make_queue("caught")
        events.put_rule(Name="r", EventPattern='{"source": ["crash"]}')
        events.put_targets(Rule="r", Targets=[{"Id": "queue", "Arn": caught_arn, "InputPath": "$.detail.name"},
                                              {"Id": "function", "Arn": "arn:aws:lambda:us-east-1:000000000000:function:teller", "InputPath": "$.detail"}])
        self.fired, fired_arn = self.make_queue("fired")
        now = datetime.datetime.now(datetime.timezone.utc)
        for number in range(1, 9):   # some fall due while the daemon is down
            at = (now + datetime.timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S")
            scheduler.create_schedule(Name=f"s{number}", ScheduleExpression=f"at({at})", FlexibleTimeWindow={"Mode": "OFF"},
                                      Target={"Arn": fired_arn, "RoleArn": ROLE, "Input": f"firing-{number}"})

    def read_by_mail(self, sns):
        import re
        from support.daemon import request
        sns.subscribe(TopicArn=self.topic, Protocol="email", Endpoint="reader@example.com")
        wait_for(lambda: self.mail_texts(), why=lambda: "no mail asks for a confirmation")
        link = re.search(r"https?://\S+/subscriptions/confirm\S+", self.mail_texts()[0]).group(0)
        path = "/" + link.split("/", 3)[3]
        status, _, _ = request(self.daemon.public, "GET", path)
        self.assertEqual(status, 200)

    def mail_texts(self):
        return [self.mail_server.text_of(message) for message in self.mail_server.messages]

    def check(self, names, told):
        wanted = {"trigger-" + n for n in names} | {"event-" + n for n in names} | {"later-" + n for n in names}
        wait_for(lambda: wanted <= set(told.counts), 120, lambda: f"never called with {sorted(wanted - set(told.counts))[:5]}")
        for url in self.fans:
            self.assertEqual(set(self.drain(url, MESSAGES)), {"topic-" + n for n in names})
        self.assertEqual({json.loads(body) for body in self.drain(self.caught, MESSAGES)}, {"event-" + n for n in names})
        firings = self.drain(self.fired, 8)
        self.assertEqual(firings, collections.Counter({f"firing-{number}": 1 for number in range(1, 9)}), "a firing is one transaction with its message")
        subjects = lambda: {message["subject"] for message in self.mail_server.messages}
        wait_for(lambda: set(names) <= subjects(), 60, lambda: f"no mail of {sorted(set(names) - subjects())[:5]}")


class Tasks(CrashCase):
    def start(self, states):
        """Executions of machines whose branches are these tasks, after a second's wait."""
        sfn = self.client("stepfunctions")
        branches = [{"StartAt": f"T{n}", "States": {f"T{n}": {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters, "End": True}}} for n, (resource, parameters) in enumerate(states)]
        definition = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "Next": "P"}, "P": {"Type": "Parallel", "Branches": branches, "End": True}}}
        machine = sfn.create_state_machine(name=f"tasks{len(states)}", definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]
        return sfn.start_execution(stateMachineArn=machine)["executionArn"]

    def result(self, execution):
        sfn = self.client("stepfunctions")

        def probe():
            found = sfn.describe_execution(executionArn=execution)
            return found if found["status"] != "RUNNING" else None
        ended = wait_for(probe, 40)
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        return json.loads(ended["output"])

    def prepare(self):
        code = archive(app="import time\ndef handler(event, context):\n    time.sleep(event.get('seconds', 0))\n    return event\n")
        self.client("lambda").create_function(FunctionName="sleeper", Runtime="python3.12", Handler="app.handler", Role=ROLE, Timeout=20, Code={"ZipFile": code})
        self.client("logs").create_log_group(logGroupName="old")
        self.url, _ = self.make_queue("polled")
        self.activity = self.client("stepfunctions").create_activity(name="polled")["activityArn"]
        self.client("s3").create_bucket(Bucket="tasks")

    def test_tasks_that_fall_due_while_the_daemon_is_down(self):
        with Daemon() as self.daemon:
            self.prepare()
            execution = self.start([("aws-sdk:sqs:createQueue", {"QueueName": "made"}), ("aws-sdk:sns:createTopic", {"Name": "made"}), ("aws-sdk:ssm:putParameter", {"Name": "p", "Value": "v", "Type": "String"}),
                                    ("aws-sdk:cloudwatchlogs:deleteLogGroup", {"LogGroupName": "/aws/lambda/sleeper"}), ("aws-sdk:cloudwatchlogs:deleteLogGroup", {"LogGroupName": "old"}),
                                    ("aws-sdk:eventbridge:putEvents", {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}]}), ("aws-sdk:scheduler:createScheduleGroup", {"Name": "made"}),
                                    ("aws-sdk:iam:createRole", {"RoleName": "made", "AssumeRolePolicyDocument": '{"Version":"2012-10-17","Statement":[]}'}), ("aws-sdk:sts:getCallerIdentity", {}),
                                    ("aws-sdk:lambda:getFunction", {"FunctionName": "sleeper"}), ("aws-sdk:sfn:listStateMachines", {}), ("sqs:sendMessage", {"QueueUrl": self.url, "MessageBody": "m"}),
                                    ("aws-sdk:lambda:invoke", {"FunctionName": "sleeper", "Payload": {"n": 1}}), ("lambda:invoke", {"FunctionName": "sleeper", "Payload": {"n": 2}, "InvocationType": "Event"}),
                                    ("aws-sdk:s3:putObject", {"Bucket": "tasks", "Key": "k", "Body": "b"})])
            self.daemon.kill()
            time.sleep(1.2)   # the wait ends while nobody is there
            self.daemon.start()
            results = self.result(execution)
            self.assertEqual(results[0]["QueueUrl"], f"http://{self.daemon.admin}/000000000000/made")
            self.assertEqual(json.loads(results[12]["Payload"]), {"n": 1})
            self.assertEqual(self.client("s3").get_object(Bucket="tasks", Key="k")["Body"].read(), b'"b"')   # a text is stored as JSON, as on AWS
            self.assertEqual(len(self.client("sqs").receive_message(QueueUrl=self.url).get("Messages", [])), 1)

    def test_calls_that_a_crash_interrupts_are_made_again(self):
        with Daemon() as self.daemon:
            self.prepare()
            execution = self.start([("aws-sdk:lambda:invoke", {"FunctionName": "sleeper", "Payload": {"seconds": 2}}), ("lambda:invoke", {"FunctionName": "sleeper", "Payload": {"seconds": 2}}),
                                    ("aws-sdk:sqs:receiveMessage", {"QueueUrl": self.url, "WaitTimeSeconds": 20}), ("aws-sdk:sfn:getActivityTask", {"ActivityArn": self.activity})])
            history = lambda: [event["type"] for event in self.client("stepfunctions").get_execution_history(executionArn=execution)["events"]]
            wait_for(lambda: history().count("TaskStarted") == 4)
            self.daemon.kill()
            self.daemon.start()
            self.client("sqs").send_message(QueueUrl=self.url, MessageBody="after the crash")
            worker = self.client("stepfunctions").create_state_machine(name="worker", roleArn=ROLE, definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": self.activity, "End": True}}}))
            self.client("stepfunctions").start_execution(stateMachineArn=worker["stateMachineArn"], input='{"n": 3}')
            results = self.result(execution)
            self.assertEqual([json.loads(results[0]["Payload"]), results[1]["Payload"]], [{"seconds": 2}] * 2)
            self.assertEqual(results[2]["Messages"][0]["Body"], "after the crash")
            self.assertEqual(json.loads(results[3]["Input"]), {"n": 3})


if __name__ == "__main__":
    main()
