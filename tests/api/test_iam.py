"""--iam: functions, assumed roles and state machines may do what their roles' policies say, and nothing else; denied with AWS's codes and texts."""
import json
import pathlib
import shutil
import tempfile
import time
import unittest

from aws_clients import AwsCase, archive
from support.daemon import Daemon, Refused, main, request, wait_for

try:
    import boto3
    import botocore.exceptions
except ImportError:
    boto3 = None

ACCOUNT, REGION = "000000000000", "us-east-1"
NO_POLICY = "because no identity-based policy allows the {} action"


def trust(**principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **statement} for statement in statements]})


TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: { QueueName: jobs }
  Others:
    Type: AWS::SQS::Queue
    Properties: { QueueName: others }
  News:
    Type: AWS::SNS::Topic
    Properties: { TopicName: news }
  Caller:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: caller
      CodeUri: code/
      Handler: index.handler
      Runtime: python3.12
      Timeout: 20
      Policies:
        - SQSSendMessagePolicy: { QueueName: !GetAtt Jobs.QueueName }
        - SNSPublishMessagePolicy: { TopicName: !GetAtt News.TopicName }
        - AWSStepFunctionsReadOnlyAccess
        - Statement:
            - { Effect: Allow, Action: "ssm:GetParameter*", Resource: !Sub "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/app/*" }
            - { Effect: Deny, Action: "sqs:*", Resource: !GetAtt Others.Arn }
  Plain:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: plain, CodeUri: code/, Handler: index.handler, Runtime: python3.12, Timeout: 20 }
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: worker
      CodeUri: code/
      Handler: index.handler
      Runtime: python3.12
      Events:
        Job: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn } }
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Name: machine
      Policies:
        - LambdaInvokePolicy: { FunctionName: !Ref Plain }
      Definition:
        StartAt: Call
        States:
          Call: { Type: Task, Resource: !GetAtt Plain.Arn, Next: Send }
          Send:
            Type: Task
            Resource: "arn:aws:states:::sqs:sendMessage"
            Parameters: { QueueUrl: !Ref Others, MessageBody: hello }
            End: true
Outputs:
  CallerRole: { Value: !GetAtt CallerRole.Arn }
"""

# Calls what it is told to: [service, operation, members] → the answer, or [code, message, status].
HANDLER = """
import os, boto3, botocore.exceptions
def handler(event, context):
    if 'call' not in event:
        return event
    service, operation, members = event['call']
    client = boto3.client(service, endpoint_url=os.environ['AWS_ENDPOINT_URL'], region_name='us-east-1')
    try:
        answer = getattr(client, operation)(**members)
        answer.pop('ResponseMetadata', None)
        return {'answer': str(answer)}
    except botocore.exceptions.ClientError as refused:
        error = refused.response['Error']
        return {'code': error['Code'], 'message': error['Message'], 'status': refused.response['ResponseMetadata']['HTTPStatusCode']}
