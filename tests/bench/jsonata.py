#!/usr/bin/env python3
"""The JSONata engine beside npm's `jsonata` 2.0.6 under Node, in one run: at least 10 times faster to construct, 5 times to evaluate, and
field access that does not depend on the size of the document.

    cmake --build --preset release --target bench-jsonata && tests/bench/jsonata.py

Exits 1 if a bound is missed. Needs node and npm; the package is installed into build/bench-jsonata.
"""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = "jsonata@2.0.6"
DATA = pathlib.Path(os.environ.get("SIGNALBOX_CONFORMANCE", ROOT.parent / "shared" / "conformance")) / "jsonata" / "yardstick.json"
CONSTRUCT_TIMES, EVALUATE_TIMES, SIZE_TIMES_MAX = 10, 5, 1.5


def install(folder):
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules" / "jsonata").is_dir():
        (folder / "package.json").write_text('{"private": true}\n')
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def lines(*command, **keywords):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, **keywords)
    return {(one["name"], one["items"]): one for one in map(json.loads, done.stdout.splitlines())}


def measure():
    """Both engines' times by name of the expression and size of the document."""
    folder = ROOT / "build" / "bench-jsonata"
    install(folder)
    ours = lines(os.environ.get("SIGNALBOX_BENCH_JSONATA", ROOT / "build" / "release" / "bench-jsonata"), DATA)
    return ours, lines("node", HERE / "jsonata" / "reference.mjs", DATA, cwd=folder)


def figures():
    """For run.py: how often as fast as npm's; nothing where the expressions are not at hand."""
    if not DATA.exists():
        return {}
    ours, theirs = measure()
    found = {}
    for (name, items), one in ours.items():
        other = theirs[name, items]
        found[f"{name}, {items} items: times faster to construct"] = other["construct_us"] / one["construct_us"]
        found[f"{name}, {items} items: times faster to evaluate"] = other["evaluate_us"] / one["evaluate_us"]
    return found


def main():
    ours, theirs = measure()
    missed = 0
    print(f"{'µs':22} {'items':>5} {'construct':>10} {'npm':>8} {'times':>6} {'evaluate':>10} {'npm':>10} {'times':>6}")
    for key, one in ours.items():
        other = theirs[key]
        construct = other["construct_us"] / one["construct_us"]
        evaluate = other["evaluate_us"] / one["evaluate_us"]
        bad = construct < CONSTRUCT_TIMES or evaluate < EVALUATE_TIMES
        missed += bad
        print(f"{key[0]:22} {key[1]:5} {one['construct_us']:10.2f} {other['construct_us']:8.1f} {construct:6.1f} "
              f"{one['evaluate_us']:10.2f} {other['evaluate_us']:10.1f} {evaluate:6.1f}{'  MISSED' if bad else ''}")
    small, large = (ours["field access", items]["evaluate_us"] for items in (20, 1000))
    print(f"field access at 1,000 items takes {large / small:.2f} times what it takes at 20")
    return 1 if missed or large / small > SIZE_TIMES_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
