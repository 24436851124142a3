"""What the tests of AWS's services share: clients of Debian's boto3 against a daemon of their own."""
import io
import json
import unittest
import urllib.parse
import zipfile

from support.daemon import Daemon, request, wait_for  # noqa: F401

try:
    import boto3
    import botocore.config
    import botocore.exceptions
except ImportError:
    boto3 = None

ROLE = "arn:aws:iam::000000000000:role/any"
ECHO = "def handler(event, context):\n    return event\n"


def archive(**files):
    """A zip archive of Python files by their names, `__` standing for a slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in files.items():
            bundle.writestr(name.replace("__", "/") + ".py", text)
    return buffer.getvalue()


@unittest.skipUnless(boto3, "boto3 is not installed")
class AwsCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)

    @classmethod
    def client(cls, service, **options):
        """Options are botocore's, such as parameter_validation=False."""
        return boto3.client(service, endpoint_url=f"http://{cls.daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test",
                            config=botocore.config.Config(**options))

    @classmethod
    def step_functions(cls, operation, **members):
        """Operations and members that Debian's boto3 does not know yet."""
        headers = {"X-Amz-Target": "AWSStepFunctions." + operation, "Content-Type": "application/x-amz-json-1.0"}
        status, _, text = request(cls.daemon.admin, "POST", "/", json.dumps(members), headers)
        assert status == 200, text
        return json.loads(text)

    def query(self, version, **form):
        """The XML answer of an operation that older SDKs do not know."""
        status, _, text = request(self.daemon.admin, "POST", "/", urllib.parse.urlencode({"Version": version, **form}).encode(), {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(status, 200, text)
        return text

    def refused(self, code, call, *arguments, **members):
        """The error's text."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(*arguments, **members)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def open(self, url, method="GET", body=None, **headers):
        """(status, headers, JSON or text)"""
        status, answered, text = self.daemon.open(url, method, {name.replace("_", "-"): value for name, value in headers.items()}, body)
        try:
            return status, answered, json.loads(text)
        except ValueError:
            return status, answered, text

    def echo(self, name, **settings):
        """The ARN of a function that answers with its event."""
        made = self.client("lambda").create_function(FunctionName=name, Runtime="python3.12", Handler="app.handler", Role=ROLE, Code={"ZipFile": archive(app=ECHO)}, **settings)
        return made["FunctionArn"]

    def make_queue(self, name, **attributes):
        """(URL, ARN)"""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def receive(self, url, count=1):
        """The bodies of so many messages."""
        sqs, bodies = self.client("sqs"), []
        while len(bodies) < count:
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=20, MessageAttributeNames=["All"]).get("Messages", [])
            self.assertTrue(messages, f"{len(bodies)} of {count} messages")
            bodies += messages
        return bodies