"""


@unittest.skipUnless(boto3, "boto3 is not installed")
class Deployed(unittest.TestCase):
    """A SAM stack whose roles SAM makes."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-iam-"))
        stack = cls.folder / "stacks" / "app"
        (stack / "code").mkdir(parents=True)
        (stack / "template.yaml").write_text(TEMPLATE)
        (stack / "code" / "index.py").write_text(HANDLER)
        cls.daemon = Daemon("--iam", "enforce", stacks=cls.folder / "stacks")
        cls.daemon.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)
        shutil.rmtree(cls.folder, ignore_errors=True)

    client = classmethod(lambda cls, service: AwsCase.client.__func__(cls, service))

    def call(self, function, service, operation, **members):
        answer = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps({"call": [service, operation, members]}))
        body = json.loads(answer["Payload"].read())
        self.assertNotIn("FunctionError", answer, body)
        return body

    def session(self, function):
        role = self.client("lambda").get_function_configuration(FunctionName=function)["Role"]
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.rsplit('/', 1)[1]}/{function}"

    def denied(self, function, code, status, text, service, operation, **members):
        self.assertEqual(self.call(function, service, operation, **members), {"code": code, "status": status, "message": f"User: {self.session(function)} is not authorized to perform: {text}"})

    def queue(self, name):
        return self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"], f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    def test_a_function_is_its_role(self):
        self.assertIn(self.session("caller"), self.call("caller", "sts", "get_caller_identity")["answer"])
        self.assertEqual(self.client("sts").get_caller_identity()["Arn"], f"arn:aws:iam::{ACCOUNT}:root")

    def test_what_its_policies_allow_it_may(self):
        self.client("ssm").put_parameter(Name="/app/url", Value="http://a", Type="String")
        self.assertIn("MessageId", self.call("caller", "sns", "publish", TopicArn=f"arn:aws:sns:{REGION}:{ACCOUNT}:news", Message="m")["answer"])
        self.assertIn("http://a", self.call("caller", "ssm", "get_parameter", Name="/app/url")["answer"])
        self.assertIn("machine", self.call("caller", "stepfunctions", "list_state_machines")["answer"])
        self.assertIn("MessageId", self.call("caller", "sqs", "send_message", QueueUrl=self.queue("jobs")[0], MessageBody="m")["answer"])

    def test_what_they_do_not_allow_is_denied_in_each_protocol(self):
        url, arn = self.queue("jobs")
        topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
        machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:machine"
        plain = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:plain"
        parameter = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/other"
        self.denied("plain", "AccessDenied", 403, f"sqs:sendmessage on resource: {arn} " + NO_POLICY.format("sqs:sendmessage"), "sqs", "send_message", QueueUrl=url, MessageBody="m")
        self.denied("plain", "AuthorizationError", 403, f"SNS:Publish on resource: {topic} " + NO_POLICY.format("SNS:Publish"), "sns", "publish", TopicArn=topic, Message="m")
        self.denied("caller", "AccessDeniedException", 400, f"states:StartExecution on resource: {machine} " + NO_POLICY.format("states:StartExecution"), "stepfunctions", "start_execution",
                    stateMachineArn=machine)
        self.denied("caller", "AccessDeniedException", 403, f"lambda:InvokeFunction on resource: {plain} " + NO_POLICY.format("lambda:InvokeFunction"), "lambda", "invoke", FunctionName="plain")
        self.denied("caller", "AccessDeniedException", 400, f"ssm:GetParameter on resource: {parameter} " + NO_POLICY.format("ssm:GetParameter"), "ssm", "get_parameter", Name="other")
        self.denied("plain", "AccessDenied", 403, f"iam:ListRoles on resource: arn:aws:iam::{ACCOUNT}:role/ " + NO_POLICY.format("iam:ListRoles"), "iam", "list_roles")
        self.denied("plain", "AccessDenied", 403, 's3:ListAllMyBuckets on resource: "arn:aws:s3:::*" ' + NO_POLICY.format("s3:ListAllMyBuckets"), "s3", "list_buckets")
        self.denied("plain", "AccessDeniedException", 403, f"apigateway:GET on resource: arn:aws:apigateway:{REGION}::/restapis " + NO_POLICY.format("apigateway:GET"), "apigateway", "get_rest_apis")

    def test_an_explicit_deny(self):
        url, arn = self.queue("others")
        self.denied("caller", "AccessDenied", 403, f"sqs:sendmessage on resource: {arn} with an explicit deny in an identity-based policy", "sqs", "send_message", QueueUrl=url, MessageBody="m")

    def test_a_function_with_a_queue_event_reads_the_queue(self):
        url, _ = self.queue("jobs")
        self.client("sqs").send_message(QueueUrl=url, MessageBody="job")
        empty = lambda: self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        wait_for(lambda: empty()["ApproximateNumberOfMessages"] == empty()["ApproximateNumberOfMessagesNotVisible"] == "0")

    def test_a_queues_own_policy_lets_a_role_in(self):
        url, arn = self.queue("jobs")
        role = self.client("lambda").get_function_configuration(FunctionName="plain")["Role"]
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": role}, "Action": "sqs:GetQueueAttributes", "Resource": arn}]}
        self.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(document)})
        self.addCleanup(self.client("sqs").set_queue_attributes, QueueUrl=url, Attributes={"Policy": ""})
        self.assertIn("QueueArn", self.call("plain", "sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["QueueArn"])["answer"])

    def test_a_state_machine_is_its_role(self):
        execution = self.client("stepfunctions").start_execution(stateMachineArn=f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:machine", input="{}")["executionArn"]
        described = lambda: self.client("stepfunctions").describe_execution(executionArn=execution)
        ended = wait_for(lambda: described() if described()["status"] != "RUNNING" else None)
        self.assertEqual((ended["status"], ended["error"]), ("FAILED", "SQS.AmazonSQSException"))
        self.assertRegex(ended["cause"], rf"^User: arn:aws:sts::{ACCOUNT}:assumed-role/[^/]+/[A-Za-z]{{32}} is not authorized to perform: sqs:sendmessage on resource: "
                                         rf"arn:aws:sqs:{REGION}:{ACCOUNT}:others because no identity-based policy allows the sqs:sendmessage action "
                                         r"\(Service: AmazonSQS; Status Code: 403; Error Code: AccessDenied; Request ID: [^;]+; Proxy: null\)$")

    def test_denials_are_counted_and_logged_once(self):
        denials = lambda: next(int(line.split()[1]) for line in request(self.daemon.admin, "GET", "/metrics")[2].splitlines() if line.startswith("signalbox_iam_denials_total "))
        before = denials()
        for _ in range(2):
            self.assertEqual(self.call("plain", "events", "list_event_buses")["code"], "AccessDeniedException")
        self.assertGreaterEqual(denials(), before + 2)
        self.assertEqual(self.daemon.log().count("is not authorized to perform: events:ListEventBuses"), 1)


@unittest.skipUnless(boto3, "boto3 is not installed")
class Sessions(AwsCase):
    """AssumeRole: who may, what the session may, how long."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon("--iam", "enforce", environment={"SIGNALBOX_API_KEY": "AKIATEST:secretsecretsecret"})
        cls.daemon.__enter__()

    @classmethod
    def client(cls, service, credentials=None):
        key = credentials or {"AccessKeyId": "AKIATEST", "SecretAccessKey": "secretsecretsecret", "SessionToken": None}
        return boto3.client(service, endpoint_url=f"http://{cls.daemon.admin}", region_name=REGION, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"],
                            aws_session_token=key["SessionToken"])

    def role(self, name, document=None, trusted=None, **more):
        iam = self.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted or trust(AWS=ACCOUNT), **more)["Role"]["Arn"]
        if document:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)
        return arn

    def assume(self, role, credentials=None, **members):
        return self.client("sts", credentials).assume_role(RoleArn=role, RoleSessionName="me", **members)["Credentials"]

    def test_a_session_acts_as_its_role_and_survives_a_kill(self):
        credentials = self.assume(self.role("lister", policy({"Action": "sqs:ListQueues"})))
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/lister/me"
        for _ in range(2):
            self.assertEqual(self.client("sts", credentials).get_caller_identity()["Arn"], arn)
            self.client("sqs", credentials).list_queues()
            text = self.refused("AccessDenied", self.client("sqs", credentials).create_queue, QueueName="q")
            self.assertEqual(text, f"User: {arn} is not authorized to perform: sqs:createqueue on resource: arn:aws:sqs:{REGION}:{ACCOUNT}:q " + NO_POLICY.format("sqs:createqueue"))
            self.daemon.kill()
            self.daemon.start()

    def test_credentials_without_or_with_another_token_are_nobodys(self):
        credentials = self.assume(self.role("token", policy({"Action": "*"})))
        other = self.assume(self.role("token2", policy({"Action": "*"})))
        self.refused("InvalidClientTokenId", self.client("sts", {**credentials, "SessionToken": None}).get_caller_identity)
        self.refused("InvalidClientTokenId", self.client("sts", {**credentials, "SessionToken": other["SessionToken"]}).get_caller_identity)
        self.refused("SignatureDoesNotMatch", self.client("sts", {**credentials, "SecretAccessKey": "wrong"}).get_caller_identity)
        self.refused("AccessDenied", self.client("sts", credentials).get_session_token)
        with self.assertRaises(Refused) as refused:
            self.daemon.rest("GET", "/v1/executions", headers={"Authorization": f"Bearer {credentials['AccessKeyId']}:{credentials['SecretAccessKey']}", "X-Amz-Security-Token": credentials["SessionToken"]})
        self.assertEqual(refused.exception.status, 403)

    def test_a_change_of_the_role_counts_at_once(self):
        credentials = self.assume(self.role("changing"))
        topics = self.client("sns", credentials).list_topics
        self.refused("AuthorizationError", topics)
        self.client("iam").attach_role_policy(RoleName="changing", PolicyArn="arn:aws:iam::aws:policy/AmazonSNSReadOnlyAccess")
        topics()
        boundary = self.client("iam").create_policy(PolicyName="boundary", PolicyDocument=policy({"Action": "sqs:*"}))["Policy"]["Arn"]
        self.client("iam").put_role_permissions_boundary(RoleName="changing", PermissionsBoundary=boundary)
        self.assertTrue(self.refused("AuthorizationError", topics).endswith("because no permissions boundary allows the SNS:ListTopics action"))
        self.client("iam").delete_role_permissions_boundary(RoleName="changing")
        topics()

    def test_session_policies_limit(self):
        role = self.role("limited", policy({"Action": "sqs:*"}))
        credentials = self.assume(role, Policy=policy({"Action": "sqs:ListQueues"}))
        self.client("sqs", credentials).list_queues()
        self.assertTrue(self.refused("AccessDenied", self.client("sqs", credentials).create_queue, QueueName="q").endswith("because no session policy allows the sqs:createqueue action"))
        self.refused("MalformedPolicyDocument", self.client("sts").assume_role, RoleArn=role, RoleSessionName="me", Policy='{"Statement": 1}')

    def test_whom_a_role_trusts(self):
        caller = self.role("caller", policy({"Action": "sts:AssumeRole"}))
        credentials = self.assume(caller)
        self.assume(self.role("by-account"), credentials)
        self.assume(self.role("by-name", trusted=trust(AWS=caller)), credentials)
        stranger = self.role("stranger", trusted=trust(Service="lambda.amazonaws.com"))
        text = self.refused("AccessDenied", self.client("sts", credentials).assume_role, RoleArn=stranger, RoleSessionName="me")
        self.assertEqual(text, f"User: arn:aws:sts::{ACCOUNT}:assumed-role/caller/me is not authorized to perform: sts:AssumeRole on resource: {stranger}")
        nobody = f"arn:aws:iam::{ACCOUNT}:role/nobody"
        self.refused("AccessDenied", self.client("sts").assume_role, RoleArn=nobody, RoleSessionName="me")
        poor = self.assume(self.role("poor"))
        self.refused("AccessDenied", self.client("sts", poor).assume_role, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/by-account", RoleSessionName="me")

    def test_how_long(self):
        role = self.role("short")
        self.assertIn("MaxSessionDuration", self.refused("ValidationError", self.client("sts").assume_role, RoleArn=role, RoleSessionName="me", DurationSeconds=7200))
        self.client("iam").update_role(RoleName="short", MaxSessionDuration=7200)
        credentials = self.assume(role, DurationSeconds=7200)
        self.assertAlmostEqual(credentials["Expiration"].timestamp(), time.time() + 7200, delta=120)
        self.client("iam").put_role_policy(RoleName="short", PolicyName="p", PolicyDocument=policy({"Action": "sts:AssumeRole"}))
        self.assertIn("role chaining", self.refused("ValidationError", self.client("sts", credentials).assume_role, RoleArn=role, RoleSessionName="me", DurationSeconds=7200))

    def test_objects(self):
        s3 = self.client("s3")
        s3.create_bucket(Bucket="papers")
        s3.put_object(Bucket="papers", Key="a/x", Body=b"x")
        s3.put_object(Bucket="papers", Key="b/y", Body=b"y")
        reader = self.client("s3", self.assume(self.role("reader", policy({"Action": ["s3:GetObject", "s3:DeleteObject"], "Resource": "arn:aws:s3:::papers/a/*"}))))
        self.assertEqual(reader.get_object(Bucket="papers", Key="a/x")["Body"].read(), b"x")
        text = self.refused("AccessDenied", reader.get_object, Bucket="papers", Key="b/y")
        self.assertEqual(text, f'User: arn:aws:sts::{ACCOUNT}:assumed-role/reader/me is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::papers/b/y" ' + NO_POLICY.format("s3:GetObject"))
        # Whoever may not list does not learn what is missing.
        self.assertIn("s3:ListBucket", self.refused("AccessDenied", reader.get_object, Bucket="papers", Key="a/none"))
        self.refused("AccessDenied", reader.copy_object, Bucket="papers", Key="a/z", CopySource="papers/b/y")
        deleted = reader.delete_objects(Bucket="papers", Delete={"Objects": [{"Key": "a/x"}, {"Key": "b/y"}]})
        self.assertEqual(([d["Key"] for d in deleted["Deleted"]], [(e["Key"], e["Code"]) for e in deleted["Errors"]]), (["a/x"], [("b/y", "AccessDenied")]))

    def test_topics_need_the_queues_permission(self):
        sqs, sns = self.client("sqs"), self.client("sns")
        url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:subscriber"
        topic = sns.create_topic(Name="letters")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
        sns.publish(TopicArn=topic, Message="lost")
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn,
                                                            "Condition": {"ArnEquals": {"aws:SourceArn": topic}}}]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(document)})
        sns.publish(TopicArn=topic, Message="delivered")
        self.assertEqual([message["Body"] for message in self.receive(url)], ["delivered"])

    def test_roles_that_are_handed_to_services_must_trust_them(self):
        stranger, code = self.role("trusts-no-service"), {"ZipFile": archive(app="def handler(event, context):\n    pass\n")}
        trusted = lambda name, *services: self.role(name, trusted=trust(Service=list(services)))
        functions, sfn, events, scheduler = self.client("lambda"), self.client("stepfunctions"), self.client("events"), self.client("scheduler")
        function = {"FunctionName": "passed", "Runtime": "python3.12", "Handler": "app.handler", "Code": code}
        cannot = "The role defined for the function cannot be assumed by Lambda."
        self.assertEqual(self.refused("InvalidParameterValueException", functions.create_function, Role=stranger, **function), cannot)
        self.assertEqual(self.refused("InvalidParameterValueException", functions.create_function, Role=f"arn:aws:iam::{ACCOUNT}:role/nobody", **function), cannot)
        functions.create_function(Role=trusted("by-lambda", "lambda.amazonaws.com"), **function)
        self.assertEqual(self.refused("InvalidParameterValueException", functions.update_function_configuration, FunctionName="passed", Role=stranger), cannot)
        definition = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
        self.assertEqual(self.refused("AccessDeniedException", sfn.create_state_machine, name="passed", definition=definition, roleArn=stranger),
                         "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.")
        machine = sfn.create_state_machine(name="passed", definition=definition, roleArn=trusted("by-states", f"states.{REGION}.amazonaws.com"))["stateMachineArn"]
        events.put_rule(Name="passed", EventPattern=json.dumps({"source": ["none"]}))
        self.assertEqual(self.refused("ValidationException", events.put_targets, Rule="passed", Targets=[{"Id": "t", "Arn": machine, "RoleArn": stranger}]),
                         f"Provided role '{stranger}' cannot be assumed by principal 'events.amazonaws.com'.")
        schedule = {"Name": "passed", "ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}}
        self.assertEqual(self.refused("ValidationException", scheduler.create_schedule, Target={"Arn": machine, "RoleArn": stranger}, **schedule),
                         "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")

    def test_a_trigger_needs_the_functions_permission(self):
        role = self.role("reads-queues", trusted=trust(Service="lambda.amazonaws.com"))
        arn = self.client("sqs").get_queue_attributes(QueueUrl=self.client("sqs").create_queue(QueueName="triggering")["QueueUrl"], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        functions = self.client("lambda")
        functions.create_function(FunctionName="triggered", Runtime="python3.12", Handler="app.handler", Role=role, Code={"ZipFile": archive(app="def handler(event, context):\n    pass\n")})
        mapping = {"FunctionName": "triggered", "EventSourceArn": arn}
        cannot = "The function execution role does not have permissions to call {} on SQS"
        self.assertEqual(self.refused("InvalidParameterValueException", functions.create_event_source_mapping, **mapping), cannot.format("ReceiveMessage"))
        self.client("iam").put_role_policy(RoleName="reads-queues", PolicyName="inline", PolicyDocument=policy({"Action": "sqs:ReceiveMessage", "Resource": arn}))
        self.assertEqual(self.refused("InvalidParameterValueException", functions.create_event_source_mapping, **mapping), cannot.format("DeleteMessage"))
        self.client("iam").attach_role_policy(RoleName="reads-queues", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole")
        self.assertEqual(functions.create_event_source_mapping(**mapping)["State"], "Creating")

    def test_rules_need_a_role_or_the_targets_permission(self):
        sqs, events, sfn = self.client("sqs"), self.client("events"), self.client("stepfunctions")
        url = sqs.create_queue(QueueName="letters-of-rules")["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:letters-of-rules"
        definition = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
        machine = sfn.create_state_machine(name="of-rules", definition=definition, roleArn=self.role("of-machine", trusted=trust(Service="states.amazonaws.com")))["stateMachineArn"]
        starter = self.role("starter", policy({"Action": "states:StartExecution", "Resource": machine}), trusted=trust(Service="events.amazonaws.com"))
        stranger = self.role("no-starter", policy({"Action": "states:StartExecution"}), trusted=trust(Service="events.amazonaws.com"))
        events.put_rule(Name="r", EventPattern=json.dumps({"source": ["mine"]}))
        dead = {"DeadLetterConfig": {"Arn": arn}}
        events.put_targets(Rule="r", Targets=[{"Id": "good", "Arn": machine, "RoleArn": starter, "Input": '{"by": "starter"}'}, {"Id": "bad", "Arn": machine, "RoleArn": stranger, "Input": '{"by": "stranger"}', **dead}])
        lets_in = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(lets_in)})
        self.client("iam").update_assume_role_policy(RoleName="no-starter", PolicyDocument=trust(Service="lambda.amazonaws.com"))
        events.put_events(Entries=[{"Source": "mine", "DetailType": "t", "Detail": "{}"}])
        started = wait_for(lambda: sfn.list_executions(stateMachineArn=machine)["executions"])
        self.assertEqual([sfn.describe_execution(executionArn=e["executionArn"])["input"] for e in started], ['{"by": "starter"}'])
        letter = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10, MessageAttributeNames=["All"])["Messages"][0]
        self.assertEqual(letter["MessageAttributes"]["ERROR_CODE"]["StringValue"], "NO_PERMISSIONS")


@unittest.skipUnless(boto3, "boto3 is not installed")
class Modes(unittest.TestCase):
    client = classmethod(lambda cls, service, daemon: boto3.client(service, endpoint_url=f"http://{daemon.admin}", region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test"))

    def session(self, daemon, service):
        iam = self.client("iam", daemon)
        role = iam.create_role(RoleName="nothing", AssumeRolePolicyDocument=trust(AWS=ACCOUNT))["Role"]["Arn"]
        iam.attach_role_policy(RoleName="nothing", PolicyArn="arn:aws:iam::aws:policy/AmazonRDSFullAccess")
        key = self.client("sts", daemon).assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
        return boto3.client(service, endpoint_url=f"http://{daemon.admin}", region_name=REGION, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"],
                            aws_session_token=key["SessionToken"])

    def test_warn_says_once_and_lets_pass(self):
        with Daemon(environment={"SIGNALBOX_IAM": "warn"}) as daemon:
            sqs = self.session(daemon, "sqs")
            for _ in range(3):
                sqs.list_queues()
            self.assertEqual(daemon.log().count("iam: would be denied: User: arn:aws:sts::000000000000:assumed-role/nothing/me is not authorized to perform: sqs:listqueues"), 1)
            self.assertEqual(daemon.log().count("AmazonRDSFullAccess: this managed policy of AWS's is not known here"), 1)
            self.assertIn("signalbox_iam_denials_total 3\n", request(daemon.admin, "GET", "/metrics")[2])

    def test_off_asks_nothing(self):
        with Daemon() as daemon:
            self.session(daemon, "sqs").list_queues()
            self.assertEqual(self.session_arn(daemon), "arn:aws:sts::000000000000:assumed-role/nothing/me")
            self.assertNotIn("iam_denials", request(daemon.admin, "GET", "/metrics")[2])

    def session_arn(self, daemon):
        key = self.client("sts", daemon).assume_role(RoleArn="arn:aws:iam::000000000000:role/nothing", RoleSessionName="me")["Credentials"]
        sts = boto3.client("sts", endpoint_url=f"http://{daemon.admin}", region_name=REGION, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"], aws_session_token=key["SessionToken"])
        return sts.get_caller_identity()["Arn"]


if __name__ == "__main__":
    main()
