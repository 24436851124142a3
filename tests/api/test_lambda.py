"""The Lambda API with Debian's boto3: functions from zip archives, versions, aliases, invocations, and AWS's errors."""
import base64
import io
import json
import unittest
import zipfile

from aws_clients import ROLE, AwsCase, archive, wait_for
from support.daemon import main

ECHO = "def handler(event, context):\n    print('saw', event)\n    return {'got': event, 'version': context.function_version}\n"
RAISE = "class Refused(Exception):\n    pass\n\ndef handler(event, context):\n    raise Refused('no')\n"


class Lambda(AwsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.functions = cls.client("lambda")

    def make(self, name, source=ECHO, **members):
        return self.functions.create_function(FunctionName=name, Runtime="python3.12", Handler="app.handler", Role=ROLE, Code={"ZipFile": archive(app=source)}, **members)

    def invoke(self, name, payload=None, **members):
        answer = self.functions.invoke(FunctionName=name, Payload=json.dumps(payload).encode(), **members)
        return answer, json.loads(answer["Payload"].read() or "null")

    def test_a_function_from_a_zip_archive(self):
        made = self.make("whole", Environment={"Variables": {"MODE": "b"}}, Tags={"team": "x"}, Timeout=7, MemorySize=256, Description="d")
        self.assertEqual((made["FunctionArn"], made["Version"], made["Timeout"], made["State"]), ("arn:aws:lambda:us-east-1:000000000000:function:whole", "$LATEST", 7, "Active"))
        self.functions.get_waiter("function_active").wait(FunctionName="whole")
        found = self.functions.get_function(FunctionName=made["FunctionArn"])
        self.assertEqual(found["Configuration"]["Environment"]["Variables"], {"MODE": "b"})
        self.assertEqual(found["Tags"], {"team": "x"})
        answer, payload = self.invoke("whole", {"n": 1})
        self.assertEqual((answer["StatusCode"], answer["ExecutedVersion"], payload), (200, "$LATEST", {"got": {"n": 1}, "version": "$LATEST"}))
        self.functions.update_function_configuration(FunctionName="whole", Timeout=9)
        self.functions.get_waiter("function_updated").wait(FunctionName="whole")
        after = self.functions.update_function_code(FunctionName="whole", ZipFile=archive(app=ECHO.replace("got", "had")))
        self.assertNotEqual(after["CodeSha256"], made["CodeSha256"])
        self.assertEqual(after["Timeout"], 9)
        self.assertEqual(self.invoke("whole", 2)[1], {"had": 2, "version": "$LATEST"})
        self.assertIn("whole", [f["FunctionName"] for f in self.functions.list_functions()["Functions"]])
        self.functions.delete_function(FunctionName="whole")
        message = self.refused("ResourceNotFoundException", self.functions.get_function, FunctionName="whole")
        self.assertEqual(message, "Function not found: arn:aws:lambda:us-east-1:000000000000:function:whole")

    def test_what_an_invocation_tells(self):
        self.make("teller")
        self.make("raiser", RAISE)
        answer, _ = self.invoke("teller", {}, LogType="Tail")
        self.assertIn("saw {}", base64.b64decode(answer["LogResult"]).decode())
        self.make("writer", "import sys\ndef handler(event, context):\n    sys.stdout.write('x' * 100_000)\n    sys.stdout.flush()\n")
        for _ in range(2):   # a line that does not end belongs to its invocation, and of a long log the end is shown
            tail = base64.b64decode(self.invoke("writer", {}, LogType="Tail")[0]["LogResult"]).decode()
            self.assertEqual((len(tail), tail[:10], "START" in tail), (4096, "x" * 10, False))
        answer, error = self.invoke("raiser", {})
        self.assertEqual((answer["StatusCode"], answer["FunctionError"], error["errorType"], error["errorMessage"]), (200, "Unhandled", "Refused", "no"))
        self.assertEqual(self.functions.invoke(FunctionName="teller", InvocationType="DryRun")["StatusCode"], 204)
        empty = self.functions.invoke(FunctionName="teller")
        self.assertEqual(json.loads(empty["Payload"].read())["got"], {})
        self.assertIn("Could not parse request body into json", self.refused("InvalidRequestContentException", self.functions.invoke, FunctionName="teller", Payload=b"no json"))
        self.refused("ResourceNotFoundException", self.functions.invoke, FunctionName="nobody")
        self.refused("ResourceNotFoundException", self.functions.invoke, FunctionName="teller", Qualifier="7")

    def test_what_a_handler_starts_is_not_touched(self):
        """The hook that leads the older AWS SDK here is the bootstrap's own affair: neither options nor modules of it come to a child."""
        code = """
const { execFileSync } = require('child_process');
exports.handler = async () => JSON.parse(execFileSync(process.execPath, ['-p',
  'JSON.stringify({ options: process.env.NODE_OPTIONS || null, loaded: Object.keys(require("module")._cache).length })']));
"""
        bundle = io.BytesIO()
        with zipfile.ZipFile(bundle, "w") as files:
            files.writestr("index.js", code)
        self.functions.create_function(FunctionName="parent", Runtime="nodejs14.x", Handler="index.handler", Role=ROLE, Code={"ZipFile": bundle.getvalue()})
        self.addCleanup(self.functions.delete_function, FunctionName="parent")
        self.assertEqual(self.invoke("parent", {})[1], {"options": None, "loaded": 0})

    def test_versions_and_aliases(self):
        self.make("many")
        first = self.functions.publish_version(FunctionName="many", Description="one")
        self.assertEqual((first["Version"], first["FunctionArn"][-7:]), ("1", ":many:1"))
        self.assertEqual(self.functions.publish_version(FunctionName="many")["Version"], "1", "nothing changed")
        self.functions.update_function_code(FunctionName="many", ZipFile=archive(app=ECHO.replace("got", "had")), Publish=True)
        versions = self.functions.list_versions_by_function(FunctionName="many")["Versions"]
        self.assertEqual([v["Version"] for v in versions], ["$LATEST", "1", "2"])
        self.assertEqual(self.invoke("many", 1, Qualifier="1")[1], {"got": 1, "version": "1"})
        alias = self.functions.create_alias(FunctionName="many", Name="live", FunctionVersion="1")
        self.assertEqual(self.invoke(alias["AliasArn"], 1)[1], {"got": 1, "version": "1"})
        self.functions.update_alias(FunctionName="many", Name="live", FunctionVersion="2")
        answer, payload = self.invoke("many:live", 1)
        self.assertEqual((answer["ExecutedVersion"], payload), ("2", {"had": 1, "version": "2"}))
        self.functions.update_alias(FunctionName="many", Name="live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 1.0}})
        self.assertEqual(self.invoke("many:live", 1)[0]["ExecutedVersion"], "2")
        self.assertEqual([a["Name"] for a in self.functions.list_aliases(FunctionName="many")["Aliases"]], ["live"])
        self.refused("ResourceConflictException", self.functions.create_alias, FunctionName="many", Name="live", FunctionVersion="1")
        self.refused("ResourceConflictException", self.functions.delete_function, FunctionName="many", Qualifier="1")
        self.functions.delete_alias(FunctionName="many", Name="live")
        self.refused("ResourceNotFoundException", self.functions.get_alias, FunctionName="many", Name="live")
        self.functions.delete_function(FunctionName="many", Qualifier="1")
        self.refused("ResourceNotFoundException", self.functions.invoke, FunctionName="many", Qualifier="1")

    def test_code_from_the_object_store(self):
        s3 = self.client("s3")
        s3.create_bucket(Bucket="assets")
        s3.put_object(Bucket="assets", Key="code/app.zip", Body=archive(app=ECHO))
        code = {"S3Bucket": "assets", "S3Key": "code/app.zip"}
        self.functions.create_function(FunctionName="stored", Runtime="python3.12", Handler="app.handler", Role=ROLE, Code=code)
        self.assertEqual(self.invoke("stored", 5)[1]["got"], 5)
        message = self.refused("InvalidParameterValueException", self.functions.update_function_code, FunctionName="stored", S3Bucket="assets", S3Key="none")
        self.assertIn("S3 Error Code: NoSuchKey", message)

    def test_what_is_refused(self):
        self.make("twice")
        self.assertEqual(self.refused("ResourceConflictException", self.make, name="twice"), "Function already exist: twice")
        self.refused("InvalidParameterValueException", self.functions.create_function, FunctionName="nozip", Runtime="python3.12", Handler="a.b", Role=ROLE, Code={"ZipFile": b"rubbish"})
        self.refused("InvalidParameterValueException", self.functions.create_function, FunctionName="norun", Runtime="cobol", Handler="a.b", Role=ROLE, Code={"ZipFile": archive(a="")})
        self.refused("InvalidParameterValueException", self.functions.create_function, FunctionName="image", PackageType="Image", Role=ROLE, Code={"ImageUri": "x"})
        self.refused("PreconditionFailedException", self.functions.update_function_code, FunctionName="twice", ZipFile=archive(app=ECHO), RevisionId="0")

    def test_calls_that_nobody_waits_for(self):
        self.make("later")
        self.make("failing", RAISE)
        url, arn = self.make_queue("outcomes")
        letters, letters_arn = self.make_queue("letters")
        self.functions.put_function_event_invoke_config(FunctionName="later", DestinationConfig={"OnSuccess": {"Destination": arn}})
        self.functions.put_function_event_invoke_config(FunctionName="failing", MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": arn}})
        self.functions.update_function_configuration(FunctionName="failing", DeadLetterConfig={"TargetArn": letters_arn})
        self.assertEqual(self.functions.invoke(FunctionName="later", InvocationType="Event", Payload=b'{"n": 1}')["StatusCode"], 202)
        record = json.loads(self.receive(url)[0]["Body"])
        self.assertEqual((record["requestContext"]["condition"], record["requestPayload"], record["responsePayload"]["got"]), ("Success", {"n": 1}, {"n": 1}))
        self.functions.invoke(FunctionName="failing", InvocationType="Event", Payload=b'{"n": 2}')
        record = json.loads(self.receive(url)[0]["Body"])
        self.assertEqual((record["requestContext"]["condition"], record["responseContext"]["functionError"], record["responsePayload"]["errorType"]), ("RetriesExhausted", "Unhandled", "Refused"))
        letter = self.receive(letters)[0]
        self.assertEqual((json.loads(letter["Body"]), letter["MessageAttributes"]["RequestID"]["StringValue"]), ({"n": 2}, record["requestContext"]["requestId"]))
        self.refused("ResourceNotFoundException", self.functions.invoke, FunctionName="nobody", InvocationType="Event")

    def test_event_source_mappings(self):
        source = "def handler(event, context):\n    print('batch', [r['body'] for r in event['Records']])\n    return {'batchItemFailures': []}\n"
        self.make("worker", source)
        url, arn = self.make_queue("work")
        made = self.functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="worker", BatchSize=5, FunctionResponseTypes=["ReportBatchItemFailures"],
                                                          FilterCriteria={"Filters": [{"Pattern": json.dumps({"body": {"kind": ["good"]}})}]})
        self.assertEqual(made["State"], "Creating")
        self.refused("ResourceConflictException", self.functions.create_event_source_mapping, EventSourceArn=arn, FunctionName="worker")
        sqs, logs = self.client("sqs"), self.client("logs")
        sqs.send_message(QueueUrl=url, MessageBody='{"kind": "bad"}')
        sqs.send_message(QueueUrl=url, MessageBody='{"kind": "good"}')
        found = wait_for(lambda: logs.filter_log_events(logGroupName="/aws/lambda/worker", filterPattern="batch")["events"])
        self.assertEqual(found[0]["message"], "batch ['{\"kind\": \"good\"}']\n")
        shown = self.functions.get_event_source_mapping(UUID=made["UUID"])
        self.assertEqual((shown["State"], shown["BatchSize"], shown["FunctionResponseTypes"]), ("Enabled", 5, ["ReportBatchItemFailures"]))
        self.functions.update_event_source_mapping(UUID=made["UUID"], Enabled=False)
        self.assertEqual(self.functions.get_event_source_mapping(UUID=made["UUID"])["State"], "Disabled")
        self.assertEqual([m["UUID"] for m in self.functions.list_event_source_mappings(FunctionName="worker")["EventSourceMappings"]], [made["UUID"]])
        self.functions.delete_event_source_mapping(UUID=made["UUID"])
        self.refused("ResourceNotFoundException", self.functions.get_event_source_mapping, UUID=made["UUID"])
        self.refused("InvalidParameterValueException", self.functions.create_event_source_mapping, EventSourceArn="arn:aws:kinesis:us-east-1:000000000000:stream/s", FunctionName="worker", StartingPosition="LATEST")

    def test_layers(self):
        layer = self.functions.publish_layer_version(LayerName="shared", Content={"ZipFile": archive(python__helper="def greet():\n    return 'from the layer'\n")}, CompatibleRuntimes=["python3.12"])
        self.assertEqual(layer["LayerVersionArn"], "arn:aws:lambda:us-east-1:000000000000:layer:shared:1")
        self.make("layered", "import helper\ndef handler(event, context):\n    return helper.greet()\n", Layers=[layer["LayerVersionArn"]])
        self.assertEqual(self.invoke("layered")[1], "from the layer")
        self.assertEqual(self.functions.get_function_configuration(FunctionName="layered")["Layers"][0]["Arn"], layer["LayerVersionArn"])
        self.assertEqual(self.functions.publish_layer_version(LayerName="shared", Content={"ZipFile": archive(python__helper="")})["Version"], 2)
        self.assertEqual([v["Version"] for v in self.functions.list_layer_versions(LayerName="shared")["LayerVersions"]], [2, 1])
        self.functions.delete_layer_version(LayerName="shared", VersionNumber=1)
        self.refused("ResourceNotFoundException", self.functions.get_layer_version, LayerName="shared", VersionNumber=1)
        self.refused("InvalidParameterValueException", self.functions.update_function_configuration, FunctionName="layered", Layers=["arn:aws:lambda:us-east-1:000000000000:layer:shared:9"])

    def test_what_stands_beside_a_function(self):
        arn = self.make("beside")["FunctionArn"]
        self.functions.tag_resource(Resource=arn, Tags={"a": "1", "b": "2"})
        self.functions.untag_resource(Resource=arn, TagKeys=["a"])
        self.assertEqual(self.functions.list_tags(Resource=arn)["Tags"], {"b": "2"})
        self.functions.put_function_concurrency(FunctionName="beside", ReservedConcurrentExecutions=0)
        self.refused("TooManyRequestsException", self.functions.invoke, FunctionName="beside")
        self.functions.delete_function_concurrency(FunctionName="beside")
        self.assertEqual(self.invoke("beside", 1)[0]["StatusCode"], 200)
        self.functions.add_permission(FunctionName="beside", StatementId="s", Action="lambda:InvokeFunction", Principal="events.amazonaws.com", SourceArn="arn:aws:events:us-east-1:000000000000:rule/r")
        statement = json.loads(self.functions.get_policy(FunctionName="beside")["Policy"])["Statement"][0]
        self.assertEqual((statement["Principal"], statement["Resource"]), ({"Service": "events.amazonaws.com"}, arn))
        self.refused("ResourceConflictException", self.functions.add_permission, FunctionName="beside", StatementId="s", Action="lambda:InvokeFunction", Principal="*")
        self.functions.remove_permission(FunctionName="beside", StatementId="s")
        self.refused("ResourceNotFoundException", self.functions.get_policy, FunctionName="beside")

    def test_all_is_there_after_a_crash(self):
        self.make("lasting")
        self.functions.publish_version(FunctionName="lasting")
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.invoke("lasting", 3, Qualifier="1")[1], {"got": 3, "version": "1"})


if __name__ == "__main__":
    main()
