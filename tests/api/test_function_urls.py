"""Function URLs: a published kind of sample deployed as it stands, URLs of templates, and those made call by call with boto3."""
import base64
import hashlib
import json
import re

from aws_clients import ECHO, ROLE, AwsCase, archive, boto3
from support.daemon import ROOT, Daemon, main, request, wait_for

try:
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
except ImportError:
    pass

ACCOUNT = "000000000000"
SAMPLE = ROOT / "tests" / "samples" / "url-approval" / "template.yaml"
FORBIDDEN = (403, {"Message": "Forbidden"})
SIGNED = "AWS4-HMAC-SHA256 Credential=test/20261127/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=" + "0" * 64


class Case(AwsCase):
    def raw(self, method, path, **members):
        """(status, JSON) of a call with members that Debian's boto3 does not know."""
        status, _, text = request(self.daemon.admin, method, path, json.dumps(members), {"Content-Type": "application/json", "Authorization": SIGNED})
        return status, json.loads(text)


class Serverless(Case):
    options = []

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(*cls.options)
        cls.daemon.__enter__()
        cls.daemon.cli("deploy", SAMPLE)
        cls.outputs = cls.daemon.get("/v1/stacks/url-approval")["outputs"]

    def ask(self, expense):
        """(execution, what was sent)"""
        execution = self.client("stepfunctions").start_execution(stateMachineArn=self.outputs["StateMachineArn"], input=json.dumps({"expense": expense}))["executionArn"]
        sqs = self.client("sqs")
        message = sqs.receive_message(QueueUrl=self.outputs["OutboxUrl"], WaitTimeSeconds=20)["Messages"][0]
        sqs.delete_message(QueueUrl=self.outputs["OutboxUrl"], ReceiptHandle=message["ReceiptHandle"])
        return execution, json.loads(message["Body"])

    def status(self, execution):
        return self.client("stepfunctions").describe_execution(executionArn=execution)["status"]

    def end_of(self, execution):
        wait_for(lambda: self.status(execution) != "RUNNING")
        return self.client("stepfunctions").describe_execution(executionArn=execution)


class Approval(Serverless):
    """Where roles and policies count."""
    options = ["--iam=enforce"]

    def test_links_approve_and_reject(self):
        execution, asked = self.ask("a chair")
        self.assertRegex(asked["approve"], rf"^http://{self.daemon.public}/_url/[a-z2-7]{{32}}/\?decision=approve&taskToken=")
        status, headers, text = self.open(asked["approve"])
        self.assertEqual((status, headers["Content-Type"], text), (200, "text/html", "<h1>Thank you</h1>"))
        self.assertEqual(json.loads(self.end_of(execution)["output"]), {"decision": "approve"})
        status, headers, text = self.open(asked["reject"])
        self.assertEqual((status, text, headers["set-cookie"]), (410, "<h1>Answered already</h1>", "seen=1; Secure"))
        execution, asked = self.ask("a golden chair")
        self.assertEqual(self.open(asked["reject"])[0], 200)
        ended = self.end_of(execution)
        self.assertEqual((ended["status"], ended["error"], ended["cause"]), ("FAILED", "Rejected", "Rejected by link"))

    def test_links_outlive_redeployments_restarts_and_the_stack(self):
        execution, asked = self.ask("a table")
        self.assertIn("unchanged", self.daemon.cli("deploy", SAMPLE).stdout)
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.open(asked["approve"])[0], 200)
        self.assertEqual(self.end_of(execution)["status"], "SUCCEEDED")
        self.daemon.rest("DELETE", "/v1/stacks/url-approval")
        self.assertEqual(self.open(asked["approve"])[::2], FORBIDDEN)
        self.daemon.cli("deploy", SAMPLE)
        self.assertEqual(self.daemon.get("/v1/stacks/url-approval")["outputs"]["CallbackUrl"], self.outputs["CallbackUrl"])

    def test_what_sam_makes(self):
        made = {r["LogicalResourceId"]: r for r in self.client("cloudformation").describe_stack_resources(StackName="url-approval")["StackResources"]}
        urls = {name: r["PhysicalResourceId"] for name, r in made.items() if r["ResourceType"] == "AWS::Lambda::Url"}
        arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:"
        self.assertEqual(urls, {"CallbackFunctionUrl": arn + "url-approval-CallbackFunction", "EchoFunctionUrl": arn + "url-approval-EchoFunction:live"})
        self.assertEqual(self.outputs["EchoUrlFunction"], urls["EchoFunctionUrl"])
        permissions = [name for name, r in made.items() if r["ResourceType"] == "AWS::Lambda::Permission"]
        self.assertEqual(sorted(permissions), sorted(f"{f}Function{suffix}" for f in ("Callback", "Echo") for suffix in ("UrlPublicPermissions", "URLInvokeAllowPublicAccess")))
        policy = json.loads(self.client("lambda").get_policy(FunctionName=self.outputs["EchoFunction"], Qualifier="live")["Policy"])
        self.assertEqual({s["Action"]: (s["Principal"], s["Condition"]) for s in policy["Statement"]},
                         {"lambda:InvokeFunctionUrl": ("*", {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}), "lambda:InvokeFunction": ("*", {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}})})

    def test_both_permissions_are_needed(self):
        functions, name = self.client("lambda"), self.outputs["CallbackFunction"]
        for statement in json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]:
            _, asked = self.ask("a bed")
            functions.remove_permission(FunctionName=name, StatementId=statement["Sid"])
            self.assertEqual(self.open(asked["approve"])[::2], FORBIDDEN)
            condition = statement["Condition"]
            self.raw("POST", f"/2015-03-31/functions/{name}/policy", StatementId=statement["Sid"], Action=statement["Action"], Principal="*",
                     **({"FunctionUrlAuthType": "NONE"} if "StringEquals" in condition else {"InvokedViaFunctionUrl": True}))
            self.assertEqual(self.open(asked["approve"])[0], 200)
        self.assertIn("User: anonymous is not authorized to perform: lambda:InvokeFunctionUrl on resource", self.daemon.log())


