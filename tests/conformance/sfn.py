#!/usr/bin/env python3
"""Plays the recordings of AWS Step Functions against the daemon and compares what comes back.

The recordings and their runner lie beside the project (../shared/conformance/sfn, or SIGNALBOX_CONFORMANCE/sfn); without them everything is
skipped. Cases of services that are not here are skipped, and so are recordings that are not AWS's (`upstream`). Any other case that is
known to differ stands with its reason in the table of docs/conformance.md: it counts as skipped while it fails, and as failed once it
passes, so that the table only shrinks.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from support.daemon import ROOT, Daemon

SERVICES = "lambda,sqs,sns,sfn,logs,s3,events"
KNOWN = ROOT / "docs" / "conformance.md"
ROW = re.compile(r"^\| `([^`]+::[^`]+)` \| (.+) \|$", re.MULTILINE)


def suite():
    """The folder of the recordings; None without them."""
    given = os.environ.get("SIGNALBOX_CONFORMANCE")
    candidates = [pathlib.Path(given)] if given else []
    candidates += [ROOT.parent / "shared" / "conformance", ROOT.parent.parent / "shared" / "conformance"]
    return next((folder / "sfn" for folder in candidates if (folder / "sfn" / "run").exists()), None)


def known_differences():
    return dict(ROW.findall(KNOWN.read_text()))


def not_of_aws(folder):
    cases = (json.loads(path.read_text()) for path in sorted((folder / "cases").rglob("*.json")))
    return {case["id"] for case in cases if case.get("upstream")}


def play(folder):
    """What the runner says of each case."""
    with tempfile.NamedTemporaryFile(suffix=".json") as results, Daemon() as daemon:
        subprocess.run([sys.executable, folder / "run", "--endpoint", "http://" + daemon.admin, "--jobs", "8", "--have", SERVICES, "--json", results.name],
                       stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, timeout=840, check=False)
        return json.loads(pathlib.Path(results.name).read_text())["cases"]


def verdict(case, known, upstream):
    """(passed, failed or skipped; why)"""
    name, result = case["id"], case["result"]
    if result == "skipped":
        return "skipped", "a service that is not here"
    if name in upstream:
        return "skipped", "not recorded on AWS"
    if result == "failed" and name in known:
        return "skipped", "known difference"
    if result == "failed":
        return "failed", case.get("difference", "")
    return ("failed", "passes, but docs/conformance.md lists it as differing: take it off the list") if name in known else ("passed", "")


def main():
    folder = suite()
    if not folder:
        count = len(known_differences())
        print(f"# the recordings are not beside the project; nothing was compared\n0 passed, 0 failed, {max(count, 1)} skipped")
        return 0
    known, upstream = known_differences(), not_of_aws(folder)
    counts, groups, reasons = collections.Counter(), collections.defaultdict(collections.Counter), collections.Counter()
    for case in play(folder):
        result, why = verdict(case, known, upstream)
        counts[result] += 1
        groups[re.split(r"[/.]", case["id"])[0]][result] += 1
        if result == "skipped":
            reasons[why] += 1
        if result == "failed":
            print(f"FAILED {case['id']}\n    {why}")
    for group, found in sorted(groups.items()):
        print(f"# {group:34} {found['passed']:3} passed, {found['failed']:3} failed, {found['skipped']:3} skipped")
    for why, count in reasons.most_common():
        print(f"# skipped, {why}: {count}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
