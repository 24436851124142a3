"""CDK's command line and library, installed as the package-lock.json files say, and the app of tests/cdk."""
import os
import pathlib
import shutil
import subprocess

from support.daemon import NODE_LAYER, ROOT

APP = ROOT / "tests" / "cdk"
PROGRAM = ROOT / "tests" / "api" / "clients" / "cdk"


def node():
    bundled = NODE_LAYER / "node"
    return str(bundled) if bundled.exists() else "node"


def installed(folder, source, wanted):
    """`wanted` below the folder, installed if need be; None where npm's registry cannot be reached."""
    path = folder / "node_modules" / wanted
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, capture_output=True)
    return path if path.exists() else None


def program():
    """CDK's command line; None where it cannot be installed."""
    return installed(ROOT / "build" / "cdk", PROGRAM, pathlib.Path("aws-cdk") / "bin" / "cdk")


def library(version):
    """aws-cdk-lib, `2.28.1` or `newest`; None where it cannot be installed."""
    return installed(ROOT / "build" / f"cdk-lib-{version}", APP / f"lib-{version}", "aws-cdk-lib")


def synthesise(version, out, wording="first", app="app.js"):
    """What `cdk synth` makes of an app of tests/cdk; None where the library cannot be installed."""
    modules = library(version)
    if not modules:
        return None
    environment = {**os.environ, "NODE_PATH": str(modules.parent), "CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": f'{{"wording":"{wording}"}}', "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1"}
    done = subprocess.run([node(), APP / app], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return out


def run(daemon, home, *command):
    """Runs the command line against the daemon: the finished process. `home` is its own, since CDK remembers accounts by access key."""
    environment = {**os.environ, "HOME": str(home), "AWS_ENDPOINT_URL": f"http://{daemon.admin}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                   "AWS_REGION": "us-east-1", "CDK_DISABLE_CLI_TELEMETRY": "1", "CI": "1"}
    return subprocess.run([node(), program(), *map(str, command)], cwd=home, env=environment, capture_output=True, text=True, timeout=120)
