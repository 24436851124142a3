"""HTTP APIs of API Gateway: the published samples deployed as they stand, and APIs made call by call with boto3's apigatewayv2."""
import base64
import http.server
import json
import re
import threading

from aws_clients import ROLE, AwsCase
from support.daemon import ROOT, Daemon, main, wait_for

SAMPLES = ROOT / "tests" / "samples"


class Case(AwsCase):
    def end_of(self, execution):
        sfn = self.client("stepfunctions")
        return wait_for(lambda: next((d for d in [sfn.describe_execution(executionArn=execution)] if d["status"] != "RUNNING"), None))

    def message(self, url):
        sqs = self.client("sqs")
        message = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"][0]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return json.loads(message["Body"])


class Serverless(Case):
    """A SAM template whose functions have events of the type HttpApi."""
    options = []

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(*cls.options)
        cls.daemon.__enter__()
        cls.daemon.cli("deploy", SAMPLES / "http-approval" / "template.yaml")
        cls.outputs = cls.daemon.get("/v1/stacks/http-approval")["outputs"]
        cls.url = cls.outputs["ApiUrl"].rstrip("/")

    def ask(self, what):
        """(execution, what was sent)"""
        execution = self.client("stepfunctions").start_execution(stateMachineArn=self.outputs["StateMachineArn"], input=json.dumps({"request": what}))["executionArn"]
        return execution, self.message(self.outputs["OutboxUrl"])


class Approval(Serverless):
    def test_a_link_approves(self):
        execution, asked = self.ask("a chair")
        self.assertTrue(asked["approve"].startswith(f"http://{self.daemon.public}/_api/{self.outputs['ApiId']}/answer/approve?taskToken="), asked)
        status, headers, answer = self.open(asked["approve"])
        self.assertEqual((status, headers["Content-Type"], answer), (200, "application/json", {"verdict": "approve"}))
        self.assertTrue(headers["apigw-requestid"])
        self.assertEqual(json.loads(self.end_of(execution)["output"]), {"route": "GET /answer/{verdict}"})
        status, headers, text = self.open(asked["reject"])
        self.assertEqual((status, headers["Content-Type"], text, headers.get_all("set-cookie")), (410, "text/html", "<h1>Answered already</h1>", ["seen=1; Secure", "by=link"]))

    def test_a_form_rejects(self):
        execution, asked = self.ask("a golden chair")
        token = asked["reject"].split("taskToken=")[1]
        status, _, answer = self.open(self.url + "/answer", "POST", f"taskToken={token}&verdict=reject", Content_Type="application/x-www-form-urlencoded")
        self.assertEqual((status, answer), (200, {"verdict": "reject"}))
        ended = self.end_of(execution)
        self.assertEqual((ended["error"], ended["cause"]), ("RequestRejected", "Somebody said no"))

    def test_links_outlive_redeployments_and_restarts(self):
        execution, asked = self.ask("a table")
        self.assertIn("unchanged", self.daemon.cli("deploy", SAMPLES / "http-approval" / "template.yaml").stdout)
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.open(asked["approve"])[2], {"verdict": "approve"})
        self.assertEqual(self.end_of(execution)["status"], "SUCCEEDED")


