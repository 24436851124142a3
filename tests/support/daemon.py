"""A daemon under test: the real binary, in a directory of its own, over real HTTP, and a mail server for it to send to."""
import asyncio
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("SIGNALBOX_BUILD", ROOT / "build" / "dev")).resolve()
BINARY = BUILD / "signalbox"
NODE_LAYER = ROOT / "build" / "node-layer"
needs_aws_sdk = unittest.skipUnless((NODE_LAYER / "installed-lock.json").exists(),
                                    "functions find no AWS SDK: docker/node-layer/install build/node-layer puts it there, from the npm registry")


class Refused(Exception):
    """The daemon answered with an error status."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


def request(address, method, path, body=None, headers=None, timeout=70):
    """One HTTP request: (status, headers, text)."""
    host, port = address.rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port), timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode(errors="replace")
    finally:
        connection.close()


class Daemon:
    """Use as a context manager. `kill()` and `start()` may be called again and again on the same data."""

    def __init__(self, *options, stacks=None, environment=None, keep=None):
        self.directory = pathlib.Path(keep or tempfile.mkdtemp(prefix="signalbox-test-"))
        self.data = self.directory / "data"
        self.options, self.stacks, self.environment = list(options), stacks, environment or {}
        self.process = self.admin = self.public = None
        self.log_path = self.directory / "log.txt"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, value, trace):
        self.stop()
        if kind is not None:
            print(f"--- log of the daemon ({self.log_path})\n{self.log()[-6000:]}")
        shutil.rmtree(self.directory, ignore_errors=True)

    def command_line(self):
        line = [BINARY, "serve", "--data", self.data]
        # The same ports after a restart, as in real life: links that were sent must go on working.
        for option, address in (("--listen", self.admin), ("--public-listen", self.public)):
            if option not in self.options:
                line += [option, address or "127.0.0.1:0"]
        if self.stacks:
            line += ["--stacks", self.stacks]
        if NODE_LAYER.exists() and "--node-layer" not in self.options:
            line += ["--node-layer", NODE_LAYER]
        return [str(part) for part in line + self.options]

    def launch(self):
        """Starts the process and does not wait for it."""
        (self.data / "addresses.json").unlink(missing_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("SIGNALBOX_", "AWS_"))}
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command_line(), stdout=log, stderr=log, env={**environment, **self.environment})

    def start(self, seconds=20):
        self.launch()
        addresses = self.data / "addresses.json"
        deadline = time.monotonic() + seconds
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"the daemon ended with {self.process.returncode}:\n{self.log()}")
            if addresses.exists():
                try:
                    found = json.loads(addresses.read_text())
                    self.admin, self.public = found["admin"], found["public"]
                    if request(self.admin, "GET", "/readyz")[0] == 200:
                        return
                except (OSError, ValueError):
                    pass
            if time.monotonic() > deadline:
                raise RuntimeError(f"the daemon was not ready after {seconds} s:\n{self.log()}")
            time.sleep(0.002)

    def kill(self):
        """As a power cut to the process: SIGKILL."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise RuntimeError("the daemon did not end within 15 s of SIGTERM")
        code = self.process.returncode if self.process else None
        self.process = None
        return code

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    # ---- REST ----------------------------------------------------------------------------------------------------------------

    def rest(self, method, path, body=None, headers=None):
        """The parsed JSON answer; raises Refused for an error status."""
        headers = dict(headers or {})
        key = self.environment.get("SIGNALBOX_API_KEY")
        if key:
            headers.setdefault("Authorization", f"Bearer {key}")
        data = None
        if body is not None:
            data = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        status, _, text = request(self.admin, method, path, data, headers)
        if status >= 400:
            raise Refused(status, text)
        return json.loads(text) if text else None

    def get(self, path):
        return self.rest("GET", path)

    def post(self, path, body=None):
        return self.rest("POST", path, {} if body is None else body)

    def create_machine(self, name, definition):
        return self.post("/v1/state-machines", {"name": name, "definition": definition})

    def start_execution(self, machine, input=None, name=None):
        body = {"input": {} if input is None else input}
        if name:
            body["name"] = name
        return self.post(f"/v1/state-machines/{machine}/executions", body)

    def execution(self, id):
        return self.get(f"/v1/executions/{id}")

    def wait_for_end(self, id, seconds=20):
        return wait_for(lambda: ended(self.execution(id)), seconds, lambda: f"execution {id} is still running: {self.get(f'/v1/executions/{id}/explain')}")

    def mail(self):
        """The outbox, newest first."""
        return self.get("/v1/outbox")["mail"]

    def open(self, url, method="GET", headers=None, body=None):
        """What a browser gets from a link to the public listener: (status, headers, text)."""
        parts = urllib.parse.urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return request(parts.netloc or self.public, method, target, body, headers)

    def cli(self, *arguments, check=True):
        done = subprocess.run([str(BINARY), *map(str, arguments), "--endpoint", f"http://{self.admin}"], capture_output=True, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"signalbox {' '.join(map(str, arguments))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done


def ended(execution):
    return execution if execution["status"] != "RUNNING" else None


def wait_for(probe, seconds=20, why=lambda: "it did not happen"):
    """Asks until `probe` gives something true. Waits for what another process does; never used to wait for time to pass."""
    deadline = time.monotonic() + seconds
    pause = 0.002
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {why()}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


class MailServer:
    """A real SMTP server on a free port; `messages` holds what it took, parsed."""

    def __init__(self):
        from aiosmtpd.controller import Controller
        import email
        import email.policy

        self.messages = []
        server = self

        class Handler:
            async def handle_DATA(self, smtp, session, envelope):
                message = email.message_from_bytes(envelope.content, policy=email.policy.default)
                server.messages.append(message)
                return "250 taken"

        self.controller = Controller(Handler(), hostname="127.0.0.1", port=free_port())

    def __enter__(self):
        self.controller.start()
        self.url = f"smtp://127.0.0.1:{self.controller.port}"
        return self

    def __exit__(self, *_):
        self.controller.stop()

    def text_of(self, message):
        return message.get_body(("plain",)).get_content()


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(module="__main__"):
    """Runs a module's unittest cases and prints the closing line that tests/run.py adds up."""
    import sys

    names = [name for name in sys.argv[1:] if not name.startswith("-")]
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(names, sys.modules[module]) if names else loader.loadTestsFromModule(sys.modules[module])
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    for test, reason in result.skipped:
        print(f"# skipped {test.id().removeprefix('__main__.')}: {reason}")
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped) + len(result.expectedFailures)
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)
