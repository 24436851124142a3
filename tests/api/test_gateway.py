"""REST APIs of API Gateway: deployed from a template, reached on the public listener."""
import json
import pathlib
import re
import tempfile
import unittest
import urllib.parse

from support.daemon import Daemon, main, wait_for

LAMBDA = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s.Arn}/invocations"
# As published: what is in the link goes to the function, whatever is missing being empty.
LINK_TEMPLATE = """#set($inputRoot = $input.path('$'))
    {
        "requestId": "$input.params('requestId')",
        "timestamp": "$input.params('timestamp')",
        "token": "$input.params('token')"
    }"""
FUNCTION = '''
import base64, time
def handler(event, context):
    if isinstance(event, dict) and event.get("fail"):
        raise ValueError(event["fail"])
    if isinstance(event, dict) and event.get("sleep"):
        time.sleep(event["sleep"])
    return event
def proxy(event, context):
    how = (event["queryStringParameters"] or {}).get("how")
    if how == "raise":
        raise ValueError("no")
    if how == "malformed":
        return {"status": 200}
    if how == "binary":
        return {"statusCode": 200, "headers": {"Content-Type": "image/png"}, "body": base64.b64encode(b"\\x89PNG").decode(), "isBase64Encoded": True}
    import json
    return {"statusCode": 201, "headers": {"X-One": "1"}, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}, "body": json.dumps(event)}
'''
ORDER = {"type": "object", "required": ["id"], "additionalProperties": False, "properties": {"id": {"type": "integer", "minimum": 1}, "note": {"type": "string", "maxLength": 3}}}
WAITING = {"StartAt": "Wait", "States": {"Wait": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                                                  "Parameters": {"QueueUrl": "${Queue}", "MessageBody": {"token.$": "$$.Task.Token"}}, "End": True}}}
LOG_FORMAT = '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","user":"$context.identity.user","httpMethod":"$context.httpMethod","resourcePath":"$context.resourcePath","status":"$context.status","protocol":"$context.protocol","responseLength":"$context.responseLength","path":"$context.path"}'


def sub(text):
    return {"Fn::Sub": text}


def ref(name):
    return {"Ref": name}


