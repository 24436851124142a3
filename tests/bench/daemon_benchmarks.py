"""Benchmarks of the real binary over HTTP, each beside a bare server measured a moment before. Each gives its figures by name."""
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.parse
import zipfile

from support import cdk
from support.daemon import BUILD, ROOT, Daemon, request, wait_for

QUIET = ("--log-level", "warn")
TICK = os.sysconf("SC_CLK_TCK")
MACHINE = {
    "StartAt": "Ask",
    "States": {"Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True,
                       "Parameters": {"QueueUrl": "http://localhost/000000000000/questions",
                                      "MessageBody": {"Payload.$": "$", "TaskToken.$": "$$.Task.Token"}}}},
}
INPUT = '{"requestId":"4be0643f-1d98-573b-97cd-ca98a65347dd","amount":12.50}'
AWS_JSON = "Content-Type: application/x-amz-json-1.0"


# ---- the processes measured ----------------------------------------------------------------------------------------------------------

def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pid):
    """Resident, MiB."""
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


def written(pid):
    """Bytes sent to the disk."""
    return int(re.search(r"^write_bytes: (\d+)", pathlib.Path(f"/proc/{pid}/io").read_text(), re.M).group(1))


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


def aws(daemon, target, body):
    status, _, text = request(daemon.admin, "POST", "/", json.dumps(body), {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"})
    assert status == 200, text
    return json.loads(text)


def prepare(daemon):
    """The queue and the machine of the callback workflow."""
    aws(daemon, "AmazonSQS.CreateQueue", {"QueueName": "questions"})
    daemon.create_machine("callback", MACHINE)


def load(steps, users, seconds=4, count=0):
    """Runs bench-load: each step is (name, address, captured member, request)."""
    command = [BUILD / "bench-load", "--users", users, "--seconds", seconds, "--count", count]
    for step in steps:
        command += ["--step", *step]
    return json.loads(subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True).stdout)


# ---- requests ------------------------------------------------------------------------------------------------------------------------

def start_step(address, path="/v1/state-machines/callback/executions"):
    return ("start", address, "id", f'POST {path}\nContent-Type: application/json\n\n{{"input":{INPUT}}}')


def callback_script(daemon):
    return [start_step(daemon.admin), ("read", daemon.admin, "token", "GET /v1/executions/{id}"),
            ("resume", daemon.public, "", "GET /verification?requestId=4be0643f&timestamp=1763946123&token={token}\nAccept: application/json")]


def bare_script(bare):
    return [start_step(bare.address, "/start"), ("read", bare.address, "token", "GET /read?id={id}"),
            ("resume", bare.address, "", "GET /resume?requestId=4be0643f&timestamp=1763946123&token={token}\nAccept: application/json")]


def aws_start_step(daemon, machine):
    body = json.dumps({"stateMachineArn": f"arn:aws:states:us-east-1:000000000000:stateMachine:{machine}", "input": INPUT})
    return ("start", daemon.admin, "", f"POST /\nX-Amz-Target: AWSStepFunctions.StartExecution\n{AWS_JSON}\n\n{body}")


# ---- benchmarks ----------------------------------------------------------------------------------------------------------------------

def named(users):
    return f"{users} user" + ("s" if users > 1 else "")


def callbacks(seconds=4, counts=(1, 16, 64, 256), environment=None):
    """Workflows per second beside the bare loop, processor time of each, latency from callback to SUCCEEDED and durable."""
    figures = {}
    for users in counts:
        with BareServer(environment) as bare:
            base = load(bare_script(bare), users, seconds)
        with Daemon(*QUIET, environment=environment) as daemon:
            prepare(daemon)
            pid = daemon.process.pid
            load(callback_script(daemon), users, 0.5)   # warm: the steady state is what is asked for
            processor, disk = processor_seconds(pid), written(pid)
            ours = load(callback_script(daemon), users, seconds)
            workflows = ours["scripts"]
            figures |= {f"workflows/s, {named(users)}": ours["per_second"],
                        f"of the bare loop, {named(users)}": ours["per_second"] / base["per_second"],
                        f"CPU ms per workflow, {named(users)}": (processor_seconds(pid) - processor) / workflows * 1000,
                        f"callback to SUCCEEDED p50 ms, {named(users)}": ours["resume"]["p50_ms"],
                        f"callback to SUCCEEDED p99 ms, {named(users)}": ours["resume"]["p99_ms"],
                        f"KB written per workflow, {named(users)}": (written(pid) - disk) / workflows / 1000}
    return figures


def delayed_sync():
    """A preloaded delay of 2 ms at each sync: what network disks and ordinary SSDs cost."""
    library = BUILD / "slow_sync.so"
    source = ROOT / "tests" / "bench" / "slow_sync.c"
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", source, "-o", library, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}


def slow_disk():
    return callbacks(counts=(1, 64, 256), environment=delayed_sync())


def http():
    """One kind of request at a time, 64 users, against a bare Beast server's read. The cheap read is that of the callback workflow: an
    execution with its waiting token. StartExecution, of one Pass state, is durable with its end."""
    figures = {}
    with BareServer() as bare:
        base = load([("read", bare.address, "", "GET /read?id=1")], 64, 3)["per_second"]
    with Daemon(*QUIET) as daemon:
        prepare(daemon)
        id = daemon.start_execution("callback", json.loads(INPUT))["id"]
        daemon.create_machine("pass", {"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}})
        steps = {"health check": ("read", daemon.admin, "", "GET /healthz"), "cheap read": ("read", daemon.admin, "", f"GET /v1/executions/{id}"),
                 "durable StartExecution": aws_start_step(daemon, "pass"), "durable StartExecution with a callback": aws_start_step(daemon, "callback")}
        figures["bare server's reads/s"] = base
        for name, step in steps.items():
            rate = load([step], 64, 3)["per_second"]
            figures[f"{name}, requests/s"] = rate
            figures[f"{name} of a bare server's" + (" reads" if "durable" in name else "")] = rate / base
    return figures


def idle():
    """An empty daemon: start to ready, and memory at rest."""
    with Daemon(*QUIET) as daemon:
        daemon.stop()
        ready = seconds_to_ready(daemon)
        time.sleep(0.5)
        return {"start to ready ms": ready * 1000, "RSS MiB": memory(daemon.process.pid)}


def seconds_to_ready(daemon):
    """From exec to the first answer of /readyz. Listening ports are fixed after the first start, so nothing need be looked up."""
    with open(daemon.log_path, "ab") as log:
        began = time.perf_counter()
        daemon.process = subprocess.Popen(daemon.command_line(), stdout=log, stderr=log)
    while True:
        try:
            if request(daemon.admin, "GET", "/readyz")[0] == 200:
                return time.perf_counter() - began
        except OSError:
            assert daemon.process.poll() is None, daemon.log()
        time.sleep(0.0005)


def waiting(count=100_000):
    """What 100,000 waiting executions cost, and how they come back after kill -9."""
    figures = {}
    with Daemon(*QUIET) as daemon:
        prepare(daemon)
        first = daemon.execution(daemon.start_execution("callback", json.loads(INPUT))["id"])
        start = [start_step(daemon.admin)]
        load(start, 64, count=1_000)
        few = load(callback_script(daemon), 64, 4)["per_second"]
        time.sleep(0.5)
        little, disk, bytes_before = memory(daemon.process.pid), size(daemon), written(daemon.process.pid)
        started = load(start, 64, count=count)
        time.sleep(0.5)
        figures["starts/s"] = started["per_second"]
        figures["KB on disk each"] = (size(daemon) - disk) / started["scripts"] / 1000
        figures["KB written each"] = (written(daemon.process.pid) - bytes_before) / started["scripts"] / 1000
        figures[f"MiB added by {count:,} over 1,000"] = memory(daemon.process.pid) - little
        many = load(callback_script(daemon), 64, 4)["per_second"]
        figures |= {"workflows/s at 1,000": few, f"workflows/s at {count:,}": many, f"throughput at {count:,} of that at 1,000": many / few}
        daemon.kill()
        began = time.perf_counter()
        figures["ready after kill -9 ms"] = seconds_to_ready(daemon) * 1000
        status, _, text = daemon.open(f"http://{daemon.public}/verification?requestId=1&token={first['waiting'][0]['token']}", headers={"Accept": "application/json"})
        figures["first old link resumed after kill -9 ms"] = (time.perf_counter() - began) * 1000
        assert status == 200 and json.loads(text)["status"] == "recorded", text
        assert wait_for(lambda: daemon.execution(first["id"])["status"] == "SUCCEEDED")
    return figures


def size(daemon):
    return sum(path.stat().st_size for path in daemon.data.glob("signalbox.db*"))


# ---- a long history ------------------------------------------------------------------------------------------------------------------

LOOP = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Succeed"},
                                   "B": {"Type": "Choice", "Choices": [{"Variable": "$.end", "IsPresent": True, "Next": "C"}], "Default": "A"}}}
HISTORY_EVENTS, HISTORY_PAGE = 25_000, 1_000


def walk_history(daemon, execution, reverse):
    """Milliseconds of every page of the whole history."""
    times, seen, token = [], 0, None
    while not times or token:
        body = {"executionArn": execution, "maxResults": HISTORY_PAGE, "reverseOrder": reverse, **({"nextToken": token} if token else {})}
        began = time.perf_counter()
        page = aws(daemon, "AWSStepFunctions.GetExecutionHistory", body)
        times.append((time.perf_counter() - began) * 1000)
        seen += len(page["events"])
        token = page.get("nextToken")
    assert seen == HISTORY_EVENTS, seen
    return times


def history():
    """GetExecutionHistory of the longest history there can be, in the largest pages, forwards and backwards."""
    with Daemon(*QUIET) as daemon:
        machine = aws(daemon, "AWSStepFunctions.CreateStateMachine", {"name": "loop", "definition": json.dumps(LOOP), "roleArn": "arn:aws:iam::000000000000:role/any"})
        started = aws(daemon, "AWSStepFunctions.StartExecution", {"stateMachineArn": machine["stateMachineArn"], "input": INPUT})
        execution = started["executionArn"]
        wait_for(lambda: aws(daemon, "AWSStepFunctions.DescribeExecution", {"executionArn": execution})["status"] == "FAILED", 60)
        for reverse in (False, True):   # both readers' buffers are there then
            walk_history(daemon, execution, reverse)
        before = memory(daemon.process.pid)
        times = {"forwards": walk_history(daemon, execution, False), "backwards": walk_history(daemon, execution, True)}
        grown = memory(daemon.process.pid) - before
    figures = {"MiB grown by reading it twice": grown}
    for direction, pages in times.items():
        figures[f"page ms, {direction}"] = sorted(pages)[len(pages) // 2]
        figures[f"worst page ms, {direction}"] = max(pages)
    return figures


# ---- queues and topics -----------------------------------------------------------------------------------------------------------------

def sqs_step(daemon, name, operation, capture="", **parameters):
    body = json.dumps({"QueueUrl": "http://localhost/000000000000/messages", **parameters}, separators=(",", ":"))
    return (name, daemon.admin, capture, f"POST /\nX-Amz-Target: AmazonSQS.{operation}\n{AWS_JSON}\n\n{body}")


def sns(daemon, **parameters):
    body = urllib.parse.urlencode({"Version": "2010-03-31", **parameters})
    status, _, text = request(daemon.admin, "POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 200, text
    return text


def queues():
    """Messages sent, received and deleted, each durably and in a request of its own."""
    figures = {}
    for users in (1, 64):
        with Daemon(*QUIET) as daemon:
            aws(daemon, "AmazonSQS.CreateQueue", {"QueueName": "messages"})
            script = [sqs_step(daemon, "send", "SendMessage", MessageBody="x" * 200),
                      sqs_step(daemon, "receive", "ReceiveMessage", "ReceiptHandle", MaxNumberOfMessages=1),
                      sqs_step(daemon, "delete", "DeleteMessage", ReceiptHandle="{ReceiptHandle}")]
            processor = processor_seconds(daemon.process.pid)
            run = load(script, users, 3)
            figures |= {f"messages/s, {named(users)}": run["per_second"], f"receive p99 ms, {named(users)}": run["receive"]["p99_ms"],
                        f"CPU ms per message, {named(users)}": (processor_seconds(daemon.process.pid) - processor) / run["scripts"] * 1000}
    return figures


def publish():
    """A topic with queues behind it: a publication is one transaction with all its deliveries."""
    figures = {}
    for subscribers in (1, 10, 100):
        figures |= publish_to(subscribers)
    return figures


def publish_to(subscribers):
    with Daemon(*QUIET) as daemon:
        topic = "arn:aws:sns:us-east-1:000000000000:news"
        sns(daemon, Action="CreateTopic", Name="news")
        for number in range(subscribers):
            aws(daemon, "AmazonSQS.CreateQueue", {"QueueName": f"reader-{number}"})
            sns(daemon, Action="Subscribe", TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:000000000000:reader-{number}")
        body = urllib.parse.urlencode({"Version": "2010-03-31", "Action": "Publish", "TopicArn": topic, "Message": "x" * 200})
        run = load([("publish", daemon.admin, "", f"POST /\nContent-Type: application/x-www-form-urlencoded\n\n{body}")], 64, 3)
        return {f"publications/s, {subscribers} queues": run["per_second"], f"deliveries/s, {subscribers} queues": run["per_second"] * subscribers,
                f"publish p99 ms, {subscribers} queues": run["publish"]["p99_ms"]}


# ---- deployment ------------------------------------------------------------------------------------------------------------------------

S3_SCOPE = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"}


def zipped(folder):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                bundle.write(path, path.relative_to(folder))
    return buffer.getvalue()


def cloudformation(daemon, **parameters):
    body = urllib.parse.urlencode({"Version": "2010-05-15", **parameters})
    status, _, text = request(daemon.admin, "POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 200, text
    return text


def deploy_by_api(daemon, out, kind, name):
    """As an SDK does: assets to the bucket, a change set, its execution. Seconds."""
    files = json.loads((out / "Confirmation.assets.json").read_text())["files"]
    objects = [(next(iter(one["destinations"].values()))["objectKey"], out / one["source"]["path"]) for one in files.values()]
    contents = [(key, zipped(path) if path.is_dir() else path.read_bytes()) for key, path in objects]
    bucket = "cdk-hnb659fds-assets-000000000000-us-east-1"
    began = time.perf_counter()
    for key, content in contents:
        status, _, text = request(daemon.admin, "PUT", f"/{bucket}/{key}", content, S3_SCOPE)
        assert status == 200, text
    stack = {"StackName": "Confirmation", "ChangeSetName": name}
    template = next(key for key, path in objects if path.name.endswith(".template.json"))
    capabilities = {f"Capabilities.member.{i + 1}": capability for i, capability in enumerate(("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"))}
    cloudformation(daemon, Action="CreateChangeSet", ChangeSetType=kind, TemplateURL=f"http://{daemon.admin}/{bucket}/{template}", **stack, **capabilities)
    cloudformation(daemon, Action="ExecuteChangeSet", **stack)
    ended = cloudformation(daemon, Action="DescribeStacks", StackName="Confirmation")
    assert f"<StackStatus>{kind}_COMPLETE" in ended, ended
    return time.perf_counter() - began


def timed(work):
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def deploy():
    """The stack of tests/cdk, synthesised before: by `signalbox deploy`, by the CloudFormation API, by `cdk deploy`. Nothing where aws-cdk-lib cannot be had."""
    figures = {}
    with tempfile.TemporaryDirectory(prefix="signalbox-bench-cdk-") as folder:
        folder = pathlib.Path(folder)
        first, second = (cdk.synthesise("newest", folder / wording, wording) for wording in ("first", "second"))
        if not first:
            return figures
        with Daemon(*QUIET) as daemon:
            figures["signalbox deploy, new, ms"] = timed(lambda: daemon.cli("deploy", first))
            figures["signalbox deploy, unchanged, ms"] = timed(lambda: daemon.cli("deploy", first))
            figures["signalbox deploy, functions changed, ms"] = timed(lambda: daemon.cli("deploy", second))
        with Daemon(*QUIET) as daemon:
            figures["CloudFormation API, new, ms"] = deploy_by_api(daemon, first, "CREATE", "first") * 1000
            figures["CloudFormation API, functions changed, ms"] = deploy_by_api(daemon, second, "UPDATE", "second") * 1000
        if cdk.program():
            with Daemon(*QUIET) as daemon:
                figures["cdk deploy, new, ms"] = timed(lambda: check(cdk.run(daemon, folder, "deploy", "--app", first, "--require-approval", "never")))
    return figures


def check(done):
    assert done.returncode == 0, done.stdout + done.stderr


DAEMON_BENCHMARKS = {"callbacks": callbacks, "slow_disk": slow_disk, "http": http, "idle": idle, "waiting": waiting, "history": history,
                     "queues": queues, "publish": publish, "deploy": deploy}
