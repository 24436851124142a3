"""The disk is full: the daemon says so, answers 503, harms nothing that is stored, and goes on once there is space again."""
import json
import os
import pathlib
import subprocess
import unittest

from support.daemon import Daemon, Refused, main, request, wait_for

PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}
NAMESPACE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]


def can_mount():
    return subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0


class SmallDisk(Daemon):
    """A daemon whose data directory is a file system of a few megabytes in a mount namespace of its own; it lives as long as a process there."""

    def __init__(self, megabytes):
        super().__init__()
        self.data.mkdir(parents=True)
        script = f"mount -t tmpfs -o size={megabytes}m none {self.data} && echo ready && exec sleep infinity"
        self.holder = subprocess.Popen([*NAMESPACE, "sh", "-c", script], stdout=subprocess.PIPE, text=True)
        assert self.holder.stdout.readline() == "ready\n"
        self.seen_from_here = pathlib.Path(f"/proc/{self.holder.pid}/root{self.data}")
        self.outside = self.data

    def command_line(self):
        inside = ["nsenter", "--target", str(self.holder.pid), "--mount"] + (["--user", "--preserve-credentials"] if os.geteuid() else [])
        return [*inside, "--", *(str(self.outside) if part == str(self.data) else part for part in super().command_line())]

    def start(self, seconds=20):
        self.data = self.seen_from_here      # where addresses.json is found
        try:
            super().start(seconds)
        finally:
            self.data = self.seen_from_here

    def __exit__(self, *failure):
        super().__exit__(*failure)
        self.holder.kill()
        self.holder.wait()

    def fill(self):
        """Leaves less than a page."""
        with open(self.seen_from_here / "ballast", "wb", buffering=0) as file:
            size = 1 << 20
            while size:
                try:
                    file.write(b"x" * size)
                except OSError:
                    size //= 2

    def make_space(self):
        os.unlink(self.seen_from_here / "ballast")


def refusal(daemon, machine):
    """Starts executions until one is refused: what fits into the space that files have already may still be taken."""
    for _ in range(3000):
        status, _, text = request(daemon.admin, "POST", f"/v1/state-machines/{machine}/executions", json.dumps({"input": {"text": "x" * 8000}}), {"Content-Type": "application/json"})
        if status != 201:
            return status, text
    raise AssertionError("never refused")


@unittest.skipUnless(can_mount(), "no mount namespaces here")
class DiskFull(unittest.TestCase):
    def test_says_so_harms_nothing_and_goes_on(self):
        with SmallDisk(8) as daemon:
            daemon.create_machine("pass", PASS)
            daemon.create_machine("wait", WAIT)
            before = daemon.start_execution("pass", {"n": 1})["id"]
            daemon.wait_for_end(before)
            waiting = daemon.start_execution("wait", {"n": 2})["id"]
            daemon.fill()
            status, text = refusal(daemon, "pass")
            self.assertEqual(status, 503, text)
            problem = json.loads(text)
            self.assertRegex(problem["detail"], "(?i)full|space")
            status, _, text = request(daemon.admin, "GET", "/readyz")
            self.assertEqual(status, 503, text)
            self.assertIn("cannot be written", text)
            self.assertEqual(request(daemon.admin, "GET", "/healthz")[0], 200)
            self.assertRegex(daemon.log(), "(?i)full")
            # Reading goes on, and nothing is lost.
            self.assertEqual(daemon.execution(before)["status"], "SUCCEEDED")
            # The AWS API says it in its own words.
            headers = {"X-Amz-Target": "AWSStepFunctions.StartExecution", "Content-Type": "application/x-amz-json-1.0"}
            arn = daemon.get("/v1/state-machines/pass")["arn"]
            self.assertEqual(request(daemon.admin, "POST", "/", json.dumps({"stateMachineArn": arn}), headers)[0], 503)

            daemon.make_space()
            wait_for(lambda: request(daemon.admin, "GET", "/readyz")[0] == 200)
            after = daemon.start_execution("pass", {"n": 3})["id"]
            self.assertEqual(daemon.wait_for_end(after)["output"], {"n": 3})
            self.assertEqual(daemon.wait_for_end(waiting)["output"], {"n": 2})

    def test_killed_while_full_and_started_again(self):
        with SmallDisk(8) as daemon:
            daemon.create_machine("pass", PASS)
            kept = [daemon.start_execution("pass", {"n": n})["id"] for n in range(20)]
            daemon.fill()
            refusal(daemon, "pass")
            daemon.kill()
            daemon.make_space()
            daemon.start()
            for n, id in enumerate(kept):
                self.assertEqual(daemon.wait_for_end(id)["output"], {"n": n})
            self.assertEqual(daemon.wait_for_end(daemon.start_execution("pass", {"n": "new"})["id"])["output"], {"n": "new"})


if __name__ == "__main__":
    main()
