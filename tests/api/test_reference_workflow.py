"""The workflow that the project is built for, as a user sees it: one POST, a mail, a link, SUCCEEDED; and with the power cut in between."""
import json
import re
import unittest
import urllib.parse

from support.daemon import ROOT, Daemon, MailServer, main, needs_aws_sdk, request, wait_for

STACKS = ROOT / "statemachines"
QUIET = ("--parameter", "wait-for-callback.Schedule=DISABLED")
NAME = "wait-for-callback-StateMachine"


def link_in(text):
    found = re.search(r"https?://\S+/verification\?\S+", text)
    assert found, text
    return found.group(0)


def machine_name(daemon):
    names = [machine["name"] for machine in daemon.get("/v1/state-machines")["stateMachines"] if machine.get("stack") == "wait-for-callback"]
    assert len(names) == 1, names
    return names[0]


def verification_mails(daemon):
    return [mail for mail in daemon.mail() if mail["subject"] == "Verification Request"]


def confirmations(server):
    """The links of all confirmation mails that the server took, each once."""
    texts = [server.text_of(message) for message in server.messages]
    return sorted({found.group(0) for found in (re.search(r"https?://\S+/subscriptions/confirm\?\S+", text) for text in texts) if found})


@needs_aws_sdk
class ReferenceWorkflow(unittest.TestCase):
    def test_mail_link_success_within_the_roles_permissions(self):
        """The template's policies are true: nothing that the workflow does is beyond them."""
        with Daemon("--iam", "enforce", stacks=STACKS) as daemon:
            started = daemon.start_execution(machine_name(daemon))
            link = link_in(wait_for(lambda: verification_mails(daemon))[0]["text"])
            self.assertEqual(daemon.open(link)[0], 200)
            self.assertEqual(daemon.wait_for_end(started["id"])["status"], "SUCCEEDED")
            self.assertIn("signalbox_iam_denials_total 0\n", request(daemon.admin, "GET", "/metrics")[2])

    def test_mail_link_success(self):
        with Daemon(stacks=STACKS) as daemon:
            started = daemon.start_execution(machine_name(daemon))
            mail = wait_for(lambda: verification_mails(daemon))[0]
            link = link_in(mail["text"])
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(link).query))
            self.assertEqual(set(query), {"requestId", "timestamp", "token"})
            self.assertEqual(daemon.execution(started["id"])["status"], "RUNNING")

            status, _, page = daemon.open(link)
            self.assertEqual(status, 200, page)
            ended = daemon.wait_for_end(started["id"])
            self.assertEqual(ended["status"], "SUCCEEDED", ended)

            status, _, page = daemon.open(link)
            self.assertEqual(status, 200)
            self.assertIn("Already answered", page)
            types = [event["type"] for event in daemon.get(f"/v1/executions/{started['id']}/history")["events"]]
            self.assertIn("TaskSubmitted", types)
            submitted = types.index("TaskSubmitted")
            self.assertEqual(types[submitted + 1], "TaskSucceeded")

    def test_real_mail_server_confirms_the_subscription_first(self):
        with MailServer() as server, Daemon("--smtp", server.url, stacks=STACKS) as daemon:
            subscribers = sum(topic["subscriptions"] for topic in daemon.get("/v1/topics")["topics"])
            asked = wait_for(lambda: confirmations(server) if len(confirmations(server)) == subscribers else None)
            for link in asked:
                self.assertEqual(daemon.open(link)[0], 200)

            started = daemon.start_execution(machine_name(daemon))
            mail = wait_for(lambda: [m for m in server.messages if m["Subject"] == "Verification Request"])[0]
            self.assertEqual(daemon.open(link_in(server.text_of(mail)))[0], 200)
            self.assertEqual(daemon.wait_for_end(started["id"])["status"], "SUCCEEDED")

    def test_survives_kill_at_every_stage(self):
        with Daemon(stacks=STACKS) as daemon:
            started = daemon.start_execution(machine_name(daemon))
            daemon.kill()
            daemon.start()
            link = link_in(wait_for(lambda: verification_mails(daemon))[0]["text"])
            daemon.kill()
            daemon.start()
            self.assertEqual(daemon.open(link)[0], 200)
            daemon.kill()
            daemon.start()
            self.assertEqual(daemon.wait_for_end(started["id"])["status"], "SUCCEEDED")

    def test_functions_sign_with_keys_of_their_own_once_a_key_is_made(self):
        with Daemon(stacks=STACKS, environment={"SIGNALBOX_API_KEY": "AKIDTEST:topsecret"}) as daemon:
            started = daemon.start_execution(machine_name(daemon))
            link = link_in(wait_for(lambda: verification_mails(daemon))[0]["text"])
            self.assertEqual(daemon.open(link)[0], 200)
            self.assertEqual(daemon.wait_for_end(started["id"])["status"], "SUCCEEDED")


if __name__ == "__main__":
    main()
