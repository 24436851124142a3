"""The Lambda API with Debian's boto3: functions from zip archives, versions, aliases, invocations, and AWS's errors."""
import base64
import io
import json
import unittest
import zipfile

from support.daemon import Daemon, main

try:
    import boto3
    import botocore.exceptions
except ImportError:
    boto3 = None

ROLE = "arn:aws:iam::000000000000:role/any"
ECHO = "def handler(event, context):\n    print('saw', event)\n    return {'got': event, 'version': context.function_version}\n"
RAISE = "class Refused(Exception):\n    pass\n\ndef handler(event, context):\n    raise Refused('no')\n"


def archive(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in files.items():
            bundle.writestr(name.replace("__", "/") + ".py", text)
    return buffer.getvalue()


@unittest.skipUnless(boto3, "boto3 is not installed")
class Lambda(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.__enter__()
        cls.functions = cls.client("lambda")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)

    @classmethod
    def client(cls, service):
        return boto3.client(service, endpoint_url=f"http://{cls.daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")

    def make(self, name, source=ECHO, **members):
        return self.functions.create_function(FunctionName=name, Runtime="python3.12", Handler="app.handler", Role=ROLE, Code={"ZipFile": archive(app=source)}, **members)

    def refused(self, code, call, *arguments, **members):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(*arguments, **members)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

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
        answer, error = self.invoke("raiser", {})
        self.assertEqual((answer["StatusCode"], answer["FunctionError"], error["errorType"], error["errorMessage"]), (200, "Unhandled", "Refused", "no"))
        self.assertEqual(self.functions.invoke(FunctionName="teller", InvocationType="DryRun")["StatusCode"], 204)
        empty = self.functions.invoke(FunctionName="teller")
        self.assertEqual(json.loads(empty["Payload"].read())["got"], {})
        self.assertIn("Could not parse request body into json", self.refused("InvalidRequestContentException", self.functions.invoke, FunctionName="teller", Payload=b"no json"))
        self.refused("ResourceNotFoundException", self.functions.invoke, FunctionName="nobody")
        self.refused("ResourceNotFoundException", self.functions.invoke, FunctionName="teller", Qualifier="7")

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

    def test_what_is_refused(self):
        self.make("twice")
        self.assertEqual(self.refused("ResourceConflictException", self.make, "twice"), "Function already exist: twice")
        self.refused("InvalidParameterValueException", self.functions.create_function, FunctionName="nozip", Runtime="python3.12", Handler="a.b", Role=ROLE, Code={"ZipFile": b"rubbish"})
        self.refused("InvalidParameterValueException", self.functions.create_function, FunctionName="norun", Runtime="cobol", Handler="a.b", Role=ROLE, Code={"ZipFile": archive(a="")})
        self.refused("InvalidParameterValueException", self.functions.create_function, FunctionName="image", PackageType="Image", Role=ROLE, Code={"ImageUri": "x"})
        self.refused("PreconditionFailedException", self.functions.update_function_code, FunctionName="twice", ZipFile=archive(app=ECHO), RevisionId="0")

    def test_all_is_there_after_a_crash(self):
        self.make("lasting")
        self.functions.publish_version(FunctionName="lasting")
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.invoke("lasting", 3, Qualifier="1")[1], {"got": 3, "version": "1"})


if __name__ == "__main__":
    main()
