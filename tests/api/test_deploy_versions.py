"""What templates publish: versions and aliases of functions and state machines, layers, definitions in a bucket, policies, connections, included documents."""
import json
import pathlib
import shutil
import tempfile

from aws_clients import AwsCase
from support.daemon import main, wait_for

FUNCTION = """
import words
def handler(event, context):
    return {'said': words.GREETING, 'version': context.function_version, 'wording': 'WORDING'}
"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Words:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: layer/, CompatibleRuntimes: [python3.12] }
  Greet:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: index.handler
      Runtime: python3.12
      Layers: [!Ref Words]
      AutoPublishAlias: live
      EventInvokeConfig: { MaximumRetryAttempts: 1 }
  Greeting:
    Type: AWS::Serverless::StateMachine
    Properties:
      Name: greeting
      DefinitionUri: { Bucket: definitions, Key: greeting.asl.yaml }
      DefinitionSubstitutions: { Greet: !Ref Greet.Alias }
      AutoPublishAlias: prod
  Numbered:
    Type: AWS::StepFunctions::StateMachineAlias
    Properties:
      Name: numbered
      RoutingConfiguration: [{ StateMachineVersionArn: !Ref Greeting.Version, Weight: 100 }]
Outputs:
  Alias: { Value: !Ref Greeting.Alias }
  Version: { Value: !Ref Greeting.Version }
  Layer: { Value: !Ref Words }
"""
DEFINITION = """
StartAt: Greet
States:
  Greet: { Type: Task, Resource: "${Greet}", End: true }
"""


