import json
import os
import urllib.parse

import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    query = urllib.parse.urlencode({"taskToken": event["token"]})
    links = {word: f"{os.environ['API_URL']}/answer/{word}?{query}" for word in ("approve", "reject")}
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps({"request": event["request"], **links}))