class Events(Serverless):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url = cls.outputs["EchoUrl"]

    def test_what_the_function_gets(self):
        status, headers, event = self.open(self.url + "some%20where/else?a=1&b=2&a=3%204", Cookie="x=1; y=2", X_Mine="m", User_Agent="test")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        context = event.pop("requestContext")
        http, time, epoch, request_id = context.pop("http"), context.pop("time"), context.pop("timeEpoch"), context.pop("requestId")
        self.assertEqual(http, {"method": "GET", "path": "/some where/else", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test"})
        id = self.url.split("/")[-2]
        self.assertEqual(context, {"accountId": ACCOUNT, "apiId": id, "domainName": self.daemon.public, "domainPrefix": id, "routeKey": "$default", "stage": "$default"})
        self.assertEqual((request_id, type(epoch)), (headers["x-amzn-RequestId"], int))
        self.assertRegex(time, r"^\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000$")
        self.assertRegex(event["headers"]["x-amzn-trace-id"], "^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$")
        self.assertEqual((event["headers"]["x-mine"], "cookie" in event.pop("headers")), ("m", False))
        self.assertEqual(event, {"version": "2.0", "arn": self.outputs["EchoUrlFunction"], "format": "2.0", "routeKey": "$default", "rawPath": "/some where/else", "rawQueryString": "a=1&b=2&a=3%204",
                                 "cookies": ["x=1", "y=2"], "queryStringParameters": {"a": "1,3 4", "b": "2"}, "isBase64Encoded": False})

    def test_bodies_methods_and_the_host(self):
        event = self.open(self.url, "POST", "a=1", Content_Type="application/x-www-form-urlencoded")[2]
        self.assertEqual((event["isBase64Encoded"], base64.b64decode(event["body"]), event["rawPath"], event["requestContext"]["http"]["method"]), (True, b"a=1", "/", "POST"))
        event = self.open(self.url.rstrip("/"), "DELETE", '{"a":1}', Content_Type="application/json")[2]
        self.assertEqual((event["isBase64Encoded"], event["body"], event["rawPath"]), (False, '{"a":1}', "/"))
        host = self.url.split("/")[-2] + ".lambda-url.us-east-1.on.aws"
        context = self.open(f"http://{self.daemon.public}/there", Host=host)[2]["requestContext"]
        self.assertEqual((context["domainName"], context["http"]["path"]), (host, "/there"))
        self.assertEqual(self.open(f"http://{self.daemon.public}/_url/none/")[::2], FORBIDDEN)

    def test_answers(self):
        status, headers, text = self.daemon.open(self.url + "?how=text")
        self.assertEqual((status, headers["Content-Type"], text), (200, "application/json", '"plain"'))
        self.assertEqual(self.open(self.url + "?how=plain")[0], 201)
        for how in ("raise", "malformed"):
            self.assertEqual(self.open(self.url + f"?how={how}")[::2], (502, "Internal Server Error"))
        self.client("lambda").put_function_concurrency(FunctionName=self.outputs["EchoFunction"], ReservedConcurrentExecutions=0)
        self.assertEqual(self.open(self.url)[0], 429)
        self.client("lambda").delete_function_concurrency(FunctionName=self.outputs["EchoFunction"])
        self.assertEqual(self.open(self.url)[0], 200)

    def test_browsers_are_answered_as_the_url_says(self):
        preflight = {"Origin": "https://example.org", "Access_Control_Request_Method": "POST"}
        status, headers, _ = self.open(self.url, "OPTIONS", **preflight)
        named = {name: headers[f"access-control-{name}"] for name in ("allow-origin", "allow-methods", "allow-headers", "allow-credentials", "max-age")}
        self.assertEqual((status, named), (200, {"allow-origin": "https://example.org", "allow-methods": "GET,POST", "allow-headers": "content-type", "allow-credentials": "true", "max-age": "600"}))
        self.assertIsNone(self.open(self.url, "OPTIONS", **{**preflight, "Origin": "https://elsewhere.org"})[1]["access-control-allow-origin"])
        headers = self.open(self.url + "?how=plain", Origin="https://example.org")[1]
        self.assertEqual((headers.get_all("access-control-allow-origin"), headers["access-control-expose-headers"], headers["x-mine"]), (["https://example.org"], "x-mine", "m"))
        # Without settings of its own, all is the function's affair.
        event = self.open(self.outputs["CallbackUrl"], "OPTIONS", **preflight)
        self.assertEqual(event[0], 502)


class Confirmation(Serverless):
    """Where links are confirmed, a GET with a live token shows the page first."""
    options = ["--verification=confirm"]

    def test_the_page_comes_first(self):
        execution, asked = self.ask("a chair")
        status, _, text = self.daemon.open(asked["approve"])
        nonce = re.search(r'name="nonce" value="([^"]+)"', text).group(1)
        self.assertEqual((status, self.status(execution)), (200, "RUNNING"))
        status, _, text = self.open(asked["approve"], "POST", f"nonce={nonce}", Content_Type="application/x-www-form-urlencoded")
        self.assertEqual((status, text), (200, "<h1>Thank you</h1>"))
        self.assertEqual(self.end_of(execution)["status"], "SUCCEEDED")


class Control(Case):
    def setUp(self):
        self.functions = self.client("lambda")

    def test_a_url_is_made_shown_changed_and_deleted(self):
        arn = self.echo("made")
        made = self.functions.create_function_url_config(FunctionName="made", AuthType="NONE", Cors={"AllowOrigins": ["*"], "MaxAge": 5})
        self.assertRegex(made["FunctionUrl"], rf"^http://{self.daemon.public}/_url/[a-z2-7]{{32}}/$")
        self.assertEqual((made["FunctionArn"], made["AuthType"], made["Cors"]), (arn, "NONE", {"AllowOrigins": ["*"], "MaxAge": 5}))
        self.assertRegex(made["CreationTime"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$")
        said = self.refused("ResourceConflictException", self.functions.create_function_url_config, FunctionName="made", AuthType="NONE")
        self.assertEqual(said, f"Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig exists for this Lambda function")
        self.assertEqual(self.open(made["FunctionUrl"], Origin="http://a")[1]["access-control-allow-origin"], "*")
        changed = self.functions.update_function_url_config(FunctionName=arn, Cors={})
        self.assertNotIn("Cors", changed)
        self.assertIsNone(self.open(made["FunctionUrl"], Origin="http://a")[1]["access-control-allow-origin"])
        shown = self.functions.get_function_url_config(FunctionName="made")
        self.assertEqual((shown["FunctionUrl"], shown["CreationTime"], shown["LastModifiedTime"]), (made["FunctionUrl"], made["CreationTime"], changed["LastModifiedTime"]))
        self.assertEqual(self.functions.get_function(FunctionName="made")["Configuration"]["State"], "Active")
        self.daemon.kill()
        self.daemon.start()
        self.functions = self.client("lambda")
        self.assertEqual(self.open(made["FunctionUrl"])[0], 200)
        self.functions.delete_function_url_config(FunctionName="made")
        self.assertEqual(self.refused("ResourceNotFoundException", self.functions.get_function_url_config, FunctionName="made"), "The resource you requested does not exist.")
        self.refused("ResourceNotFoundException", self.functions.delete_function_url_config, FunctionName="made")
        self.refused("ResourceNotFoundException", self.functions.update_function_url_config, FunctionName="made", AuthType="NONE")
        self.assertEqual(self.open(made["FunctionUrl"])[::2], FORBIDDEN)
        # It returns where it was, and goes with its function.
        self.assertEqual(self.functions.create_function_url_config(FunctionName="made", AuthType="NONE")["FunctionUrl"], made["FunctionUrl"])
        self.functions.delete_function(FunctionName="made")
        self.assertEqual(self.open(made["FunctionUrl"])[::2], FORBIDDEN)
        self.echo("made")
        self.refused("ResourceNotFoundException", self.functions.get_function_url_config, FunctionName="made")

    def test_aliases_have_urls_of_their_own(self):
        arn = self.echo("aliased", Publish=True).removesuffix(":1")
        for alias in ("blue", "green"):
            self.functions.create_alias(FunctionName="aliased", Name=alias, FunctionVersion="1")
        urls = [self.functions.create_function_url_config(FunctionName="aliased", AuthType="NONE", **q)["FunctionUrl"] for q in ({}, {"Qualifier": "blue"}, {"Qualifier": "green"})]
        self.assertEqual(len(set(urls)), 3)
        pages, marker = [], {}
        while True:
            page = self.functions.list_function_url_configs(FunctionName="aliased", MaxItems=1, **marker)
            pages += [[(c["FunctionArn"], c["FunctionUrl"]) for c in page["FunctionUrlConfigs"]]]
            if "NextMarker" not in page:
                break
            marker = {"Marker": page["NextMarker"]}
        self.assertEqual(pages, [[(arn, urls[0])], [(arn + ":blue", urls[1])], [(arn + ":green", urls[2])]])
        self.assertEqual(self.open(urls[1])[2]["requestContext"]["apiId"], urls[1].split("/")[-2])
        self.functions.delete_alias(FunctionName="aliased", Name="blue")
        self.assertEqual([self.open(url)[0] for url in urls], [200, 403, 200])
        self.refused("ResourceNotFoundException", self.functions.create_function_url_config, FunctionName="aliased", AuthType="NONE", Qualifier="none")
        self.refused("ResourceNotFoundException", self.functions.list_function_url_configs, FunctionName="none")

    def test_what_is_wrong_is_said(self):
        self.echo("strict")
        path = "/2021-10-31/functions/strict/url"
        for members, said in (({}, "Value null at 'authType' failed to satisfy constraint: Member must not be null"),
                              ({"AuthType": "SOME"}, "Member must satisfy enum value set: [NONE, AWS_IAM]"),
                              ({"AuthType": "NONE", "Cors": {"AllowMethods": ["OPTIONS"]}}, "Value '[OPTIONS]' at 'cors.allowMethods' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 6"),
                              ({"AuthType": "NONE", "Cors": {"MaxAge": 86_401}}, "86400"),
                              ({"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}, "RESPONSE_STREAM is not supported here")):
            status, answer = self.raw("POST", path, **members)
            self.assertEqual((status, said in json.dumps(answer)), (400, True), answer)
        status, answer = self.raw("POST", path + "?Qualifier=1", AuthType="NONE")
        self.assertEqual((status, "at 'qualifier' failed to satisfy constraint" in answer["message"]), (400, True), answer)
        self.assertEqual(self.raw("POST", path, AuthType="NONE", InvokeMode="BUFFERED")[1]["InvokeMode"], "BUFFERED")


class CloudFormation(Case):
    def deploy(self, body, name="urls"):
        stacks = self.client("cloudformation")
        exists = any(s["StackName"] == name for s in stacks.describe_stacks()["Stacks"])
        (stacks.update_stack if exists else stacks.create_stack)(StackName=name, TemplateBody=json.dumps(body))
        return {o["OutputKey"]: o["OutputValue"] for o in stacks.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]}

    def test_urls_of_a_template(self):
        url = {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Fn::GetAtt": ["Echo", "Arn"]}, "AuthType": "NONE", "Cors": {"AllowOrigins": ["*"], "AllowMethods": ["*"]}}}
        body = {"Resources": {"Echo": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.12", "Handler": "index.handler", "Role": ROLE, "Code": {"ZipFile": ECHO}}},
                              "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Echo"}}},
                              "Live": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Echo"}, "Name": "live", "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]}}},
                              "Url": url,
                              "LiveUrl": {"Type": "AWS::Lambda::Url", "DependsOn": "Live", "Properties": {"TargetFunctionArn": {"Ref": "Echo"}, "Qualifier": "live", "AuthType": "NONE", "InvokeMode": "BUFFERED"}}},
                "Outputs": {"Ref": {"Value": {"Ref": "LiveUrl"}}, "Arn": {"Value": {"Fn::GetAtt": ["Url", "FunctionArn"]}}, "Url": {"Value": {"Fn::GetAtt": ["Url", "FunctionUrl"]}},
                            "Link": {"Value": {"Fn::Sub": "${LiveUrl.FunctionUrl}answer?x=1"}}}}
        made = self.deploy(body)
        arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:urls-Echo"
        self.assertEqual((made["Ref"], made["Arn"]), (arn + ":live", arn))
        self.assertEqual((self.open(made["Link"])[2]["rawPath"], self.open(made["Url"], Origin="http://a")[1]["access-control-allow-origin"]), ("/answer", "*"))
        del url["Properties"]["Cors"]
        self.assertEqual(self.deploy(body)["Url"], made["Url"])
        self.assertIsNone(self.open(made["Url"], Origin="http://a")[1]["access-control-allow-origin"])
        del body["Resources"]["LiveUrl"], body["Outputs"]["Ref"], body["Outputs"]["Link"]
        self.deploy(body)
        self.assertEqual([self.open(made[name])[0] for name in ("Url", "Link")], [200, 403])
        url["Properties"]["InvokeMode"] = "RESPONSE_STREAM"
        self.assertIn("/Resources/Url/Properties/InvokeMode", self.refused("ValidationError", self.deploy, body))
        self.client("cloudformation").delete_stack(StackName="urls")
        self.assertEqual(self.open(made["Url"])[::2], FORBIDDEN)

    def test_workflows_call_urls_and_send_them(self):
        """Definitions hold placeholders; what leaves has the URL itself, and messages the digests of it."""
        connection = self.client("events").create_connection(Name="own", AuthorizationType="API_KEY", AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "k"}})["ConnectionArn"]
        url, queue = self.make_queue("sent")
        task = lambda resource, parameters: {"Type": "Task", "Resource": "arn:aws:states:::" + resource, "Parameters": parameters, "End": True}
        link = {"Type": "Parallel", "End": True, "Branches": [{"StartAt": f"S{n}", "States": {f"S{n}": state}} for n, state in enumerate((
            task("http:invoke", {"ApiEndpoint": "${Url}called", "Method": "POST", "Authentication": {"ConnectionArn": connection}, "RequestBody": {"link.$": "States.Format('{}?x={}', '${Url}', $.x)"}}),
            task("aws-sdk:sqs:sendMessage", {"QueueUrl": url, "MessageBody": "${Url}"}),
            task("sqs:sendMessage", {"QueueUrl": url, "MessageBody": {"link": "${Url}"}}),
            task("events:putEvents", {"Entries": [{"Source": "own", "DetailType": "t", "Detail": {"link": "${Url}"}}]}),
            task("aws-sdk:eventbridge:putEvents", {"Entries": [{"Source": "own", "DetailType": "t", "Detail": '{"link": "${Url}"}'}]})))]}
        definition = {"StartAt": "All", "States": {"All": link}}
        body = {"Resources": {"Echo": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.12", "Handler": "index.handler", "Role": ROLE, "Code": {"ZipFile": ECHO}}},
                              "Url": {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Ref": "Echo"}, "AuthType": "NONE"}},
                              "Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"RoleArn": ROLE, "Definition": definition, "DefinitionSubstitutions": {"Url": {"Fn::GetAtt": ["Url", "FunctionUrl"]}}}},
                              "Rule": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"source": ["own"]}, "Targets": [{"Id": "q", "Arn": queue, "InputPath": "$.detail"}]}}},
                "Outputs": {"Url": {"Value": {"Fn::GetAtt": ["Url", "FunctionUrl"]}}, "Machine": {"Value": {"Ref": "Machine"}}}}
        made = self.deploy(body, "senders")
        sfn, sqs = self.client("stepfunctions"), self.client("sqs")
        execution = sfn.start_execution(stateMachineArn=made["Machine"], input='{"x": 1}')["executionArn"]
        ended = wait_for(lambda: (lambda e: e if e["status"] != "RUNNING" else None)(sfn.describe_execution(executionArn=execution)))
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        event = json.loads(ended["output"])[0]["ResponseBody"]
        self.assertEqual((event["rawPath"], json.loads(event["body"])), ("/called", {"link": made["Url"] + "?x=1"}))
        bodies = []
        while len(bodies) < 4:
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, MaxNumberOfMessages=10)["Messages"]:
                self.assertEqual(message["MD5OfBody"], hashlib.md5(message["Body"].encode()).hexdigest(), message)
                bodies.append(message["Body"])
        self.assertEqual(sorted(b if b.startswith("http") else json.loads(b)["link"] for b in bodies), [made["Url"]] * 4)


