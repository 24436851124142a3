import json
import os
from urllib.parse import quote

import boto3

sqs = boto3.client("sqs")


def lambda_handler(event, context):
    url = os.environ["CALLBACK_URL"]
    links = {decision: f"{url}?decision={decision}&taskToken={quote(event['taskToken'], safe='')}" for decision in ("approve", "postpone")}
    links["reject"] = f"{url}reject?taskToken={quote(event['taskToken'], safe='')}"
    sqs.send_message(QueueUrl=os.environ["OUTBOX"], MessageBody=json.dumps({"expense": event["expense"], **links}))
