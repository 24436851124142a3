#!/usr/bin/env python3
"""Runs every test program and test script, one after another, and adds up what they report.

Test programs are build/PRESET/test-*; a test script is tests/api/test_*.py (unittest) or tests/conformance/*.py, which print a
closing line "N passed, M failed, K skipped" of their own. Ends with such a line for all of them; exits 1 if anything failed.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What programs built with sanitizers, the daemon of the test scripts among them, are told: a report is a file, and ends the program.
SANITIZERS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "second_deadlock_stack=1:history_size=4",
}
CLOSING_LINE = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.MULTILINE)


def watch_sanitizers(folder):
    """Lets sanitizers write their reports into `folder`; options already in the environment stay."""
    for name, options in SANITIZERS.items():
        log_path = f"log_path={folder}/{name.split('_')[0].lower()}"
        os.environ[name] = ":".join(filter(None, (options, log_path, os.environ.get(name))))


def take_reports(folder):
    """What sanitizers have written since the last call."""
    reports = ""
    for file in sorted(folder.iterdir()):
        reports += file.read_text(errors="replace")
        file.unlink()
    return reports


def run_program(path, seconds):
    """A Catch2 program: (passed, failed, skipped, output). A crash counts as one failure."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        done = subprocess.run([path, "-r", "junit", "-o", report.name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", timeout=seconds, cwd=ROOT)
        try:
            suite = ElementTree.parse(report.name).getroot()
        except ElementTree.ParseError:
            return 0, 1, 0, done.stdout
    suites = [suite] if suite.tag == "testsuite" else list(suite)
    cases, failures = set(), []
    failed_cases, skipped_cases = set(), set()
    for one in suites:
        for case in one.iter("testcase"):
            name = (case.get("classname"), case.get("name").split("/")[0])
            cases.add(name)
            for fault in list(case.iter("failure")) + list(case.iter("error")):
                failed_cases.add(name)
                failures.append(f"{name[1]}\n{fault.text}")
            # tests/support/skip.h
            if re.search(r"^skipped: ", case.findtext("system-out") or "", re.MULTILINE):
                skipped_cases.add(name)
    skipped_cases -= failed_cases
    if done.returncode != 0 and not failed_cases:
        return len(cases), 1, 0, done.stdout
    return len(cases) - len(failed_cases) - len(skipped_cases), len(failed_cases), len(skipped_cases), "\n".join(failures)


def run_script(path, build, seconds):
    """A Python test script that prints the closing line itself."""
    environment = dict(os.environ, SIGNALBOX_BUILD=str(build), PYTHONPATH=str(ROOT / "tests"))
    done = subprocess.run([sys.executable, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          timeout=seconds, env=environment, cwd=ROOT)
    lines = CLOSING_LINE.findall(done.stdout)
    if not lines:
        return 0, 1, 0, done.stdout
    passed, failed, skipped = (int(number or 0) for number in lines[-1])
    if done.returncode != 0 and failed == 0:
        failed = 1
    return passed, failed, skipped, done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "dev")
    parser.add_argument("--timeout", type=int, default=900, help="seconds for one program or script")
    parser.add_argument("names", nargs="*", help="only those whose names begin so")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    jobs = [(path.name.removeprefix("test-"), run_program, (path,)) for path in sorted(build.glob("test-*")) if os.access(path, os.X_OK)]
    scripts = sorted((ROOT / "tests" / "conformance").glob("*.py")) + sorted((ROOT / "tests" / "api").glob("test_*.py"))
    jobs += [(path.stem, run_script, (path, build)) for path in scripts]
    if arguments.names:
        jobs = [job for job in jobs if any(job[0].startswith(name) for name in arguments.names)]
    reports = tempfile.TemporaryDirectory(prefix="signalbox-sanitizers-")
    watch_sanitizers(reports.name)
    totals = [0, 0, 0]
    for name, run, where in jobs:
        began = time.monotonic()
        try:
            passed, failed, skipped, output = run(*where, arguments.timeout)
        except subprocess.TimeoutExpired as late:
            passed, failed, skipped, output = 0, 1, 0, f"did not end within {arguments.timeout} s\n{late.stdout or ''}"
        found = take_reports(pathlib.Path(reports.name))
        if found:
            failed, output = max(failed, 1), output + "\n" + found
        for i, number in enumerate((passed, failed, skipped)):
            totals[i] += number
        verdict = "FAILED" if failed else "ok"
        print(f"{verdict:6}  {name:28} {passed} passed, {failed} failed, {skipped} skipped  ({time.monotonic() - began:.1f} s)", flush=True)
        if failed:
            print(output[-12000:], flush=True)
        elif run is run_script:
            # A script's own counts are worth reading even when all is well.
            print("".join(f"        {line}\n" for line in output.splitlines() if line.startswith("# ")), end="")
    print(f"{totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    return 1 if totals[1] or not any(totals) else 0


if __name__ == "__main__":
    sys.exit(main())
