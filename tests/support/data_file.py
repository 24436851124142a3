"""Keeps the data file of a daemon for tests of later ones, as SQL text: what it has stored of executions in every stage, and of the services.

    SIGNALBOX_BUILD=build/dev PYTHONPATH=tests python3 -m support.data_file NAME

writes tests/api/data_files/NAME.sql and NAME.json, the ids in it. Done before the schema of the data file, or what is in it, changes.
"""
import json
import pathlib
import shutil
import sqlite3
import sys
import tempfile

import boto3

from support.daemon import ROOT, Daemon, wait_for

FOLDER = ROOT / "tests" / "api" / "data_files"
MODULES = "SELECT module, version FROM schema ORDER BY module"


def ask(queue, **more):
    return {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {"QueueUrl": queue, "MessageBody": {"Token.$": "$$.Task.Token"}}, **more}


def machines(queue, activity):
    each = {"StartAt": "Ask", "States": {"Ask": ask(queue, End=True)}}
    work = {"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": activity, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}], "End": True}}}
    items = {"Type": "Map", "ItemsPath": "$.items", "End": True}
    return {
        "quick": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}},
        "far-away": {"StartAt": "Nap", "States": {"Nap": {"Type": "Wait", "Seconds": 31536000, "End": True}}},
        "fan-out": {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": True, "Branches": [
            {"StartAt": "Each", "States": {"Each": {**items, "MaxConcurrency": 2, "ItemProcessor": each}}}, work]}}},
        "many": {"StartAt": "All", "States": {"All": {**items, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **each}}}},
        "parent": {"StartAt": "Child", "States": {"Child": {
            "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "OutputPath": "$.Output", "End": True,
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:old-Approvals", "Input": {"by": "parent"}}}}},
        "remember": {"QueryLanguage": "JSONata", "StartAt": "Note", "States": {
            "Note": {"Type": "Pass", "Assign": {"noted": "{% $states.input.a + 1 %}", "id": "{% $states.context.Execution.Id %}"}, "Next": "Ask"},
            "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True,
                    "Arguments": {"QueueUrl": queue, "MessageBody": {"Token": "{% $states.context.Task.Token %}"}},
                    "Output": {"noted": "{% $noted %}", "answer": "{% $states.result %}", "same": "{% $id = $states.context.Execution.Id %}"}}}},
    }


INPUTS = {"quick": {"n": 12345678901234567890}, "far-away": {}, "fan-out": {"items": [1, 2, 3]}, "many": {"items": ["x", "y"]}, "parent": {}, "remember": {"a": 41}}


def fill(daemon):
    """Leaves executions in every stage; their ids by name, and two tokens."""
    aws = {"endpoint_url": f"http://{daemon.admin}", "region_name": "us-east-1", "aws_access_key_id": "any", "aws_secret_access_key": "any"}
    activity = boto3.client("stepfunctions", **aws).create_activity(name="work")["activityArn"]
    for name, definition in machines(daemon.get("/v1/stacks/old")["outputs"]["Queue"], activity).items():
        daemon.create_machine(name, definition)
    ids = {name: daemon.start_execution(name, input)["id"] for name, input in INPUTS.items()}
    ids["approved"] = daemon.start_execution("old-Approvals", {"by": "Ada", "größe": 1.5})["id"]
    ids["rejected"] = daemon.start_execution("old-Approvals", {"by": "Bob"})["id"]
    tokens = {name: wait_for(lambda: daemon.execution(ids[name]).get("waiting"))[0]["token"] for name in ("approved", "rejected")}
    daemon.post(f"/v1/tokens/{tokens['rejected']}/succeed", {"output": {"approved": False}})
    daemon.wait_for_end(ids["rejected"])
    boto3.client("sns", **aws).publish(TopicArn="arn:aws:sns:us-east-1:000000000000:old-News", Subject="Kept", Message="a mail of old")
    # Of two items of fan-out, both of many, the child of parent, remember, approved; that of the activity is nobody's yet.
    wait_for(lambda: len(daemon.get("/v1/tokens")["tokens"]) == 7 and daemon.mail())
    return {"executions": ids, "tokens": tokens}


def load(sql, path):
    """The data file again."""
    with sqlite3.connect(path) as database:
        database.executescript(sql)


def main(name):
    # The data file remembers where a stack came from.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-kept-"))
    shutil.copytree(FOLDER / "stacks", folder / "stacks")
    with Daemon(stacks=folder / "stacks", keep=folder) as daemon:
        ids = fill(daemon)
        daemon.stop()
        with sqlite3.connect(daemon.data / "signalbox.db") as database:
            application_id = database.execute("PRAGMA application_id").fetchone()[0]
            (FOLDER / f"{name}.sql").write_text(f"PRAGMA application_id = {application_id};\n" + "\n".join(database.iterdump()) + "\n")
    (FOLDER / f"{name}.json").write_text(json.dumps(ids, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
