"""CloudWatch Logs with Debian's boto3: groups, streams, events, filters, and functions' logs."""
import json
import time

from aws_clients import ROLE, AwsCase, archive, wait_for
from support.daemon import main, request


class Logs(AwsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.logs = cls.client("logs")

    def test_groups(self):
        self.logs.create_log_group(logGroupName="/a/one", tags={"k": "v"})
        self.logs.create_log_group(logGroupName="/a/two")
        self.refused("ResourceAlreadyExistsException", self.logs.create_log_group, logGroupName="/a/one")
        groups = self.logs.describe_log_groups(logGroupNamePrefix="/a/")["logGroups"]
        self.assertEqual([g["logGroupName"] for g in groups], ["/a/one", "/a/two"])
        self.assertEqual(groups[0]["arn"], "arn:aws:logs:us-east-1:000000000000:log-group:/a/one:*")
        page = self.logs.describe_log_groups(logGroupNamePrefix="/a/", limit=1)
        self.assertEqual([g["logGroupName"] for g in self.logs.describe_log_groups(logGroupNamePrefix="/a/", nextToken=page["nextToken"])["logGroups"]], ["/a/two"])
        self.logs.put_retention_policy(logGroupName="/a/one", retentionInDays=7)
        self.assertEqual(self.logs.describe_log_groups(logGroupNamePrefix="/a/one")["logGroups"][0]["retentionInDays"], 7)
        self.refused("InvalidParameterException", self.logs.put_retention_policy, logGroupName="/a/one", retentionInDays=8)
        self.logs.delete_retention_policy(logGroupName="/a/one")
        self.assertNotIn("retentionInDays", self.logs.describe_log_groups(logGroupNamePrefix="/a/one")["logGroups"][0])
        self.assertEqual(self.logs.list_tags_log_group(logGroupName="/a/one")["tags"], {"k": "v"})
        self.logs.delete_log_group(logGroupName="/a/one")
        self.assertEqual(self.refused("ResourceNotFoundException", self.logs.delete_log_group, logGroupName="/a/one"), "The specified log group does not exist.")

    def test_groups_of_accounts_classes_and_names(self):
        def names(**members):
            headers = {"X-Amz-Target": "Logs_20140328.DescribeLogGroups", "Content-Type": "application/x-amz-json-1.1"}
            status, _, text = request(self.daemon.admin, "POST", "/", json.dumps(members), headers)
            return [g["logGroupName"] for g in json.loads(text)["logGroups"]] if status == 200 else (status, json.loads(text))

        for name, more in (("/who/one", {}), ("/who/two", {"logGroupClass": "INFREQUENT_ACCESS"})):
            request(self.daemon.admin, "POST", "/", json.dumps({"logGroupName": name, **more}), {"X-Amz-Target": "Logs_20140328.CreateLogGroup", "Content-Type": "application/x-amz-json-1.1"})
        of = {"logGroupNamePrefix": "/who/"}
        self.assertEqual(names(**of, accountIdentifiers=["000000000000", "111111111111"], includeLinkedAccounts=True), ["/who/one", "/who/two"])
        self.assertEqual(names(**of, accountIdentifiers=["111111111111"], includeLinkedAccounts=True), [])
        self.assertEqual(names(**of, accountIdentifiers=["111111111111"]), ["/who/one", "/who/two"])
        self.assertEqual(names(**of, accountIdentifiers=[], includeLinkedAccounts=True), ["/who/one", "/who/two"])
        status, said = names(**of, accountIdentifiers=["12"])
        self.assertEqual((status, said["__type"].rsplit("#")[-1]), (400, "InvalidParameterException"))
        self.assertIn("Value '[12]' at 'accountIdentifiers' failed to satisfy constraint", said["message"])
        self.assertEqual(names(**of, logGroupClass="INFREQUENT_ACCESS"), ["/who/two"])
        self.assertEqual(names(logGroupIdentifiers=["/who/one", "arn:aws:logs:us-east-1:000000000000:log-group:/who/two:*", "/who/none"]), ["/who/one", "/who/two"])

    def test_events(self):
        self.logs.create_log_group(logGroupName="events")
        self.logs.create_log_stream(logGroupName="events", logStreamName="s1")
        self.logs.create_log_stream(logGroupName="events", logStreamName="s2")
        self.refused("ResourceAlreadyExistsException", self.logs.create_log_stream, logGroupName="events", logStreamName="s1")
        now = int(time.time() * 1000)
        put = self.logs.put_log_events(logGroupName="events", logStreamName="s1", logEvents=[
            {"timestamp": now - 30 * 86_400_000, "message": "too old"}, {"timestamp": now, "message": "first"}, {"timestamp": now, "message": "ERROR second"}, {"timestamp": now + 1, "message": "third"}])
        self.assertEqual(put["rejectedLogEventsInfo"], {"tooOldLogEventEndIndex": 1})
        self.logs.put_log_events(logGroupName="events", logStreamName="s2", logEvents=[{"timestamp": now, "message": '{"level": "ERROR"}'}])
        whole = self.logs.get_log_events(logGroupName="events", logStreamName="s1", startFromHead=True)
        self.assertEqual([e["message"] for e in whole["events"]], ["first", "ERROR second", "third"])
        head = self.logs.get_log_events(logGroupName="events", logStreamName="s1", startFromHead=True, limit=2)
        rest = self.logs.get_log_events(logGroupName="events", logStreamName="s1", nextToken=head["nextForwardToken"])
        self.assertEqual([e["message"] for e in rest["events"]], ["third"])
        end = self.logs.get_log_events(logGroupName="events", logStreamName="s1", nextToken=rest["nextForwardToken"])
        self.assertEqual((end["events"], end["nextForwardToken"]), ([], rest["nextForwardToken"]))
        back = self.logs.get_log_events(logGroupName="events", logStreamName="s1", nextToken=rest["nextBackwardToken"], limit=1)
        self.assertEqual([e["message"] for e in back["events"]], ["ERROR second"])
        found = self.logs.filter_log_events(logGroupName="events", filterPattern="ERROR")["events"]
        self.assertEqual([(e["logStreamName"], e["message"]) for e in found], [("s1", "ERROR second"), ("s2", '{"level": "ERROR"}')])
        found = self.logs.filter_log_events(logGroupName="events", filterPattern='{ $.level = "ERROR" }')["events"]
        self.assertEqual([e["logStreamName"] for e in found], ["s2"])
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName="events", PaginationConfig={"PageSize": 1})
        self.assertEqual(sorted(e["message"] for page in pages for e in page["events"]), sorted(["first", "ERROR second", "third", '{"level": "ERROR"}']))
        streams = self.logs.describe_log_streams(logGroupName="events", orderBy="LastEventTime", descending=True)["logStreams"]
        self.assertEqual([s["logStreamName"] for s in streams], ["s1", "s2"])
        self.logs.delete_log_stream(logGroupName="events", logStreamName="s2")
        self.refused("ResourceNotFoundException", self.logs.get_log_events, logGroupName="events", logStreamName="s2")
        message = self.refused("InvalidParameterException", self.logs.put_log_events, logGroupName="events", logStreamName="s1",
                               logEvents=[{"timestamp": now, "message": "b"}, {"timestamp": now - 1, "message": "a"}])
        self.assertEqual(message, "Log events in a single PutLogEvents request must be in chronological order.")
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(len(self.logs.get_log_events(logGroupName="events", logStreamName="s1", startFromHead=True)["events"]), 3)

    def test_a_functions_log(self):
        functions = self.client("lambda")
        source = "def handler(event, context):\n    print('hello log')\n"
        functions.create_function(FunctionName="talker", Runtime="python3.12", Handler="app.handler", Role=ROLE, Code={"ZipFile": archive(app=source)})
        functions.invoke(FunctionName="talker")
        self.assertIn("/aws/lambda/talker", [g["logGroupName"] for g in self.logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]])
        found = wait_for(lambda: self.logs.filter_log_events(logGroupName="/aws/lambda/talker", filterPattern="hello")["events"])
        self.assertEqual(found[0]["message"], "hello log\n")
        stream = self.logs.describe_log_streams(logGroupName="/aws/lambda/talker")["logStreams"][0]["logStreamName"]
        lines = wait_for(lambda: [e["message"] for e in self.logs.get_log_events(logGroupName="/aws/lambda/talker", logStreamName=stream, startFromHead=True)["events"]])
        self.assertTrue(lines[0].startswith("START RequestId: "), lines)
        self.logs.put_retention_policy(logGroupName="/aws/lambda/talker", retentionInDays=3)
        self.assertEqual(self.logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/talker")["logGroups"][0]["retentionInDays"], 3)


if __name__ == "__main__":
    main()
