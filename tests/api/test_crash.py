"""kill -9 at random moments: every execution ends exactly once, with the right result, and nothing that was answered is lost."""
import random
import threading
import time
import unittest

from support.daemon import ROOT, Daemon, Refused, main, wait_for

EXECUTIONS = 200
KILLS = 20


class Clients:
    """People and programs that go on through crashes: they start executions by name and answer tokens, and try again when nobody answers."""

    def __init__(self, daemon):
        self.daemon, self.answered, self.started = daemon, set(), {}
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.start_all), threading.Thread(target=self.answer_all)]
        self.problems = []

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def persistently(self, work):
        """The result of `work`, repeated while the daemon is down."""
        while not self.stopping.is_set():
            try:
                return work()
            except (OSError, ValueError):
                time.sleep(0.01)
            except Exception as problem:  # anything else is a finding
                if isinstance(problem, Refused) and problem.status == 503:
                    time.sleep(0.01)
                    continue
                if type(problem).__module__ == "http.client":
                    time.sleep(0.01)
                    continue
                self.problems.append(problem)
                return None

    def start_all(self):
        for n in range(EXECUTIONS):
            answer = self.persistently(lambda: self.start_one(n))
            if answer:
                self.started[n] = answer["id"]
            time.sleep(random.uniform(0, 0.06))

    def start_one(self, n):
        try:
            return self.daemon.start_execution("crash", {"n": n}, name=f"run-{n}")
        except Refused as refused:
            # The answer to the first try was lost and the execution has ended since: AWS says ExecutionAlreadyExists.
            if refused.status == 409:
                found = [e for e in self.daemon.get("/v1/executions?stateMachine=crash&limit=1000")["executions"] if e["name"] == f"run-{n}"]
                return found[0]
            raise

    def answer_all(self):
        while not self.stopping.is_set():
            page = self.persistently(lambda: self.daemon.get("/v1/tokens?limit=20"))
            for waiting in (page or {"tokens": []})["tokens"]:
                self.persistently(lambda: self.answer_one(waiting))
            time.sleep(0.01)

    def answer_one(self, waiting):
        try:
            self.daemon.post(f"/v1/tokens/{waiting['token']}/succeed", {"output": {"by": waiting["executionName"]}})
        except Refused as refused:
            if refused.status not in (409, 410):   # answered before the crash; the answer did not arrive
                raise
        self.answered.add(waiting["executionName"])


class Crash(unittest.TestCase):
    def test_200_executions_killed_20_times(self):
        seed = random.randrange(1 << 30)
        random.seed(seed)
        print(f"# seed {seed}")
        with Daemon(stacks=ROOT / "tests" / "api" / "stacks") as daemon:
            with Clients(daemon) as clients:
                for _ in range(KILLS):
                    time.sleep(random.uniform(0.1, 0.9))
                    daemon.kill()
                    if random.random() < 0.5:      # once more, somewhere in its start
                        daemon.launch()
                        time.sleep(random.uniform(0, 0.06))
                        daemon.kill()
                    daemon.start()
                wait_for(lambda: len(clients.started) == EXECUTIONS or clients.problems, 120, lambda: f"{len(clients.started)} started")
                self.assertEqual(clients.problems, [])
                wait_for(lambda: self.running(daemon) == 0, 120, lambda: f"{self.running(daemon)} still running")
            self.check_all(daemon, clients)

    def running(self, daemon):
        return len(daemon.get("/v1/executions?stateMachine=crash&status=RUNNING&limit=1000")["executions"])

    def check_all(self, daemon, clients):
        executions = daemon.get("/v1/executions?stateMachine=crash&limit=1000")["executions"]
        self.assertEqual(sorted(e["name"] for e in executions), sorted(f"run-{n}" for n in range(EXECUTIONS)))
        for n, id in clients.started.items():
            execution = daemon.execution(id)
            self.assertEqual(execution["status"], "SUCCEEDED", execution)
            self.assertEqual(execution["output"]["each"], [n + 1, n + 2, n + 3])
            self.assertEqual(execution["output"]["both"], ["left", "right"])
            self.assertEqual(execution["output"]["answer"], {"by": f"run-{n}"})
            events = daemon.get(f"/v1/executions/{id}/history?limit=1000")["events"]
            self.assertEqual([e["id"] for e in events], list(range(1, len(events) + 1)))
            counts = [e["type"] for e in events]
            for once in ("ExecutionStarted", "TaskSubmitted", "TaskSucceeded", "LambdaFunctionSucceeded", "ParallelStateSucceeded", "MapStateSucceeded", "ExecutionSucceeded"):
                self.assertEqual(counts.count(once), 1, f"{once} in run-{n}")


if __name__ == "__main__":
    main()
