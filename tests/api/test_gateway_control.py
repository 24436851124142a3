"""API Gateway's control plane with Debian's boto3 and awscli: an API is made call by call, deployed, reached, changed and deleted."""
import json
import os
import shutil
import subprocess
import unittest

from aws_clients import ROLE, AwsCase, archive
from support.daemon import main, wait_for

AWS_CLI = "/usr/bin/aws" if os.path.exists("/usr/bin/aws") else shutil.which("aws")


class Control(AwsCase):
    def setUp(self):
        self.api = self.client("apigateway")

    def make_api(self, **members):
        """(id, root resource's id)"""
        api = self.api.create_rest_api(name="made", **members)["id"]
        return api, self.api.get_resources(restApiId=api)["items"][0]["id"]

    def mock(self, api, resource, method="GET", body='{"colour": "$stageVariables.colour"}'):
        at = {"restApiId": api, "resourceId": resource, "httpMethod": method}
        self.api.put_method(authorizationType="NONE", **at)
        self.api.put_method_response(statusCode="200", **at)
        self.api.put_integration(type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, **at)
        self.api.put_integration_response(statusCode="200", responseTemplates={"application/json": body}, **at)
        return at

    def open(self, api, path, method="GET", body=None, headers=None):
        status, _, text = self.daemon.open(f"/_api/{api}/{path}", method, headers, body)
        return status, json.loads(text)

    def test_an_api_is_made_deployed_changed_and_deleted(self):
        api, root = self.make_api(description="first")
        self.assertEqual(self.api.get_rest_api(restApiId=api)["description"], "first")
        orders = self.api.create_resource(restApiId=api, parentId=root, pathPart="orders")
        self.assertEqual(orders["path"], "/orders")
        at = self.mock(api, orders["id"])
        deployment = self.api.create_deployment(restApiId=api, stageName="v1", variables={"colour": "red"}, description="one")
        self.assertEqual(self.open(api, "v1/orders"), (200, {"colour": "red"}))
        stage = self.api.get_stage(restApiId=api, stageName="v1")
        self.assertEqual((stage["deploymentId"], stage["variables"]), (deployment["id"], {"colour": "red"}))
        patch = [{"op": "replace", "path": "/variables/colour", "value": "blue"}, {"op": "replace", "path": "/~1orders/GET/throttling/rateLimit", "value": "5"}]
        stage = self.api.update_stage(restApiId=api, stageName="v1", patchOperations=patch)
        self.assertEqual(stage["methodSettings"]["~1orders/GET"]["throttlingRateLimit"], 5)
        self.assertEqual(self.open(api, "v1/orders")[1], {"colour": "blue"})
        # What is not deployed is not served; a stage can be moved to a deployment, and back.
        self.mock(api, orders["id"], "POST")
        self.assertEqual(self.open(api, "v1/orders", "POST", "{}")[0], 403)
        second = self.api.create_deployment(restApiId=api)["id"]
        self.api.update_stage(restApiId=api, stageName="v1", patchOperations=[{"op": "replace", "path": "/deploymentId", "value": second}])
        self.assertEqual(self.open(api, "v1/orders", "POST", "{}")[0], 200)
        self.daemon.kill()
        self.daemon.start()
        self.api = self.client("apigateway")
        self.assertEqual(self.open(api, "v1/orders", "POST", "{}")[0], 200)
        self.refused("BadRequestException", self.api.delete_deployment, restApiId=api, deploymentId=second)
        self.api.create_stage(restApiId=api, stageName="v2", deploymentId=deployment["id"])
        self.assertEqual([s["stageName"] for s in self.api.get_stages(restApiId=api)["item"]], ["v1", "v2"])
        self.assertEqual(self.open(api, "v2/orders", "POST", "{}")[0], 403)
        self.api.delete_stage(restApiId=api, stageName="v2")
        self.assertEqual(self.open(api, "v2/orders")[0], 403)
        self.assertEqual({d["id"] for d in self.api.get_deployments(restApiId=api)["items"]}, {deployment["id"], second})
        self.assertNotIn("snapshot", self.api.get_deployment(restApiId=api, deploymentId=second))
        shown = self.api.get_method(**at)
        self.assertEqual(shown["methodIntegration"]["integrationResponses"]["200"]["statusCode"], "200")
        self.assertEqual(self.api.get_resource(restApiId=api, resourceId=orders["id"])["resourceMethods"], {"GET": {}, "POST": {}})
        embedded = {r["path"]: r for r in self.api.get_resources(restApiId=api, embed=["methods"])["items"]}
        self.assertEqual(embedded["/orders"]["resourceMethods"]["POST"]["methodIntegration"]["type"], "MOCK")
        self.api.update_rest_api(restApiId=api, patchOperations=[{"op": "replace", "path": "/name", "value": "renamed"}, {"op": "add", "path": "/binaryMediaTypes/image~1png"}])
        shown = self.api.get_rest_api(restApiId=api)
        self.assertEqual((shown["name"], shown["binaryMediaTypes"]), ("renamed", ["image/png"]))
        self.api.delete_rest_api(restApiId=api)
        self.refused("NotFoundException", self.api.get_rest_api, restApiId=api)
        self.assertEqual(self.open(api, "v1/orders"), (403, {"message": "Forbidden"}))

    def test_a_validator_and_a_model_of_the_wire_are_obeyed(self):
        api, root = self.make_api()
        self.client("lambda").create_function(FunctionName="gateway-echo", Runtime="python3.12", Handler="app.handler", Role=ROLE, Code={"ZipFile": archive(app="def handler(event, context):\n    return event\n")})
        self.api.create_model(restApiId=api, name="Thing", contentType="application/json", schema='{"type": "object", "required": ["a"]}')
        validator = self.api.create_request_validator(restApiId=api, name="body", validateRequestBody=True)["id"]
        at = {"restApiId": api, "resourceId": root, "httpMethod": "POST"}
        self.api.put_method(authorizationType="NONE", requestValidatorId=validator, requestModels={"application/json": "Thing"}, **at)
        uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:gateway-echo/invocations"
        self.assertEqual(self.api.put_integration(type="AWS", integrationHttpMethod="POST", uri=uri, **at)["httpMethod"], "POST")
        self.api.put_method_response(statusCode="200", **at)
        self.api.put_integration_response(statusCode="200", **at)
        self.api.put_gateway_response(restApiId=api, responseType="BAD_REQUEST_BODY", responseTemplates={"application/json": '{"refused": true}'})
        self.api.create_deployment(restApiId=api, stageName="s")
        self.assertEqual(self.open(api, "s", "POST", '{"a": 1}'), (200, {"a": 1}))
        self.assertEqual(self.open(api, "s/", "POST", "{}"), (400, {"refused": True}))
        self.assertTrue(self.api.get_gateway_response(restApiId=api, responseType="THROTTLED")["defaultResponse"])
        self.assertEqual({m["name"] for m in self.api.get_models(restApiId=api)["items"]}, {"Empty", "Error", "Thing"})

    def test_mistakes_are_refused_in_awss_words(self):
        api, root = self.make_api()
        at = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
        self.assertEqual(self.refused("NotFoundException", self.api.get_resources, restApiId="none"), "Invalid API identifier specified none")
        self.refused("NotFoundException", self.api.create_resource, restApiId=api, parentId="none", pathPart="x")
        self.refused("BadRequestException", self.api.create_resource, restApiId=api, parentId=root, pathPart="a/b")
        self.api.create_resource(restApiId=api, parentId=root, pathPart="{id}")
        self.refused("BadRequestException", self.api.create_resource, restApiId=api, parentId=root, pathPart="{other}")
        self.refused("ConflictException", self.api.create_resource, restApiId=api, parentId=root, pathPart="{id}")
        self.assertEqual(self.refused("BadRequestException", self.api.create_deployment, restApiId=api), "The REST API doesn't contain any methods")
        self.assertEqual(self.refused("NotFoundException", self.api.put_integration, type="MOCK", **at), "Invalid Method identifier specified")
        self.refused("BadRequestException", self.api.put_method, authorizationType="AWS_IAM", **at)
        self.api.put_method(authorizationType="NONE", **at)
        self.assertEqual(self.refused("ConflictException", self.api.put_method, authorizationType="NONE", **at), "Method already exists for this resource")
        self.assertEqual(self.refused("BadRequestException", self.api.create_deployment, restApiId=api), "No integration defined for method")
        self.assertIn("template", self.refused("BadRequestException", self.api.put_integration, type="MOCK", requestTemplates={"application/json": "#if(1)"}, **at))
        self.refused("NotFoundException", self.api.put_integration_response, statusCode="200", **at)
        self.refused("NotFoundException", self.api.create_stage, restApiId=api, stageName="s", deploymentId="none")
        self.refused("NotFoundException", self.api.get_stage, restApiId=api, stageName="none")
        self.refused("BadRequestException", self.api.create_model, restApiId=api, name="Bad", contentType="application/json", schema='{"if": {}}')

    def run_task(self, parameters, suffix="", wait=True):
        """How an execution with one apigateway:invoke task ended."""
        sfn = self.client("stepfunctions")
        definition = {"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": "arn:aws:states:::apigateway:invoke" + suffix, "Parameters": parameters, "End": True}}}
        self.count = getattr(self, "count", 0) + 1
        machine = sfn.create_state_machine(name=f"{self._testMethodName[:60]}-{self.count}", definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]
        execution = sfn.start_execution(stateMachineArn=machine, input='{"type": "turtle", "category": null}')["executionArn"]
        ended = lambda: (lambda e: e if e["status"] != "RUNNING" else None)(sfn.describe_execution(executionArn=execution))
        return wait_for(ended) if wait else ended

    def test_a_workflow_calls_an_api(self):
        api, root = self.make_api()
        source = "import json\ndef handler(event, context):\n    q = event['queryStringParameters'] or {}\n    return {'statusCode': int(q.get('status', 200)), 'headers': {'X-Mine': 'm'}, 'body': json.dumps({k: event[k] for k in ('body', 'path', 'multiValueQueryStringParameters', 'httpMethod')} | {'token': event['headers'].get('TaskToken'), 'type': event['headers'].get('Content-Type')})}\n"
        self.client("lambda").create_function(FunctionName="gateway-proxy", Runtime="python3.12", Handler="app.handler", Role=ROLE, Code={"ZipFile": archive(app=source)})
        at = {"restApiId": api, "resourceId": self.api.create_resource(restApiId=api, parentId=root, pathPart="{proxy+}")["id"], "httpMethod": "ANY"}
        self.api.put_method(authorizationType="NONE", **at)
        self.api.put_integration(type="AWS_PROXY", integrationHttpMethod="POST", uri="arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:gateway-proxy/invocations", **at)
        self.api.create_deployment(restApiId=api, stageName="s")
        call = {"ApiEndpoint": f"{api}.execute-api.us-east-1.amazonaws.com", "Method": "POST", "Stage": "s", "Path": "pets/1", "QueryParameters": {"q": ["1", "a b"]}, "RequestBody.$": "$", "AuthType": "NO_AUTH"}
        result = json.loads(self.run_task(call)["output"])
        self.assertEqual(sorted(result), ["Headers", "ResponseBody", "StatusCode", "StatusText"])
        self.assertEqual((result["StatusCode"], result["StatusText"], result["Headers"]["X-Mine"]), (200, "OK", ["m"]))
        seen = result["ResponseBody"]
        self.assertEqual((json.loads(seen["body"]), seen["path"], seen["multiValueQueryStringParameters"], seen["httpMethod"], seen["type"]), ({"type": "turtle"}, "/pets/1", {"q": ["1", "a b"]}, "POST", "application/json"))
        seen = json.loads(self.run_task({**call, "AllowNullValues": True})["output"])["ResponseBody"]
        self.assertEqual(json.loads(seen["body"]), {"type": "turtle", "category": None})
        failed = self.run_task({**call, "QueryParameters": {"status": ["418"]}})
        self.assertEqual((failed["status"], failed["error"]), ("FAILED", "ApiGateway.418"))
        self.assertIn("/pets/1", failed["cause"])
        failed = self.run_task({**call, "Stage": "none"})
        self.assertEqual((failed["error"], failed["cause"]), ("ApiGateway.403", '{"message":"Forbidden"}'))
        failed = self.run_task({**call, "Headers": {"Authorization": ["x"]}})
        self.assertEqual(failed["error"], "States.Runtime")
        self.assertTrue(failed["cause"].endswith("The header 'Authorization' cannot be set by apigateway:invoke"), failed["cause"])
        waiting = self.run_task({**call, "Headers": {"TaskToken.$": "States.Array($$.Task.Token)"}}, ".waitForTaskToken", wait=False)
        token = wait_for(lambda: [t for t in self.daemon.get("/v1/tokens")["tokens"]])[0]["token"]
        self.client("stepfunctions").send_task_success(taskToken=token, output='"done"')
        self.assertEqual(wait_for(waiting)["output"], '"done"')

    def test_lists_come_in_pages(self):
        made = {self.make_api()[0] for _ in range(3)}
        found = [a["id"] for page in self.api.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": 2}) for a in page["items"]]
        self.assertEqual(len(found), len(set(found)))
        self.assertLessEqual(made, set(found))

    @unittest.skipUnless(AWS_CLI, "awscli is not installed")
    def test_the_command_line_makes_one_too(self):
        def aws(*arguments):
            environment = {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
            done = subprocess.run([AWS_CLI, "apigateway", *arguments, "--endpoint-url", f"http://{self.daemon.admin}", "--output", "json"], capture_output=True, text=True, env=environment)
            self.assertEqual(done.returncode, 0, done.stderr)
            return json.loads(done.stdout) if done.stdout.strip() else None

        api = aws("create-rest-api", "--name", "typed")["id"]
        root = aws("get-resources", "--rest-api-id", api)["items"][0]["id"]
        at = ["--rest-api-id", api, "--resource-id", root, "--http-method", "GET"]
        aws("put-method", *at, "--authorization-type", "NONE")
        aws("put-method-response", *at, "--status-code", "200")
        aws("put-integration", *at, "--type", "MOCK", "--request-templates", '{"application/json": "{\\"statusCode\\": 200}"}')
        aws("put-integration-response", *at, "--status-code", "200", "--response-templates", '{"application/json": "{\\"by\\": \\"hand\\"}"}')
        aws("create-deployment", "--rest-api-id", api, "--stage-name", "cli")
        self.assertEqual(self.open(api, "cli"), (200, {"by": "hand"}))
        self.assertEqual([s["stageName"] for s in aws("get-stages", "--rest-api-id", api)["item"]], ["cli"])
        aws("delete-rest-api", "--rest-api-id", api)


if __name__ == "__main__":
    main()