class Signed(Case):
    """URLs of the type AWS_IAM, where policies count and a key exists."""
    KEY = "AKIAURLS:secret-of-the-key-for-urls"

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon("--iam=enforce", environment={"SIGNALBOX_API_KEY": cls.KEY})
        cls.daemon.__enter__()

    @classmethod
    def client(cls, service, **options):
        key, secret = cls.KEY.split(":")
        return boto3.client(service, endpoint_url=f"http://{cls.daemon.admin}", region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret)

    def call(self, url, credentials, service="lambda"):
        """(status, JSON), signed."""
        asked = botocore.awsrequest.AWSRequest("POST", url + "there?a=1", headers={"Content-Type": "text/plain"}, data=b"body")
        botocore.auth.SigV4Auth(credentials, service, "us-east-1").add_auth(asked)
        status, _, answer = self.open(asked.url, "POST", b"body", **{name: value for name, value in asked.headers.items()})
        return status, answer

    def assume(self, name, *actions):
        iam = self.client("iam")
        document = lambda **statement: json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(Principal={"AWS": ACCOUNT}, Action="sts:AssumeRole"))["Role"]["Arn"]
        if actions:
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(Action=list(actions), Resource="*"))
        made = self.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
        return botocore.credentials.Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])

    def test_only_signed_calls_of_those_who_may(self):
        role = self.client("iam").create_role(RoleName="f", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}))
        functions = self.client("lambda")
        functions.create_function(FunctionName="signed", Runtime="python3.12", Handler="app.handler", Role=role["Role"]["Arn"], Code={"ZipFile": archive(app=ECHO)})
        url = functions.create_function_url_config(FunctionName="signed", AuthType="AWS_IAM")["FunctionUrl"]
        own = botocore.credentials.Credentials(*self.KEY.split(":"))
        status, event = self.call(url, own)
        self.assertEqual((status, event["rawPath"], event["body"]), (200, "/there", "body"), event)
        self.assertEqual(event["requestContext"]["authorizer"], {"iam": {"accessKey": "AKIAURLS", "accountId": ACCOUNT, "callerId": ACCOUNT, "cognitoIdentity": None, "principalOrgId": None,
                                                                         "userArn": f"arn:aws:iam::{ACCOUNT}:root", "userId": ACCOUNT}})
        self.assertEqual(self.open(url)[::2], FORBIDDEN)
        self.assertEqual(self.open(url, Authorization="Bearer " + self.KEY)[::2], FORBIDDEN)
        self.assertEqual(self.call(url, botocore.credentials.Credentials("AKIAURLS", "another")), FORBIDDEN)
        self.assertEqual(self.call(url, own, "execute-api"), FORBIDDEN)
        both = self.assume("both", "lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
        status, event = self.call(url, both)
        self.assertEqual((status, event["requestContext"]["authorizer"]["iam"]["userArn"]), (200, f"arn:aws:sts::{ACCOUNT}:assumed-role/both/me"))
        for name, actions in (("none", []), ("one", ["lambda:InvokeFunctionUrl"]), ("other", ["lambda:InvokeFunction"])):
            self.assertEqual(self.call(url, self.assume(name, *actions)), FORBIDDEN, name)
        # One without a signature needs the function's own policy.
        functions.update_function_url_config(FunctionName="signed", AuthType="NONE")
        self.assertEqual(self.open(url)[::2], FORBIDDEN)
        self.assertNotIn("authorizer", self.call(url, own)[1].get("requestContext", {}))


# They only hold what others share.
del Case, Serverless

if __name__ == "__main__":
    main()
