"""Every operation that is offered, asked wrongly: what is missing is refused, what has a wrong type breaks nothing. The models are those of the SDK installed."""
import json
import unittest

from aws_clients import AwsCase, request
from support.daemon import main

try:
    import botocore
    import botocore.exceptions
    import botocore.session
except ImportError:
    pass

SERVICES = ("apigateway", "cloudformation", "events", "iam", "lambda", "logs", "scheduler", "sns", "sqs", "ssm", "stepfunctions", "sts")
NOT_OFFERED = ("UnknownOperationException", "UnsupportedOperationException", "InvalidAction")
WRONG = {"string": (5, {}, [1]), "integer": ("x", {}), "long": ("x", {}), "boolean": ("x", 5), "list": ("x", {"a": 1}), "map": ("x", [1]), "structure": ("x", [1]), "timestamp": ("x", {}),
         "blob": (5,), "double": ("x",), "float": ("x",)}


def sample(shape, depth=0):
    """A value that a shape allows, as small as can be."""
    kind = shape.type_name
    if kind in ("integer", "long", "timestamp"):
        return max(1, int(shape.metadata.get("min", 1) or 1))
    if kind in ("float", "double"):
        return 1.0
    if kind == "boolean":
        return True
    if kind == "string":
        return shape.enum[0] if shape.enum else "x" * max(1, int(shape.metadata.get("min", 1) or 1))
    if kind == "blob":
        return "eA=="
    if kind == "list":
        return [sample(shape.member, depth + 1)] if depth < 3 else []
    if kind == "structure" and depth < 4:
        return {name: sample(member, depth + 1) for name, member in shape.members.items() if name in shape.required_members}
    return {}


class BadRequests(AwsCase):
    def test_what_is_missing_is_refused(self):
        for service in SERVICES:
            client = self.client(service, parameter_validation=False, retries={"max_attempts": 0}, inject_host_prefix=False)
            for operation in client.meta.service_model.operation_names:
                self.ask_without_anything(client, operation)
        self.assertIsNone(self.daemon.process.poll())

    def ask_without_anything(self, client, operation):
        shape = client.meta.service_model.operation_model(operation).input_shape
        if not shape:
            return
        in_path = {name: "x" for name, member in shape.members.items() if member.serialization.get("location") == "uri"}
        missing = [name for name in shape.required_members if name not in in_path]
        with self.subTest(f"{client.meta.service_model.service_name} {operation}", missing=missing):
            try:
                getattr(client, botocore.xform_name(operation))(**in_path)
            except botocore.exceptions.ClientError as refusal:
                self.assertIn(refusal.response["ResponseMetadata"]["HTTPStatusCode"] // 100, (4,) if refusal.response["Error"]["Code"] not in NOT_OFFERED else (4, 5))
                self.assertTrue(refusal.response["Error"]["Message"])
            else:
                self.assertEqual(missing, [])

    def test_wrong_types_break_nothing(self):
        models = [botocore.session.get_session().get_service_model(service) for service in SERVICES]
        for model in models:
            if model.metadata["protocol"] != "json":
                continue
            for operation in model.operation_names:
                self.ask_wrongly(model, operation)
        self.assertIsNone(self.daemon.process.poll())

    def ask_wrongly(self, model, operation):
        shape = model.operation_model(operation).input_shape
        scope = model.metadata.get("signingName", model.metadata["endpointPrefix"])
        headers = {"X-Amz-Target": f"{model.metadata['targetPrefix']}.{operation}", "Content-Type": "application/x-amz-json-" + model.metadata.get("jsonVersion", "1.0"),
                   "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{scope}/aws4_request, SignedHeaders=host, Signature=0"}
        good = sample(shape) if shape else {}
        for name, member in (shape.members if shape else {}).items():
            for wrong in WRONG.get(member.type_name, ()):
                status, _, text = request(self.daemon.admin, "POST", "/", json.dumps({**good, name: wrong}).encode(), headers)
                if any(code in text for code in NOT_OFFERED):
                    return
                with self.subTest(f"{model.service_name} {operation}", member=name, value=wrong):
                    self.assertLess(status, 500, text)


if __name__ == "__main__":
    main()
