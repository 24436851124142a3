"""The verification link as strangers, people and mail scanners meet it."""
import json
import re
import unittest
import urllib.parse

from support.daemon import Daemon, main, request, wait_for


def waiting_machine(daemon, name="ask", tags=None, timeout=600):
    """A machine whose only state waits for a token, which is read over REST."""
    definition = {"StartAt": "Ask", "States": {"Ask": {
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "TimeoutSeconds": timeout, "End": True,
        "Parameters": {"QueueUrl": "http://localhost/000000000000/questions", "MessageBody": {"Token.$": "$$.Task.Token"}}}}}
    create_queue(daemon, "questions")
    body = {"name": name, "definition": definition}
    if tags:
        body["tags"] = tags
    daemon.post("/v1/state-machines", body)


def call(daemon, target, parameters):
    status, _, text = request(daemon.admin, "POST", "/", json.dumps(parameters),
                              {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"})
    assert status == 200, text


def create_queue(daemon, name):
    call(daemon, "AmazonSQS.CreateQueue", {"QueueName": name})


def step_functions(daemon, operation, parameters):
    call(daemon, f"AWSStepFunctions.{operation}", parameters)


def start(daemon, machine="ask"):
    """(execution id, path of its link)."""
    id = daemon.start_execution(machine)["id"]
    token = daemon.execution(id)["waiting"][0]["token"]
    return id, f"/verification?requestId=r%201&timestamp=17&token={token}"


class Resume(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.__enter__()
        waiting_machine(cls.daemon)

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)

    def test_get_decides_and_other_parameters_are_the_output(self):
        id, link = start(self.daemon)
        status, headers, page = self.daemon.open(link, headers={"Accept": "text/html"})
        self.assertEqual((status, headers["Content-Type"].split(";")[0]), (200, "text/html"), page)
        self.assertNotIn("<script", page)
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(self.daemon.wait_for_end(id)["output"], {"requestId": "r 1", "timestamp": "17"})

    def test_json_is_answered_to_programs(self):
        id, link = start(self.daemon)
        status, _, text = self.daemon.open(link, headers={"Accept": "application/json"})
        self.assertEqual((status, json.loads(text)["status"]), (200, "recorded"))
        status, _, text = self.daemon.open(link, headers={"Accept": "application/json"})
        answer = json.loads(text)
        self.assertEqual((status, answer["status"], answer["output"]), (200, "decided", {"requestId": "r 1", "timestamp": "17"}))
        self.assertRegex(answer["decidedAt"], r"^\d{4}-\d\d-\d\dT")

    def test_second_visit_says_what_was_decided(self):
        _, link = start(self.daemon)
        self.daemon.open(link)
        status, _, page = self.daemon.open(link.replace("r%201", "other"))
        self.assertEqual(status, 200)
        self.assertIn("r 1", page)
        self.assertNotIn("other", page)

    def test_head_options_and_prefetch_do_not_decide(self):
        id, link = start(self.daemon)
        self.assertEqual(self.daemon.open(link, "HEAD")[0], 200)
        self.assertEqual(self.daemon.open(link, "OPTIONS")[0], 204)
        for header, value in (("Sec-Purpose", "prefetch;prerender"), ("Purpose", "prefetch"), ("X-Moz", "prefetch")):
            self.assertEqual(self.daemon.open(link, headers={header: value})[0], 200)
        self.assertEqual(self.daemon.execution(id)["status"], "RUNNING")

    def test_rubbish_gets_one_and_the_same_404(self):
        _, link = start(self.daemon)
        pages = set()
        for wrong in ("/verification", "/verification?token=", "/verification?token=x", link[:-1], link[:-1] + ("A" if link[-1] != "A" else "B"),
                      "/verification?token=" + "A" * 500):
            status, _, page = self.daemon.open(wrong)
            self.assertEqual(status, 404, wrong)
            pages.add(page)
        self.assertEqual(len(pages), 1)

    def test_stopped_execution_answers_410(self):
        id, link = start(self.daemon)
        self.daemon.post(f"/v1/executions/{id}/stop", {})
        self.assertEqual(self.daemon.open(link)[0], 410)

    def test_markup_in_parameters_is_shown_not_run(self):
        _, link = start(self.daemon)
        _, _, page = self.daemon.open(link.replace("r%201", "%3Cscript%3Ealert(1)%3C/script%3E"))
        self.assertNotIn("<script", page)
        self.assertIn("&lt;script", page)


class Confirm(unittest.TestCase):
    def decide_by_page(self, daemon, link):
        status, _, page = daemon.open(link)
        self.assertEqual(status, 200)
        nonce = re.search(r'name="nonce" value="([^"]+)"', page).group(1)
        return daemon.open(link, "POST", {"Content-Type": "application/x-www-form-urlencoded"}, urllib.parse.urlencode({"nonce": nonce}))

    def test_only_the_pages_post_decides(self):
        with Daemon("--verification", "confirm") as daemon:
            waiting_machine(daemon)
            id, link = start(daemon)
            _, _, text = daemon.open(link, headers={"Accept": "application/json"})
            self.assertEqual(json.loads(text), {"status": "waiting"})
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            for body in ("", "nonce=", "nonce=guess"):
                daemon.open(link, "POST", form, body)
            self.assertEqual(daemon.execution(id)["status"], "RUNNING")
            self.assertEqual(self.decide_by_page(daemon, link)[0], 200)
            self.assertEqual(daemon.wait_for_end(id)["output"], {"requestId": "r 1", "timestamp": "17"})

    def test_a_task_that_timed_out_while_its_execution_goes_on_is_over(self):
        with Daemon("--verification", "confirm") as daemon:
            create_queue(daemon, "questions")
            daemon.create_machine("ask", {"StartAt": "Ask", "States": {
                "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "TimeoutSeconds": 1, "Next": "Later",
                        "Parameters": {"QueueUrl": "http://localhost/000000000000/questions", "MessageBody": {"Token.$": "$$.Task.Token"}},
                        "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Later"}]},
                "Later": {"Type": "Wait", "Seconds": 600, "End": True}}})
            id, link = start(daemon)
            wait_for(lambda: "waiting" not in daemon.execution(id) or not daemon.execution(id)["waiting"])
            self.assertEqual(daemon.execution(id)["status"], "RUNNING")
            for headers in ({}, {"Accept": "application/json"}, {"Sec-Purpose": "prefetch"}):
                self.assertEqual(daemon.open(link, headers=headers)[0], 410)

    def test_tag_on_one_state_machine(self):
        with Daemon() as daemon:
            waiting_machine(daemon, tags={"signalbox:verification": "confirm"})
            id, link = start(daemon)
            daemon.open(link)
            self.assertEqual(daemon.execution(id)["status"], "RUNNING")
            self.decide_by_page(daemon, link)
            self.assertEqual(daemon.wait_for_end(id)["status"], "SUCCEEDED")

    def test_tag_that_comes_and_goes(self):
        """A machine's tag counts for the links that are opened from then on, and for no other machine's."""
        with Daemon() as daemon:
            waiting_machine(daemon)
            decided, link = start(daemon)
            self.assertEqual(daemon.open(link)[0], 200)
            self.assertEqual(daemon.wait_for_end(decided)["status"], "SUCCEEDED")

            id, link = start(daemon)
            arn = daemon.get("/v1/state-machines/ask")["arn"]
            step_functions(daemon, "TagResource", {"resourceArn": arn, "tags": [{"key": "signalbox:verification", "value": "confirm"}]})
            self.assertIn("<form", daemon.open(link)[2])
            waiting_machine(daemon, "another")
            other, link_of_other = start(daemon, "another")
            self.assertNotIn("<form", daemon.open(link_of_other)[2])
            self.assertEqual(daemon.wait_for_end(other)["status"], "SUCCEEDED")
            self.assertEqual(daemon.execution(id)["status"], "RUNNING")

            step_functions(daemon, "UntagResource", {"resourceArn": arn, "tagKeys": ["signalbox:verification"]})
            self.assertNotIn("<form", daemon.open(link)[2])
            self.assertEqual(daemon.wait_for_end(id)["status"], "SUCCEEDED")


if __name__ == "__main__":
    main()
