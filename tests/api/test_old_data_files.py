"""Data files that earlier daemons left (support/data_file.py made them): this one brings them up to date, and everything goes on where it was."""
import json
import sqlite3
import unittest

import boto3

from support.daemon import Daemon, main, request, wait_for
from support.data_file import FOLDER, MODULES, load

FOREVER = ("--retention", "36500d", "--outbox-retention", "36500d")


class OldDataFile(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon(*FOREVER)
        self.daemon.data.mkdir()

    def modules(self, daemon):
        with sqlite3.connect(daemon.data / "signalbox.db") as database:
            return dict(database.execute(MODULES).fetchall())

    def answer(self, execution, output):
        """Gives each token that the execution waits for, now or later, until it ends."""
        def step():
            found = self.daemon.execution(execution)
            for waiting in found.get("waiting", []):
                if "token" in waiting:
                    self.daemon.post(f"/v1/tokens/{waiting['token']}/succeed", {"output": output})
            return found if found["status"] != "RUNNING" else None
        return wait_for(step)

    def children(self, prefix):
        return [found["id"] for found in self.daemon.get("/v1/executions?limit=100")["executions"] if found["stateMachine"].startswith(prefix) and found["status"] == "RUNNING"]

    def what_had_ended(self, ids, tokens):
        self.assertEqual(self.daemon.execution(ids["quick"])["output"], {"n": 12345678901234567890})
        self.assertEqual([event["type"] for event in self.daemon.get(f"/v1/executions/{ids['quick']}/history")["events"]],
                         ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"])
        self.assertEqual(self.daemon.execution(ids["rejected"])["error"], "Rejected")
        status, _, text = request(self.daemon.public, "GET", "/verification?token=" + tokens["rejected"], headers={"Accept": "application/json"})
        self.assertEqual((status, json.loads(text)["output"]), (200, {"approved": False}))

    def what_waits_goes_on(self, ids, tokens):
        self.daemon.post(f"/v1/tokens/{tokens['approved']}/succeed", {"output": {"approved": True}})
        self.assertEqual(self.daemon.wait_for_end(ids["approved"])["output"], {"by": "Ada", "größe": 1.5, "answer": {"approved": True}, "verdict": "approved"})
        self.assertEqual(self.answer(ids["remember"], "yes")["output"], {"noted": 42, "answer": "yes", "same": True})
        for child in self.children("old-Approvals"):
            self.answer(child, {"approved": True})
        self.assertEqual(self.daemon.wait_for_end(ids["parent"])["output"]["verdict"], "approved")
        for child in self.children("many/"):
            self.answer(child, 1)
        self.assertEqual(self.daemon.wait_for_end(ids["many"])["output"], [1, 1])
        self.work_is_done()
        self.assertEqual(self.answer(ids["fan-out"], 2)["output"], [[2, 2, 2], "done"])
        nap = self.daemon.execution(ids["far-away"])
        if nap["status"] == "RUNNING":      # its time is known; whether it is over, the calendar says
            self.assertIn("goes on at", self.daemon.get(f"/v1/executions/{ids['far-away']}/explain")["explanation"])
            self.daemon.post(f"/v1/executions/{ids['far-away']}/stop", {})

    def work_is_done(self):
        sfn = boto3.client("stepfunctions", endpoint_url=f"http://{self.daemon.admin}", region_name="us-east-1", aws_access_key_id="any", aws_secret_access_key="any")
        task = sfn.get_activity_task(activityArn="arn:aws:states:us-east-1:000000000000:activity:work", workerName="w")
        sfn.send_task_success(taskToken=task["taskToken"], output='"done"')

    def services_are_there(self):
        self.assertEqual([mail["subject"] for mail in self.daemon.mail()], ["Kept"])
        self.assertEqual([schedule["state"] for schedule in self.daemon.get("/v1/schedules")["schedules"]], ["DISABLED"])
        self.assertEqual([queue["name"] for queue in self.daemon.get("/v1/queues")["queues"]], ["old-Asked"])
        self.assertEqual(self.daemon.get("/v1/stacks/old")["name"], "old")
        started = self.daemon.start_execution("old-Approvals", {})["id"]
        self.assertEqual(self.answer(started, {"approved": False})["status"], "FAILED")

    def check(self, file):
        kept = json.loads(file.with_suffix(".json").read_text())
        load(file.read_text(), self.daemon.data / "signalbox.db")
        with self.daemon:
            self.what_had_ended(kept["executions"], kept["tokens"])
            self.what_waits_goes_on(kept["executions"], kept["tokens"])
            self.services_are_there()
            self.daemon.kill()
            self.daemon.start()
            states = {found["status"] for found in self.daemon.get("/v1/executions?limit=100")["executions"]}
            self.assertNotIn("RUNNING", states)
            with Daemon() as new:
                self.assertEqual(self.modules(self.daemon), self.modules(new))


def case(file):
    return lambda self: self.check(file)


for file in sorted(FOLDER.glob("*.sql")):
    setattr(OldDataFile, "test_of_" + file.stem.replace("-", "_"), case(file))

if __name__ == "__main__":
    main()
