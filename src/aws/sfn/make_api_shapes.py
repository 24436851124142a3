#!/usr/bin/env python3
"""Makes src/aws/sfn/api_shapes.json from the API models in the npm package aws-sdk (v2), read in their TypeScript form, which alone keeps
the names, the enumerations and what is required.

    npm pack aws-sdk@2.1693.0 && tar xzf aws-sdk-2.1693.0.tgz package/clients
    src/aws/sfn/make_api_shapes.py package/clients > src/aws/sfn/api_shapes.json

TestState checks mocked results against these shapes: what each operation answers, with member names spelt as Step Functions spells
them (first letter upper case). `{"SERVICE": {"operations": {"GetFunction": SHAPE}, "shapes": {SHAPE: {"type": …}}}}`.
"""
import json
import pathlib
import re
import sys

# Service (as in `aws-sdk:SERVICE`) -> file in clients/.
SERVICES = {"dynamodb": "dynamodb", "events": "eventbridge", "kms": "kms", "lambda": "lambda", "logs": "cloudwatchlogs", "s3": "s3",
            "scheduler": "scheduler", "secretsmanager": "secretsmanager", "sfn": "stepfunctions", "sns": "sns", "sqs": "sqs", "ssm": "ssm",
            "sts": "sts"}
# Ranges that the models have, but the package does not keep. Source: Lambda API Reference.
RANGES = {("lambda", "MemorySize"): (128, 10240), ("lambda", "Timeout"): (1, None), ("lambda", "EphemeralStorageSize"): (512, 10240),
          ("lambda", "BatchSize"): (1, 10000), ("lambda", "MaximumBatchingWindowInSeconds"): (0, 300), ("lambda", "ParallelizationFactor"): (1, 10),
          ("lambda", "MaximumRetryAttempts"): (0, 2), ("lambda", "MaximumConcurrency"): (2, 1000)}


def capital(name):
    return name[:1].upper() + name[1:]


class Service:
    def __init__(self, name, text):
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        self.name = name
        self.types = dict(re.findall(r"export type (\w+) = (.+?);\n", text))
        self.interfaces = {n: re.findall(r"^\s+'?(\w+)'?(\??): (.+);$", body, flags=re.M)
                           for n, body in re.findall(r"export interface (\w+) \{(.*?)\n  \}", text, flags=re.S)}
        self.operations = dict(re.findall(r"^  (\w+)\(params: [^,]+, callback\?: \(err: AWSError, data: \w+\.Types\.(\w+)\)", text, flags=re.M))
        self.shapes = {}

    def shape(self, name):
        if name not in self.shapes:
            self.shapes[name] = None                       # before its members, which may contain it
            self.shapes[name] = self.describe(name)
        return name

    def describe(self, name):
        if name in self.interfaces:
            members = self.interfaces[name]
            out = {"type": "structure", "members": {capital(n): self.shape(t.strip()) for n, _, t in members}}
            required = [capital(n) for n, optional, _ in members if not optional]
            return {**out, "required": required} if required else out
        text = self.types.get(name, name)
        if text.endswith("[]"):
            return {"type": "list", "member": self.shape(text[:-2])}
        mapped = re.fullmatch(r"\{\[key: string\]: (.+)\}", text)
        if mapped:
            return {"type": "map", "value": self.shape(mapped[1])}
        if text == "number":
            low, high = RANGES.get((self.name, name), (None, None))
            return {"type": "number", **({"min": low} if low is not None else {}), **({"max": high} if high is not None else {})}
        if text == "boolean":
            return {"type": "boolean"}
        values = re.findall(r'"([^"]*)"', text)
        if values:
            return {"type": "string", "enum": values}
        if text in self.types or text in self.interfaces:
            return self.describe(text)
        return {"type": "string"}                          # Date, blobs and streams are texts too


def main(directory):
    out = {}
    for name, file in SERVICES.items():
        service = Service(name, (pathlib.Path(directory) / f"{file}.d.ts").read_text())
        operations = {capital(operation): service.shape(shape) for operation, shape in service.operations.items()}
        out[name] = {"operations": operations, "shapes": service.shapes}
    print(json.dumps(out, separators=(",", ":"), sort_keys=True))


main(sys.argv[1])
