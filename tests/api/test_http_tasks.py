"""HTTP tasks (`http:invoke`) and EventBridge connections, against an API of the test's own."""
import base64
import http.server
import itertools
import json
import threading
import urllib.parse

from aws_clients import ROLE, AwsCase, wait_for
from support.daemon import main


class Api(http.server.ThreadingHTTPServer):
    """Answers by path and remembers what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests, self.tokens_given, self.hold = [], 0, threading.Event()
        self.hold.set()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json"):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("X-Twice", "1")
        self.send_header("X-Twice", "2")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        url = urllib.parse.urlsplit(self.path)
        self.server.requests.append({"method": self.command, "path": url.path, "query": urllib.parse.parse_qs(url.query), "raw_query": url.query, "headers": dict(self.headers), "body": body})
        if url.path == "/token":
            self.server.tokens_given += 1
            return self.answer(200, json.dumps({"access_token": f"token-{self.server.tokens_given}", "token_type": "Bearer"}))
        if url.path == "/guarded" and self.headers.get("Authorization") != f"Bearer token-{self.server.tokens_given}":
            return self.answer(401, '{"why": "token"}')
        if url.path == "/missing":
            return self.answer(404, '{"why": "gone"}')
        if url.path == "/picture":
            return self.answer(200, b"\x89PNG", "image/png")
        if url.path == "/text":
            return self.answer(200, "plain", "text/plain")
        if url.path == "/long":
            return self.answer(200, "x" * 300_000, "text/plain")
        if url.path == "/slow":
            self.server.hold.wait(60)
        return self.answer(201, '{"ok": true}')

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_any


class HttpTasks(AwsCase):
    numbers = itertools.count()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.api = Api()
        cls.addClassCleanup(cls.api.server_close)
        cls.addClassCleanup(cls.api.shutdown)

    def connect(self, name, type="API_KEY", **auth):
        auth = auth or {"ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": "key of the test"}}
        return self.client("events").create_connection(Name=name, AuthorizationType=type, AuthParameters=auth)["ConnectionArn"]

    def start(self, connection, path="/things", holder="Authentication", **parameters):
        sfn = self.client("stepfunctions")
        task = {"ApiEndpoint": self.api.url + path, "Method": "GET", holder: {"ConnectionArn": connection}, **parameters}
        state = {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": task, "End": True}
        machine = sfn.create_state_machine(name=f"http-{next(self.numbers)}", definition=json.dumps({"StartAt": "S", "States": {"S": state}}), roleArn=ROLE)["stateMachineArn"]
        return sfn.start_execution(stateMachineArn=machine)["executionArn"]

    def ended(self, execution):
        sfn = self.client("stepfunctions")

        def probe():
            found = sfn.describe_execution(executionArn=execution)
            return found if found["status"] != "RUNNING" else None
        return wait_for(probe)

    def call(self, connection, path="/things", **parameters):
        """(result, what the API was asked)"""
        ended = self.ended(self.start(connection, path, **parameters))
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        return json.loads(ended["output"]), self.api.requests[-1]

    def fail(self, connection, path="/things", **parameters):
        ended = self.ended(self.start(connection, path, **parameters))
        self.assertEqual(ended["status"], "FAILED", ended)
        return ended["error"], ended["cause"]

    def test_a_request_and_its_result(self):
        arn = self.connect("plain")
        result, asked = self.call(arn, "/things?a=1", Method="POST", Headers={"X-Mine": "m"}, QueryParameters={"b": ["2", "3"], "c": "x y"}, RequestBody={"n": 1, "ü": [True]})
        self.assertEqual((result["StatusCode"], result["StatusText"], result["ResponseBody"]), (201, "Created", {"ok": True}))
        self.assertEqual((result["Headers"]["content-type"], result["Headers"]["x-twice"]), (["application/json"], ["1", "2"]))
        self.assertEqual((asked["method"], asked["path"], asked["query"]), ("POST", "/things", {"a": ["1"], "b": ["2", "3"], "c": ["x y"]}))
        self.assertEqual(json.loads(asked["body"]), {"n": 1, "ü": [True]})
        headers = asked["headers"]
        self.assertEqual((headers["X-Api-Key"], headers["X-Mine"], headers["Content-Type"]), ("key of the test", "m", "application/json; charset=UTF-8"))
        self.assertEqual((headers["User-Agent"], headers["Range"]), ("Amazon|StepFunctions|HttpInvoke|us-east-1", "bytes=0-262144"))
        self.assertEqual(self.call(arn, "/text", holder="InvocationConfig")[0]["ResponseBody"], "plain")

    def test_what_the_connection_says_wins(self):
        invocation = {"HeaderParameters": [{"Key": "X-Mine", "Value": "theirs"}], "QueryStringParameters": [{"Key": "q", "Value": "theirs", "IsValueSecret": True}], "BodyParameters": [{"Key": "mode", "Value": "theirs"}]}
        arn = self.connect("winning", "BASIC", BasicAuthParameters={"Username": "me", "Password": "pass:word"}, InvocationHttpParameters=invocation)
        _, asked = self.call(arn, Method="PUT", Headers={"X-Mine": "mine"}, QueryParameters={"q": "mine", "r": "1"}, RequestBody={"mode": "mine", "other": 1})
        self.assertEqual((asked["headers"]["X-Mine"], asked["query"], json.loads(asked["body"])), ("theirs", {"q": ["theirs"], "r": ["1"]}, {"mode": "theirs", "other": 1}))
        self.assertEqual(asked["headers"]["Authorization"], "Basic " + base64.b64encode(b"me:pass:word").decode())
        self.assertEqual(self.fail(arn, Method="PUT", RequestBody="a text")[0], "States.Runtime")

    def test_forms(self):
        arn = self.connect("forms")
        body = {"customer": "c 1", "meta": {"k": "v&w"}, "list": ["a", "b"]}
        wanted = {None: "customer=c%201&meta%5Bk%5D=v%26w&list%5B0%5D=a&list%5B1%5D=b", "REPEAT": "customer=c%201&meta%5Bk%5D=v%26w&list=a&list=b",
                  "COMMAS": "customer=c%201&meta%5Bk%5D=v%26w&list=a%2Cb", "BRACKETS": "customer=c%201&meta%5Bk%5D=v%26w&list%5B%5D=a&list%5B%5D=b"}
        for format, form in wanted.items():
            transform = {"RequestBodyEncoding": "URL_ENCODED", **({"RequestEncodingOptions": {"ArrayFormat": format}} if format else {})}
            _, asked = self.call(arn, Method="POST", Headers={"Content-Type": "application/x-www-form-urlencoded"}, RequestBody=body, Transform=transform)
            self.assertEqual((asked["body"], asked["headers"]["Content-Type"]), (form, "application/x-www-form-urlencoded"))

    def test_client_credentials(self):
        oauth = {"AuthorizationEndpoint": self.api.url + "/token", "HttpMethod": "POST", "ClientParameters": {"ClientID": "id", "ClientSecret": "s&cret"},
                 "OAuthHttpParameters": {"BodyParameters": [{"Key": "scope", "Value": "read"}]}}
        arn = self.connect("oauth", "OAUTH_CLIENT_CREDENTIALS", OAuthParameters=oauth)
        self.call(arn, "/guarded")
        asked = next(r for r in self.api.requests if r["path"] == "/token")
        self.assertEqual(urllib.parse.parse_qs(asked["body"]), {"grant_type": ["client_credentials"], "client_id": ["id"], "client_secret": ["s&cret"], "scope": ["read"]})
        given = self.api.tokens_given
        self.call(arn, "/guarded")
        self.assertEqual(self.api.tokens_given, given, "a token is used again")
        self.api.tokens_given += 1   # what was given out is worth nothing any more
        self.call(arn, "/guarded")
        self.assertEqual(self.api.tokens_given, given + 2, "a refused token is asked for anew")
        shown = json.dumps(self.client("events").describe_connection(Name="oauth"), default=str)
        self.assertNotIn("cret", shown.replace("SecretArn", "").replace("secretsmanager", "").replace("secret:", ""))

    def test_errors(self):
        arn = self.connect("errors")
        self.assertEqual(self.fail(arn, "/missing"), ("States.Http.StatusCode.404", '{"why": "gone"}'))
        self.assertEqual(self.fail(arn, "/picture")[0], "States.Runtime")
        self.assertEqual(self.fail(arn, "/long")[0], "States.DataLimitExceeded")
        self.assertEqual(self.fail(arn, ApiEndpoint="http://127.0.0.1:9/")[0], "States.Http.Socket")
        self.assertEqual(self.fail(arn, Headers={"X-Amz-Date": "x"})[0], "States.Runtime")
        self.assertEqual(self.fail(arn, Headers={"X-Bad": "a\r\nX-Evil: b"})[0], "States.Runtime")
        error, cause = self.fail("arn:aws:events:us-east-1:000000000000:connection/none/81210c42-8af1-456b-9c4a-6ff02fc664ac")
        self.assertEqual(error, "Events.ConnectionResource.ResourceNotFound")
        self.assertIn("connection/none", cause)
        definition = json.dumps({"StartAt": "S", "States": {"S": {"Type": "Task", "End": True, "Resource": "arn:aws:states:::http:invoke", "Parameters": {"Method": "GET"}}}})
        self.assertIn("ApiEndpoint", self.refused("InvalidDefinition", self.client("stepfunctions").create_state_machine, name="bad", definition=definition, roleArn=ROLE))

    def test_a_call_that_a_crash_interrupts_is_repeated_with_its_key(self):
        arn = self.connect("crash")
        self.api.hold.clear()
        execution = self.start(arn, "/slow", Method="POST")
        asked = lambda: [r for r in self.api.requests if r["path"] == "/slow"]
        wait_for(asked)
        self.daemon.kill()
        self.api.hold.set()
        self.daemon.start()
        self.assertEqual(self.ended(execution)["status"], "SUCCEEDED")
        keys = [r["headers"]["Idempotency-Key"] for r in asked()]
        self.assertGreaterEqual(len(keys), 2)
        self.assertEqual(len(set(keys)), 1)


if __name__ == "__main__":
    main()
