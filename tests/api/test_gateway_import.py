"""APIs that a document describes: ImportRestApi and PutRestApi with Debian's boto3."""
import json

from aws_clients import AwsCase
from support.daemon import main


def mock(text):
    """A method that answers with a text."""
    return {"responses": {"200": {"description": "good"}},
            "x-amazon-apigateway-integration": {"type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'},
                                                "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": json.dumps(text)}}}}}


def document(paths, **more):
    return {"openapi": "3.0.1", "info": {"title": "described", "version": "1", "description": "by a document"}, "paths": paths, **more}


class Import(AwsCase):
    def setUp(self):
        self.api = self.client("apigateway")

    def paths(self, api):
        return sorted((r["path"], sorted(r.get("resourceMethods", {}))) for r in self.api.get_resources(restApiId=api)["items"])

    def deployed(self, api, path):
        self.api.create_deployment(restApiId=api, stageName="v1")
        status, _, text = self.daemon.open(f"/_api/{api}/v1{path}")
        return status, json.loads(text)

    def test_an_api_is_imported_merged_and_overwritten(self):
        made = self.api.import_rest_api(body=json.dumps(document({"/a/{id}": {"get": mock("first")}})).encode(), parameters={"endpointConfigurationTypes": "REGIONAL"})
        api = made["id"]
        self.assertEqual((made["name"], made["description"], made["endpointConfiguration"]["types"]), ("described", "by a document", ["REGIONAL"]))
        self.assertEqual(self.paths(api), [("/", []), ("/a", []), ("/a/{id}", ["GET"])])
        self.assertEqual(self.deployed(api, "/a/7"), (200, "first"))

        self.api.put_rest_api(restApiId=api, mode="merge", body=json.dumps(document({"/b": {"get": mock("second")}})).encode())
        self.assertEqual(self.paths(api), [("/", []), ("/a", []), ("/a/{id}", ["GET"]), ("/b", ["GET"])])
        self.assertEqual(self.deployed(api, "/b"), (200, "second"))

        changed = self.api.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps({**document({"/b": {"get": mock("third")}}), "info": {"title": "renamed", "version": "2"}}).encode())
        self.assertEqual((changed["id"], changed["name"]), (api, "renamed"))
        self.assertEqual(self.paths(api), [("/", []), ("/b", ["GET"])])
        self.assertEqual(self.deployed(api, "/b"), (200, "third"))
        self.assertEqual(self.deployed(api, "/a/7"), (403, {"message": "Missing Authentication Token"}))

    def test_documents_may_be_in_yaml(self):
        yaml = """
openapi: 3.0.1
info: {title: in YAML, version: "1"}
paths:
  /a:
    get:
      responses: {"200": {description: good}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default: {statusCode: "200", responseTemplates: {application/json: '"TEXT"'}}
"""
        api = self.api.import_rest_api(body=yaml.replace("TEXT", "first").encode())["id"]
        self.assertEqual(self.api.get_rest_api(restApiId=api)["name"], "in YAML")
        self.assertEqual(self.deployed(api, "/a"), (200, "first"))
        self.api.put_rest_api(restApiId=api, mode="overwrite", body=yaml.replace("TEXT", "second").encode())
        self.assertEqual(self.deployed(api, "/a"), (200, "second"))
        self.assertIn("Invalid OpenAPI input", self.refused("BadRequestException", self.api.import_rest_api, body=b"a: [1"))

    def test_what_is_not_offered_is_refused_and_nothing_is_made(self):
        before = self.api.get_rest_apis()["items"]
        said = self.refused("BadRequestException", self.api.import_rest_api, body=json.dumps(document({"/a": {"get": {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}}})).encode())
        self.assertEqual(said, "/paths/~1a/get/x-amazon-apigateway-auth: the authorization type AWS_IAM is not offered here; NONE is")
        self.refused("BadRequestException", self.api.import_rest_api, body=b'{"info": {"title": "x"}}')
        self.refused("NotFoundException", self.api.put_rest_api, restApiId="nothing", body=json.dumps(document({})).encode())
        self.assertEqual(self.api.get_rest_apis()["items"], before)


if __name__ == "__main__":
    main()
