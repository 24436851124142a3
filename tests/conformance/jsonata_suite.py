#!/usr/bin/env python3
"""Runs build/PRESET/jsonata-suite over the JSONata suite beside the checkout (SIGNALBOX_CONFORMANCE, otherwise ../shared/conformance)."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DATA = pathlib.Path(os.environ.get("SIGNALBOX_CONFORMANCE", ROOT.parent / "shared" / "conformance")) / "jsonata"
BUILD = pathlib.Path(os.environ.get("SIGNALBOX_BUILD", ROOT / "build" / "dev"))


def main():
    if not (DATA / "groups").is_dir():
        print(f"# no suite at {DATA}")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    done = subprocess.run([BUILD / "jsonata-suite", DATA], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    print(done.stdout, end="")
    closing = done.stdout.splitlines()[-1] if done.stdout else "it said nothing"
    print(f"# {closing}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
