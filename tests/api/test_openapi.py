"""`GET /v1/openapi.json` is true: what the daemon answers to each operation is what the document says, and nothing else."""
import json
import pathlib
import shutil
import tempfile
import unittest
import urllib.parse

from support.daemon import ROOT, Daemon, main, request, wait_for
from support.openapi import OpenApi

WAITING = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True, "HeartbeatSeconds": 600, "TimeoutSeconds": 900,
                                            "Parameters": {"QueueUrl": "order-approval-ApprovalQueue", "MessageBody": {"Token.$": "$$.Task.Token"}}}}}


class Answers(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-openapi-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.daemon = self.enterContext(Daemon("--parameter", "wait-for-callback.Schedule=DISABLED", stacks=ROOT / "statemachines"))
        self.document = OpenApi(self.daemon.get("/v1/openapi.json"))
        self.seen, self.faults = set(), []

    def ask(self, method, path, body=None, query="", **names):
        """The answer's body. Notes what in it the document does not say."""
        concrete = path.format(**{name: urllib.parse.quote(value, safe="") for name, value in names.items()}) + query
        status, headers, text = request(self.daemon.admin, method, concrete, None if body is None else json.dumps(body), {"Content-Type": "application/json"} if body is not None else {})
        kind = headers.get("Content-Type", "")
        answer = json.loads(text) if "json" in kind and text else text
        self.seen.add((method, path))
        for fault in self.document.faults(method, path, status, kind, answer):
            self.faults.append(f"{method} {concrete}: {status}: {fault}")
        return answer

    def refused(self, method, path, body=None, **names):
        answer = self.ask(method, path, body, **names)
        if "detail" not in answer:
            self.faults.append(f"{method} {path}: was not refused: {answer}")

    def start(self, machine, input):
        return self.ask("POST", "/v1/state-machines/{name}/executions", {"input": input}, name=machine)["id"]

    def waiting(self, machine):
        """An execution that waits, and its token."""
        id = self.start(machine, {})
        return id, wait_for(lambda: self.daemon.execution(id).get("waiting"))[0]["token"]

    def state_machines(self):
        one = "/v1/state-machines/{name}"
        self.ask("POST", "/v1/state-machines", {"name": "w", "definition": WAITING})
        self.refused("POST", "/v1/state-machines", {"name": "w", "definition": {}})
        self.ask("PUT", one, {"definition": dict(WAITING, Comment="again")}, name="w")
        self.ask("GET", one, name="w")
        self.refused("GET", one, name="no-such")
        self.ask("GET", "/v1/state-machines")
        self.ask("GET", "/v1/state-machines", query="?limit=1")
        for definition in (WAITING, {}, {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "Parameters": {}, "End": True}}}):
            self.ask("POST", "/v1/validate", {"definition": definition})
        self.refused("POST", "/v1/validate", {"definition": 1})

    def executions(self):
        self.start("wait-for-callback-StateMachine", {})
        id, token = self.waiting("w")
        for path in ("/v1/executions/{id}", "/v1/executions/{id}/history", "/v1/executions/{id}/explain"):
            self.ask("GET", path, id=id)
            self.refused("GET", path, id="no-such")
        self.ask("GET", "/v1/tokens")
        self.ask("POST", "/v1/tokens/{token}/heartbeat", {}, token=token)
        self.ask("POST", "/v1/tokens/{token}/succeed", {"output": {"a": 1}}, token=token)
        for answer in ("heartbeat", "succeed", "fail"):
            self.refused("POST", f"/v1/tokens/{{token}}/{answer}", {}, token=token)
        failed, token = self.waiting("w")
        self.ask("POST", "/v1/tokens/{token}/fail", {"error": "No", "cause": "not today"}, token=token)
        stopped, _ = self.waiting("w")
        self.ask("POST", "/v1/executions/{id}/stop", {"error": "Enough"}, id=stopped)
        for ended in (id, failed, stopped):
            self.ask("GET", "/v1/executions/{id}", id=ended)
            self.ask("GET", "/v1/executions/{id}/history", id=ended)
            self.ask("GET", "/v1/executions/{id}/explain", id=ended)
        self.ask("POST", "/v1/executions/{id}/redrive", {}, id=failed)
        self.refused("POST", "/v1/executions/{id}/redrive", {}, id=id)
        self.refused("POST", "/v1/executions/{id}/resume", {}, id=id)
        self.ask("GET", "/v1/executions")
        self.ask("GET", "/v1/executions", query="?limit=1&status=SUCCEEDED&stateMachine=w")

    def services(self):
        self.ask("POST", "/v1/queues/{name}/messages", {"body": "hello"}, name="order-approval-ApprovalQueue")
        self.ask("POST", "/v1/topics/{name}/messages", {"subject": "s", "message": "m"}, name="order-approval-OrderNews")
        wait_for(lambda: self.daemon.mail())
        for kind, name in (("queues", "order-approval-ApprovalQueue"), ("topics", "order-approval-OrderNews"), ("functions", "wait-for-callback-GenerateTask"),
                           ("schedules", "nightly-report-ReportNightly"), ("stacks", "order-approval")):
            self.ask("GET", f"/v1/{kind}")
            self.ask("GET", f"/v1/{kind}/{{name}}", name=name)
            self.refused("GET", f"/v1/{kind}/{{name}}", name="no-such")
        wait_for(lambda: self.daemon.get("/v1/functions/wait-for-callback-GenerateTask/logs")["lines"])
        self.ask("GET", "/v1/functions/{name}/logs", name="wait-for-callback-GenerateTask")
        for action in ("pause", "resume"):
            self.ask("POST", f"/v1/schedules/{{name}}/{action}", {}, name="nightly-report-ReportNightly")
        self.ask("GET", "/v1/outbox")
        self.ask("GET", "/v1/outbox/{id}", id=self.daemon.mail()[0]["id"])
        self.refused("GET", "/v1/outbox/{id}", id="no-such")

    def stacks_and_the_rest(self):
        stack = self.folder / "one.asl.json"
        stack.write_text(json.dumps({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}))
        self.ask("POST", "/v1/stacks", {"path": str(self.folder)})
        self.refused("POST", "/v1/stacks", {"path": str(self.folder / "nothing")})
        self.ask("DELETE", "/v1/stacks/{name}", name="one")
        self.ask("DELETE", "/v1/state-machines/{name}", name="w")
        for path in ("/healthz", "/readyz", "/metrics", "/v1/openapi.json"):
            self.ask("GET", path)
        # The last ones: once there is a key, nobody passes without.
        self.ask("GET", "/v1/keys")
        self.refused("DELETE", "/v1/keys/{id}", id="no-such")
        key = self.ask("POST", "/v1/keys", {"description": "a laptop"})
        self.refused("GET", "/v1/keys")
        self.seen.add(("DELETE", "/v1/keys/{id}"))
        self.assertEqual(request(self.daemon.admin, "DELETE", "/v1/keys/" + key["id"], headers={"Authorization": "Bearer " + key["secret"]})[0], 204)

    def test_are_as_described(self):
        self.state_machines()
        self.executions()
        self.services()
        self.stacks_and_the_rest()
        self.assertEqual(self.faults, [], "\n".join(self.faults))
        self.assertEqual(self.document.operations() - self.seen, set())


if __name__ == "__main__":
    main()
