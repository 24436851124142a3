#!/usr/bin/env python3
"""All benchmarks in one command: builds the release preset, runs each several times, prints medians with their spread, and JSON.

    tests/bench/run.py                    everything
    tests/bench/run.py callbacks idle     only these
    tests/bench/run.py --runs 5 --json results.json

Rates of one machine at one hour cannot be compared with another's; the ratios, taken within one run, can.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / "release"
sys.path.insert(0, str(ROOT / "tests"))
os.environ["SIGNALBOX_BUILD"] = str(BUILD)
from support.daemon import Daemon  # noqa: E402

CALLBACK_MACHINE = {
    "StartAt": "Ask",
    "States": {"Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True,
                       "Parameters": {"QueueUrl": "http://localhost/000000000000/questions",
                                      "MessageBody": {"Payload.$": "$", "TaskToken.$": "$$.Task.Token"}}}},
}
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pid, name="VmRSS"):
    """MiB."""
    return int(re.search(rf"{name}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


def written(pid):
    return int(re.search(r"^write_bytes: (\d+)", pathlib.Path(f"/proc/{pid}/io").read_text(), re.M).group(1))


def load(*options, **keywords):
    return json.loads(subprocess.run([BUILD / "bench-callback_load", *map(str, options)], stdout=subprocess.PIPE, check=True, **keywords).stdout)


class BareServer:
    def __init__(self, environment=None):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-bare-"))
        self.process = subprocess.Popen([BUILD / "bench-bare_server", self.directory / "bare.db"], stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **(environment or {})})
        self.address = f"127.0.0.1:{self.process.stdout.readline().strip()}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def prepare(daemon):
    """The queue and the machine of the callback benchmark."""
    body = json.dumps({"QueueName": "questions"}).encode()
    request = urllib.request.Request(f"http://{daemon.admin}/", body, {"X-Amz-Target": "AmazonSQS.CreateQueue", "Content-Type": "application/x-amz-json-1.0"})
    urllib.request.urlopen(request).read()
    daemon.create_machine("callback", CALLBACK_MACHINE)


def delayed_sync():
    """A preloaded delay of 2 ms at each sync."""
    library = BUILD / "slow-sync.so"
    source = ROOT / "tests" / "bench" / "slow_sync.c"
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", source, "-o", library, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}


QUIET = ("--log-level", "warn")


def callbacks(seconds=4, users=(1, 16, 64, 256), environment=None):
    """Workflows per second beside the bare loop, CPU per workflow, latency from callback to SUCCEEDED and durable."""
    result = {}
    for count in users:
        with BareServer(environment) as bare:
            base = load("--bare", "--admin", bare.address, "--users", count, "--seconds", seconds)
        with Daemon(*QUIET, environment=environment) as daemon:
            prepare(daemon)
            before, io = cpu_seconds(daemon.process.pid), written(daemon.process.pid)
            ours = load("--admin", daemon.admin, "--public", daemon.public, "--machine", "callback", "--users", count, "--seconds", seconds)
            cpu = (cpu_seconds(daemon.process.pid) - before) / ours["workflows"] * 1000
            result |= {f"workflows/s at {count}": ours["per_second"], f"of the bare loop at {count}": ours["per_second"] / base["per_second"],
                       f"CPU ms per workflow at {count}": cpu, f"callback to SUCCEEDED p50 ms at {count}": ours["resume_p50_ms"],
                       f"callback to SUCCEEDED p99 ms at {count}": ours["resume_p99_ms"],
                       f"KiB written per workflow at {count}": (written(daemon.process.pid) - io) / ours["workflows"] / 1024}
    return result


def slow_disk(seconds=4):
    """The same at 64 users with 2 ms added to each sync."""
    return {f"{name}, +2 ms a sync": value for name, value in callbacks(seconds, (64,), delayed_sync()).items()}


def idle():
    """Start to ready, and memory at rest."""
    result = {}
    with Daemon(*QUIET) as daemon:
        daemon.stop()
        began = time.perf_counter()
        daemon.start()
        result["start to ready ms"] = (time.perf_counter() - began) * 1000
        time.sleep(0.5)
        result["idle RSS MiB"] = memory(daemon.process.pid)
    return result


def waiting(count=100_000):
    """What 100,000 waiting executions cost."""
    result = {}
    with Daemon(*QUIET) as daemon:
        prepare(daemon)
        starts = subprocess.run  # the load program only starts when told so
        few = json.loads(starts([BUILD / "bench-callback_load", "--admin", daemon.admin, "--public", daemon.public, "--machine", "callback", "--users", "64",
                                 "--starts-only", "1000"], stdout=subprocess.PIPE, check=True).stdout)
        time.sleep(0.5)
        small = memory(daemon.process.pid)
        many = json.loads(starts([BUILD / "bench-callback_load", "--admin", daemon.admin, "--public", daemon.public, "--machine", "callback", "--users", "64",
                                  "--starts-only", str(count)], stdout=subprocess.PIPE, check=True).stdout)
        time.sleep(0.5)
        result["MiB added by 100,000 waiting"] = memory(daemon.process.pid) - small
        after = load("--admin", daemon.admin, "--public", daemon.public, "--machine", "callback", "--users", 64, "--seconds", 4)
        result["workflows/s at 64 with 100,000 waiting"] = after["per_second"]
        size = sum(path.stat().st_size for path in daemon.data.glob("signalbox.db*"))
        result["KiB on disk per waiting execution"] = size / (count + 1000 + after["workflows"]) / 1024
        token = many["last_token"]
        daemon.kill()
        began = time.perf_counter()
        daemon.start()
        result["ready after kill -9 ms"] = (time.perf_counter() - began) * 1000
        status = daemon.open(f"http://{daemon.public}/verification?token={token}")[0]
        result["first old link resumed ms"] = (time.perf_counter() - began) * 1000
        assert status == 200, status
        result["starts/s"] = few["per_second"]
    return result


def program(name):
    """A benchmark program that prints one JSON object."""
    def run():
        return json.loads(subprocess.run([BUILD / f"bench-{name}"], stdout=subprocess.PIPE, check=True).stdout)
    run.__doc__ = f"bench-{name}"
    return run


BENCHMARKS = {"callbacks": callbacks, "slow_disk": slow_disk, "idle": idle, "waiting": waiting}
for source in sorted((ROOT / "tests" / "bench").glob("*.cpp")):
    if source.stem not in ("callback_load", "bare_server"):
        BENCHMARKS[source.stem] = program(source.stem)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS])
    arguments = parser.parse_args()
    subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "signalbox", "benchmarks"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    figures = {}
    for name in arguments.names or BENCHMARKS:
        for _ in range(arguments.runs):
            for figure, value in BENCHMARKS[name]().items():
                figures.setdefault(f"{name}: {figure}", []).append(value)
    for figure, values in figures.items():
        print(f"{figure:70} {statistics.median(values):14,.3f}   ({min(values):,.3f} to {max(values):,.3f})")
    if arguments.json:
        arguments.json.write_text(json.dumps({figure: {"median": statistics.median(values), "values": values} for figure, values in figures.items()}, indent=1))


if __name__ == "__main__":
    main()
