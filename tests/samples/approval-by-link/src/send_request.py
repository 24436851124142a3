import os
import urllib.parse

import boto3

sns = boto3.client("sns")


def lambda_handler(event, context):
    query = urllib.parse.urlencode({"taskToken": event["token"]})
    links = {word: f"{os.environ['API_URL']}/{word}?{query}" for word in ("approve", "reject")}
    sns.publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Subject="Approval needed",
        Message=f"{event['request']}\n\nApprove: {links['approve']}\n\nReject: {links['reject']}\n",
    )
