"""Links that functions build of what AWS tells them of their own URL: `https://${domainName}/${stage}/…`, and the path of the request's context at its Host.

They name no API. The one that serves such a path does; where two would, nobody knows which is meant.
"""
import json
import tempfile
import pathlib

from aws_clients import AwsCase
from support.daemon import main

# The links that published handlers build, in their various ways.
CODE = """
exports.handler = async (event) => {
  const { domainName, stage, path, http } = event.requestContext;
  const headers = Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const below = stage === '$default' ? '' : `/${stage}`;
  return { statusCode: 200, body: JSON.stringify({
    byDomain: `https://${domainName}${below}/hello?by=domain`,
    byHost: `${headers['x-forwarded-proto']}://${headers.host}${path || http.path}?by=host`,
    by: (event.queryStringParameters || {}).by }) };
};
"""


def template(kind, stage, path="/hello"):
    api = {"Type": "AWS::Serverless::Api" if kind == "Api" else "AWS::Serverless::HttpApi", "Properties": {"StageName": stage}}
    event = {"Type": kind, "Properties": {"RestApiId" if kind == "Api" else "ApiId": {"Ref": "Gate"}, "Path": path, "Method": "get"}}
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "nodejs20.x", "Handler": "index.handler", "InlineCode": CODE, "Events": {"Hello": event}}}
    url = {"Fn::Sub": "https://${Gate}.execute-api.${AWS::Region}.amazonaws.com" + ("" if stage == "$default" else f"/{stage}") + path}
    return {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Gate": api, "Hello": function}, "Outputs": {"Url": {"Value": url}}}


class RootLinks(AwsCase):
    def deploy(self, name, document):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / f"{name}.json"
            path.write_text(json.dumps(document))
            self.daemon.cli("deploy", path)
        self.addCleanup(self.daemon.cli, "destroy", name)
        return self.daemon.get(f"/v1/stacks/{name}")["outputs"]["Url"]

    def links(self, url):
        status, _, text = self.daemon.open(url)
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def check(self, kind, stage):
        links = self.links(self.deploy("linked", template(kind, stage)))
        self.assertTrue(links["byHost"].startswith(f"http://{self.daemon.public}/"), links)
        for way in ("byDomain", "byHost"):
            self.assertEqual(self.links(links[way]), {**links, "by": way[2:].lower()})
        self.assertEqual(self.daemon.open("/hello/nobody")[0], 403)

    def test_of_a_rest_api(self):
        self.check("Api", "dev")

    def test_of_an_http_api(self):
        self.check("HttpApi", "v1")

    def test_of_a_default_stage(self):
        self.check("HttpApi", "$default")

    def test_a_path_that_two_apis_serve_is_nobodys(self):
        self.deploy("one", template("Api", "live"))
        self.deploy("two", template("HttpApi", "live"))
        status, _, text = self.daemon.open("/live/hello")
        self.assertEqual((status, json.loads(text)), (403, {"message": "Missing Authentication Token"}))
        other = self.links(self.deploy("three", template("HttpApi", "live", "/other")))
        self.assertEqual(self.links(other["byHost"])["by"], "host")


if __name__ == "__main__":
    main()
