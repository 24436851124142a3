"""Runs a Lambda handler of Python: asks the Lambda Runtime API for events and gives back what the handler makes of them.

One socket and plain HTTP/1.1, since importing http.client would be most of a cold start.
"""
import sys

sys.path.pop(0)  # this folder; the handler's comes instead

import importlib
import importlib.machinery
import json
import os
import socket
import time

API = "/2018-06-01/runtime/"


class RuntimeApi:
    """The connection; requests may be sent before the answers to earlier ones were read."""

    def __init__(self, address):
        host, port = address.split(":")
        self.host = host
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb", 65536)
        self.unread = 0

    def post(self, where, body, error_type=None):
        kind = f"Lambda-Runtime-Function-Error-Type: {error_type}\r\n" if error_type else ""
        head = f"POST {API}{where} HTTP/1.1\r\nHost: {self.host}\r\n{kind}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.unread += 1
        return head.encode("latin-1", "replace") + body

    def next_event(self, before=b""):
        """Sends `before` (a post) together with the request for the next event, and waits for that."""
        self.socket.sendall(before + f"GET {API}invocation/next HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode())
        while self.unread:
            self.read()
            self.unread -= 1
        return self.read()

    def send(self, message):
        self.socket.sendall(message)
        self.read()

    def read(self):
        if not self.reader.readline():
            sys.exit(1)  # the daemon is gone
        headers = {}
        while True:
            line = self.reader.readline().rstrip(b"\r\n")
            if not line:
                break
            name, _, value = line.partition(b":")
            headers[name.decode("latin-1").lower()] = value.strip().decode("latin-1")
        return headers, self.reader.read(int(headers.get("content-length", 0)))


class CognitoIdentity:
    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]

    def __init__(self, text):
        parsed = json.loads(text) if text else {}
        self.cognito_identity_id = parsed.get("cognitoIdentityId")
        self.cognito_identity_pool_id = parsed.get("cognitoIdentityPoolId")


class Client:
    __slots__ = ["installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"]

    def __init__(self, given):
        for name in self.__slots__:
            setattr(self, name, given.get(name))


class ClientContext:
    __slots__ = ["custom", "env", "client"]

    def __init__(self, text):
        given = json.loads(text)
        self.custom = given.get("custom")
        self.env = given.get("env")
        self.client = Client(given["client"]) if isinstance(given.get("client"), dict) else None


class LambdaContext:
    def __init__(self, headers):
        env = os.environ
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.function_name = env.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = env.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = env.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = env.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = env.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.identity = CognitoIdentity(headers.get("lambda-runtime-cognito-identity"))
        context = headers.get("lambda-runtime-client-context")
        self.client_context = ClientContext(context) if context else None
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


class Fault(Exception):
    """An error of the runtime's own, with AWS's name and no trace."""

    def __init__(self, kind, message, stack=()):
        super().__init__(message)
        self.kind, self.stack = kind, list(stack)


def frames_of(failure):
    """The handler's frames, as traceback.format_list() prints them, without this file's."""
    import traceback

    frames = [frame for frame in traceback.extract_tb(failure.__traceback__) if frame.filename != __file__ and not frame.filename.startswith("<frozen importlib")]
    return traceback.format_list(frames)


def error_of(failure, request_id):
    if isinstance(failure, Fault):
        return failure.kind, {"errorMessage": str(failure), "errorType": failure.kind, "requestId": request_id, "stackTrace": failure.stack}
    kind = type(failure).__name__
    return kind, {"errorMessage": str(failure), "errorType": kind, "requestId": request_id, "stackTrace": frames_of(failure)}


def log_error(error):
    trace = "".join(error["stackTrace"]).rstrip("\n")
    text = f"[ERROR] {error['errorType']}: {error['errorMessage']}"
    print(text + ("\nTraceback (most recent call last):\n" + trace if trace else ""), flush=True)


def load_handler(text):
    name, dot, function = text.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{text}': not enough values to unpack (expected 2, got 1)")
    try:
        module = importlib.import_module(name.replace("/", "."))
    except ImportError as failure:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{name}': {failure}") from failure
    except SyntaxError as failure:
        place = f'  File "{failure.filename}" Line {failure.lineno}\n    {(failure.text or "").strip()}\n'
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{name}': {failure}", [place]) from failure
    if not hasattr(module, function):
        raise Fault("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{name}'")
    return getattr(module, function)


class Logging:
    """Gives the root logger AWS's format, once the handler's code has brought the logging module in."""

    request_id = ""
    done = False

    @classmethod
    def set_up(cls):
        logging = sys.modules.get("logging")
        if cls.done or logging is None or not hasattr(logging, "StreamHandler"):
            return
        cls.done = True
        if logging.root.handlers:
            return

        class WithRequestId(logging.Filter):
            def filter(self, record):
                record.aws_request_id = cls.request_id
                return True

        output = logging.StreamHandler(sys.stdout)
        formatter = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        output.setFormatter(formatter)
        output.addFilter(WithRequestId())
        logging.root.addHandler(output)


class OldBotocore:
    """Lets boto3 from before AWS_ENDPOINT_URL find the daemon: it would call AWS. A finder of modules that acts once, when botocore.session comes in."""

    SERVICE_IDS = {"stepfunctions": "SFN", "events": "EVENTBRIDGE", "logs": "CLOUDWATCH_LOGS", "apigateway": "API_GATEWAY"}

    def find_spec(self, name, path, target=None):
        if name != "botocore.session":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            self.patch(module)

        spec.loader.exec_module = exec_module
        return spec

    def patch(self, module):
        if hasattr(sys.modules.get("botocore.configprovider"), "ConfiguredEndpointProvider"):
            return  # it knows the variables
        make = module.Session.create_client

        def create_client(session, service_name, *args, **kwargs):
            service = self.SERVICE_IDS.get(service_name, service_name.upper().replace("-", "_"))
            if len(args) < 5 and kwargs.get("endpoint_url") is None:
                kwargs["endpoint_url"] = os.environ.get("AWS_ENDPOINT_URL_" + service) or os.environ["AWS_ENDPOINT_URL"]
            return make(session, service_name, *args, **kwargs)

        module.Session.create_client = create_client


def to_json(value):
    try:
        return json.dumps(value, ensure_ascii=False, default=decimal_to_number).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError, RecursionError) as failure:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {failure}") from failure


def decimal_to_number(value):
    if type(value).__name__ == "Decimal":
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def invoke(api, handler, headers, body):
    """The post that answers the event."""
    context = LambdaContext(headers)
    request_id = Logging.request_id = context.aws_request_id
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("lambda-runtime-trace-id", "")
    try:
        answer = to_json(handler(json.loads(body), context))
        message = api.post(f"invocation/{request_id}/response", answer)
    except Exception as failure:
        kind, error = error_of(failure, request_id)
        log_error(error)
        message = api.post(f"invocation/{request_id}/error", json.dumps(error).encode(), kind)
    sys.stdout.flush()
    sys.stderr.flush()
    return message


def main():
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    if os.environ.get("AWS_ENDPOINT_URL"):
        sys.meta_path.insert(0, OldBotocore())
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as failure:
        kind, error = error_of(failure, "")
        log_error(error)
        api.send(api.post("init/error", json.dumps(error).encode(), kind))
        sys.exit(1)
    Logging.set_up()
    message = b""
    while True:
        headers, body = api.next_event(message)
        message = invoke(api, handler, headers, body)


main()
