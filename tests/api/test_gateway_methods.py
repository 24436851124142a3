"""API Gateway over the wire: methods tried and changed in place, HTTP integrations with a real server behind them, API keys, and what CDK writes for CORS."""
import base64
import http.server
import datetime
import json
import threading
import time
import unittest

from aws_clients import ROLE, AwsCase, archive
from support.daemon import main

PROXY = '''
import base64, time
def handler(event, context):
    how = (event["queryStringParameters"] or {}).get("how")
    if how == "sleep":
        time.sleep(5)
    if how == "binary":
        return {"statusCode": 200, "headers": {"Content-Type": "image/png"}, "body": base64.b64encode(b"\\x89PNG").decode(), "isBase64Encoded": True}
    import json
    return {"statusCode": 200, "body": json.dumps({name: event[name] for name in ("path", "body", "isBase64Encoded", "stageVariables", "pathParameters")})}
'''


class Upstream(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked, and as the path says."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if self.path.startswith("/slow"):
            time.sleep(2)
        status = int(self.path.split("status=")[1].split("&")[0]) if "status=" in self.path else 200
        answer = json.dumps({"method": self.command, "path": self.path, "headers": dict(self.headers.items()), "body": body.decode()}).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("X-Upstream", "yes")
            self.end_headers()
            self.wfile.write(answer)
        except OSError:
            pass   # nobody waited

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_):
        pass


