"""The REST API over HTTP: resources, errors as problem details, what web pages may not do, and an OpenAPI document that is true."""
import json
import unittest

from support.daemon import Daemon, Refused, main, request, wait_for

PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"x": 1}, "End": True}}}
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}


class Rest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)

    def refused(self, *call):
        with self.assertRaises(Refused) as caught:
            self.daemon.rest(*call)
        return caught.exception.status, json.loads(caught.exception.body)

    def test_state_machines_live(self):
        made = self.daemon.create_machine("live", PASS)
        self.assertEqual((made["name"], made["status"], made["definition"]), ("live", "ACTIVE", PASS))
        self.assertEqual(self.daemon.create_machine("live", PASS)["arn"], made["arn"])
        status, problem = self.refused("POST", "/v1/state-machines", {"name": "live", "definition": WAIT})
        self.assertEqual((status, problem["status"]), (409, 409))
        updated = self.daemon.rest("PUT", "/v1/state-machines/live", {"definition": WAIT})
        self.assertEqual(updated["definition"], WAIT)
        self.assertIn("live", [m["name"] for m in self.daemon.get("/v1/state-machines")["stateMachines"]])
        self.daemon.rest("DELETE", "/v1/state-machines/live")
        self.assertEqual(self.refused("GET", "/v1/state-machines/live")[0], 404)

    def test_faulty_definition_names_code_and_place(self):
        status, problem = self.refused("POST", "/v1/state-machines", {"name": "faulty", "definition": {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "NOPE"}}}})
        self.assertEqual(status, 422)
        self.assertIn("MISSING_TRANSITION_TARGET", problem["detail"])
        self.assertIn("/States/A", problem["detail"])

    def test_execution_from_start_to_history(self):
        self.daemon.create_machine("pass", PASS)
        started = self.daemon.start_execution("pass", {"a": 1.50})
        ended = self.daemon.wait_for_end(started["id"])
        self.assertEqual((ended["status"], ended["output"]), ("SUCCEEDED", {"x": 1}))
        events = self.daemon.get(f"/v1/executions/{started['id']}/history")["events"]
        self.assertEqual([(e["id"], e["previousId"], e["type"]) for e in events],
                         [(1, 0, "ExecutionStarted"), (2, 0, "PassStateEntered"), (3, 2, "PassStateExited"), (4, 3, "ExecutionSucceeded")])
        newest = self.daemon.get(f"/v1/executions/{started['id']}/history?order=newest-first&limit=1")
        self.assertEqual([e["type"] for e in newest["events"]], ["ExecutionSucceeded"])
        by_arn = self.daemon.get("/v1/executions/" + started["arn"].replace(":", "%3A"))
        self.assertEqual(by_arn["id"], started["id"])

    def test_start_by_name_is_idempotent_while_it_runs(self):
        self.daemon.create_machine("wait", WAIT)
        first = self.daemon.start_execution("wait", {"n": 1}, name="once")
        self.assertEqual(self.daemon.start_execution("wait", {"n": 1}, name="once")["id"], first["id"])
        self.assertEqual(self.refused("POST", "/v1/state-machines/wait/executions", {"name": "once", "input": {"n": 2}})[0], 409)
        self.daemon.post(f"/v1/executions/{first['id']}/stop", {"error": "Enough"})
        stopped = self.daemon.execution(first["id"])
        self.assertEqual((stopped["status"], stopped["error"]), ("ABORTED", "Enough"))
        self.assertEqual(self.refused("POST", "/v1/state-machines/wait/executions", {"name": "once", "input": {"n": 1}})[0], 409)

    def test_explain_says_why_and_when(self):
        self.daemon.create_machine("explained", WAIT)
        id = self.daemon.start_execution("explained")["id"]
        explain = lambda: self.daemon.get(f"/v1/executions/{id}/explain")["explanation"]
        wait_for(lambda: "(in 1 h)" not in explain())   # a whole hour is left only within the first millisecond
        self.assertRegex(explain(), r"State 'W' waits and goes on at 20\d\d-.* \(in 59 min")

    def test_lists_page_by_cursor(self):
        self.daemon.create_machine("paged", PASS)
        ids = [self.daemon.start_execution("paged")["id"] for _ in range(5)]
        seen, cursor = [], ""
        while True:
            page = self.daemon.get(f"/v1/executions?stateMachine=paged&limit=2{cursor}")
            seen += [e["id"] for e in page["executions"]]
            if "cursor" not in page:
                break
            cursor = f"&cursor={page['cursor']}"
        self.assertEqual(seen, ids[::-1])

    def test_bad_requests_name_the_fragment(self):
        for method, path, body, word in (
                ("POST", "/v1/state-machines", {"name": "x"}, "definition"),
                ("POST", "/v1/state-machines", {"name": "x", "definition": PASS, "color": 1}, "color"),
                ("GET", "/v1/executions?limit=0", None, "limit"),
                ("GET", "/v1/executions?status=DONE", None, "DONE"),
                ("GET", "/v1/executions/nonsense", None, "nonsense"),
                ("POST", "/v1/tokens/rubbish/succeed", {"output": 1}, "oken")):
            status, problem = self.refused(method, path, body)
            self.assertIn(status, (400, 404), path)
            self.assertIn(word, problem["detail"] + problem.get("where", ""), path)

    def test_web_pages_cannot_drive_it(self):
        def status(headers, body="{}"):
            return request(self.daemon.admin, "POST", "/v1/state-machines", body, headers)[0]
        self.assertEqual(status({"Content-Type": "application/json", "Origin": "https://evil.example"}), 403)
        self.assertEqual(status({"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}), 403)
        self.assertEqual(status({"Content-Type": "text/plain"}), 415)
        self.assertEqual(status({"Content-Type": "application/x-www-form-urlencoded"}), 415)

    def test_health_ready_metrics(self):
        self.assertEqual(request(self.daemon.admin, "GET", "/healthz")[0], 200)
        self.assertEqual(request(self.daemon.admin, "GET", "/readyz")[0], 200)
        text = request(self.daemon.admin, "GET", "/metrics")[2]
        self.assertRegex(text, r"(?m)^signalbox_executions_started_total \d+$")

    def test_public_listener_has_no_admin_routes(self):
        for path in ("/v1/executions", "/metrics", "/healthz"):
            self.assertEqual(request(self.daemon.public, "GET", path)[0], 403, path)
        self.assertEqual(request(self.daemon.public, "POST", "/", "{}", {"X-Amz-Target": "AWSStepFunctions.ListStateMachines"})[0], 403)


class Lifecycle(unittest.TestCase):
    def test_sigterm_ends_within_seconds_and_all_resumes(self):
        with Daemon() as daemon:
            daemon.create_machine("short", {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}})
            id = daemon.start_execution("short")["id"]
            self.assertEqual(daemon.stop(), 0)
            daemon.start()
            self.assertEqual(daemon.wait_for_end(id)["status"], "SUCCEEDED")

    def test_another_region_or_account_is_refused(self):
        with Daemon() as daemon:
            daemon.stop()
            daemon.options = ["--account", "111111111111"]
            with self.assertRaises(RuntimeError) as caught:
                daemon.start()
            self.assertIn("000000000000", str(caught.exception))
            daemon.options = []

    def test_second_daemon_on_the_same_data_is_refused(self):
        with Daemon() as daemon:
            other = Daemon(keep=daemon.directory)
            with self.assertRaises(RuntimeError) as caught:
                other.start()
            self.assertIn("in use by another signalbox", str(caught.exception))

    def test_beyond_loopback_needs_a_key(self):
        daemon = Daemon()
        daemon.admin = "0.0.0.0:0"
        with self.assertRaises(RuntimeError) as caught:
            daemon.start()
        self.assertIn("key", str(caught.exception).lower())

    def test_with_a_key_made_nothing_passes_without_it(self):
        with Daemon(environment={"SIGNALBOX_API_KEY": "AKIDTEST:topsecret"}) as daemon:
            self.assertEqual(request(daemon.admin, "GET", "/v1/executions")[0], 401)
            good = {"Authorization": "Bearer AKIDTEST:topsecret"}
            self.assertEqual(request(daemon.admin, "GET", "/v1/executions", headers=good)[0], 200)
            self.assertEqual(request(daemon.admin, "GET", "/v1/executions", headers={"Authorization": "Bearer AKIDTEST:wrong"})[0], 401)
            self.assertEqual(request(daemon.admin, "GET", "/healthz")[0], 200)


if __name__ == "__main__":
    main()
