#!/usr/bin/env python3
"""All benchmarks in one command: builds the release preset, runs each several times, prints the median of each figure with its spread and
the target where there is one.

    tests/bench/run.py                          everything
    tests/bench/run.py callbacks idle           only these
    tests/bench/run.py --runs 5 --json results.json

Rates of one machine at one hour cannot be compared with another's; ratios, taken within one run, and processor time per workflow can.
docs/performance.md says what was measured, and where the time goes. Run it by `nice -n -20` where others use the machine too.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / "release"
os.environ["SIGNALBOX_BUILD"] = str(BUILD)
sys.path.insert(0, str(ROOT / "tests"))
from bench import jsonata  # noqa: E402
from bench.daemon_benchmarks import DAEMON_BENCHMARKS  # noqa: E402
from bench.targets import TARGETS  # noqa: E402

# Programs that other benchmarks run.
HELPERS = ("load", "bare_server", "jsonata")


def program(name):
    """A program that prints its figures as one flat JSON object."""
    def run():
        return json.loads(subprocess.run([BUILD / f"bench-{name}"], stdout=subprocess.PIPE, check=True).stdout)
    return run


def benchmarks():
    """Those of the daemon, and one for each program of this folder: a new .cpp is found by itself."""
    programs = (source.stem for source in sorted((ROOT / "tests" / "bench").glob("*.cpp")))
    return DAEMON_BENCHMARKS | {name: program(name) for name in programs if name not in HELPERS} | {"jsonata": jsonata.figures}


def build():
    for command in (["cmake", "--preset", "release"], ["cmake", "--build", "--preset", "release", "--target", "signalbox", "benchmarks"]):
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def conditions():
    """What must be known of the machine to read the figures."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout.strip()
    return {"at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "commit": commit, "processor": model,
            "processors": os.cpu_count(), "system": platform.platform(), "niceness": os.nice(0), "load before": os.getloadavg()[0]}


def verdict(figure, median):
    """The target and whether it was reached; nothing for figures without one."""
    if figure not in TARGETS:
        return ""
    relation, target = TARGETS[figure]
    reached = median >= target if relation == "at least" else median <= target
    return f"{relation} {target:,g}: {'reached' if reached else 'MISSED'}"


def main():
    known = benchmarks()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path, help="write figures, targets and conditions there")
    parser.add_argument("--no-build", action="store_true", help="measure what has been built")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if not arguments.no_build:
        build()
    described = conditions()
    print(", ".join(f"{name} {value}" for name, value in described.items()), flush=True)
    results = {}
    for name in arguments.names or known:
        figures = {}
        for _ in range(arguments.runs):
            for figure, value in known[name]().items():
                figures.setdefault(f"{name}: {figure}", []).append(value)
        for figure, values in figures.items():
            median = statistics.median(values)
            print(f"{figure:78} {median:14,.3f}  ({min(values):,.3f} to {max(values):,.3f})  {verdict(figure, median)}", flush=True)
            results[figure] = {"median": median, "min": min(values), "max": max(values), "values": values}
            if figure in TARGETS:
                results[figure]["target"] = " ".join(map(str, TARGETS[figure]))
    if arguments.json:
        arguments.json.write_text(json.dumps({"conditions": described, "figures": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
