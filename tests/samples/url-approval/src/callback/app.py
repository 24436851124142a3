import json

import boto3

sfn = boto3.client("stepfunctions")


def lambda_handler(event, context):
    query = event.get("queryStringParameters", {})
    try:
        if event["rawPath"] == "/reject":
            sfn.send_task_failure(taskToken=query["taskToken"], error="Rejected", cause="Rejected by link")
        else:
            sfn.send_task_success(taskToken=query["taskToken"], output=json.dumps({"decision": query["decision"]}))
    except sfn.exceptions.TaskTimedOut:
        return {"statusCode": 410, "headers": {"Content-Type": "text/html"}, "body": "<h1>Answered already</h1>", "cookies": ["seen=1; Secure"]}
    return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "<h1>Thank you</h1>"}
