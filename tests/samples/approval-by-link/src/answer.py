import json

import boto3

stepfunctions = boto3.client("stepfunctions")


def lambda_handler(event, context):
    token = (event["queryStringParameters"] or {}).get("taskToken")
    try:
        if event["path"] == "/approve":
            stepfunctions.send_task_success(taskToken=token, output=json.dumps({"by": "link"}))
        else:
            stepfunctions.send_task_failure(taskToken=token, error="Rejected", cause="by link")
    except stepfunctions.exceptions.TaskTimedOut:
        return {"statusCode": 410, "body": "This request has been answered already."}
    return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "<h1>Thank you</h1>"}
