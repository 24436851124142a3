"""EventBridge, Scheduler and their targets with Debian's boto3."""
import datetime
import hashlib
import json
import unittest

from aws_clients import ROLE, AwsCase, archive, wait_for
from support.daemon import main

PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})


class Events(AwsCase):
    def setUp(self):
        self.events = self.client("events")

    def put(self, detail, source="my.app", bus=None):
        entry = {"Source": source, "DetailType": "order", "Detail": json.dumps(detail), **({"EventBusName": bus} if bus else {})}
        answer = self.events.put_events(Entries=[entry])
        self.assertEqual(answer["FailedEntryCount"], 0, answer)
        return answer["Entries"][0]["EventId"]

    def rule(self, name, pattern, *targets, **members):
        arn = self.events.put_rule(Name=name, EventPattern=json.dumps(pattern), **members)["RuleArn"]
        bus = {"EventBusName": members["EventBusName"]} if "EventBusName" in members else {}
        self.events.put_targets(Rule=name, Targets=list(targets), **bus)
        return arn

    def test_an_event_reaches_its_rules_queue_transformed(self):
        url, arn = self.make_queue("plain")
        url2, arn2 = self.make_queue("path")
        url3, arn3 = self.make_queue("template")
        template = '{"id": <id>, "text": "order <id> of <who>", "all": <aws.events.event>}'
        self.rule("orders", {"source": ["my.app"], "detail": {"amount": [{"numeric": [">", 10]}], "kind": [{"anything-but": "test"}]}},
                  {"Id": "1", "Arn": arn}, {"Id": "2", "Arn": arn2, "InputPath": "$.detail.items[1]"},
                  {"Id": "3", "Arn": arn3, "InputTransformer": {"InputPathsMap": {"id": "$.detail.id", "who": "$.detail.who"}, "InputTemplate": template}})
        self.put({"amount": 5, "kind": "real"})
        self.put({"amount": 50, "kind": "test"})
        id = self.put({"amount": 50, "kind": "real", "id": 7, "who": "Ada", "items": ["a", "b"]})
        event = json.loads(self.receive(url)[0]["Body"])
        self.assertEqual((event["id"], event["detail-type"], event["source"], event["account"], event["resources"]), (id, "order", "my.app", "000000000000", []))
        self.assertEqual(self.receive(url2)[0]["Body"], '"b"')
        made = json.loads(self.receive(url3)[0]["Body"])
        self.assertEqual((made["id"], made["text"]), (7, "order 7 of Ada"))
        self.assertNotIn("detail", made["all"])
        self.assertNotIn("Messages", self.client("sqs").receive_message(QueueUrl=url))

    def test_rules_start_executions_call_functions_and_other_buses(self):
        machine = self.client("stepfunctions").create_state_machine(name="started", definition=PASS, roleArn=ROLE)["stateMachineArn"]
        url, _ = self.make_queue("called")
        source = "def handler(event, context):\n    return event['detail']\n"
        functions = self.client("lambda")
        functions.create_function(FunctionName="on-event", Runtime="python3.12", Handler="app.handler", Role=ROLE, Code={"ZipFile": archive(app=source)})
        functions.put_function_event_invoke_config(FunctionName="on-event", DestinationConfig={"OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:000000000000:called"}})
        other = self.events.create_event_bus(Name="other")["EventBusArn"]
        url2, arn2 = self.make_queue("forwarded")
        self.rule("on-other", {"source": ["fan.out"]}, {"Id": "q", "Arn": arn2}, EventBusName="other")
        self.rule("fan", {"source": ["fan.out"]}, {"Id": "m", "Arn": machine, "RoleArn": ROLE}, {"Id": "f", "Arn": "arn:aws:lambda:us-east-1:000000000000:function:on-event"}, {"Id": "b", "Arn": other, "RoleArn": ROLE})
        id = self.put({"n": 1}, source="fan.out")
        self.assertEqual(json.loads(self.receive(url2)[0]["Body"])["id"], id)
        self.assertEqual(len(self.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]), 1)
        record = json.loads(self.receive(url)[0]["Body"])
        self.assertEqual((record["requestContext"]["condition"], record["responsePayload"]), ("Success", {"n": 1}))

    def test_executions_tell_their_status(self):
        sfn = self.client("stepfunctions")
        machine = sfn.create_state_machine(name="told", definition=PASS, roleArn=ROLE)["stateMachineArn"]
        url, arn = self.make_queue("statuses")
        self.rule("statuses", {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"], "detail": {"status": ["SUCCEEDED"], "stateMachineArn": [machine]}}, {"Id": "1", "Arn": arn})
        execution = sfn.start_execution(stateMachineArn=machine, input='{"a": 1}')["executionArn"]
        event = json.loads(self.receive(url)[0]["Body"])
        self.assertEqual((event["detail"]["executionArn"], event["detail"]["status"], event["resources"]), (execution, "SUCCEEDED", [execution]))
        self.events.remove_targets(Rule="statuses", Ids=["1"])
        self.events.delete_rule(Name="statuses")

    def test_what_cannot_be_reached_goes_to_the_dead_letter_queue(self):
        url, arn = self.make_queue("letters")
        rule = self.rule("lost", {"source": ["lost"]}, {"Id": "1", "Arn": "arn:aws:sqs:us-east-1:000000000000:missing", "DeadLetterConfig": {"Arn": arn}})
        id = self.put({}, source="lost")
        letter = self.receive(url)[0]
        self.assertEqual(json.loads(letter["Body"])["id"], id)
        self.assertEqual(letter["MessageAttributes"]["RULE_ARN"]["StringValue"], rule)
        self.assertEqual(letter["MessageAttributes"]["ERROR_CODE"]["StringValue"], "RESOURCE_NOT_FOUND")

    def test_every_kind_of_target_has_its_dead_letter_queue(self):
        url, arn = self.make_queue("all-letters")
        here = "us-east-1:000000000000:"
        missing = [f"arn:aws:states:{here}stateMachine:missing", f"arn:aws:lambda:{here}function:missing", f"arn:aws:sqs:{here}missing", f"arn:aws:sns:{here}missing",
                   f"arn:aws:events:{here}event-bus/missing", f"arn:aws:logs:{here}log-group:/missing"]
        targets = [{"Id": str(number), "Arn": target, "DeadLetterConfig": {"Arn": arn}, "RetryPolicy": {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60}} for number, target in enumerate(missing)]
        self.rule("all-kinds", {"source": ["all-kinds"]}, *targets[:5])   # a rule has room for five
        self.rule("last-kind", {"source": ["all-kinds"]}, *targets[5:])
        self.put({"n": 1}, source="all-kinds")
        letters = {letter["MessageAttributes"]["TARGET_ARN"]["StringValue"]: letter for letter in self.receive(url, len(missing))}
        self.assertEqual(sorted(letters), sorted(missing))
        for letter in letters.values():
            self.assertEqual((json.loads(letter["Body"])["detail"], letter["MessageAttributes"]["ERROR_CODE"]["StringValue"]), ({"n": 1}, "RESOURCE_NOT_FOUND"))
        for policy in ({"MaximumRetryAttempts": 186}, {"MaximumEventAgeInSeconds": 59}):
            unchecked = self.client("events", parameter_validation=False)
            self.assertIn("is not valid", self.refused("ValidationException", unchecked.put_targets, Rule="all-kinds", Targets=[{**targets[2], "RetryPolicy": policy}]))

    def test_rules_are_kept_shown_and_refused(self):
        self.events.put_rule(Name="kept", ScheduleExpression="rate(5 minutes)", State="DISABLED", Description="d", Tags=[{"Key": "k", "Value": "v"}])
        shown = self.events.describe_rule(Name="kept")
        self.assertEqual((shown["ScheduleExpression"], shown["State"], shown["Description"], shown["EventBusName"]), ("rate(5 minutes)", "DISABLED", "d", "default"))
        self.assertEqual(self.events.list_tags_for_resource(ResourceARN=shown["Arn"])["Tags"], [{"Key": "k", "Value": "v"}])
        self.events.enable_rule(Name="kept")
        self.assertEqual(self.events.describe_rule(Name="kept")["State"], "ENABLED")
        _, arn = self.make_queue("target")
        self.events.put_targets(Rule="kept", Targets=[{"Id": "1", "Arn": arn}])
        self.assertEqual(self.events.list_rule_names_by_target(TargetArn=arn)["RuleNames"], ["kept"])
        self.refused("ValidationException", self.events.delete_rule, Name="kept")
        self.assertEqual(self.events.remove_targets(Rule="kept", Ids=["1", "2"])["FailedEntries"][0]["TargetId"], "2")
        self.daemon.kill()
        self.daemon.start()
        self.assertIn("kept", [r["Name"] for r in self.events.list_rules(NamePrefix="ke")["Rules"]])
        self.events.delete_rule(Name="kept")
        self.assertEqual(self.refused("ResourceNotFoundException", self.events.describe_rule, Name="kept"), "Rule kept does not exist on EventBus default.")
        self.refused("InvalidEventPatternException", self.events.put_rule, Name="bad", EventPattern='{"source": "x"}')
        for expression in ("rate(1 minutes)", "cron(0 1 * * * *)"):
            self.assertEqual(self.refused("ValidationException", self.events.put_rule, Name="bad", ScheduleExpression=expression), "Parameter ScheduleExpression is not valid.")
        both = {"Id": "x", "Arn": arn, "Input": "{}", "InputPath": "$.detail"}
        self.events.put_rule(Name="both", EventPattern='{"source": ["x"]}')
        self.assertEqual(self.refused("ValidationException", self.events.put_targets, Rule="both", Targets=[both]), "Only one of Input, InputPath, or InputTransformer must be provided for target x.")
        answer = self.events.put_events(Entries=[{"Source": "a", "DetailType": "b", "Detail": "no json"}, {"Source": "a", "DetailType": "b", "Detail": "{}", "EventBusName": "none"}])
        self.assertEqual([e["ErrorCode"] for e in answer["Entries"]], ["MalformedDetail", "ResourceNotFoundException"])
        event = {"id": "1", "account": "0", "source": "a", "time": "2026-01-01T00:00:00Z", "region": "r", "resources": [], "detail-type": "t", "detail": {"a": [1, 2]}}
        self.assertTrue(self.events.test_event_pattern(EventPattern='{"detail": {"a": [2]}}', Event=json.dumps(event))["Result"])
        self.refused("ValidationException", self.events.delete_event_bus, Name="default")

    def test_buses_come_in_pages(self):
        for name in ("page-a", "page-b", "page-c"):
            self.events.create_event_bus(Name=name)
        page = self.events.list_event_buses(NamePrefix="page-", Limit=2)
        self.assertEqual([b["Name"] for b in page["EventBuses"]], ["page-a", "page-b"])
        rest = self.events.list_event_buses(NamePrefix="page-", Limit=2, NextToken=page["NextToken"])
        self.assertEqual(([b["Name"] for b in rest["EventBuses"]], "NextToken" in rest), (["page-c"], False))

    def test_a_message_with_the_daemons_own_urls_has_its_own_digest(self):
        """A template's Input holds a queue's URL, which is stored with a placeholder: what is received is what was digested."""
        template = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "addressed"}}, "Rule": {"Type": "AWS::Events::Rule", "Properties": {
            "EventPattern": {"source": ["addressed"]}, "Targets": [{"Id": "q", "Arn": {"Fn::GetAtt": ["Q", "Arn"]}, "Input": {"Fn::Sub": '{"queue": "${Q}"}'}}]}}}}
        self.client("cloudformation").create_stack(StackName="addressed", TemplateBody=json.dumps(template))
        url = self.client("sqs").get_queue_url(QueueName="addressed")["QueueUrl"]
        self.put({}, "addressed")
        message = self.receive(url)[0]
        self.assertEqual((json.loads(message["Body"]), message["MD5OfBody"]), ({"queue": url}, hashlib.md5(message["Body"].encode()).hexdigest()))

    def test_a_rule_with_a_schedule_has_its_next_firing(self):
        _, arn = self.make_queue("clock")
        rule = self.events.put_rule(Name="clock", ScheduleExpression="rate(1 minute)")["RuleArn"]
        self.events.put_targets(Rule="clock", Targets=[{"Id": "1", "Arn": arn}])
        self.assertEqual(rule, "arn:aws:events:us-east-1:000000000000:rule/clock")
        shown = [s for s in self.daemon.get("/v1/schedules")["schedules"] if s["name"] == "clock"]
        next_at = datetime.datetime.fromisoformat(shown[0]["nextAt"].replace("Z", "+00:00"))
        self.assertLessEqual(next_at - datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(minutes=1))
        self.events.disable_rule(Name="clock")
        self.assertNotIn("nextAt", [s for s in self.daemon.get("/v1/schedules")["schedules"] if s["name"] == "clock"][0])


