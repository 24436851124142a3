import base64
import json
import urllib.parse

import boto3

stepfunctions = boto3.client("stepfunctions")


def handler(event, context):
    if event["requestContext"]["http"]["method"] == "POST":
        form = urllib.parse.parse_qs(base64.b64decode(event["body"]).decode() if event["isBase64Encoded"] else event["body"])
        token, verdict = form["taskToken"][0], form["verdict"][0]
    else:
        token, verdict = event["queryStringParameters"]["taskToken"], event["pathParameters"]["verdict"]
    try:
        if verdict == "approve":
            stepfunctions.send_task_success(taskToken=token, output=json.dumps({"route": event["routeKey"]}))
        else:
            stepfunctions.send_task_failure(taskToken=token, error="Rejected", cause="by link")
    except stepfunctions.exceptions.TaskTimedOut:
        return {"statusCode": 410, "headers": {"content-type": "text/html"}, "body": "<h1>Answered already</h1>", "cookies": ["seen=1; Secure", "by=link"]}
    return {"verdict": verdict}
