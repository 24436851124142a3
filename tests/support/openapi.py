"""Compares answers with an OpenAPI document: strictly, so that a member which the document does not have is a fault, too."""
import re

TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list, "null": type(None)}
DATE_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


def is_of(value, name):
    return isinstance(value, TYPES[name]) and not (isinstance(value, bool) and name != "boolean")


class OpenApi:
    def __init__(self, document):
        self.document = document

    def operations(self):
        return {(method.upper(), path) for path, methods in self.document["paths"].items() for method in methods if method != "parameters"}

    def faults(self, method, path, status, content_type, body):
        """What is wrong with an answer to an operation; `body` is parsed JSON, or the text of another type."""
        responses = self.document["paths"][path][method.lower()]["responses"]
        described = responses.get(str(status)) or (responses.get("default") if status >= 400 else None)
        if described is None:
            return [f"the status {status} is not described"]
        content = described.get("content", {})
        kind = (content_type or "").split(";")[0]
        if not content:
            return ["a body is not described"] if body not in ("", None) else []
        if kind not in content:
            return [f"{kind} is not among {sorted(content)}"]
        return list(self.mismatches(content[kind].get("schema", {}), body, "$"))

    def mismatches(self, schema, value, place):
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        types = schema.get("type")
        types = [types] if isinstance(types, str) else types
        if types and not any(is_of(value, name) for name in types):
            yield f"{place}: {value!r} is no {' or '.join(types)}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{place}: {value!r} is not among {schema['enum']}"
        if schema.get("format") == "date-time" and value is not None and not DATE_TIME.match(value):
            yield f"{place}: {value!r} is no time"
        if isinstance(value, list):
            for number, element in enumerate(value):
                yield from self.mismatches(schema.get("items", {}), element, f"{place}[{number}]")
        if isinstance(value, dict) and types:
            yield from self.members(schema, value, place)

    def members(self, schema, value, place):
        known = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{place}: {name} is missing"
        # Any members may be where the document lists none.
        others = schema.get("additionalProperties", False if known else {})
        for name, member in value.items():
            if name in known:
                yield from self.mismatches(known[name], member, f"{place}.{name}")
            elif others is False:
                yield f"{place}: {name} is not described"
            elif others is not True:
                yield from self.mismatches(others, member, f"{place}.{name}")
