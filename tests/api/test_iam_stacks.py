"""--iam=enforce: what stacks hand to services is asked for as by the services' own APIs, once all of a stack is there; and what is sent aside needs leave too."""
import datetime
import json
import unittest

from aws_clients import AwsCase
from support.daemon import Daemon, main, wait_for
from test_iam import ACCOUNT, REGION, boto3, policy, trust

HANDLER = "def handler(event, context):\n    if event.get('fail'):\n        raise ValueError('no')\n    return event\n"
DEFINITION = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
STRANGER = f"arn:aws:iam::{ACCOUNT}:role/stranger"


def resource(type, properties=None, **more):
    return {"Type": type, "Properties": properties or {}, **more}


def arn(name):
    return {"Fn::GetAtt": [name, "Arn"]}


def role(service, **more):
    return resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": json.loads(trust(Service=service)), **more})


def function(**more):
    return resource("AWS::Lambda::Function", {"Runtime": "python3.12", "Handler": "index.handler", "Code": {"ZipFile": HANDLER}, **more})


@unittest.skipUnless(boto3, "boto3 is not installed")
class Stacks(AwsCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon("--iam", "enforce")
        cls.daemon.__enter__()
        cls.client("iam").create_role(RoleName="stranger", AssumeRolePolicyDocument=trust(AWS=ACCOUNT))

    def create(self, name, resources, transform=None):
        """The stack's status, and why its resources failed."""
        template = {"Resources": resources, **({"Transform": transform} if transform else {})}
        stacks = self.client("cloudformation")
        stacks.create_stack(StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"])
        reasons = {event["LogicalResourceId"]: event["ResourceStatusReason"] for event in stacks.describe_stack_events(StackName=name)["StackEvents"]
                   if event["ResourceStatus"] == "CREATE_FAILED" and "cancelled" not in event["ResourceStatusReason"]}
        return stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"], reasons

    def fails(self, name, resources, logical_id, text):
        status, reasons = self.create(name, resources)
        self.assertEqual((status, list(reasons)), ("ROLLBACK_COMPLETE", [logical_id]), reasons)
        self.assertIn(text, reasons[logical_id])

    def test_roles_must_trust_the_service_that_takes_them(self):
        self.fails("f", {"F": function(Role=STRANGER)}, "F", "The role defined for the function cannot be assumed by Lambda.")
        self.fails("n", {"F": function(Role=f"arn:aws:iam::{ACCOUNT}:role/nobody")}, "F", "The role defined for the function cannot be assumed by Lambda.")
        machine = resource("AWS::StepFunctions::StateMachine", {"DefinitionString": DEFINITION, "RoleArn": arn("R")})
        self.fails("m", {"M": machine, "R": role("lambda.amazonaws.com")}, "M", "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.")
        self.assertEqual(self.create("m2", {"M": machine, "R": role("states.amazonaws.com")})[0], "CREATE_COMPLETE")
        machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m2-M"
        rule = resource("AWS::Events::Rule", {"ScheduleExpression": "rate(1 day)", "Targets": [{"Id": "t", "Arn": machine, "RoleArn": STRANGER}]})
        self.fails("r", {"Rule": rule}, "Rule", f"Provided role '{STRANGER}' cannot be assumed by principal 'events.amazonaws.com'.")
        schedule = resource("AWS::Scheduler::Schedule", {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": machine, "RoleArn": STRANGER}})
        self.fails("s", {"S": schedule}, "S", "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")

    def test_trust_may_be_limited_to_what_the_role_is_for(self):
        """As CDK writes it: to state machines of the account, and to the group of a schedule."""
        def limited(service, source):
            made = role(service)
            made["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"] = {"ArnLike": {"aws:SourceArn": source}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}
            return made
        machine = resource("AWS::StepFunctions::StateMachine", {"DefinitionString": DEFINITION, "RoleArn": arn("R")})
        every = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:*"
        self.fails("limited", {"M": machine, "R": limited("states.amazonaws.com", every.replace("*", "other")), "Last": resource("AWS::SQS::Queue")}, "M", "is authorized to assume the provided role")
        parts = {"M": machine, "R": limited("states.amazonaws.com", every), "Q": resource("AWS::SQS::Queue"),
                 "S": resource("AWS::Scheduler::Schedule", {"ScheduleExpression": "rate(1 minute)", "StartDate": "2026-01-01T00:00:00Z", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": {"Ref": "M"}, "RoleArn": arn("Starter")}}),
                 "Starter": limited("scheduler.amazonaws.com", f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/default")}
        parts["Starter"]["Properties"]["Policies"] = [{"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "states:StartExecution", "Resource": {"Ref": "M"}}]}}]
        self.assertEqual(self.create("limited2", parts), ("CREATE_COMPLETE", {}))
        soon = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")
        starter, started = f"arn:aws:iam::{ACCOUNT}:role/limited2-Starter", f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:limited2-M"
        self.client("scheduler").create_schedule(Name="now", ScheduleExpression=f"at({soon})", FlexibleTimeWindow={"Mode": "OFF"}, Target={"Arn": started, "RoleArn": starter, "Input": '{"by": "schedule"}'})
        wait_for(lambda: self.client("stepfunctions").list_executions(stateMachineArn=started)["executions"])

    def test_an_update_is_asked_too_and_taken_back(self):
        stacks, code = self.client("cloudformation"), {"R": role("lambda.amazonaws.com"), "F": function(Role=arn("R"))}
        self.assertEqual(self.create("u", code), ("CREATE_COMPLETE", {}))
        before = self.client("lambda").get_function_configuration(FunctionName="u-F")["Role"]
        code["F"]["Properties"]["Role"] = STRANGER
        stacks.update_stack(StackName="u", TemplateBody=json.dumps({"Resources": code}), Capabilities=["CAPABILITY_IAM"])
        self.assertEqual(stacks.describe_stacks(StackName="u")["Stacks"][0]["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        self.assertEqual(self.client("lambda").get_function_configuration(FunctionName="u-F")["Role"], before)

    def test_a_trigger_whose_policy_comes_after_it(self):
        """The policy is a resource of its own that stands behind what needs it, as CDK writes it."""
        parts = {"Q": resource("AWS::SQS::Queue"), "R": role("lambda.amazonaws.com"), "F": function(Role=arn("R")),
                 "T": resource("AWS::Lambda::EventSourceMapping", {"EventSourceArn": arn("Q"), "FunctionName": {"Ref": "F"}})}
        self.fails("t", parts, "T", "The function execution role does not have permissions to call ReceiveMessage on SQS")
        document = {"Statement": [{"Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "Resource": arn("Q")}]}
        parts["Z"] = resource("AWS::IAM::Policy", {"PolicyName": "p", "PolicyDocument": document, "Roles": [{"Ref": "R"}]})
        self.assertEqual(self.create("t2", parts), ("CREATE_COMPLETE", {}))

    def test_dead_letters_and_destinations_of_functions(self):
        parts = {"Q": resource("AWS::SQS::Queue"), "N": resource("AWS::SNS::Topic"), "R": role("lambda.amazonaws.com")}
        self.fails("d", {**parts, "F": function(Role=arn("R"), DeadLetterConfig={"TargetArn": arn("Q")})}, "F", "The provided execution role does not have permissions to call SendMessage on SQS")
        self.fails("d2", {**parts, "F": function(Role=arn("R"), DeadLetterConfig={"TargetArn": {"Ref": "N"}})}, "F", "The provided execution role does not have permissions to call Publish on SNS")
        told = resource("AWS::Lambda::EventInvokeConfig", {"FunctionName": {"Ref": "F"}, "Qualifier": "$LATEST", "DestinationConfig": {"OnFailure": {"Destination": {"Ref": "N"}}}})
        self.fails("d3", {**parts, "F": function(Role=arn("R")), "C": told}, "C", f"The function's execution role does not have permissions to call Publish on arn:aws:sns:{REGION}:{ACCOUNT}:d3-N")

    def test_sam_permits_what_it_makes(self):
        made = {"DestinationConfig": {"OnSuccess": {"Type": "SQS"}, "OnFailure": {"Type": "SNS"}}, "MaximumRetryAttempts": 0}
        parts = {"Letters": resource("AWS::SQS::Queue"),
                 "F": resource("AWS::Serverless::Function", {"Runtime": "python3.12", "Handler": "index.handler", "InlineCode": HANDLER, "EventInvokeConfig": made,
                                                             "DeadLetterQueue": {"Type": "SQS", "TargetArn": arn("Letters")}})}
        self.assertEqual(self.create("sam", parts, "AWS::Serverless-2016-10-31"), ("CREATE_COMPLETE", {}))
        functions, sqs = self.client("lambda"), self.client("sqs")
        settings = functions.get_function_event_invoke_config(FunctionName="sam-F")["DestinationConfig"]
        self.assertEqual(settings, {"OnSuccess": {"Destination": f"arn:aws:sqs:{REGION}:{ACCOUNT}:sam-FEventInvokeConfigOnSuccessQueue"},
                                    "OnFailure": {"Destination": f"arn:aws:sns:{REGION}:{ACCOUNT}:sam-FEventInvokeConfigOnFailureTopic"}})
        functions.invoke(FunctionName="sam-F", InvocationType="Event", Payload=b'{"n": 1}')
        functions.invoke(FunctionName="sam-F", InvocationType="Event", Payload=b'{"fail": true}')
        letters = lambda name: self.receive(sqs.get_queue_url(QueueName=name)["QueueUrl"])
        self.assertEqual(json.loads(letters("sam-FEventInvokeConfigOnSuccessQueue")[0]["Body"])["responsePayload"], {"n": 1})
        self.assertEqual(json.loads(letters("sam-Letters")[0]["Body"]), {"fail": True})

    def test_what_loses_its_permission_is_not_told(self):
        """The function's role may no longer send: the destination hears nothing, which the log says, and the queue hears again once it may."""
        iam, functions, sqs = self.client("iam"), self.client("lambda"), self.client("sqs")
        url = sqs.create_queue(QueueName="told")["QueueUrl"]
        told = f"arn:aws:sqs:{REGION}:{ACCOUNT}:told"
        may = policy({"Action": "sqs:SendMessage", "Resource": told})
        parts = {"R": role("lambda.amazonaws.com", RoleName="teller", Policies=[{"PolicyName": "may", "PolicyDocument": json.loads(may)}]), "F": function(Role=arn("R")),
                 "C": resource("AWS::Lambda::EventInvokeConfig", {"FunctionName": {"Ref": "F"}, "Qualifier": "$LATEST", "DestinationConfig": {"OnSuccess": {"Destination": told}}})}
        self.assertEqual(self.create("teller", parts), ("CREATE_COMPLETE", {}))
        iam.delete_role_policy(RoleName="teller", PolicyName="may")
        functions.invoke(FunctionName="teller-F", InvocationType="Event", Payload=b'{"n": 1}')
        wait_for(lambda: f"its destination {told} was not told: User: arn:aws:sts::{ACCOUNT}:assumed-role/teller/teller-F is not authorized to perform: sqs:sendmessage" in self.daemon.log())
        iam.put_role_policy(RoleName="teller", PolicyName="may", PolicyDocument=may)
        functions.invoke(FunctionName="teller-F", InvocationType="Event", Payload=b'{"n": 2}')
        self.assertEqual([json.loads(message["Body"])["responsePayload"] for message in self.receive(url)], [{"n": 2}])

    def test_letters_of_rules_need_the_queues_leave(self):
        sqs, events = self.client("sqs"), self.client("events")
        url = sqs.create_queue(QueueName="unopened")["QueueUrl"]
        letters, missing = f"arn:aws:sqs:{REGION}:{ACCOUNT}:unopened", f"arn:aws:sqs:{REGION}:{ACCOUNT}:missing"
        rule = events.put_rule(Name="loses", EventPattern=json.dumps({"source": ["loses"]}))["RuleArn"]
        events.put_targets(Rule="loses", Targets=[{"Id": "t", "Arn": missing, "DeadLetterConfig": {"Arn": letters}}])
        events.put_events(Entries=[{"Source": "loses", "DetailType": "unheard", "Detail": "{}"}])
        wait_for(lambda: "rule loses: its dead-letter queue unopened cannot be reached: User: events.amazonaws.com is not authorized to perform: sqs:sendmessage" in self.daemon.log())
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": letters,
                                                            "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(document)})
        events.put_events(Entries=[{"Source": "loses", "DetailType": "heard", "Detail": "{}"}])
        self.assertEqual([json.loads(message["Body"])["detail-type"] for message in self.receive(url)], ["heard"])


if __name__ == "__main__":
    main()