class Events(Serverless):
    def test_payload_format_2(self):
        status, headers, event = self.open(self.url + "/some%20where/else?a=1&b=2&a=3%204", Cookie="x=1; y=2", X_Mine="m", User_Agent="test")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        context = event.pop("requestContext")
        http, time, epoch, request_id = context.pop("http"), context.pop("time"), context.pop("timeEpoch"), context.pop("requestId")
        self.assertEqual(http, {"method": "GET", "path": "/some where/else", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test"})
        self.assertEqual(context, {"accountId": "000000000000", "apiId": self.outputs["ApiId"], "domainName": self.daemon.public, "domainPrefix": self.outputs["ApiId"], "routeKey": "$default", "stage": "$default"})
        self.assertEqual((request_id, type(epoch)), (headers["apigw-requestid"], int))
        self.assertRegex(time, r"^\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000$")
        self.assertEqual((event["headers"].pop("x-mine"), "cookie" in event["headers"], event["headers"]["x-forwarded-for"]), ("m", False, "127.0.0.1"))
        self.assertEqual((event["headers"]["x-forwarded-proto"], event["headers"]["x-forwarded-port"]), ("http", self.daemon.public.rsplit(":", 1)[1]))
        self.assertRegex(event.pop("headers")["x-amzn-trace-id"], "^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$")
        self.assertEqual(event, {"version": "2.0", "routeKey": "$default", "rawPath": "/some where/else", "rawQueryString": "a=1&b=2&a=3%204", "cookies": ["x=1", "y=2"],
                                 "queryStringParameters": {"a": "1,3 4", "b": "2"}, "isBase64Encoded": False})

    def test_bodies_come_as_text_or_in_base64(self):
        for kind, body, encoded in (("application/json", '{"a":1}', False), ("text/plain; charset=utf-8", "ä", False), ("application/x-www-form-urlencoded", "a=1", True), ("application/octet-stream", "x", True)):
            event = self.open(self.url + "/x", "POST", body.encode(), Content_Type=kind)[2]
            self.assertEqual((event["isBase64Encoded"], base64.b64decode(event["body"]).decode() if encoded else event["body"]), (encoded, body), kind)

    def test_payload_format_1(self):
        status, headers, event = self.open(self.url + "/old/a/b?q=1&q=2", "PUT", "x", Content_Type="text/plain")
        self.assertEqual((status, headers["Content-Type"], headers.get_all("X-Two")), (201, "text/plain; charset=utf-8", ["a", "b"]))
        self.assertEqual({name: event[name] for name in ("version", "resource", "path", "httpMethod", "body", "isBase64Encoded", "pathParameters", "queryStringParameters", "multiValueQueryStringParameters", "stageVariables")},
                         {"version": "1.0", "resource": "/old/{proxy+}", "path": "/old/a/b", "httpMethod": "PUT", "body": "x", "isBase64Encoded": False, "pathParameters": {"proxy": "a/b"},
                          "queryStringParameters": {"q": "2"}, "multiValueQueryStringParameters": {"q": ["1", "2"]}, "stageVariables": None})
        self.assertEqual((event["requestContext"]["resourcePath"], event["requestContext"]["identity"]["sourceIp"], event["multiValueHeaders"]["content-type"]), ("/old/{proxy+}", "127.0.0.1", ["text/plain"]))

    def test_answers(self):
        self.assertEqual(self.open(self.url + "/?how=text")[2], "plain")
        status, headers, text = self.daemon.open(self.url + "/?how=binary")
        self.assertEqual((status, headers["Content-Type"], headers["Content-Length"]), (200, "image/png", "4"))
        for how in ("raise", "malformed"):
            self.assertEqual(self.open(self.url + f"/?how={how}")[::2], (500, {"message": "Internal Server Error"}))

    def test_browsers_are_answered_as_the_api_says(self):
        preflight = {"Origin": "https://example.org", "Access_Control_Request_Method": "POST"}
        status, headers, _ = self.open(self.url + "/answer", "OPTIONS", **preflight)
        named = {name: headers[f"access-control-{name}"] for name in ("allow-origin", "allow-methods", "allow-headers", "max-age")}
        self.assertEqual((status, named), (204, {"allow-origin": "https://example.org", "allow-methods": "GET,POST", "allow-headers": "content-type", "max-age": "600"}))
        self.assertIsNone(self.open(self.url + "/answer", "OPTIONS", **{**preflight, "Origin": "https://elsewhere.org"})[1]["access-control-allow-origin"])
        self.assertEqual(self.open(self.url + "/?how=text", Origin="https://example.org")[1]["access-control-allow-origin"], "https://example.org")
        self.assertIsNone(self.open(self.url + "/?how=text")[1]["access-control-allow-origin"])

    def test_the_access_log_has_the_stages_format(self):
        self.open(self.url + "/old/log", "DELETE")
        self.open(self.url + "/log?how=raise")
        logs = self.client("logs")
        lines = lambda: [e["message"] for e in logs.filter_log_events(logGroupName=self.outputs["AccessLogs"])["events"]]
        wait_for(lambda: any(line == "DELETE ANY /old/{proxy+} 201 -" for line in lines()))
        wait_for(lambda: any(line.startswith("GET $default 500 The Lambda function returned the following error: ") and "ValueError" in line for line in lines()))

    def test_permissions_and_generated_resources(self):
        policy = json.loads(self.client("lambda").get_policy(FunctionName=self.outputs["EchoFunction"])["Policy"])
        sources = sorted(s["Condition"]["ArnLike"]["AWS:SourceArn"] for s in policy["Statement"])
        arn = f"arn:aws:execute-api:us-east-1:000000000000:{self.outputs['ApiId']}/*/"
        self.assertEqual(sources, [arn + "$default", arn + "*/old/*"])
        api = self.client("apigatewayv2")
        shown = api.get_api(ApiId=self.outputs["ApiId"])
        self.assertEqual((shown["Name"], shown["ProtocolType"], shown["ApiEndpoint"], shown["CorsConfiguration"]["MaxAge"]), ("http-approval", "HTTP", self.url, 600))
        self.assertEqual(sorted(r["RouteKey"] for r in api.get_routes(ApiId=self.outputs["ApiId"])["Items"]), ["$default", "ANY /old/{proxy+}", "GET /answer/{verdict}", "POST /answer"])


class Confirmation(Serverless):
    """Where links are confirmed, a GET with a live token shows the page first."""
    options = ["--verification=confirm"]

    def test_the_page_comes_first(self):
        execution, asked = self.ask("a chair")
        status, headers, text = self.daemon.open(asked["approve"])
        nonce = re.search(r'name="nonce" value="([^"]+)"', text).group(1)
        self.assertEqual(self.client("stepfunctions").describe_execution(executionArn=execution)["status"], "RUNNING")
        status, _, answer = self.open(asked["approve"], "POST", f"nonce={nonce}", Content_Type="application/x-www-form-urlencoded")
        self.assertEqual((status, answer), (200, {"verdict": "approve"}))
        self.assertEqual(self.end_of(execution)["status"], "SUCCEEDED")


class CloudFormation(Case):
    """AWS::ApiGatewayV2 resources; what calls what is checked against the roles and policies of the template."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon("--iam=enforce")
        cls.daemon.__enter__()
        cls.daemon.cli("deploy", SAMPLES / "http-callback" / "template.yaml")
        cls.outputs = cls.daemon.get("/v1/stacks/http-callback")["outputs"]
        cls.url = cls.outputs["ApiUrl"].rstrip("/")

    def test_a_workflow_is_started_and_answered(self):
        status, _, started = self.open(self.url + "/executions", "POST", '{"order": 1}', Content_Type="application/json")
        self.assertEqual(status, 200, started)
        asked = self.message(self.outputs["OutboxUrl"])
        self.assertEqual((asked["input"], asked["answer at"]), ({"order": 1}, self.url + "/answers"))
        status, headers, text = self.open(f"{asked['answer at']}/good?token={asked['token']}")
        self.assertEqual((status, text, bool(headers["x-answered"])), (202, "Thank you", True))
        self.assertEqual(json.loads(self.end_of(started["executionArn"])["output"]), {"verdict": "good", "colour": "red", "path": "/v1/answers/good"})

    def test_a_short_workflow_answers_at_once(self):
        status, _, answer = self.open(self.url + "/sync", "POST", '{"input": {"a": [1]}}', Content_Type="application/json")
        self.assertEqual((status, answer["status"], json.loads(answer["output"])), (200, "SUCCEEDED", {"a": [1]}))

    def test_messages_and_events(self):
        status, _, answer = self.open(self.url + "/messages/new", "POST")
        self.assertEqual((status, "MessageId" in answer), (200, True), answer)
        self.assertEqual(self.message(self.outputs["OutboxUrl"]), {"kind": "new", "colour": "red"})
        status, _, answer = self.open(self.url + "/events?type=made", "POST", '{"n": 7}')
        self.assertEqual((status, answer["FailedEntryCount"]), (200, 0))
        self.assertEqual(self.message(self.outputs["OutboxUrl"]), {"n": 7})

    def test_what_has_no_route_or_stage(self):
        for path in ("/nothing", "/answers/a/b", "/executions"):
            self.assertEqual(self.open(self.url + path)[::2], (404, {"message": "Not Found"}), path)
        self.assertEqual(self.open(self.url.removesuffix("/v1") + "/executions", "POST", "{}")[::2], (404, {"message": "Not Found"}))


class Control(Case):
    """The control plane."""

    def setUp(self):
        self.api = self.client("apigatewayv2")

    def url(self, api, path=""):
        return f"/_api/{api}{path}"

    def test_an_api_is_made_deployed_changed_and_deleted(self):
        function = self.echo("http-echo")
        api = self.api.create_api(Name="made", ProtocolType="HTTP", Description="first", Tags={"a": "b"})
        id = api["ApiId"]
        self.assertEqual((api["ApiEndpoint"], api["RouteSelectionExpression"], api["Tags"]), (f"http://{self.daemon.public}/_api/{id}", "$request.method $request.path", {"a": "b"}))
        integration = self.api.create_integration(ApiId=id, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0")["IntegrationId"]
        route = self.api.create_route(ApiId=id, RouteKey="GET /orders/{id}", Target=f"integrations/{integration}")
        self.assertEqual((route["AuthorizationType"], route["ApiKeyRequired"]), ("NONE", False))
        first = self.api.create_deployment(ApiId=id, Description="one")
        self.assertEqual((first["DeploymentStatus"], first["AutoDeployed"]), ("DEPLOYED", False))
        self.api.create_stage(ApiId=id, StageName="v1", DeploymentId=first["DeploymentId"], StageVariables={"colour": "red"})
        event = self.open(self.url(id, "/v1/orders/7"))[2]
        self.assertEqual((event["pathParameters"], event["rawPath"], event["stageVariables"], event["requestContext"]["stage"]), ({"id": "7"}, "/v1/orders/7", {"colour": "red"}, "v1"))
        # What is not deployed is not served; a stage can be moved, and one that deploys itself follows.
        self.api.update_route(ApiId=id, RouteId=route["RouteId"], RouteKey="ANY /orders/{id}")
        self.assertEqual(self.open(self.url(id, "/v1/orders/7"), "PUT")[0], 404)
        self.api.create_stage(ApiId=id, StageName="$default", AutoDeploy=True)
        self.assertEqual(self.open(self.url(id, "/orders/7"), "PUT")[2]["rawPath"], "/orders/7")
        second = self.api.create_deployment(ApiId=id, StageName="v1")["DeploymentId"]
        self.assertEqual((self.api.get_stage(ApiId=id, StageName="v1")["DeploymentId"], self.open(self.url(id, "/v1/orders/7"), "PUT")[0]), (second, 200))
        self.refused("ConflictException", self.api.delete_deployment, ApiId=id, DeploymentId=second)
        said = self.refused("ConflictException", self.api.delete_integration, ApiId=id, IntegrationId=integration)
        self.assertEqual(said, f"Cannot delete Integration because it is referenced by the following Routes with Ids: [{route['RouteId']}]")
        more = self.api.create_route(ApiId=id, RouteKey="$default", Target=f"integrations/{integration}")["RouteId"]
        self.assertEqual(self.open(self.url(id, "/anything"))[2]["routeKey"], "$default")
        self.daemon.kill()
        self.daemon.start()
        self.api = self.client("apigatewayv2")
        self.assertEqual(self.open(self.url(id, "/anything"))[2]["routeKey"], "$default")
        self.api.delete_route(ApiId=id, RouteId=more)
        self.assertEqual(self.open(self.url(id, "/anything"))[::2], (404, {"message": "Not Found"}))
        automatic = [d for d in self.api.get_deployments(ApiId=id)["Items"] if d["AutoDeployed"]]
        self.assertEqual([d["DeploymentId"] for d in automatic], [self.api.get_stage(ApiId=id, StageName="$default")["DeploymentId"]])
        self.api.update_api(ApiId=id, Name="renamed", CorsConfiguration={"AllowOrigins": ["*"]})
        self.assertEqual(self.open(self.url(id, "/orders/1"), Origin="http://a")[1]["access-control-allow-origin"], "*")
        self.api.delete_cors_configuration(ApiId=id)
        shown = self.api.get_api(ApiId=id)
        self.assertEqual((shown["Name"], "CorsConfiguration" in shown), ("renamed", False))
        arn = f"arn:aws:apigateway:us-east-1::/apis/{id}"
        self.api.tag_resource(ResourceArn=arn, Tags={"c": "d"})
        self.api.untag_resource(ResourceArn=arn, TagKeys=["a"])
        self.assertEqual(self.api.get_tags(ResourceArn=arn)["Tags"], {"c": "d"})
        self.api.delete_stage(ApiId=id, StageName="v1")
        self.assertEqual([s["StageName"] for s in self.api.get_stages(ApiId=id)["Items"]], ["$default"])
        self.api.delete_api(ApiId=id)
        self.refused("NotFoundException", self.api.get_api, ApiId=id)
        self.assertEqual(self.open(self.url(id, "/orders/1"))[0], 403)

    def test_quick_create_and_a_server(self):
        class Server(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.dumps({"path": self.path, "mine": self.headers["X-Mine"], "gone": self.headers["X-Gone"], "body": self.rfile.read(int(self.headers["Content-Length"])).decode()}).encode()
                self.send_response(203)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        quick = self.api.create_api(Name="quick", ProtocolType="HTTP", Target=self.echo("http-quick"))["ApiId"]
        self.assertEqual(self.open(self.url(quick, "/a?b=c"))[2]["rawQueryString"], "b=c")
        route = self.api.get_routes(ApiId=quick)["Items"][0]
        self.assertEqual((route["RouteKey"], route["ApiGatewayManaged"]), ("$default", True))
        integration = self.api.create_integration(ApiId=quick, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=f"http://127.0.0.1:{server.server_port}/base/{{proxy}}", PayloadFormatVersion="1.0",
                                                  RequestParameters={"append:header.X-Mine": "${request.querystring.q}!", "remove:header.X-Gone": "''", "append:querystring.n": "1"})["IntegrationId"]
        self.api.create_route(ApiId=quick, RouteKey="POST /to/{proxy+}", Target=f"integrations/{integration}")
        status, _, answer = self.open(self.url(quick, "/to/x%20y/z?q=w"), "POST", "hello", X_Gone="g")
        self.assertEqual((status, answer), (203, {"path": "/base/x%20y/z?q=w&n=1", "mine": "w!", "gone": None, "body": "hello"}))
        server.shutdown()
        server.server_close()
        self.assertEqual(self.open(self.url(quick, "/to/x"), "POST")[::2], (503, {"message": "Service Unavailable"}))

    def test_a_document_is_imported(self):
        function = self.echo("http-document")
        document = {"openapi": "3.0.1", "info": {"title": "documented", "version": "2"}, "x-amazon-apigateway-cors": {"allowOrigins": ["*"]},
                    "paths": {"/a/{b}": {"get": {"operationId": "GetA", "x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/echo"}}}},
                    "components": {"x-amazon-apigateway-integrations": {"echo": {"type": "aws_proxy", "httpMethod": "POST", "uri": function, "payloadFormatVersion": "2.0"}}}}
        api = self.api.import_api(Body=json.dumps(document))
        self.assertEqual((api["Name"], api["Version"], api["CorsConfiguration"]), ("documented", "2", {"AllowOrigins": ["*"]}))
        id = api["ApiId"]
        self.api.create_stage(ApiId=id, StageName="$default", AutoDeploy=True)
        self.assertEqual(self.open(self.url(id, "/a/1"))[2]["routeKey"], "GET /a/{b}")
        self.api.reimport_api(ApiId=id, Body=f"""
openapi: 3.0.1
info: {{title: documented, version: "3"}}
paths:
  /$default:
    x-amazon-apigateway-any-method:
      isDefaultRoute: true
      x-amazon-apigateway-integration: {{type: aws_proxy, httpMethod: POST, payloadFormatVersion: "2.0", uri: "{function}"}}
""")
        self.assertEqual([r["RouteKey"] for r in self.api.get_routes(ApiId=id)["Items"]], ["$default"])
        self.assertEqual((self.open(self.url(id, "/a/1"))[2]["routeKey"], len(self.api.get_integrations(ApiId=id)["Items"])), ("$default", 1))
        secured = {**document, "security": [{"jwt": []}]}
        self.assertIn("there are no authorizers", self.refused("BadRequestException", self.api.import_api, Body=json.dumps(secured)))
        self.refused("BadRequestException", self.api.import_api, Body="{")

    def test_routes_are_throttled(self):
        api = self.api.create_api(Name="throttled", ProtocolType="HTTP", Target=self.echo("http-throttled"))["ApiId"]
        self.api.update_stage(ApiId=api, StageName="$default", DefaultRouteSettings={"ThrottlingBurstLimit": 1, "ThrottlingRateLimit": 0.001})
        self.assertEqual([self.open(self.url(api, "/"))[0], self.open(self.url(api, "/"))[::2]], [200, (429, {"message": "Too Many Requests"})])
        self.api.update_stage(ApiId=api, StageName="$default", RouteSettings={"$default": {"ThrottlingBurstLimit": 100, "ThrottlingRateLimit": 1000}})
        wait_for(lambda: self.open(self.url(api, "/"))[0] == 200)

    def test_mistakes_are_refused(self):
        self.assertIn("WEBSOCKET", self.refused("BadRequestException", self.api.create_api, Name="w", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"))
        id = self.api.create_api(Name="mistakes", ProtocolType="HTTP")["ApiId"]
        self.assertEqual(self.refused("BadRequestException", self.api.create_deployment, ApiId=id), "At least one route is required before deploying the Api.")
        self.assertIn("not formatted properly", self.refused("BadRequestException", self.api.create_route, ApiId=id, RouteKey="FETCH /x"))
        self.refused("BadRequestException", self.api.create_route, ApiId=id, RouteKey="GET /{a+}/b")
        self.assertIn("JWT", self.refused("BadRequestException", self.api.create_route, ApiId=id, RouteKey="GET /x", AuthorizationType="JWT", AuthorizerId="a"))
        self.refused("NotFoundException", self.api.create_route, ApiId=id, RouteKey="GET /x", Target="integrations/none")
        self.api.create_route(ApiId=id, RouteKey="GET /x")
        self.assertEqual(self.refused("ConflictException", self.api.create_route, ApiId=id, RouteKey="GET /x"), "Route with key GET /x already exists for this API")
        for wrong in ({"IntegrationType": "MOCK"}, {"IntegrationType": "AWS_PROXY"}, {"IntegrationType": "HTTP_PROXY", "IntegrationUri": "no url"}, {"IntegrationType": "HTTP_PROXY", "IntegrationUri": "http://a", "ConnectionType": "VPC_LINK"},
                      {"IntegrationType": "AWS_PROXY", "IntegrationSubtype": "Kinesis-PutRecord", "CredentialsArn": ROLE},
                      {"IntegrationType": "AWS_PROXY", "IntegrationSubtype": "SQS-SendMessage", "CredentialsArn": ROLE, "RequestParameters": {"QueueUrl": "x"}}):
            self.refused("BadRequestException", self.api.create_integration, ApiId=id, PayloadFormatVersion="1.0", **wrong)
        self.refused("NotFoundException", self.api.create_stage, ApiId=id, StageName="s", DeploymentId="none")
        self.refused("BadRequestException", self.api.create_stage, ApiId=id, StageName="a b")
        self.api.create_stage(ApiId=id, StageName="s")
        self.refused("ConflictException", self.api.create_stage, ApiId=id, StageName="s")
        deployment = self.api.create_deployment(ApiId=id)["DeploymentId"]
        self.assertEqual(self.refused("BadRequestException", self.api.create_stage, ApiId=id, StageName="t", AutoDeploy=True, DeploymentId=deployment), "Deployment ID cannot be set by user if AutoDeploy is set to true")
        self.assertEqual(self.open(self.url(id, "/s/x"))[0], 404)
        self.refused("NotFoundException", self.api.get_stage, ApiId=id, StageName="none")
        self.refused("NotFoundException", self.api.get_routes, ApiId="none")

    def test_lists_come_in_pages(self):
        made = {self.api.create_api(Name="listed", ProtocolType="HTTP")["ApiId"] for _ in range(3)}
        found, token = [], {}
        while True:
            answer = self.api.get_apis(MaxResults="2", **token)
            found += [a["ApiId"] for a in answer["Items"]]
            if "NextToken" not in answer:
                break
            token = {"NextToken": answer["NextToken"]}
        self.assertEqual(len(found), len(set(found)))
        self.assertLessEqual(made, set(found))

    def test_a_workflow_calls_an_http_api(self):
        api = self.api.create_api(Name="invoked", ProtocolType="HTTP", Target=self.echo("http-invoked"))["ApiId"]
        sfn = self.client("stepfunctions")
        call = {"ApiEndpoint": f"{api}.execute-api.us-east-1.amazonaws.com", "Method": "POST", "Path": "pets", "RequestBody": {"a": 1}}
        definition = {"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": "arn:aws:states:::apigateway:invoke", "Parameters": call, "OutputPath": "$.ResponseBody", "End": True}}}
        machine = sfn.create_state_machine(name="calls-http-api", definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]
        ended = self.end_of(sfn.start_execution(stateMachineArn=machine)["executionArn"])
        event = json.loads(ended["output"])
        self.assertEqual((event["rawPath"], json.loads(event["body"])), ("/pets", {"a": 1}))


# They only hold what others share.
del Case, Serverless

if __name__ == "__main__":
    main()
