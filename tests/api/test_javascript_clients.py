"""AWS's SDKs for JavaScript: version 2 as it spoke SQS by Query and by JSON, and version 3, on every service (clients/services/*.mjs)."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import unittest

from aws_clients import archive
from support.daemon import ROOT, Daemon, main
from test_newest_clients import node

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = ROOT / "build" / "test-clients"
SERVICES = sorted(script.stem for script in (HERE / "clients" / "services").glob("*.mjs"))
ECHO = "def handler(event, context):\n    return {'got': event, 'custom': context.client_context and context.client_context.custom}\n"
RAISE = "def handler(event, context):\n    raise ValueError('no')\n"
ARCHIVES = {"echo": archive(app=ECHO), "raise": archive(app=RAISE), "batch": archive(app="def handler(event, context):\n    return None\n"), "layer": archive(python__shared="")}


def install():
    """Puts the clients of clients/package-lock.json into the build directory, once. The reason why that cannot be done, or nothing."""
    lock, installed = HERE / "clients" / "package-lock.json", CLIENTS / "installed-lock.json"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return None
    if not shutil.which("npm"):
        return "npm is not installed"
    CLIENTS.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "clients" / name, CLIENTS)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=CLIENTS, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return "the npm registry does not give the clients: " + done.stderr.strip()[-300:]
    shutil.copy(lock, installed)
    return None


class JavaScriptClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        missing = install()
        if missing:
            raise unittest.SkipTest(missing)

    def speak(self, sdk):
        archives = json.dumps({name: base64.b64encode(bundle).decode() for name, bundle in ARCHIVES.items()})
        with Daemon() as daemon:
            environment = {**os.environ, "ENDPOINT": f"http://{daemon.admin}", "CLIENTS": str(CLIENTS), "SDK": sdk, "ARCHIVES": archives, "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1"}
            done = subprocess.run([node(), HERE / "clients" / "services.mjs", *SERVICES], capture_output=True, text=True, env=environment, timeout=300, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_version_2_with_queues_by_query(self):
        self.speak("aws-sdk-2-query")

    def test_version_2(self):
        self.speak("aws-sdk-2-json")

    def test_version_3(self):
        self.speak("aws-sdk-3")


if __name__ == "__main__":
    main()