class Template:
    """A REST API, resource by resource."""

    def __init__(self):
        role = "arn:aws:iam::000000000000:role/any"
        function = {"Role": role, "Runtime": "python3.12", "Code": {"ZipFile": FUNCTION}}
        self.methods = []
        self.resources = {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Machine": {"Type": "AWS::StepFunctions::StateMachine",
                        "Properties": {"StateMachineName": "waiting", "RoleArn": role, "Definition": WAITING, "DefinitionSubstitutions": {"Queue": ref("Queue")}}},
            "Echo": {"Type": "AWS::Lambda::Function", "Properties": {**function, "FunctionName": "echo", "Handler": "index.handler"}},
            "Proxy": {"Type": "AWS::Lambda::Function", "Properties": {**function, "FunctionName": "proxy", "Handler": "index.proxy"}},
            "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "access"}},
            "Account": {"Type": "AWS::ApiGateway::Account", "Properties": {"CloudWatchRoleArn": role}},
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "links", "Description": "of mails", "EndpointConfiguration": {"Types": ["REGIONAL"]}, "BinaryMediaTypes": ["image/*"]}},
            "Order": {"Type": "AWS::ApiGateway::Model", "Properties": {"RestApiId": ref("Api"), "Name": "Order", "ContentType": "application/json", "Schema": ORDER}},
            "Strict": {"Type": "AWS::ApiGateway::RequestValidator", "Properties": {"RestApiId": ref("Api"), "ValidateRequestBody": True, "ValidateRequestParameters": True}},
            "NotThere": {"Type": "AWS::ApiGateway::GatewayResponse",
                         "Properties": {"RestApiId": ref("Api"), "ResponseType": "UNSUPPORTED_MEDIA_TYPE", "StatusCode": 499,
                                        "ResponseParameters": {"gatewayresponse.header.X-Why": "'type'"},
                                        "ResponseTemplates": {"application/json": '{"why": $context.error.messageString, "at": "$context.resourcePath"}'}}},
        }

    def resource(self, name, part, parent=None):
        self.resources[name] = {"Type": "AWS::ApiGateway::Resource",
                                "Properties": {"RestApiId": ref("Api"), "ParentId": ref(parent) if parent else {"Fn::GetAtt": ["Api", "RootResourceId"]}, "PathPart": part}}

    def method(self, resource, http_method, integration, **properties):
        name = f"{resource}{http_method}"
        self.methods.append(name)
        self.resources[name] = {"Type": "AWS::ApiGateway::Method",
                                "Properties": {"RestApiId": ref("Api"), "ResourceId": ref(resource), "HttpMethod": http_method, "AuthorizationType": "NONE",
                                               "MethodResponses": [{"StatusCode": "200", "ResponseModels": {"application/json": "Empty"}}], "Integration": integration, **properties}}

    def text(self, deployment="First"):
        self.resources[f"Deployment{deployment}"] = {"Type": "AWS::ApiGateway::Deployment", "DependsOn": self.methods + ["Order", "Strict", "NotThere"],
                                                     "Properties": {"RestApiId": ref("Api"), "Description": deployment}}
        self.resources["Stage"] = {"Type": "AWS::ApiGateway::Stage", "DependsOn": ["Account"],
                                   "Properties": {"RestApiId": ref("Api"), "StageName": "dev", "DeploymentId": ref(f"Deployment{deployment}"), "Variables": {"colour": "red"},
                                                  "AccessLogSetting": {"DestinationArn": {"Fn::GetAtt": ["Log", "Arn"]}, "Format": LOG_FORMAT},
                                                  "MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 10}]}}
        outputs = {"Api": {"Value": ref("Api")}, "Queue": {"Value": ref("Queue")}, "Stage": {"Value": ref("Stage")}}
        return json.dumps({"Resources": self.resources, "Outputs": outputs})


def aws(uri, template=None, responses=({"StatusCode": "200"},), **more):
    integration = {"Type": "AWS", "IntegrationHttpMethod": "POST", "Uri": sub(uri), "IntegrationResponses": list(responses), **more}
    return {**integration, "RequestTemplates": {"application/json": template}} if template else integration


def the_template():
    api = Template()
    api.resource("Verification", "verification")
    required = {"method.request.querystring.deviceid": True, "method.request.querystring.startTimestamp": True}
    api.method("Verification", "GET", aws(LAMBDA % "Echo", LINK_TEMPLATE, PassthroughBehavior="WHEN_NO_TEMPLATES"), RequestParameters=required)
    api.resource("Orders", "orders")
    api.resource("OrderById", "{id}", "Orders")
    api.resource("OrderNew", "new", "Orders")
    failing = [{"StatusCode": "200", "ResponseParameters": {"method.response.header.X-Order": "integration.response.body.id", "method.response.header.X-Fixed": "'yes'"},
                "ResponseTemplates": {"application/json": '#set($o = $input.path("$"))\n{"made": $o.id, "stage": "$stageVariables.colour"}'}},
               {"StatusCode": "409", "SelectionPattern": "taken:.*", "ResponseTemplates": {"application/json": '{"error": $input.json("$.errorMessage")}'}},
               {"StatusCode": "418", "SelectionPattern": "undeclared"}]
    answers = [{"StatusCode": "200", "ResponseParameters": {"method.response.header.X-Order": True, "method.response.header.X-Fixed": True}}, {"StatusCode": "409"}]
    validated = {"RequestValidatorId": ref("Strict"), "RequestModels": {"application/json": "Order"}, "RequestParameters": {"method.request.querystring.shop": True, "method.request.header.X-Who": True}}
    api.method("Orders", "POST", aws(LAMBDA % "Echo", responses=failing), MethodResponses=answers, **validated)
    api.method("Orders", "PUT", aws(LAMBDA % "Echo", responses=failing), MethodResponses=answers)
    api.method("OrderById", "GET", aws(LAMBDA % "Echo", '{"id": "$input.params("id")", "all": "$input.params().path", "path": "$context.path", "resource": "$context.resourcePath", "quoted": "$util.escapeJavaScript($input.params("q"))"}'))
    api.method("OrderNew", "ANY", aws(LAMBDA % "Echo", '{"new": true, "method": "$context.httpMethod"}'))
    api.resource("Proxied", "proxied")
    api.resource("Rest", "{proxy+}", "Proxied")
    api.method("Rest", "ANY", {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": sub(LAMBDA % "Proxy")})
    api.resource("Slow", "slow")
    api.method("Slow", "GET", aws(LAMBDA % "Echo", '{"sleep": 2}', TimeoutInMillis=100))
    api.resource("Mock", "mock")
    mocked = [{"StatusCode": "200", "ResponseTemplates": {"application/json": '#set($context.responseOverride.status = 202)#set($context.responseOverride.header.X-Over = "ridden"){"mocked": true}'}},
              {"StatusCode": "404", "SelectionPattern": "404"}]
    api.method("Mock", "GET", {"Type": "MOCK", "RequestTemplates": {"application/json": "{ statusCode: #if($input.params('missing') != '')404#{else}200#end }"}, "IntegrationResponses": mocked},
               MethodResponses=[{"StatusCode": "200"}, {"StatusCode": "404"}])
    api.resource("Start", "start")
    start = '{"stateMachineArn": "%s", "input": "$util.escapeJavaScript($input.json(\'$\')).replaceAll("\\\\\'", "\'")"}'
    api.method("Start", "POST", aws("arn:aws:apigateway:${AWS::Region}:states:action/StartExecution", "@", [{"StatusCode": "200"}, {"StatusCode": "400", "SelectionPattern": "4\\d{2}"}]),
               MethodResponses=[{"StatusCode": "200"}, {"StatusCode": "400"}])
    api.resources["StartPOST"]["Properties"]["Integration"]["RequestTemplates"] = {"application/json": sub(start % "${Machine}")}
    api.resource("Answer", "answer")
    api.method("Answer", "GET", aws("arn:aws:apigateway:${AWS::Region}:states:action/SendTaskSuccess", '{"taskToken": "$input.params("t")", "output": "{\\"by\\": \\"link\\"}"}',
                                    [{"StatusCode": "200", "ResponseTemplates": {"application/json": '{"done": true}'}}, {"StatusCode": "400", "SelectionPattern": "400"}]),
               MethodResponses=[{"StatusCode": "200"}, {"StatusCode": "400"}])
    api.resource("Send", "send")
    form = {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"}
    api.method("Send", "POST", aws("arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Queue.QueueName}", "Action=SendMessage&MessageBody=$util.urlEncode($input.body)", RequestParameters=form))
    return api


class Gateway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.template = pathlib.Path(cls.folder.name) / "links" / "template.json"
        cls.template.parent.mkdir()
        cls.template.write_text(the_template().text())
        cls.daemon = Daemon(stacks=cls.template.parent)
        cls.daemon.__enter__()
        cls.outputs = cls.daemon.get("/v1/stacks/links")["outputs"]
        cls.base = f"/_api/{cls.outputs['Api']}/dev"

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)
        cls.folder.cleanup()

    def ask(self, path, method="GET", body=None, **headers):
        status, answer, text = self.daemon.open(self.base + path, method, {name.replace("_", "-"): value for name, value in headers.items()}, body and body.encode())
        return status, answer, json.loads(text) if text else None

    def test_the_link_of_a_mail_reaches_its_function_with_two_slashes(self):
        token = "AQCE-_" * 20
        for path in ("//verification", "/verification", "/verification/"):
            status, headers, body = self.ask(f"{path}?requestId=a%20b&timestamp=1+2&token={token}")
            self.assertEqual((status, body), (200, {"requestId": "a b", "timestamp": "1 2", "token": token}))
            self.assertEqual(headers["Content-Type"], "application/json")
            self.assertTrue(headers["x-amz-apigw-id"])
            self.assertTrue(headers["x-amzn-RequestId"])
        self.assertEqual(self.ask("/verification?token=x&token=y")[2]["token"], "y")

    def test_unknown_routes_stages_and_apis_are_answered_as_by_api_gateway(self):
        for path, method in (("/nothing", "GET"), ("/verification", "POST"), ("", "GET"), ("/orders/1/2", "GET")):
            status, headers, body = self.ask(path, method)
            self.assertEqual((status, headers["x-amzn-ErrorType"], body), (403, "MissingAuthenticationTokenException", {"message": "Missing Authentication Token"}))
        for path in (f"/_api/{self.outputs['Api']}/prod/verification", "/_api/abcdefghij/dev/verification", "/_api/"):
            status, headers, text = self.daemon.open(path)
            self.assertEqual((status, headers["x-amzn-ErrorType"], json.loads(text)), (403, "ForbiddenException", {"message": "Forbidden"}))

    def test_a_stage_is_found_by_its_host(self):
        status, _, text = self.daemon.open("/dev/orders/7", headers={"Host": f"{self.outputs['Api']}.execute-api.us-east-1.amazonaws.com"})
        self.assertEqual((status, json.loads(text)["id"]), (200, "7"))

    def test_the_most_exact_route_wins(self):
        self.assertEqual(self.ask("/orders/new", "DELETE")[2], {"new": True, "method": "DELETE"})
        body = self.ask("/orders//a%2Fb?q=%22x%22")[2]
        self.assertEqual((body["id"], body["all"], body["path"], body["resource"], body["quoted"]), ("a/b", "{id=a/b}", "/dev/orders//a%2Fb", "/orders/{id}", '"x"'))

    def test_a_validator_refuses_what_lacks_parameters_or_fits_no_model(self):
        good = {"X_Who": "me", "Content_Type": "application/json"}
        status, headers, body = self.ask("/orders", "POST", '{"id": 1}')
        self.assertEqual((status, headers["x-amzn-ErrorType"], body), (400, "BadRequestException", {"message": "Missing required request parameters: [X-Who, shop]"}))
        for wrong in ('{"id": 0}', '{"id": "1"}', "{}", "[]", "no", '{"id": 1, "note": "long"}', '{"id": 1, "other": 1}', ""):
            self.assertEqual(self.ask("/orders?shop=s", "POST", wrong, **good)[::2], (400, {"message": "Invalid request body"}), wrong)
        status, headers, body = self.ask("/orders?shop=s", "POST", '{"id": 12, "note": "äöü"}', **good)
        self.assertEqual((status, body, headers["X-Order"], headers["X-Fixed"]), (200, {"made": 12, "stage": "red"}, "12", "yes"))

    def test_a_functions_error_selects_the_response_by_its_message(self):
        self.assertEqual(self.ask("/orders", "PUT", '{"fail": "taken: 7"}')[::2], (409, {"error": "taken: 7"}))
        status, _, body = self.ask("/orders", "PUT", '{"fail": "undeclared"}')
        self.assertEqual((status, body), (500, {"message": "Internal server error"}))
        status, _, text = self.daemon.open(self.base + "/orders", "PUT", {}, '{"fail": "of no pattern"}')
        self.assertEqual((status, text), (200, '{"made": $o.id, "stage": "red"}'))

    def test_a_payload_of_another_type_is_refused_where_there_are_only_templates(self):
        status, headers, body = self.daemon.open(self.base + "/verification", "GET", {"Content-Type": "text/plain"}, "x")
        self.assertEqual((status, headers["X-Why"], json.loads(body)), (499, "type", {"why": "Unsupported Media Type", "at": "/verification"}))
        status, _, body = self.ask("/verification", "GET", "no json", Content_Type="application/json")
        self.assertEqual(status, 400)
        self.assertTrue(body["message"].startswith("Could not parse request body into json: "), body)

    def test_a_proxy_gets_the_whole_request_and_answers_as_it_likes(self):
        status, headers, event = self.ask("/proxied/a//b%20c?x=1&x=2&y=", "PATCH", "text", X_Mine="m")
        self.assertEqual((status, headers["X-One"], headers.get_all("Set-Cookie")), (201, "1", ["a=1", "b=2"]))
        self.assertEqual((event["resource"], event["path"], event["httpMethod"], event["pathParameters"]), ("/proxied/{proxy+}", "/proxied/a//b%20c", "PATCH", {"proxy": "a//b c"}))
        self.assertEqual((event["queryStringParameters"], event["multiValueQueryStringParameters"]), ({"x": "2", "y": ""}, {"x": ["1", "2"], "y": [""]}))
        self.assertEqual((event["body"], event["isBase64Encoded"], event["stageVariables"], event["headers"]["X-Mine"]), ("text", False, {"colour": "red"}, "m"))
        context = event["requestContext"]
        self.assertEqual((context["stage"], context["apiId"], context["path"], context["resourcePath"], context["identity"]["sourceIp"]),
                         ("dev", self.outputs["Api"], "/dev/proxied/a//b%20c", "/proxied/{proxy+}", "127.0.0.1"))
        for how in ("raise", "malformed"):
            status, headers, body = self.ask(f"/proxied/x?how={how}")
            self.assertEqual((status, headers["x-amzn-ErrorType"], body), (502, "InternalServerErrorException", {"message": "Internal server error"}))
        self.assertEqual(self.daemon.open(self.base + "/proxied/x?how=binary")[2], "iVBORw==")
        self.assertEqual(self.daemon.open(self.base + "/proxied/x?how=binary", headers={"Accept": "image/png"})[2], b"\x89PNG".decode(errors="replace"))

    def test_an_integration_that_takes_too_long_is_not_waited_for(self):
        status, headers, body = self.ask("/slow")
        self.assertEqual((status, headers["x-amzn-ErrorType"], body), (504, "InternalServerErrorException", {"message": "Endpoint request timed out"}))

    def test_a_mock_answers_itself(self):
        status, headers, body = self.ask("/mock")
        self.assertEqual((status, headers["X-Over"], body), (202, "ridden", {"mocked": True}))
        self.assertEqual(self.ask("/mock?missing=1")[0], 404)

    def start(self, value):
        status, _, body = self.ask("/start", "POST", json.dumps(value))
        self.assertEqual(status, 200, body)
        return body["executionArn"]

    def waiting(self, arn):
        """The token of an execution that was just started, and its id."""
        id = urllib.parse.quote(arn, safe="")
        name = arn.rsplit(":")[-1]
        tokens = wait_for(lambda: [t for t in self.daemon.get("/v1/tokens")["tokens"] if t["executionId"] == name])
        return tokens[0]["token"], id

    def test_operations_of_aws_are_called_directly(self):
        arn = self.start({"note": 'it\'s "quoted"'})
        token, id = self.waiting(arn)
        self.assertEqual(self.daemon.execution(id)["input"], {"note": 'it\'s "quoted"'})
        self.assertEqual(self.ask("/start", "POST", '"' + "x" * 300_000 + '"')[0], 400)
        self.assertEqual(self.ask(f"/answer?t={token}")[::2], (200, {"done": True}))
        self.assertEqual(self.daemon.execution(id)["output"], {"by": "link"})
        status, _, body = self.ask(f"/answer?t={token}")
        self.assertEqual((status, body["__type"].rsplit("#")[-1]), (400, "TaskTimedOut"))
        status, _, body = self.ask("/send", "POST", '{"a": "b&c"}')
        self.assertEqual(status, 200)
        self.assertTrue(body["SendMessageResponse"]["SendMessageResult"]["MessageId"], body)

    def test_requests_stand_in_the_access_log(self):
        self.ask("//orders/4711")
        line = wait_for(lambda: self.logged("/dev//orders/4711"))
        line = json.loads(line)
        self.assertEqual((line["status"], line["resourcePath"], line["httpMethod"], line["protocol"], line["user"], line["ip"]), ("200", "/orders/{id}", "GET", "HTTP/1.1", "-", "127.0.0.1"))
        self.assertGreater(int(line["responseLength"]), 10)
        self.assertRegex(line["requestId"], r"^[0-9a-f-]{36}$")

    def logged(self, path):
        body = json.dumps({"logGroupName": "access"})
        status, _, text = self.daemon.open(f"http://{self.daemon.admin}/", "POST", {"X-Amz-Target": "Logs_20140328.FilterLogEvents", "Content-Type": "application/x-amz-json-1.1"}, body)
        self.assertEqual(status, 200, text)
        return next((event["message"] for event in json.loads(text)["events"] if f'"path":"{path}"' in event["message"]), None)

    def test_a_new_deployment_is_served_and_the_api_keeps_its_id_through_a_crash(self):
        api = the_template()
        api.resource("Later", "later")
        api.method("Later", "GET", aws(LAMBDA % "Echo", '{"later": true}'))
        api.resources["VerificationGET"]["Properties"]["Integration"]["RequestTemplates"]["application/json"] = LINK_TEMPLATE.replace('"requestId"', '"id"')
        self.assertEqual(self.ask("/later")[0], 403)
        self.template.write_text(api.text("Second"))
        self.daemon.cli("deploy", self.template.parent)
        self.assertEqual(self.ask("/later")[2], {"later": True})
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.ask("/later")[2], {"later": True})
        self.assertEqual(self.ask("/verification?requestId=1")[2]["id"], "1")
        self.template.write_text(the_template().text())
        self.daemon.cli("deploy", self.template.parent)
        self.assertEqual(self.ask("/verification?requestId=1")[2]["requestId"], "1")
        self.assertEqual(self.daemon.get("/v1/stacks/links")["outputs"]["Api"], self.outputs["Api"])


class Confirming(unittest.TestCase):
    """Where a link must be confirmed, a GET that carries a waiting task's token gets no further than the page."""

    def test_only_the_pages_post_reaches_the_integration(self):
        with tempfile.TemporaryDirectory() as folder:
            template = pathlib.Path(folder) / "links" / "template.json"
            template.parent.mkdir()
            template.write_text(the_template().text())
            with Daemon("--verification=confirm", stacks=template.parent) as daemon:
                base = f"/_api/{daemon.get('/v1/stacks/links')['outputs']['Api']}/dev"
                arn = json.loads(daemon.open(base + "/start", "POST", {}, "{}")[2])["executionArn"]
                id = urllib.parse.quote(arn, safe="")
                token = wait_for(lambda: daemon.get("/v1/tokens")["tokens"])[0]["token"]
                link = f"{base}//answer?who=Ada&t={token}"
                for method, headers in (("GET", {}), ("GET", {"Accept": "application/json"}), ("HEAD", {}), ("GET", {"Sec-Purpose": "prefetch"}), ("OPTIONS", {}), ("POST", {})):
                    status, _, page = daemon.open(link, method, headers, "nonce=wrong" if method == "POST" else None)
                    self.assertEqual(daemon.execution(id)["status"], "RUNNING", (method, headers, status))
                page = daemon.open(link)[2]
                self.assertIn("Ada", page)
                self.assertIn("Confirm", page)
                nonce = re.search(r'name="nonce" value="([^"]+)"', page).group(1)
                daemon.kill()
                daemon.start()
                status, _, text = daemon.open(link, "POST", {"Content-Type": "application/x-www-form-urlencoded"}, f"nonce={nonce}")
                self.assertEqual((status, json.loads(text)), (200, {"done": True}))
                self.assertEqual(daemon.wait_for_end(id)["output"], {"by": "link"})
                self.assertEqual(json.loads(daemon.open(link)[2])["__type"].rsplit("#")[-1], "TaskTimedOut")
                self.assertEqual(daemon.open(base + "//answer?t=no-token")[0], 400)


if __name__ == "__main__":
    main()