class Scheduler(AwsCase):
    def test_schedules(self):
        scheduler = self.client("scheduler")
        url, arn = self.make_queue("woken")
        soon = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%S")
        made = scheduler.create_schedule(Name="once", ScheduleExpression=f"at({soon})", FlexibleTimeWindow={"Mode": "OFF"}, Target={"Arn": arn, "RoleArn": ROLE, "Input": "wake <aws.scheduler.scheduled-time>"})
        self.assertEqual(made["ScheduleArn"], "arn:aws:scheduler:us-east-1:000000000000:schedule/default/once")
        self.assertEqual(self.receive(url)[0]["Body"], f"wake {soon}Z")
        scheduler.create_schedule_group(Name="team")
        self.refused("ConflictException", scheduler.create_schedule_group, Name="team")
        members = dict(Name="daily", GroupName="team", ScheduleExpression="cron(30 8 ? * MON-FRI *)", ScheduleExpressionTimezone="Europe/Berlin", FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
                       Target={"Arn": arn, "RoleArn": ROLE})
        scheduler.create_schedule(**members, Description="d")
        self.refused("ConflictException", scheduler.create_schedule, **members)
        shown = scheduler.get_schedule(Name="daily", GroupName="team")
        self.assertEqual((shown["ScheduleExpressionTimezone"], shown["FlexibleTimeWindow"]["MaximumWindowInMinutes"], shown["Description"], shown["State"]), ("Europe/Berlin", 15, "d", "ENABLED"))
        scheduler.update_schedule(**members, State="DISABLED")
        shown = scheduler.get_schedule(Name="daily", GroupName="team")
        self.assertEqual((shown["State"], shown.get("Description")), ("DISABLED", None), "an update replaces everything")
        self.assertEqual([s["Name"] for s in scheduler.list_schedules(GroupName="team")["Schedules"]], ["daily"])
        self.assertEqual(sorted(g["Name"] for g in scheduler.list_schedule_groups()["ScheduleGroups"]), ["default", "team"])
        self.refused("ValidationException", scheduler.create_schedule, **{**members, "Name": "bad", "ScheduleExpression": "rate(1 minutes)"})
        self.refused("ResourceNotFoundException", scheduler.create_schedule, **{**members, "GroupName": "none"})
        scheduler.delete_schedule_group(Name="team")
        self.refused("ResourceNotFoundException", scheduler.get_schedule, Name="daily", GroupName="team")


if __name__ == "__main__":
    main()
