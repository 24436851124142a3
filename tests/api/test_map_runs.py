"""Distributed Maps over the object store, as clients see them; kill -9 in the middle."""
import gzip
import json
import unittest

from support.daemon import Daemon, main, wait_for

try:
    import boto3
    import botocore.config
except ImportError:
    boto3 = None

ROLE = "arn:aws:iam::000000000000:role/any"
PASS = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}


def distributed(processor=PASS, **fields):
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **processor}
    return {"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "Items", "ItemProcessor": processor, **fields, "End": True}}}


def read_from(key, **config):
    return {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": config, "Parameters": {"Bucket": "data", "Key": key}}


WRITER = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "data", "Prefix": "out"}}


@unittest.skipUnless(boto3, "boto3 is not installed")
class MapRuns(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon()
        self.daemon.__enter__()
        self.addCleanup(self.daemon.__exit__, None, None, None)
        self.connect()
        self.s3.create_bucket(Bucket="data")

    def connect(self):
        options = dict(endpoint_url=f"http://{self.daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        self.s3 = boto3.client("s3", **options)
        self.sfn = boto3.client("stepfunctions", **options)

    def start(self, name, definition, input=None):
        arn = self.sfn.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]
        return self.sfn.start_execution(stateMachineArn=arn, input=json.dumps({} if input is None else input))["executionArn"]

    def described(self, arn):
        found = self.sfn.describe_execution(executionArn=arn)
        return found if found["status"] != "RUNNING" else None

    def run_machine(self, name, definition, input=None, seconds=30):
        return wait_for(lambda arn=self.start(name, definition, input): self.described(arn), seconds)

    def output(self, *arguments):
        ended = self.run_machine(*arguments)
        self.assertEqual(ended["status"], "SUCCEEDED", ended.get("cause"))
        return json.loads(ended["output"])

    def put(self, key, text):
        self.s3.put_object(Bucket="data", Key=key, Body=text.encode() if isinstance(text, str) else text)

    def test_running_children_are_listed_whatever_their_type(self):
        processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
        execution = self.start("waiting", distributed(processor), [1, 2, 3])
        run = wait_for(lambda: self.sfn.list_map_runs(executionArn=execution)["mapRuns"])[0]["mapRunArn"]
        children = wait_for(lambda: (lambda found: found if len(found) == 3 else None)(self.sfn.list_executions(mapRunArn=run, statusFilter="RUNNING")["executions"]))
        listed = self.daemon.get("/v1/executions?status=RUNNING")["executions"]
        self.assertEqual([e["arn"] for e in listed], [c["executionArn"] for c in children] + [execution])
        first = self.daemon.get("/v1/executions?status=RUNNING&limit=2")
        rest = self.daemon.get("/v1/executions?status=RUNNING&cursor=" + first["cursor"])["executions"]
        self.assertEqual(first["executions"] + rest, listed)

    def test_readers(self):
        self.put("a.json", '{"deep": {"list": [1, {"x": 2}]}}')
        self.assertEqual(self.output("pointer", distributed(ItemReader=read_from("a.json", InputType="JSON", ItemsPointer="/deep/list"))), [1, {"x": 2}])
        self.put("a.jsonl", '{"a":1}\n\n{"a":2}\n')
        self.assertEqual(self.output("jsonl", distributed(ItemReader=read_from("a.jsonl", InputType="JSONL"))), [{"a": 1}, {"a": 2}])
        self.put("a.csv", 'h1|h2\n"a ""quoted"" |\nfield"|b\r\nc\n')
        self.assertEqual(self.output("csv", distributed(ItemReader=read_from("a.csv", InputType="CSV", CSVHeaderLocation="FIRST_ROW", CSVDelimiter="PIPE"))),
                         [{"h1": 'a "quoted" |\nfield', "h2": "b"}, {"h1": "c", "h2": ""}])
        self.assertEqual(self.output("max", distributed(ItemReader=read_from("a.jsonl", InputType="JSONL", MaxItems=1))), [{"a": 1}])
        lister = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "data", "Prefix": "a.j"}}
        self.assertEqual([item["Key"] for item in self.output("list", distributed(ItemReader=lister))], ["a.json", "a.jsonl"])
        for key, config, cause in (("a.json", {"InputType": "JSON"}, "Attempting to map over non-iterable node."),
                                   ("twice.csv", {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, "CSV headers cannot contain duplicates."),
                                   ("absent", {"InputType": "JSON"}, "The specified key does not exist.")):
            self.put("twice.csv", "a,a\n1,2\n")
            failed = self.run_machine("fails-" + key.replace(".", "-"), distributed(ItemReader=read_from(key, **config)))
            self.assertEqual((failed["status"], failed["error"]), ("FAILED", "States.ItemReaderFailed"))
            self.assertIn(cause, failed["cause"])

    def test_readers_of_many_objects(self):
        # An S3 inventory: packed CSV files whose columns the manifest names.
        self.put("inventory/1.csv.gz", gzip.compress(b'"things","a b"\n"things","c"\n'))
        self.put("inventory/2.csv.gz", gzip.compress(b'"things","d"\n'))
        files = [{"key": f"inventory/{number}.csv.gz", "size": 1, "MD5checksum": "x"} for number in (1, 2)]
        manifest = {"sourceBucket": "things", "destinationBucket": "arn:aws:s3:::data", "version": "2016-11-30", "fileFormat": "CSV", "fileSchema": "Bucket, Key", "files": files}
        self.put("inventory/manifest.json", json.dumps(manifest))
        listed = [{"Bucket": "things", "Key": key} for key in ("a b", "c", "d")]
        self.assertEqual(self.output("inventory", distributed(ItemReader=read_from("inventory/manifest.json", InputType="MANIFEST"))), listed)
        # Athena's: a line an object, of the kind that InputType says.
        self.put("athena/1", '{"n":1}\n{"n":2}\n')
        self.put("athena/2", gzip.compress(b'{"n":3}\n'))
        self.put("athena/manifest.csv", "s3://data/athena/1\ns3://data/athena/2\n")
        numbers = [{"n": 1}, {"n": 2}, {"n": 3}]
        self.assertEqual(self.output("athena", distributed(ItemReader=read_from("athena/manifest.csv", InputType="JSONL", ManifestType="ATHENA_DATA"))), numbers)
        # All objects of a listing.
        lister = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "data", "Prefix": "flat/"},
                  "ReaderConfig": {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"}}
        self.put("flat/1.json", '[{"n":1},{"n":2}]')
        self.put("flat/2.json", '[{"n":3}]')
        self.assertEqual(self.output("flattened", distributed(ItemReader=lister)), numbers)
        self.put("inventory/orc.json", json.dumps({**manifest, "fileFormat": "ORC"}))
        failed = self.run_machine("orc", distributed(ItemReader=read_from("inventory/orc.json", InputType="MANIFEST")))
        self.assertEqual((failed["error"], failed["cause"]), ("States.ItemReaderFailed", "Inventories of format 'ORC' are not supported here"))

    def test_items_know_their_source(self):
        self.put("a.jsonl", '{"a":1}\n')
        selector = {"ItemSelector": {"source.$": "$$.Map.Item.Source", "index.$": "$$.Map.Item.Index"}}
        lister = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "data"}}
        for name, fields, source in (("given", {}, "STATE_DATA"), ("read", {"ItemReader": read_from("a.jsonl", InputType="JSONL")}, "S3://data/a.jsonl"),
                                     ("listed", {"ItemReader": lister}, "S3://data")):
            self.assertEqual(self.output(name, distributed(**selector, **fields), [7]), [{"source": source, "index": 0}])

    def test_expressions_everywhere(self):
        self.put("a.jsonl", '{"a":1}\n{"a":2}\n{"a":3}\n')
        reader = {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSONL", "MaxItems": "{% $states.input.most %}"},
                  "Arguments": {"Bucket": "{% $states.input.bucket %}", "Key": "{% 'a.' & 'jsonl' %}"}}
        machine = distributed(ItemReader=reader, ItemSelector={"at": "{% $states.context.Map.Item.Index %}", "of": "{% $states.context.Map.Item.Value.a * 10 %}"},
                              ItemBatcher={"MaxItemsPerBatch": "{% $states.input.most - 1 %}", "BatchInput": {"for": "{% $states.input.bucket %}"}},
                              ResultWriter={"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "{% $states.input.bucket %}", "Prefix": "{% 'o' & 'ut' %}"}})
        machine["QueryLanguage"] = "JSONata"
        written = self.output("expressions", machine, {"bucket": "data", "most": 3})["ResultWriterDetails"]
        self.assertEqual(written["Bucket"], "data")
        self.assertTrue(written["Key"].startswith("out/"), written)
        folder = written["Key"].rsplit("/", 1)[0]
        succeeded = json.loads(self.s3.get_object(Bucket="data", Key=folder + "/SUCCEEDED_0.json")["Body"].read())
        batches = sorted((json.loads(child["Input"]) for child in succeeded), key=lambda batch: batch["Items"][0]["at"])
        self.assertEqual(batches, [{"BatchInput": {"for": "data"}, "Items": [{"at": 0, "of": 10}, {"at": 1, "of": 20}]},
                                   {"BatchInput": {"for": "data"}, "Items": [{"at": 2, "of": 30}]}])

    def test_what_the_api_shows_of_a_run(self):
        execution = self.start("shown", distributed(), [1, 2, 3])
        wait_for(lambda: self.described(execution))
        runs = self.sfn.list_map_runs(executionArn=execution)["mapRuns"]
        self.assertEqual(len(runs), 1)
        run = runs[0]["mapRunArn"]
        self.assertRegex(run, "^arn:aws:states:us-east-1:000000000000:mapRun:shown/Items:[0-9a-f-]{36}$")
        self.assertEqual(runs[0]["stateMachineArn"], "arn:aws:states:us-east-1:000000000000:stateMachine:shown/Items")
        described = self.sfn.describe_map_run(mapRunArn=run)
        self.assertEqual((described["status"], described["executionArn"], described["itemCounts"]["succeeded"], described["executionCounts"]["total"]), ("SUCCEEDED", execution, 3, 3))
        pages = self.sfn.get_paginator("list_executions").paginate(mapRunArn=run, PaginationConfig={"PageSize": 2})
        children = [child for page in pages for child in page["executions"]]
        self.assertEqual([(c["mapRunArn"], c["itemCount"]) for c in children], [(run, 1)] * 3)
        child = self.sfn.describe_execution(executionArn=children[2]["executionArn"])
        self.assertEqual((child["input"], child["mapRunArn"], child["stateMachineArn"]), ("1", run, runs[0]["stateMachineArn"]))
        self.assertIn("execution:shown/Items:", child["executionArn"])
        events = self.sfn.get_execution_history(executionArn=execution)["events"]
        self.assertEqual(events[3]["mapRunStartedEventDetails"], {"mapRunArn": run})
        with self.assertRaises(self.sfn.exceptions.ResourceNotFound):
            self.sfn.describe_map_run(mapRunArn=run[:-1] + ("0" if run[-1] != "0" else "1"))

    def test_results_are_written(self):
        fails_on_two = {"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 2, "Next": "F"}], "Default": "P"},
                                                   "P": {"Type": "Pass", "End": True}, "F": {"Type": "Fail", "Error": "Two", "Cause": "is one too many"}}}
        output = self.output("writes", distributed(fails_on_two, ResultWriter=WRITER, ToleratedFailurePercentage=50), [1, 2, 3])
        key = output["ResultWriterDetails"]["Key"]
        self.assertRegex(key, "^out/[0-9a-f-]{36}/manifest.json$")
        manifest = json.loads(self.s3.get_object(Bucket="data", Key=key)["Body"].read())
        self.assertEqual((manifest["DestinationBucket"], manifest["MapRunArn"]), ("data", output["MapRunArn"]))
        files = manifest["ResultFiles"]
        self.assertEqual((len(files["SUCCEEDED"]), len(files["FAILED"]), files["PENDING"]), (1, 1, []))
        succeeded = json.loads(self.s3.get_object(Bucket="data", Key=files["SUCCEEDED"][0]["Key"])["Body"].read())
        self.assertEqual([result["Output"] for result in succeeded], ["1", "3"])
        failed = json.loads(self.s3.get_object(Bucket="data", Key=files["FAILED"][0]["Key"])["Body"].read())
        self.assertEqual([(result["Error"], result["Input"], result["Status"]) for result in failed], [("Two", "2", "FAILED")])
        lines = {**WRITER, "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}}
        key = self.output("flattens", distributed(ResultWriter=lines), [[1, 2], [3]])["ResultWriterDetails"]["Key"]
        self.assertEqual(self.s3.get_object(Bucket="data", Key=key.replace("manifest.json", "SUCCEEDED_0.jsonl"))["Body"].read(), b"1\n2\n3\n")
        refused = self.run_machine("nowhere", distributed(ResultWriter={**WRITER, "Parameters": {"Bucket": "absent"}}), [1])
        self.assertEqual((refused["error"], "The specified bucket does not exist" in refused["cause"]), ("States.ResultWriterFailed", True))

    def test_update_of_a_running_map(self):
        waiting = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}
        execution = self.start("waits", distributed(waiting, MaxConcurrency=1), [1, 2, 3])
        run = self.sfn.list_map_runs(executionArn=execution)["mapRuns"][0]["mapRunArn"]
        self.assertEqual(self.sfn.describe_map_run(mapRunArn=run)["executionCounts"]["running"], 1)
        self.sfn.update_map_run(mapRunArn=run, maxConcurrency=3)
        self.assertEqual(self.sfn.describe_map_run(mapRunArn=run)["executionCounts"]["running"], 3)
        self.sfn.stop_execution(executionArn=execution)
        described = wait_for(lambda: (lambda d: d if d["status"] == "ABORTED" else None)(self.sfn.describe_map_run(mapRunArn=run)))
        self.assertEqual(described["executionCounts"]["aborted"], 3)

    def test_ten_thousand_items_survive_kills(self):
        count = 10_000
        self.put("many.csv", "n\n" + "".join(f"{n}\n" for n in range(count)))
        execution = self.start("many", distributed(ItemReader=read_from("many.csv", InputType="CSV", CSVHeaderLocation="FIRST_ROW"), ResultWriter={**WRITER, "WriterConfig": {"Transformation": "COMPACT"}}))
        run = self.sfn.list_map_runs(executionArn=execution)["mapRuns"][0]["mapRunArn"]
        for part in (1, 4, 7):
            wait_for(lambda: self.sfn.describe_map_run(mapRunArn=run)["executionCounts"]["succeeded"] >= part * count // 10, 60)
            self.daemon.kill()
            self.daemon.start()
            self.connect()
        ended = wait_for(lambda: self.described(execution), 90)
        self.assertEqual(ended["status"], "SUCCEEDED", ended.get("cause"))
        counts = self.sfn.describe_map_run(mapRunArn=run)["executionCounts"]
        self.assertEqual((counts["succeeded"], counts["total"], counts["resultsWritten"]), (count, count, count))
        key = json.loads(ended["output"])["ResultWriterDetails"]["Key"]
        results = json.loads(self.s3.get_object(Bucket="data", Key=key.replace("manifest.json", "SUCCEEDED_0.json"))["Body"].read())
        self.assertEqual([int(result["n"]) for result in results], list(range(count)))
        self.assertEqual(len(self.sfn.get_execution_history(executionArn=execution)["events"]), 8)

    def redriven_sends(self, name, count, type="STANDARD"):
        """A run whose every child failed for want of a queue, redriven now that it is there: (execution, run, the queue's URL)."""
        sqs = boto3.client("sqs", endpoint_url=f"http://{self.daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        sqs.delete_queue(QueueUrl=url)
        self.put(f"{name}.json", json.dumps(list(range(count))))
        sends = {"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": url, "MessageBody.$": "$"}, "ResultPath": None, "End": True}}}
        machine = distributed(sends, ItemReader=read_from(f"{name}.json", InputType="JSON"), ResultWriter={**WRITER, "WriterConfig": {"Transformation": "COMPACT"}}, ToleratedFailureCount=count - 1)
        machine["States"]["M"]["ItemProcessor"]["ProcessorConfig"]["ExecutionType"] = type
        execution = self.start(name, machine)
        self.assertEqual(wait_for(lambda: self.described(execution), 60)["error"], "States.ExceedToleratedFailureThreshold")
        run = self.sfn.list_map_runs(executionArn=execution)["mapRuns"][0]["mapRunArn"]
        self.assertEqual(self.sfn.describe_map_run(mapRunArn=run)["executionCounts"]["failed"], count)
        sqs.create_queue(QueueName=name)
        self.redrive(executionArn=execution)
        return execution, run, url

    def redrive(self, **members):
        """By hand: Debian's client does not know the operation."""
        request = {"X-Amz-Target": "AWSStepFunctions.RedriveExecution", "Content-Type": "application/x-amz-json-1.0"}
        status, _, body = self.daemon.open(f"http://{self.daemon.admin}/", "POST", request, json.dumps(members))
        self.assertEqual(status, 200, body)

    def describe_run(self, run):
        request = {"X-Amz-Target": "AWSStepFunctions.DescribeMapRun", "Content-Type": "application/x-amz-json-1.0"}
        return json.loads(self.daemon.open(f"http://{self.daemon.admin}/", "POST", request, json.dumps({"mapRunArn": run}))[2])

    def test_a_redrive_survives_kills(self):
        count = 3_000
        execution, run, _ = self.redriven_sends("resent", count)
        for part in (1, 3):
            wait_for(lambda: self.describe_run(run)["executionCounts"]["succeeded"] >= part * count // 5, 60)
            self.daemon.kill()
            self.daemon.start()
            self.connect()
        ended = wait_for(lambda: self.described(execution), 60)
        self.assertEqual(ended["status"], "SUCCEEDED", ended.get("cause"))
        described = self.describe_run(run)
        counts = described["executionCounts"]
        self.assertEqual((described["status"], described["redriveCount"], counts["succeeded"], counts["total"], counts["pendingRedrive"], counts["resultsWritten"]), ("SUCCEEDED", 1, count, count, 0, count))
        # Each child's message was sent in the commit that let it go on: once, whatever was killed.
        self.assertEqual(self.daemon.get("/v1/queues/resent")["messages"], count)
        types = [event["type"] for event in self.sfn.get_execution_history(executionArn=execution)["events"]]
        self.assertEqual(types[6:], ["ExecutionFailed", "ExecutionRedriven", "MapRunRedriven", "MapRunSucceeded", "MapStateSucceeded", "MapStateExited", "ExecutionSucceeded"])

    def test_express_children(self):
        execution, run, _ = self.redriven_sends("express-resent", 3, "EXPRESS")
        self.assertEqual(wait_for(lambda: self.described(execution))["status"], "SUCCEEDED")
        children = self.sfn.list_executions(mapRunArn=run)["executions"]
        self.assertEqual(len(children), 3)
        for child in children:
            self.assertRegex(child["executionArn"], "^arn:aws:states:us-east-1:000000000000:express:express-resent/Items:[0-9a-f-]{36}:[0-9a-f-]{36}$")
            described = self.sfn.describe_execution(executionArn=child["executionArn"])
            self.assertEqual((described["status"], described["mapRunArn"], described["input"], described["output"]), ("SUCCEEDED", run, described["output"], described["input"]))
            with self.assertRaises(self.sfn.exceptions.InvalidArn):
                self.sfn.get_execution_history(executionArn=child["executionArn"])

    def test_sdk_tasks(self):
        put = {"StartAt": "P", "States": {"P": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:putObject", "Parameters": {"Bucket": "data", "Key": "k", "Body.$": "$.body"}, "Next": "G"},
                                          "G": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject", "Parameters": {"Bucket": "data", "Key": "k"}, "End": True}}}
        got = self.output("sdk", put, {"body": {"Dict": "Value"}})
        self.assertEqual((got["Body"], got["ContentLength"], got["Metadata"], got["ServerSideEncryption"]), ('{"Dict":"Value"}', 16, {}, "AES256"))
        get = {"StartAt": "G", "States": {"G": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject", "Parameters": {"Bucket": "data", "Key": "no"}, "End": True}}}
        failed = self.run_machine("sdk-fails", get)
        self.assertEqual(failed["error"], "S3.NoSuchKeyException")
        self.assertRegex(failed["cause"], r"^The specified key does not exist. \(Service: S3, Status Code: 404, Request ID: \S+, Extended Request ID: \S+\) \(SDK Attempt Count: 1\)$")


if __name__ == "__main__":
    main()