class Methods(AwsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        threading.Thread(target=cls.upstream.serve_forever, daemon=True).start()
        cls.url = f"http://127.0.0.1:{cls.upstream.server_port}"
        cls.client("lambda").create_function(FunctionName="proxied", Runtime="python3.12", Handler="app.handler", Role=ROLE, Timeout=1, Code={"ZipFile": archive(app=PROXY)})

    @classmethod
    def tearDownClass(cls):
        cls.upstream.shutdown()
        super().tearDownClass()

    def setUp(self):
        self.api = self.client("apigateway")

    def make(self, path="things", **members):
        """An API with one resource: where its method is."""
        api = self.api.create_rest_api(name="methods", **members)["id"]
        root = self.api.get_resources(restApiId=api)["items"][0]["id"]
        resource = self.api.create_resource(restApiId=api, parentId=root, pathPart=path)["id"]
        return {"restApiId": api, "resourceId": resource, "httpMethod": "GET"}

    def put(self, at, response=None, **integration):
        self.api.put_method(authorizationType="NONE", **{"requestParameters": {}, **(integration.pop("method", {})), **at})
        self.api.put_integration(**integration, **at)
        for status, members in (response or {}).items():
            self.api.put_method_response(statusCode=status, responseParameters={name: False for name in members.get("responseParameters", {})}, **at)
            self.api.put_integration_response(statusCode=status, **members, **at)

    def deploy(self, at, **members):
        return self.api.create_deployment(restApiId=at["restApiId"], stageName="s", **members)["id"]

    def ask(self, at, path, method="GET", body=None, **headers):
        status, answer, text = self.daemon.open(f"/_api/{at['restApiId']}/s{path}", method, {name.replace("_", "-"): value for name, value in headers.items()}, body)
        return status, answer, text

    def patch(self, call, *operations, **at):
        return call(patchOperations=[{"op": op, "path": path, **({"value": value} if value is not None else {})} for op, path, value in operations], **at)

    # ---- HTTP integrations ----

    def test_a_http_proxy_passes_everything_on(self):
        at = {**self.make("{proxy+}"), "httpMethod": "ANY"}
        self.put(at, type="HTTP_PROXY", integrationHttpMethod="ANY", uri=self.url + "/base/{proxy}", method={"requestParameters": {"method.request.path.proxy": True}},
                 requestParameters={"integration.request.path.proxy": "method.request.path.proxy", "integration.request.header.X-Stage": "stageVariables.colour"})
        self.deploy(at, variables={"colour": "red"})
        status, headers, text = self.ask(at, "/a/b?q=1&q=a%20b&status=201", "POST", b'{"a": 1}', X_Mine="m", Content_Type="application/json")
        seen = json.loads(text)
        self.assertEqual((status, headers["X-Upstream"], seen["method"], seen["body"]), (201, "yes", "POST", '{"a": 1}'))
        self.assertTrue(seen["path"].startswith("/base/a"), seen["path"])
        self.assertIn("q=1&q=a%20b", seen["path"])
        self.assertEqual((seen["headers"]["X-Mine"], seen["headers"]["X-Stage"], seen["headers"]["Host"]), ("m", "red", self.url[7:]))
        for code in (404, 503):
            self.assertEqual(self.ask(at, f"/x?status={code}")[0], code)

    def test_a_http_integration_maps_requests_and_answers(self):
        at = {**self.make(), "httpMethod": "POST"}
        answers = {"200": {"responseTemplates": {"application/json": '{"sent": $input.json("$.body"), "by": "$input.path("$.method")"}'}, "responseParameters": {"method.response.header.X-From": "integration.response.header.X-Upstream"}},
                   "409": {"selectionPattern": "4\\d{2}", "responseTemplates": {"application/json": '{"refused": true}'}}}
        self.put(at, answers, type="HTTP", integrationHttpMethod="PUT", uri="${stageVariables.server}/things", requestTemplates={"application/json": '{"n": $input.json("$.a")}'},
                 requestParameters={"integration.request.querystring.status": "method.request.querystring.status"}, method={"requestParameters": {"method.request.querystring.status": False}})
        # Stage variables stand for a part of the URL only where it still looks like one.
        self.patch(self.api.update_integration, ("replace", "/uri", "http://${stageVariables.server}/things"), **at)
        self.deploy(at, variables={"server": self.url[7:]})
        status, headers, text = self.ask(at, "/things?status=200", "POST", b'{"a": 5}', Content_Type="application/json")
        self.assertEqual((status, headers["X-From"], json.loads(text)), (200, "yes", {"sent": '{"n": 5}', "by": "PUT"}))
        status, _, text = self.ask(at, "/things?status=404", "POST", b'{"a": 5}', Content_Type="application/json")
        self.assertEqual((status, json.loads(text)), (409, {"refused": True}))

    def test_a_server_that_is_slow_or_away(self):
        at = self.make()
        self.put(at, type="HTTP_PROXY", integrationHttpMethod="GET", uri=self.url + "/slow", timeoutInMillis=200)
        self.deploy(at)
        began = time.monotonic()
        status, headers, text = self.ask(at, "/things")
        self.assertEqual((status, headers["x-amzn-ErrorType"], json.loads(text)), (504, "InternalServerErrorException", {"message": "Endpoint request timed out"}))
        self.assertLess(time.monotonic() - began, 1.5)
        self.patch(self.api.update_integration, ("replace", "/uri", "http://127.0.0.1:9/"), **at)
        self.deploy(at)
        status, _, text = self.ask(at, "/things")
        self.assertEqual((status, json.loads(text)), (504, {"message": "Network error communicating with endpoint"}))
        self.assertEqual(self.refused("BadRequestException", self.patch, self.api.update_integration, ("replace", "/timeoutInMillis", "10"), **at), "Timeout should be between 50 ms and 29000 ms")

    # ---- proxies of functions ----

    def function(self, at, **integration):
        uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:${stageVariables.name}/invocations"
        self.put(at, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri, **integration)
        self.deploy(at, variables={"name": "proxied"})

    def test_a_functions_own_time_out_is_502_and_the_integrations_504(self):
        at = self.make()
        self.function(at)
        status, headers, text = self.ask(at, "/things?how=sleep")   # the function's limit is a second
        self.assertEqual((status, headers["x-amzn-ErrorType"], json.loads(text)), (502, "InternalServerErrorException", {"message": "Internal server error"}))
        self.patch(self.api.update_integration, ("replace", "/timeoutInMillis", "100"), **at)
        self.deploy(at)
        status, _, text = self.ask(at, "/things?how=sleep")
        self.assertEqual((status, json.loads(text)), (504, {"message": "Endpoint request timed out"}))

    def test_binary_media_types(self):
        at = {**self.make(binaryMediaTypes=["image/*"]), "httpMethod": "ANY"}
        self.function(at)
        seen = json.loads(self.ask(at, "/things", "POST", b"\x89PNG", Content_Type="image/png")[2])
        self.assertEqual((seen["isBase64Encoded"], base64.b64decode(seen["body"]), seen["stageVariables"]), (True, b"\x89PNG", {"name": "proxied"}))
        self.assertFalse(json.loads(self.ask(at, "/things", "POST", b"text", Content_Type="text/plain")[2])["isBase64Encoded"])
        self.assertEqual(self.ask(at, "/things?how=binary", Accept="text/html")[2], base64.b64encode(b"\x89PNG").decode())
        self.assertIn("PNG", self.ask(at, "/things?how=binary", Accept="image/png")[2])

    def test_a_more_exact_resource_without_the_method_keeps_the_request_from_the_proxy(self):
        at = {**self.make("{proxy+}"), "httpMethod": "ANY"}
        root = next(r["id"] for r in self.api.get_resources(restApiId=at["restApiId"])["items"] if r["path"] == "/")
        exact = {"restApiId": at["restApiId"], "resourceId": self.api.create_resource(restApiId=at["restApiId"], parentId=root, pathPart="exact")["id"], "httpMethod": "POST"}
        self.put(exact, {"200": {}}, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        self.function(at)
        self.assertEqual(json.loads(self.ask(at, "/other")[2])["pathParameters"], {"proxy": "other"})
        self.assertEqual(self.ask(at, "/exact", "POST", b"{}", Content_Type="application/json")[0], 200)
        status, headers, text = self.ask(at, "/exact")
        self.assertEqual((status, headers["x-amzn-ErrorType"], json.loads(text)), (403, "MissingAuthenticationTokenException", {"message": "Missing Authentication Token"}))

    def test_cors_as_cdk_writes_it(self):
        at = {**self.make(), "httpMethod": "OPTIONS"}
        headers = {"Access-Control-Allow-Headers": "'Content-Type,X-Amz-Date'", "Access-Control-Allow-Origin": "'*'", "Access-Control-Allow-Methods": "'OPTIONS,GET'"}
        self.put(at, {"204": {"responseParameters": {"method.response.header." + name: value for name, value in headers.items()}}}, type="MOCK", requestTemplates={"application/json": "{ statusCode: 204 }"})
        self.deploy(at)
        status, answer, text = self.ask(at, "/things", "OPTIONS", Origin="https://shop.example", Access_Control_Request_Method="GET")
        self.assertEqual((status, text), (204, ""))
        self.assertEqual({name: answer[name] for name in headers}, {name: value.strip("'") for name, value in headers.items()})

    # ---- trying a method ----

    def test_a_method_is_tried_before_it_is_deployed(self):
        at = self.make("{id}")
        body = '{"id": "$input.params(\'id\')", "q": "$input.params(\'q\')", "stage": "$context.stage", "colour": "$stageVariables.colour", "header": "$input.params(\'X-One\')"}'
        self.put(at, {"200": {"responseTemplates": {"application/json": body}}}, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, method={"apiKeyRequired": True})
        told = self.api.test_invoke_method(pathWithQueryString="/seven?q=a%20b", headers={"X-One": "1"}, stageVariables={"colour": "red"}, **at)
        self.assertEqual((told["status"], json.loads(told["body"])), (200, {"id": "seven", "q": "a b", "stage": "test-invoke-stage", "colour": "red", "header": "1"}))
        self.assertEqual((told["headers"]["Content-Type"], told["multiValueHeaders"]["Content-Type"]), ("application/json", ["application/json"]))
        self.assertGreaterEqual(told["latency"], 0)
        for line in ("Execution log for request ", "HTTP Method: GET, Resource Path: /seven", "Method request path: {id=seven}", "Successfully completed execution", "Method completed with status: 200"):
            self.assertIn(line, told["log"])
        self.refused("NotFoundException", self.api.test_invoke_method, **{**at, "httpMethod": "PUT"})
        failing = {**at, "httpMethod": "POST"}
        self.put(failing, {"200": {}}, type="HTTP", integrationHttpMethod="POST", uri=self.url + "/x?status=500")
        self.assertEqual(self.api.test_invoke_method(body="{}", **failing)["status"], 200)

    # ---- changes in place ----

    def test_everything_is_changed_by_patches(self):
        at = self.make()
        api = at["restApiId"]
        self.put(at, {"200": {"responseTemplates": {"application/json": '{"v": 1}'}}}, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        self.deploy(at)
        self.assertEqual(json.loads(self.ask(at, "/things")[2]), {"v": 1})

        method = self.patch(self.api.update_method, ("replace", "/apiKeyRequired", "true"), ("add", "/requestParameters/method.request.querystring.q", "true"), ("replace", "/operationName", "list"), **at)
        self.assertEqual((method["apiKeyRequired"], method["requestParameters"], method["operationName"]), (True, {"method.request.querystring.q": True}, "list"))
        method = self.patch(self.api.update_method, ("replace", "/apiKeyRequired", "false"), ("remove", "/requestParameters/method.request.querystring.q", None), **at)
        self.assertEqual((method["apiKeyRequired"], method["requestParameters"]), (False, {}))
        response = self.patch(self.api.update_method_response, ("add", "/responseParameters/method.response.header.X-V", "false"), ("add", "/responseModels/application~1json", "Empty"), statusCode="200", **at)
        self.assertEqual((response["responseParameters"], response["responseModels"]), ({"method.response.header.X-V": False}, {"application/json": "Empty"}))
        integration = self.patch(self.api.update_integration, ("replace", "/requestTemplates/application~1json", '{"statusCode": 299}'), ("replace", "/passthroughBehavior", "NEVER"), **at)
        self.assertEqual((integration["requestTemplates"], integration["passthroughBehavior"]), ({"application/json": '{"statusCode": 299}'}, "NEVER"))
        answer = self.patch(self.api.update_integration_response, ("replace", "/responseTemplates/application~1json", '{"v": 2}'), ("add", "/responseParameters/method.response.header.X-V", "'two'"), statusCode="200", **at)
        self.assertEqual(answer["responseTemplates"], {"application/json": '{"v": 2}'})
        self.assertEqual(json.loads(self.ask(at, "/things")[2]), {"v": 1})   # until it is deployed
        deployment = self.deploy(at)
        status, headers, text = self.ask(at, "/things")
        self.assertEqual((status, headers["X-V"], json.loads(text)), (200, "two", {"v": 2}))

        self.assertEqual(self.patch(self.api.update_deployment, ("replace", "/description", "second"), restApiId=api, deploymentId=deployment)["description"], "second")
        stage = self.patch(self.api.update_stage, ("replace", "/variables/colour", "blue"), ("replace", "/description", "live"), ("replace", "/*/*/throttling/rateLimit", "5"), restApiId=api, stageName="s")
        self.assertEqual((stage["variables"], stage["description"], stage["methodSettings"]["*/*"]["throttlingRateLimit"]), ({"colour": "blue"}, "live", 5.0))
        resource = self.patch(self.api.update_resource, ("replace", "/pathPart", "items"), restApiId=api, resourceId=at["resourceId"])
        self.assertEqual(resource["path"], "/items")
        self.deploy(at)
        self.assertEqual((self.ask(at, "/things")[0], self.ask(at, "/items")[0]), (403, 200))

        self.api.create_model(restApiId=api, name="Thing", contentType="application/json", schema="{}")
        self.assertEqual(self.patch(self.api.update_model, ("replace", "/schema", '{"type": "array"}'), restApiId=api, modelName="Thing")["schema"], '{"type": "array"}')
        validator = self.api.create_request_validator(restApiId=api, name="v")["id"]
        self.assertTrue(self.patch(self.api.update_request_validator, ("replace", "/validateRequestBody", "true"), restApiId=api, requestValidatorId=validator)["validateRequestBody"])
        told = self.patch(self.api.update_gateway_response, ("replace", "/statusCode", "418"), ("add", "/responseParameters/gatewayresponse.header.X-Why", "'none'"), restApiId=api, responseType="MISSING_AUTHENTICATION_TOKEN")
        self.assertEqual((told["statusCode"], told["defaultResponse"]), ("418", False))
        self.deploy(at)
        status, headers, _ = self.ask(at, "/nothing")
        self.assertEqual((status, headers["X-Why"]), (418, "none"))
        listed = {r["responseType"]: r["defaultResponse"] for r in self.api.get_gateway_responses(restApiId=api, limit=500)["items"]}
        self.assertEqual((len(listed), listed["MISSING_AUTHENTICATION_TOKEN"], listed["THROTTLED"]), (21, False, True))

        for call, members in ((self.api.update_method, at), (self.api.update_integration, at), (self.api.update_resource, {"restApiId": api, "resourceId": at["resourceId"]})):
            self.assertIn("Invalid patch path", self.refused("BadRequestException", self.patch, call, ("replace", "/nonsense", "x"), **members))
        self.assertIn("NONE is", self.refused("BadRequestException", self.patch, self.api.update_method, ("replace", "/authorizationType", "AWS_IAM"), **at))
        self.assertIn("template", self.refused("BadRequestException", self.patch, self.api.update_integration, ("replace", "/requestTemplates/application~1json", "#if("), **at))
        self.refused("NotFoundException", self.patch, self.api.update_integration_response, ("replace", "/selectionPattern", "x"), statusCode="500", **at)
        self.assertIn("AUTHORIZER", self.refused("BadRequestException", self.patch, self.api.update_rest_api, ("replace", "/apiKeySource", "AUTHORIZER"), restApiId=api))

    # ---- keys ----

    def test_api_keys_open_stages_by_usage_plans(self):
        at = self.make()
        self.put(at, {"200": {"responseTemplates": {"application/json": '{"key": "$context.identity.apiKeyId"}'}}}, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, method={"apiKeyRequired": True})
        self.deploy(at)
        forbidden = (403, {"message": "Forbidden"})

        def ask(**headers):
            status, _, text = self.ask(at, "/things", **headers)
            return status, json.loads(text)
        self.assertEqual(ask(), forbidden)
        key = self.api.create_api_key(name="shop", enabled=True)
        self.assertEqual(len(key["value"]), 40)
        self.assertEqual(ask(x_api_key=key["value"]), forbidden)   # no plan opens the stage to it
        self.assertEqual(self.refused("NotFoundException", self.api.create_usage_plan, name="gold", apiStages=[{"apiId": at["restApiId"], "stage": "none"}]), f"API Stage not found: {at['restApiId']}:none")
        plan = self.api.create_usage_plan(name="gold", apiStages=[{"apiId": at["restApiId"], "stage": "s"}], throttle={"rateLimit": 5.0, "burstLimit": 2}, quota={"limit": 10, "period": "DAY"})
        made = self.api.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
        self.assertEqual((made["id"], made["type"], made["name"]), (key["id"], "API_KEY", "shop"))
        self.assertEqual(ask(x_api_key=key["value"]), (200, {"key": key["id"]}))
        self.assertEqual(ask(x_api_key="x" * 40), forbidden)
        self.assertEqual([k["id"] for k in self.api.get_usage_plan_keys(usagePlanId=plan["id"])["items"]], [key["id"]])
        self.assertEqual([p["id"] for p in self.api.get_usage_plans(keyId=key["id"])["items"]], [plan["id"]])
        self.refused("ConflictException", self.api.create_usage_plan_key, usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")

        self.assertFalse(self.patch(self.api.update_api_key, ("replace", "/enabled", "false"), apiKey=key["id"])["enabled"])
        self.assertEqual(ask(x_api_key=key["value"]), forbidden)
        self.patch(self.api.update_api_key, ("replace", "/enabled", "true"), ("replace", "/name", "renamed"), apiKey=key["id"])
        changed = self.patch(self.api.update_usage_plan, ("remove", "/apiStages", f"{at['restApiId']}:s"), ("replace", "/throttle/rateLimit", "7"), ("remove", "/quota", None), usagePlanId=plan["id"])
        self.assertEqual((changed["apiStages"], changed["throttle"]["rateLimit"], changed.get("quota")), ([], 7.0, None))
        self.assertEqual(ask(x_api_key=key["value"]), forbidden)
        self.patch(self.api.update_usage_plan, ("add", "/apiStages", f"{at['restApiId']}:s"), usagePlanId=plan["id"])
        self.assertEqual(ask(x_api_key=key["value"])[0], 200)

        shown = self.api.get_api_key(apiKey=key["id"])
        self.assertEqual((shown["name"], shown.get("value")), ("renamed", None))
        self.assertEqual(self.api.get_api_key(apiKey=key["id"], includeValue=True)["value"], key["value"])
        self.assertEqual([k["value"] for k in self.api.get_api_keys(nameQuery="ren", includeValues=True)["items"]], [key["value"]])
        self.refused("ConflictException", self.api.create_api_key, name="again", value=key["value"])
        self.assertEqual(self.refused("BadRequestException", self.api.create_api_key, name="short", value="x"), "API Key value should be at least 20 characters")
        self.api.delete_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"])
        self.assertEqual(ask(x_api_key=key["value"]), forbidden)
        self.api.delete_usage_plan(usagePlanId=plan["id"])
        self.api.delete_api_key(apiKey=key["id"])
        self.refused("NotFoundException", self.api.get_api_key, apiKey=key["id"])
        self.refused("NotFoundException", self.api.get_usage_plan, usagePlanId=plan["id"])

    def keyed(self, plan, **settings):
        """A method that needs a key, and a key with a plan: (ask, plan's id, key's id)."""
        at = self.make()
        self.put(at, {"200": {"responseTemplates": {"application/json": '{"fine": true}'}}}, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, method={"apiKeyRequired": True})
        self.deploy(at)
        key = self.api.create_api_key(name="limited", enabled=True)
        made = self.api.create_usage_plan(name="limits", apiStages=[{"apiId": at["restApiId"], "stage": "s", **settings}], **plan)["id"]
        self.api.create_usage_plan_key(usagePlanId=made, keyId=key["id"], keyType="API_KEY")

        def ask():
            status, _, text = self.ask(at, "/things", x_api_key=key["value"])
            return status, json.loads(text)
        return ask, made, key["id"]

    def test_a_quota_ends_requests_for_the_day(self):
        ask, plan, key = self.keyed({"quota": {"limit": 2, "period": "DAY"}})
        fine, over = (200, {"fine": True}), (429, {"message": "Limit Exceeded"})
        self.assertEqual([ask(), ask(), ask()], [fine, fine, over])
        self.daemon.kill()
        self.daemon.start()
        self.api = self.client("apigateway")
        self.assertEqual(ask(), over)
        today = datetime.datetime.now(datetime.timezone.utc).date()
        days = {"startDate": str(today - datetime.timedelta(days=1)), "endDate": str(today)}
        self.assertEqual(self.api.get_usage(usagePlanId=plan, **days)["items"], {key: [[0, 2], [2, 0]]})
        self.patch(self.api.update_usage, ("replace", "/remaining", "1"), usagePlanId=plan, keyId=key)
        self.assertEqual([ask(), ask()], [fine, over])
        self.patch(self.api.update_usage_plan, ("replace", "/quota/limit", "100"), usagePlanId=plan)
        self.assertEqual(ask(), fine)
        self.refused("BadRequestException", self.api.get_usage, usagePlanId=plan, startDate="yesterday", endDate=str(today))
        self.refused("BadRequestException", self.api.create_usage_plan, name="odd", quota={"limit": 1, "offset": 9, "period": "WEEK"})

    def test_too_many_requests_at_once_are_refused(self):
        fine, many = (200, {"fine": True}), (429, {"message": "Too Many Requests"})
        ask, _, _ = self.keyed({"throttle": {"rateLimit": 0.001, "burstLimit": 2}})
        self.assertEqual([ask(), ask(), ask()], [fine, fine, many])
        ask, _, _ = self.keyed({}, throttle={"/things/GET": {"rateLimit": 0.001, "burstLimit": 1}})
        self.assertEqual([ask(), ask()], [fine, many])
        at = self.make()
        self.put(at, {"200": {"responseTemplates": {"application/json": '{"fine": true}'}}}, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        self.deploy(at)
        self.patch(self.api.update_stage, ("replace", "/*/*/throttling/rateLimit", "0.001"), ("replace", "/*/*/throttling/burstLimit", "1"), restApiId=at["restApiId"], stageName="s")
        asked = [self.ask(at, "/things") for _ in range(2)]
        self.assertEqual([(status, json.loads(text)) for status, _, text in asked], [fine, many])

    def test_keys_and_plans_of_a_template(self):
        def of(kind, **properties):
            return {"Type": "AWS::ApiGateway::" + kind, "Properties": properties}
        ref = lambda name: {"Ref": name}
        integration = {"Type": "MOCK", "RequestTemplates": {"application/json": '{"statusCode": 200}'}, "IntegrationResponses": [{"StatusCode": "200", "ResponseTemplates": {"application/json": "{}"}}]}
        body = {"Resources": {
            "Api": of("RestApi", Name="keyed"),
            "Get": of("Method", RestApiId=ref("Api"), ResourceId={"Fn::GetAtt": ["Api", "RootResourceId"]}, HttpMethod="GET", AuthorizationType="NONE", ApiKeyRequired=True, Integration=integration,
                      MethodResponses=[{"StatusCode": "200"}]),
            "Deployment": {**of("Deployment", RestApiId=ref("Api")), "DependsOn": ["Get"]},
            "Stage": of("Stage", RestApiId=ref("Api"), StageName="s", DeploymentId=ref("Deployment")),
            "Key": of("ApiKey", Enabled=True, Value="k" * 20),
            "Plan": of("UsagePlan", UsagePlanName="plan", ApiStages=[{"ApiId": ref("Api"), "Stage": ref("Stage")}], Throttle={"RateLimit": 5}),
            "PlanKey": of("UsagePlanKey", KeyId=ref("Key"), KeyType="API_KEY", UsagePlanId=ref("Plan"))},
            "Outputs": {"Api": {"Value": ref("Api")}}}
        stacks = self.client("cloudformation")
        stacks.create_stack(StackName="keyed", TemplateBody=json.dumps(body))
        at = {"restApiId": stacks.describe_stacks(StackName="keyed")["Stacks"][0]["Outputs"][0]["OutputValue"]}
        self.assertEqual((self.ask(at, "/")[0], self.ask(at, "/", x_api_key="k" * 20)[0]), (403, 200))
        del body["Resources"]["PlanKey"]
        stacks.update_stack(StackName="keyed", TemplateBody=json.dumps(body))
        self.assertEqual(self.ask(at, "/", x_api_key="k" * 20)[0], 403)
        stacks.delete_stack(StackName="keyed")
        self.assertEqual([p for p in self.api.get_usage_plans()["items"] if p["name"] == "plan"], [])


if __name__ == "__main__":
    main()
