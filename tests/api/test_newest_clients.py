"""The newest SDKs against the daemon: @aws-sdk/client-sfn from the functions' layer, and boto3 from PyPI in a virtual environment of its own."""
import os
import pathlib
import subprocess
import sys
import unittest

from support.daemon import NODE_LAYER, ROOT, Daemon, main

BOTO3 = "boto3==1.44.8"
VENV = ROOT / "build" / "venv-boto3"
BOTO3_TESTS = [("test_aws_clients.py", "Boto3"), ("test_account_services.py",), ("test_bad_requests.py",), ("test_cloudformation.py", "CloudFormation"), ("test_gateway_methods.py",), ("test_events.py",), ("test_lambda.py",), ("test_logs.py",), ("test_s3.py",), ("test_sfn_operations.py",), ("test_sqs_moves.py",)]


def node():
    bundled = NODE_LAYER / "node"
    return str(bundled) if bundled.exists() else "node"


def venv_python():
    """The interpreter that finds the newest boto3; None where it cannot be had (no network)."""
    python = VENV / "bin" / "python"
    if not (VENV / "bin" / "pip").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    has_it = subprocess.run([python, "-c", "import boto3"], capture_output=True, check=False).returncode == 0
    if not has_it and subprocess.run([VENV / "bin" / "pip", "install", "--quiet", BOTO3], capture_output=True, check=False).returncode != 0:
        return None
    return python


class NewestClients(unittest.TestCase):
    def test_javascript(self):
        if not (NODE_LAYER / "node_modules" / "@aws-sdk" / "client-sfn").exists():
            self.skipTest("the functions' layer is not installed (docker/node-layer/install build/node-layer)")
        with Daemon() as daemon:
            environment = {**os.environ, "ENDPOINT": f"http://{daemon.admin}", "CLIENTS": str(NODE_LAYER)}
            script = pathlib.Path(__file__).parent / "clients" / "sfn.mjs"
            done = subprocess.run([node(), script], capture_output=True, text=True, env=environment, timeout=120, check=False)
            self.assertEqual((done.returncode, done.stdout.strip()), (0, "done"), done.stderr)

    def test_boto3(self):
        python = venv_python()
        if not python:
            self.skipTest(f"{BOTO3} cannot be installed here")
        # The tests of Debian's boto3 once more, in the other's interpreter.
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
        for script, *cases in BOTO3_TESTS:
            with self.subTest(script):
                done = subprocess.run([python, pathlib.Path(__file__).parent / script, *cases], capture_output=True, text=True, env=environment, timeout=300, check=False)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    main()
