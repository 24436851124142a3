#!/usr/bin/python3
"""Runs the libFuzzer targets, one after another, each for some time, on a corpus that grows in build/fuzz/corpus/TARGET.

    cmake --preset fuzz && cmake --build --preset fuzz
    tests/fuzz/run.py [--seconds 300] [TARGET…]

The seeds are the definitions, paths and requests that the examples and the other tests contain. An input that breaks a target is kept
as build/fuzz/found/TARGET-…; running the target with that file repeats it. Ends with a line a target, and with 1 if anything was found.
"""
import argparse
import ast
import hashlib
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
RAW_LITERAL = re.compile(r'R"[A-Z]*\((.*?)\)[A-Z]*"', re.DOTALL)


def literals(folder):
    """The plain string literals of the C++ tests in a folder."""
    for source in sorted(folder.rglob("*.cpp")):
        for text in LITERAL.findall(source.read_text()):
            try:
                yield ast.literal_eval(f'"{text}"')
            except (SyntaxError, ValueError):
                continue


def raw_literals(folder):
    for source in sorted(folder.rglob("*.cpp")):
        yield from RAW_LITERAL.findall(source.read_text())


def definitions():
    for file in sorted((ROOT / "statemachines").rglob("*.asl.json")):
        yield file.read_text()
    for file in sorted((ROOT / "statemachines").rglob("*.asl.yaml")):
        yield "%YAML 1.2\n---\n" + file.read_text()
    for file in sorted((ROOT / "tests/scenario").rglob("*.txt")):
        found = re.search(r"^machine\S*.*?\n(\{.*?\n\}|\{.*?\})\n\n", file.read_text(), re.DOTALL | re.MULTILINE)
        if found:
            yield found.group(1)
    for text in raw_literals(ROOT / "tests/unit/asl"):
        yield text if text.lstrip().startswith("{") else "%YAML 1.2\n---\n" + text


def paths():
    documents = [text for text in raw_literals(ROOT / "tests/unit/expr") if text.lstrip().startswith(("{", "["))] or ["{}"]
    for number, text in enumerate(literals(ROOT / "tests/unit/expr")):
        if text.startswith(("$", "States.")):
            yield text + "\n" + documents[number % len(documents)]


def jsonata():
    """The expressions of the tests and of the examples, each with a document in turn."""
    documents = [text for text in raw_literals(ROOT / "tests/unit/jsonata") if text.lstrip().startswith(("{", "["))] or ["{}"]
    expressions = list(literals(ROOT / "tests/unit/jsonata")) + [text for text in raw_literals(ROOT / "tests/unit/jsonata") if text not in documents]
    for definition in definitions():
        expressions += re.findall(r"\{%(.*?)%\}", definition, re.DOTALL)
    for number, text in enumerate(expressions):
        # The target takes the first line as the expression.
        yield " ".join(text.splitlines()) + "\n" + " ".join(documents[number % len(documents)].splitlines())


def requests():
    date = "x-amz-date: 20261127T000000Z\r\n"
    scope = "Credential=AKIDEXAMPLE/20261127/us-east-1/states/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
    yield "GET /v1/executions/01a20bd0-8139-7b5a-89fc-2d0000000001/history?limit=10 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    yield "HEAD /files/a/b%20c/../d HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\nOrigin: http://elsewhere\r\n\r\n"
    json = '{"stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m", "input": "{}"}'
    yield (f"POST / HTTP/1.1\r\nHost: localhost\r\n{date}Authorization: AWS4-HMAC-SHA256 {scope}\r\nX-Amz-Target: AWSStepFunctions.StartExecution\r\n"
           f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(json)}\r\n\r\n{json}")
    for form in ("Action=SendMessage&QueueUrl=http%3A%2F%2Flocalhost%2F000000000000%2Fq&MessageBody=hello&MessageAttribute.1.Name=a"
                 "&MessageAttribute.1.Value.StringValue=b&MessageAttribute.1.Value.DataType=String&Version=2012-11-05",
                 "Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A000000000000%3At&Message=m&Subject=s"
                 "&MessageAttributes.entry.1.Name=a&MessageAttributes.entry.1.Value.DataType=Number&MessageAttributes.entry.1.Value.StringValue=1"):
        yield f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n{form}"
        yield form
    yield "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4;chunk-signature=00\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n"
    yield f"GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261127%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261127T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature={'0' * 64} HTTP/1.1\r\nHost: localhost\r\n\r\n"


def json_texts():
    for folder in ("statemachines", "tests"):
        for file in sorted((ROOT / folder).rglob("*.json")):
            yield file.read_text()
    for text in raw_literals(ROOT / "tests/unit/json"):
        yield text
    for text in literals(ROOT / "tests/unit/json"):
        if text.lstrip()[:1] in ("{", "[", '"'):
            yield text


def tokens():
    for number in range(8):
        yield hashlib.sha256(bytes([number])).digest()[:18]
    yield "AQKPTckpyEQ1rFJCO9udGuqH"


SEEDS = {"definition": definitions, "jsonpath": paths, "jsonata": jsonata, "http_entry": requests, "json": json_texts, "task_token": tokens}


def seed(target, corpus):
    """Puts the seeds of a target into its corpus; a target without any of its own starts from JSON texts."""
    corpus.mkdir(parents=True, exist_ok=True)
    for text in SEEDS.get(target, json_texts)():
        data = text if isinstance(text, bytes) else text.encode()
        (corpus / hashlib.sha1(data).hexdigest()).write_bytes(data)


def fuzz(program, work, seconds):
    """True if nothing was found."""
    target = program.name.removeprefix("fuzz-")
    corpus, found = work / "corpus" / target, work / "found"
    seed(target, corpus)
    found.mkdir(exist_ok=True)
    log = work / f"{target}.log"
    with open(log, "w") as out:
        done = subprocess.run([program, f"-max_total_time={seconds}", "-max_len=16384", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
                               f"-artifact_prefix={found}/{target}-", corpus], stdout=out, stderr=out)
    text = log.read_text(errors="replace")
    statistics = dict(re.findall(r"^stat::(\S+):\s+(\d+)$", text, re.MULTILINE))
    coverage = re.findall(r"cov: (\d+)", text)
    print(f"{'ok' if done.returncode == 0 else 'FOUND':6} {target:14} {statistics.get('number_of_executed_units', '?')} inputs, "
          f"{coverage[-1] if coverage else '?'} edges, {len(list(corpus.iterdir()))} inputs kept", flush=True)
    if done.returncode != 0:
        print(text[-6000:], flush=True)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=300, help="for each target")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "fuzz")
    parser.add_argument("targets", nargs="*")
    arguments = parser.parse_args()
    programs = sorted(arguments.build.glob("fuzz-*"))
    if arguments.targets:
        programs = [program for program in programs if program.name.removeprefix("fuzz-") in arguments.targets]
    if not programs:
        sys.exit("no such targets: cmake --preset fuzz && cmake --build --preset fuzz")
    return 0 if all([fuzz(program, arguments.build, arguments.seconds) for program in programs]) else 1


if __name__ == "__main__":
    sys.exit(main())
