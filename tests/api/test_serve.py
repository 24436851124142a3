"""`signalbox serve` as its operator meets it: options from everywhere, refusals with their remedies, keys, the first log line, SIGTERM."""
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

import boto3
import botocore.exceptions

from support.daemon import BINARY, ROOT, Daemon, free_port, main, request, wait_for


def environment(**more):
    return {**{name: value for name, value in os.environ.items() if not name.startswith(("SIGNALBOX_", "AWS_"))}, **more}


def answered(*arguments):
    """The answer, or None while nobody listens."""
    try:
        return request(*arguments)
    except ConnectionRefusedError:
        return None


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-serve-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def refused(self, *arguments, code, says, **variables):
        line = [str(BINARY), "serve", "--data", str(self.folder / "data"), *map(str, arguments)]
        for option in ("--listen", "--public-listen"):
            line += [] if option in arguments else [option, "127.0.0.1:0"]
        done = subprocess.run(line, capture_output=True, text=True, timeout=20, env=environment(**variables))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for words in [says] if isinstance(says, str) else says:
            self.assertIn(words, done.stderr)

    def serve(self, *options, **variables):
        return self.enterContext(Daemon(*options, keep=str(self.folder), environment=variables))


class Options(Folder):
    def test_file_variables_and_command_line(self):
        config = self.folder / "signalbox.toml"
        config.write_text('region = "eu-west-1"\naccount = "111111111111"\nlog-format = "json"\nverification = "confirm"\n')
        daemon = self.serve("--config", str(config), "--account", "333333333333", SIGNALBOX_ACCOUNT="222222222222", SIGNALBOX_LOG_FORMAT="text")
        arn = daemon.create_machine("m", {"StartAt": "S", "States": {"S": {"Type": "Succeed"}}})["arn"]
        self.assertEqual(arn, "arn:aws:states:eu-west-1:333333333333:stateMachine:m")
        self.assertNotEqual(daemon.log()[0], "{")     # the variable beats the file

    def test_json_log(self):
        daemon = self.serve("--log-format", "json", "--trusted-proxy", "127.0.0.1")
        daemon.rest("GET", "/v1/state-machines?a=%22", headers={"X-Forwarded-For": "203.0.113.7"})
        line = wait_for(lambda: next((line for line in daemon.log().splitlines() if "/v1/state-machines" in line), None))
        lines = [json.loads(line) for line in daemon.log().splitlines()]      # each is one object
        for each in lines:
            self.assertLessEqual({"time", "level", "message"}, set(each))
        request = json.loads(line)
        self.assertEqual({key: request[key] for key in ("method", "path", "status", "listener", "client")},
                         {"method": "GET", "path": "/v1/state-machines", "status": 200, "listener": "admin", "client": "203.0.113.7"})
        self.assertIn(request["requestId"], request["message"])
        self.assertGreater(request["microseconds"], 0)

    def test_wrong_ones_are_named(self):
        config = self.folder / "wrong.toml"
        config.write_text("nonsense = 1\n")
        for options, says in ((["--config", config], "'nonsense'"), (["--config", "/does/not/exist"], "/does/not/exist"), (["--account", "12"], "12 digits"),
                              (["--retention", "5x"], "'5x' is no duration"), (["--public-url", "ftp://x"], "http:// or https://"), (["--smtp", "foo://x"], "smtp://"),
                              (["--listen", "nonsense"], "--listen: not an address to listen on (HOST:PORT): nonsense"), (["--public-listen", "1.2.3.4"], "--public-listen: "), (["--trusted-proxy", "foo"], "--trusted-proxy"), (["--verification", "maybe"], "maybe")):
            with self.subTest(says):
                self.refused(*options, code=2, says=says)

    def test_an_unknown_command_is_named(self):
        done = subprocess.run([str(BINARY), "frobnicate", "--json"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("There is no command 'frobnicate'", done.stderr)

    def test_a_command_that_lacks_its_object_says_which(self):
        for words, says in ((["schedules", "pause"], "schedules pause NAME"), (["keys", "delete"], "keys delete ID")):
            with self.subTest(says):
                done = subprocess.run([str(BINARY), *words], capture_output=True, text=True)
                self.assertEqual(done.returncode, 2)
                self.assertIn(says, done.stderr)

    def test_a_backup_of_nothing_names_the_file_it_looked_for(self):
        done = subprocess.run([str(BINARY), "backup", "--data", str(self.folder / "nowhere"), str(self.folder / "copy.db")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("nowhere/signalbox.db", done.stderr)
        self.assertFalse((self.folder / "copy.db").exists())

    def test_a_parameter_and_a_layer_that_are_not_there_are_told(self):
        stacks = self.folder / "stacks"
        stacks.mkdir()
        (stacks / "m.asl.json").write_text('{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}')
        daemon = self.serve("--stacks", str(stacks), "--parameter", "Szie=1", "--node-layer", str(self.folder / "nowhere"))
        self.assertIn("--parameter Szie: no template", daemon.log())
        wait_for(lambda: "--node-layer: there is no folder" in daemon.log())     # said once it is ready

    def test_help_explains_every_option(self):
        text = subprocess.run([str(BINARY), "serve", "--help"], capture_output=True, text=True, check=True).stdout
        options = re.findall(r"^  (--[a-z-]+)(.*)\n      +(\S.*)", text, re.MULTILINE)
        self.assertGreater(len(options), 20)
        for name, rest, explanation in options:
            self.assertIn("SIGNALBOX_" + name[2:].upper().replace("-", "_"), rest)
            self.assertGreater(len(explanation), 8, name)


class Start(Folder):
    def test_addresses_in_the_first_log_line_and_in_the_file(self):
        daemon = self.serve()
        addresses = json.loads((daemon.data / "addresses.json").read_text())
        self.assertEqual(set(addresses), {"admin", "public"})
        first = daemon.log().splitlines()[0]
        for address in addresses.values():
            self.assertRegex(address, r"^127\.0\.0\.1:[1-9]\d*$")
            self.assertIn(address, first)

    def test_who_connects_before_the_stacks_are_there_waits_for_them(self):
        stacks = self.folder / "stacks"
        stacks.mkdir()
        (stacks / "m.asl.json").write_text('{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}')
        for number in range(30):      # that many take a while to deploy
            shutil.copytree(ROOT / "statemachines" / "wait-for-callback", stacks / f"a{number}")
        daemon = Daemon("--parameter", "Schedule=DISABLED", stacks=stacks, keep=str(self.folder))
        daemon.admin, daemon.public = (f"127.0.0.1:{free_port()}" for _ in range(2))
        daemon.launch()
        self.addCleanup(daemon.kill)
        start = wait_for(lambda: answered(daemon.admin, "POST", "/v1/state-machines/m/executions", '{"input": {}}', {"Content-Type": "application/json"}))
        self.assertEqual(start[0], 201, start)

    def test_a_stack_is_deployed_when_it_changed_and_kept_when_its_folder_is_gone(self):
        stacks = self.folder / "stacks"
        (stacks / "m").mkdir(parents=True)
        file = stacks / "m" / "m.asl.yaml"
        file.write_text("StartAt: S\nStates:\n  S: {Type: Succeed}\n")
        daemon = self.serve("--stacks", str(stacks))

        def said_at_the_next_start():
            daemon.stop()
            before = len(daemon.log())
            daemon.start()
            return daemon.log()[before:]
        self.assertIn("stack m: created", daemon.log())
        self.assertIn("stack m: unchanged", said_at_the_next_start())
        file.write_text("Comment: changed\n" + file.read_text())
        self.assertIn("stack m: updated", said_at_the_next_start())
        shutil.rmtree(file.parent)
        self.assertIn("stack m: its folder is gone; what it deployed is kept", said_at_the_next_start())
        self.assertEqual(daemon.start_execution("m", {})["stateMachine"], "m")

    def test_site_is_the_data_files(self):
        self.serve().stop()
        self.refused("--region", "eu-west-1", code=1, says=["us-east-1", "--region"])
        self.refused("--account", "111111111111", code=1, says=["000000000000", "--account"])

    def test_newer_schema_is_refused(self):
        daemon = self.serve()
        daemon.stop()
        with sqlite3.connect(daemon.data / "signalbox.db") as database:
            database.execute("UPDATE schema SET version = 99 WHERE module = 'queues'")
        self.refused(code=1, says=["newer signalbox", "queues 99", "backup"])

    def test_one_daemon_a_directory(self):
        daemon = self.serve()
        self.refused(code=1, says=["in use", str(daemon.process.pid)])

    def test_sigterm_ends_it_at_once_and_work_goes_on_at_the_next_start(self):
        daemon = self.serve()
        daemon.create_machine("wait", {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}})
        id = daemon.start_execution("wait", {"n": 1})["id"]
        for end in (signal.SIGTERM, signal.SIGINT):
            began = time.monotonic()
            daemon.process.send_signal(end)
            self.assertEqual(daemon.process.wait(timeout=10), 0)
            self.assertLess(time.monotonic() - began, 5)
            daemon.start()
        self.assertEqual(daemon.wait_for_end(id)["output"], {"n": 1})


class Keys(Folder):
    def test_nothing_listens_beyond_loopback_without_a_key(self):
        self.refused("--listen", "0.0.0.0:0", code=1, says=["--listen: ", "0.0.0.0:0", "SIGNALBOX_API_KEY", "--insecure"])

    def ask(self, daemon, **headers):
        return request(daemon.admin, "GET", "/v1/executions", headers=headers)[0]

    def step_functions(self, daemon, id, secret):
        return boto3.client("stepfunctions", endpoint_url=f"http://{daemon.admin}", region_name="eu-central-1", aws_access_key_id=id, aws_secret_access_key=secret)

    def test_key_from_a_file_by_bearer_signature_and_command_line(self):
        path = self.folder / "secret"
        path.write_text("ada:topsecret\n")
        daemon = self.serve(SIGNALBOX_API_KEY_FILE=str(path))
        self.assertEqual([self.ask(daemon), self.ask(daemon, Authorization="Bearer wrong"), self.ask(daemon, Authorization="Bearer ada:wrong")], [401, 401, 401])
        self.assertEqual([self.ask(daemon, Authorization="Bearer topsecret"), self.ask(daemon, Authorization="Bearer ada:topsecret")], [200, 200])
        self.assertEqual([request(daemon.admin, method, "/healthz")[0] for method in ("GET", "HEAD")], [200, 200])
        self.assertEqual(self.step_functions(daemon, "ada", "topsecret").list_state_machines()["stateMachines"], [])
        for id, secret, code in (("ada", "wrong", "InvalidSignatureException"), ("eve", "topsecret", "UnrecognizedClientException")):
            with self.assertRaises(botocore.exceptions.ClientError) as refused:
                self.step_functions(daemon, id, secret).list_state_machines()
            self.assertEqual(refused.exception.response["Error"]["Code"], code)

        def command_line(*arguments, **variables):
            return subprocess.run([str(BINARY), "list", "--endpoint", f"http://{daemon.admin}", *arguments], capture_output=True, text=True, env=environment(**variables)).returncode
        self.assertEqual(command_line(), 1)
        self.assertIn("--key", json.loads(request(daemon.admin, "GET", "/v1/executions")[2])["detail"])
        self.assertEqual(command_line("--key", "ada:topsecret"), 0)
        for name, value in (("SIGNALBOX_KEY", "topsecret"), ("SIGNALBOX_API_KEY", "topsecret"), ("SIGNALBOX_API_KEY_FILE", str(path)), ("SIGNALBOX_KEY_FILE", str(path))):
            self.assertEqual(command_line(**{name: value}), 0, name)

    def test_the_command_line_wins_over_variables_for_clients_too(self):
        daemon = self.serve(SIGNALBOX_API_KEY="ada:topsecret")
        elsewhere = environment(SIGNALBOX_ENDPOINT="http://127.0.0.1:1", SIGNALBOX_KEY="eve:wrong")
        for command in (["list"], ["machines"], ["keys"]):
            done = subprocess.run([str(BINARY), *command, "--endpoint", f"http://{daemon.admin}", "--key", "ada:topsecret"], capture_output=True, text=True, env=elsewhere)
            self.assertEqual((done.returncode, done.stderr), (0, ""), command)
        self.assertEqual(subprocess.run([str(BINARY), "list"], capture_output=True, env=elsewhere).returncode, 3)

    def test_a_key_made_at_first_start_is_printed_once(self):
        daemon = self.serve("--make-api-key", "--listen", "0.0.0.0:0")
        path = daemon.data / "api-key"
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        key = path.read_text().strip()
        self.assertEqual(daemon.log().count(key), 1)
        port = daemon.admin.rsplit(":", 1)[1]
        bearer = {"Authorization": f"Bearer {key}"}
        self.assertEqual(request(f"127.0.0.1:{port}", "GET", "/v1/keys", headers=bearer)[0], 200)
        # Without its last key it answers nobody, rather than everybody.
        self.assertEqual(request(f"127.0.0.1:{port}", "DELETE", "/v1/keys/" + key.split(":")[0], headers=bearer)[0], 204)
        self.assertEqual(request(f"127.0.0.1:{port}", "GET", "/v1/keys")[0], 401)
        daemon.stop()
        daemon.start()
        self.assertEqual(daemon.log().count(key), 1)


if __name__ == "__main__":
    main()
