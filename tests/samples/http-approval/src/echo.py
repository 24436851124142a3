import base64
import json


def handler(event, context):
    how = (event.get("queryStringParameters") or {}).get("how")
    if how == "raise":
        raise ValueError("no")
    if how == "malformed":
        return {"statusCode": "many"}
    if how == "text":
        return "plain"
    if how == "binary":
        return {"statusCode": 200, "headers": {"Content-Type": "image/png"}, "body": base64.b64encode(b"\x89PNG").decode(), "isBase64Encoded": True}
    if event["version"] == "1.0":
        return {"statusCode": 201, "multiValueHeaders": {"X-Two": ["a", "b"]}, "body": json.dumps(event)}
    return event
