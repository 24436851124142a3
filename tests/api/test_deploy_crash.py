"""kill -9 in the middle of deployments: a stack is there as a whole, with its status and events, or not at all; and deploying it again always works."""
import json
import random
import threading
import time
import unittest

from aws_clients import AwsCase, boto3
from support.daemon import main

ROUNDS = 12
QUEUES = 60


def template(seconds):
    return json.dumps({"Resources": {f"Queue{n}": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}} for n in range(QUEUES)}})


class DeployCrash(AwsCase):
    def client(self, service):
        from botocore.config import Config   # here, since the tests are skipped where there is no boto3

        # Whoever was cut off does not try again by itself: the test looks at what was left.
        config = Config(retries={"total_max_attempts": 1})
        return boto3.client(service, endpoint_url=f"http://{self.daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test", config=config)

    def test_killed_while_a_stack_is_made_changed_and_removed(self):
        seed = random.randrange(1 << 30)
        random.seed(seed)
        print(f"# seed {seed}")
        started = time.monotonic()
        self.client("cloudformation").create_stack(StackName="first", TemplateBody=template(1))
        usual = time.monotonic() - started
        made = None   # what VisibilityTimeout the stack was left with; None: there is none
        for round in range(ROUNDS):
            if made is None:
                wanted, work = round, lambda stacks, body: stacks.create_stack(StackName="killed", TemplateBody=body)
            elif random.random() < 0.5:
                wanted, work = round, lambda stacks, body: stacks.update_stack(StackName="killed", TemplateBody=body)
            else:
                wanted, work = None, lambda stacks, _: stacks.delete_stack(StackName="killed")
            self.cut_off(work, template(round), random.uniform(0, 1.5 * usual))
            left = self.what_is_left()
            self.assertIn(left, (made, wanted))
            made = left
        if made is None:
            self.client("cloudformation").create_stack(StackName="killed", TemplateBody=template(ROUNDS))
        else:
            self.client("cloudformation").update_stack(StackName="killed", TemplateBody=template(ROUNDS))
        self.assertEqual(self.what_is_left(), ROUNDS)
        self.client("cloudformation").delete_stack(StackName="killed")
        self.assertIsNone(self.what_is_left())

    def cut_off(self, work, body, seconds):
        """Kills the daemon so many seconds after the request was begun, and starts it again."""
        stacks = self.client("cloudformation")

        def ask():
            try:
                work(stacks, body)
            except Exception:   # cut off, as intended
                pass

        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(seconds)
        self.daemon.kill()
        thread.join()
        self.daemon.start()

    def what_is_left(self):
        """The VisibilityTimeout that all queues of the stack have; None if neither stack nor queues are there. Anything between is a failure."""
        stacks, sqs = self.client("cloudformation"), self.client("sqs")
        urls = sqs.list_queues(QueueNamePrefix="killed-").get("QueueUrls", [])
        found = [s for s in stacks.describe_stacks()["Stacks"] if s["StackName"] == "killed"]
        if not found:
            self.assertEqual(urls, [])
            return None
        self.assertIn(found[0]["StackStatus"], ("CREATE_COMPLETE", "UPDATE_COMPLETE"))
        self.assertEqual(len(urls), QUEUES)
        self.assertEqual(len(stacks.describe_stack_resources(StackName="killed")["StackResources"]), QUEUES)
        self.assertEqual(stacks.describe_stack_events(StackName="killed")["StackEvents"][0]["ResourceStatus"], found[0]["StackStatus"])
        timeouts = {sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]["VisibilityTimeout"] for url in urls}
        self.assertEqual(len(timeouts), 1)
        return int(timeouts.pop())


if __name__ == "__main__":
    main()
