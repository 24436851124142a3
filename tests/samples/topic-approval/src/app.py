import json
import os

import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    for record in event["Records"]:
        request = json.loads(record["Sns"]["Message"])
        sqs.send_message(
            QueueUrl=os.environ["OUTBOX_URL"],
            MessageBody=json.dumps({"what": request["what"], "token": request["token"], "answer at": os.environ["ANSWER_URL"]}),
        )
