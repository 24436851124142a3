"""SQS: dead-letter queues emptied by move tasks, and permissions, in both protocols."""
import json
import shutil
import subprocess
import unittest

from aws_clients import AwsCase, wait_for
from support.daemon import main, request


class Moves(AwsCase):
    def json(self, operation, **members):
        """SQS's JSON protocol, which Debian's boto3 does not speak: (status, headers, answer)."""
        status, headers, text = request(self.daemon.admin, "POST", "/", json.dumps(members), {"X-Amz-Target": f"AmazonSQS.{operation}", "Content-Type": "application/x-amz-json-1.0", "x-amzn-query-mode": "true"})
        return status, headers, json.loads(text or "{}")

    def dead_letters(self, name, count):
        """A queue, its dead-letter queue, and so many messages in that: (URL, dead URL, dead ARN)."""
        sqs = self.client("sqs")
        dead, dead_arn = self.make_queue(f"{name}-dead")
        url, _ = self.make_queue(name, RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1}), VisibilityTimeout="0")
        for i in range(count):
            sqs.send_message(QueueUrl=url, MessageBody=f"m{i}", MessageAttributes={"n": {"DataType": "Number", "StringValue": str(i)}})

        def all_dead():
            sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            return sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]["ApproximateNumberOfMessages"] == str(count)
        wait_for(all_dead)
        return url, dead, dead_arn

    def test_messages_go_back_to_where_they_came_from(self):
        url, dead, dead_arn = self.dead_letters("back", 12)
        self.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30"})
        status, _, started = self.json("StartMessageMoveTask", SourceArn=dead_arn)
        self.assertEqual(status, 200, started)
        messages = self.receive(url, 12)
        self.assertEqual(sorted(m["Body"] for m in messages), sorted(f"m{i}" for i in range(12)))
        self.assertEqual({m["Body"][1:] for m in messages}, {m["MessageAttributes"]["n"]["StringValue"] for m in messages})
        done = wait_for(lambda: [t for t in self.json("ListMessageMoveTasks", SourceArn=dead_arn)[2]["Results"] if t["Status"] == "COMPLETED"])
        self.assertEqual((done[0]["ApproximateNumberOfMessagesMoved"], done[0]["ApproximateNumberOfMessagesToMove"]), (12, 12))

    def test_to_another_queue_slowly_and_cancelled(self):
        _, dead, dead_arn = self.dead_letters("slow", 3)
        other, other_arn = self.make_queue("elsewhere")
        handle = self.json("StartMessageMoveTask", SourceArn=dead_arn, DestinationArn=other_arn, MaxNumberOfMessagesPerSecond=1)[2]["TaskHandle"]
        self.receive(other, 1)
        status, headers, refused = self.json("StartMessageMoveTask", SourceArn=dead_arn)
        self.assertEqual((status, headers["x-amzn-query-error"]), (400, "AWS.SimpleQueueService.UnsupportedOperation;Sender"), refused)
        self.assertIn("ApproximateNumberOfMessagesMoved", self.json("CancelMessageMoveTask", TaskHandle=handle)[2])
        wait_for(lambda: self.json("ListMessageMoveTasks", SourceArn=dead_arn)[2]["Results"][0]["Status"] == "CANCELLED")

    def test_what_is_refused(self):
        _, arn = self.make_queue("plain")
        self.assertIn("Source queue must be configured as a Dead Letter Queue.", self.json("StartMessageMoveTask", SourceArn=arn)[2]["message"])
        self.assertIn("ResourceNotFoundException", self.json("StartMessageMoveTask", SourceArn=arn + "none")[2]["__type"])
        self.assertIn("MissingParameter", self.json("CancelMessageMoveTask")[2]["__type"])

    def test_permissions_are_kept_in_the_policy(self):
        sqs = self.client("sqs")
        url, arn = self.make_queue("shared")
        sqs.add_permission(QueueUrl=url, Label="all", AWSAccountIds=["111111111111"], Actions=["SendMessage"])
        policy = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
        self.assertEqual((policy["Statement"][0]["Sid"], policy["Statement"][0]["Action"], policy["Statement"][0]["Resource"]), ("all", ["SQS:SendMessage"], arn))
        self.refused("InvalidParameterValue", sqs.add_permission, QueueUrl=url, Label="all", AWSAccountIds=["1"], Actions=["*"])
        sqs.remove_permission(QueueUrl=url, Label="all")
        self.assertNotIn("Policy", sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])


if __name__ == "__main__":
    main()