class Versions(AwsCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-versions-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.write("template.yaml", TEMPLATE)
        self.write("layer/python/words.py", "GREETING = 'hello'\n")
        self.s3 = self.client("s3")
        if "definitions" not in [b["Name"] for b in self.s3.list_buckets()["Buckets"]]:
            self.s3.create_bucket(Bucket="definitions")
        self.s3.put_object(Bucket="definitions", Key="greeting.asl.yaml", Body=DEFINITION.encode())

    def write(self, path, text):
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)

    def deploy(self, wording):
        self.write("code/index.py", FUNCTION.replace("WORDING", wording))
        self.daemon.cli("deploy", self.folder)
        return self.daemon.get(f"/v1/stacks/{self.folder.name}")["outputs"]

    def run_by(self, arn):
        sfn = self.client("stepfunctions")
        execution = sfn.start_execution(stateMachineArn=arn)["executionArn"]
        ended = wait_for(lambda: next((d for d in [sfn.describe_execution(executionArn=execution)] if d["status"] != "RUNNING"), None))
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        return json.loads(ended["output"])

    def test_each_change_is_published(self):
        sfn, functions = self.client("stepfunctions"), self.client("lambda")
        first = self.deploy("first")
        self.assertTrue(first["Version"].endswith(":stateMachine:greeting:1"), first)
        self.assertTrue(first["Layer"].endswith(":layer:Words:1"), first)
        self.assertEqual(self.run_by(first["Alias"]), {"said": "hello", "version": "1", "wording": "first"})
        name = functions.list_functions()["Functions"][0]["FunctionName"]
        self.assertEqual(functions.get_function_event_invoke_config(FunctionName=name, Qualifier="live")["MaximumRetryAttempts"], 1)

        # Another code: another version, the alias follows, the version before stays. The workflow is the same.
        second = self.deploy("second")
        self.assertEqual(second, first)
        self.assertEqual(self.run_by(first["Alias"]), {"said": "hello", "version": "2", "wording": "second"})
        self.assertEqual([v["Version"] for v in functions.list_versions_by_function(FunctionName=name)["Versions"]], ["$LATEST", "1", "2"])

        # Another definition: a revision, and so a version, of the workflow.
        self.s3.put_object(Bucket="definitions", Key="greeting.asl.yaml", Body=(DEFINITION + "Comment: changed\n").encode())
        third = self.deploy("second")
        self.assertTrue(third["Version"].endswith(":stateMachine:greeting:2"), third)
        for alias in ("prod", "numbered"):
            routed = self.step_functions("DescribeStateMachineAlias", stateMachineAliasArn=third["Version"].removesuffix(":2") + ":" + alias)["routingConfiguration"]
            self.assertEqual(routed, [{"stateMachineVersionArn": third["Version"], "weight": 100}])
        self.assertEqual(len(self.step_functions("ListStateMachineVersions", stateMachineArn=third["Version"].removesuffix(":2"))["stateMachineVersions"]), 2)

        # Another layer: another number; the old one stays, since that is SAM's rule.
        self.write("layer/python/words.py", "GREETING = 'good day'\n")
        self.assertTrue(self.deploy("third")["Layer"].endswith(":layer:Words:2"))
        self.assertEqual(self.run_by(first["Alias"])["said"], "good day")
        self.assertEqual([v["Version"] for v in functions.list_layer_versions(LayerName="Words")["LayerVersions"]], [2, 1])

        self.daemon.cli("destroy", self.folder.name)
        self.assertEqual(sfn.list_state_machines()["stateMachines"], [])
        self.assertEqual(functions.list_functions()["Functions"], [])

    def test_policies_are_given_to_their_services(self):
        self.write("code/index.py", FUNCTION)
        document = "{ Version: '2012-10-17', Statement: [{ Sid: s, Effect: Allow, Principal: '*', Action: '*', Resource: '*' }] }"
        policies = f"""
  Queues: {{ Type: AWS::SQS::QueuePolicy, Properties: {{ Queues: [!Ref Queue, !Ref Other], PolicyDocument: {document} }} }}
  Topics: {{ Type: AWS::SNS::TopicPolicy, Properties: {{ Topics: [!Ref Topic], PolicyDocument: {document} }} }}
  Bus: {{ Type: AWS::Events::EventBusPolicy, Properties: {{ StatementId: other, Action: "events:PutEvents", Principal: "111122223333" }} }}
  Logs: {{ Type: AWS::Logs::ResourcePolicy, Properties: {{ PolicyName: versions, PolicyDocument: '{{"Version": "2012-10-17", "Statement": []}}' }} }}
  May: {{ Type: AWS::Lambda::Permission, Properties: {{ FunctionName: !GetAtt F.Arn, Action: "lambda:InvokeFunction", Principal: sns.amazonaws.com, SourceArn: !Ref Topic }} }}
"""
        rest = """
Resources:
  F: { Type: AWS::Lambda::Function, Properties: { FunctionName: permitted, Code: code/, Handler: index.handler, Runtime: python3.12 } }
  Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: with-policy } }
  Other: { Type: AWS::SQS::Queue }
  Topic: { Type: AWS::SNS::Topic }
Outputs:
  Queue: { Value: !Ref Queue }
  Topic: { Value: !Ref Topic }
"""
        self.write("template.yaml", rest.replace("Outputs:", policies + "Outputs:"))
        self.daemon.cli("deploy", self.folder)
        outputs = self.daemon.get(f"/v1/stacks/{self.folder.name}")["outputs"]
        sqs, sns, events, logs, functions = (self.client(name) for name in ("sqs", "sns", "events", "logs", "lambda"))

        def queue_policy():
            return sqs.get_queue_attributes(QueueUrl=outputs["Queue"], AttributeNames=["All"])["Attributes"].get("Policy")

        def topic_policy():
            return json.loads(sns.get_topic_attributes(TopicArn=outputs["Topic"])["Attributes"]["Policy"])["Statement"][0]["Sid"]
        self.assertEqual(json.loads(queue_policy())["Statement"][0]["Sid"], "s")
        self.assertEqual(topic_policy(), "s")
        self.assertEqual(json.loads(events.describe_event_bus()["Policy"])["Statement"][0]["Principal"], {"AWS": "arn:aws:iam::111122223333:root"})
        self.assertIn("versions", [p["policyName"] for p in logs.describe_resource_policies()["resourcePolicies"]])
        statement = json.loads(functions.get_policy(FunctionName="permitted")["Policy"])["Statement"][0]
        self.assertEqual((statement["Action"], statement["Condition"]), ("lambda:InvokeFunction", {"ArnLike": {"AWS:SourceArn": outputs["Topic"]}}))

        # Without them everything is as it was before.
        self.write("template.yaml", rest)
        self.daemon.cli("deploy", self.folder)
        self.assertIsNone(queue_policy())
        self.assertEqual(topic_policy(), "__default_statement_ID")
        self.assertNotIn("Policy", events.describe_event_bus())
        self.assertNotIn("versions", [p["policyName"] for p in logs.describe_resource_policies()["resourcePolicies"]])
        self.refused("ResourceNotFoundException", functions.get_policy, FunctionName="permitted")
        self.daemon.cli("destroy", self.folder.name)

    def test_a_connection_and_an_included_document(self):
        self.write("openapi.yaml", """
swagger: "2.0"
info: { title: included, version: "1" }
paths:
  /: { get: { responses: { "200": { description: good } }, x-amazon-apigateway-integration: { type: mock, requestTemplates: { application/json: '{"statusCode": 200}' }, responses: { default: { statusCode: "200" } } } } }
""")
        self.write("template.yaml", """
Transform: AWS::Serverless-2016-10-31
Resources:
  Shop:
    Type: AWS::Events::Connection
    Properties:
      Name: shop
      AuthorizationType: API_KEY
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: x-key, ApiKeyValue: secret } }
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      DefinitionBody: { Fn::Transform: { Name: AWS::Include, Parameters: { Location: openapi.yaml } } }
Outputs:
  Shop: { Value: !GetAtt Shop.Arn }
  Url: { Value: !Sub "https://${Api}.execute-api.${AWS::Region}.amazonaws.com/v1" }
""")
        self.daemon.cli("deploy", self.folder)
        outputs = self.daemon.get(f"/v1/stacks/{self.folder.name}")["outputs"]
        events = self.client("events")
        self.assertEqual(events.describe_connection(Name="shop")["ConnectionArn"], outputs["Shop"])
        self.assertEqual(self.daemon.open(outputs["Url"])[0], 200)
        self.assertEqual([a["name"] for a in self.client("apigateway").get_rest_apis()["items"]], ["included"])
        self.daemon.cli("destroy", self.folder.name)
        self.assertEqual(events.list_connections()["Connections"], [])
        self.daemon.cli("deploy", self.folder)
        self.assertEqual(self.daemon.get(f"/v1/stacks/{self.folder.name}")["outputs"], outputs)
        self.daemon.cli("destroy", self.folder.name)

    def test_what_is_not_offered_is_refused_with_its_place(self):
        self.write("code/index.py", FUNCTION)
        self.write("template.yaml", """
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: code/, Handler: index.handler, Runtime: python3.12, AutoPublishAlias: live, DeploymentPreference: { Type: Canary10Percent5Minutes } }
  M:
    Type: AWS::Serverless::StateMachine
    Properties: { DefinitionUri: { Bucket: definitions, Key: absent.json } }
  V:
    Type: AWS::Lambda::Version
    Properties: { FunctionName: !Ref F, ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 } }
""")
        said = self.daemon.cli("deploy", self.folder, check=False)
        self.assertNotEqual(said.returncode, 0)
        for line in ("/Resources/F/Properties/DeploymentPreference/Type: gradual deployments are not offered here; AllAtOnce is",
                     "/Resources/M/Properties/DefinitionUri: Error occurred while GetObject. S3 Error Code: NoSuchKey.",
                     "/Resources/V/Properties/ProvisionedConcurrencyConfig: the property 'ProvisionedConcurrencyConfig' is not offered here"):
            self.assertIn(line, said.stdout + said.stderr)

    def test_publishing_nothing_new_is_an_error_as_on_aws(self):
        self.write("code/index.py", FUNCTION)
        version = "  %s: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref F } }\n"
        head = "Resources:\n  F: { Type: AWS::Lambda::Function, Properties: { Code: code/, Handler: index.handler, Runtime: python3.12 } }\n"
        self.write("template.yaml", head + version % "One")
        self.daemon.cli("deploy", self.folder)
        self.write("template.yaml", head + version % "One" + version % "Two")
        said = self.daemon.cli("deploy", self.folder, check=False)
        self.assertIn("A version for this Lambda function exists ( 1 ). Modify the function to create a new version.", said.stdout + said.stderr)
        self.daemon.cli("destroy", self.folder.name)


if __name__ == "__main__":
    main()
