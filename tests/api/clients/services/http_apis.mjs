import assert from "node:assert/strict";
import { account, client, isRecent, pages, refused, region, role } from "../sdk.mjs";

const gateway = client("ApiGatewayV2"), lambda = client("Lambda");
const archives = JSON.parse(process.env.ARCHIVES);

/// A function that answers `{"got": event, …}`.
async function echo(FunctionName) {
  await lambda.createFunction({ FunctionName, Runtime: "python3.12", Handler: "app.handler", Role: role, Code: { ZipFile: Buffer.from(archives.echo, "base64") } });
  return `arn:aws:lambda:${region}:${account}:function:${FunctionName}`;
}

async function ask(url, options) {
  const answer = await fetch(url, options);
  return [answer.status, await answer.json()];
}

export async function lifeOfAnHttpApi() {
  const IntegrationUri = await echo("js-http");
  const made = await gateway.createApi({ Name: "js", ProtocolType: "HTTP", CorsConfiguration: { AllowOrigins: ["*"], MaxAge: 5 }, Tags: { t: "1" } });
  isRecent(made.CreatedDate);
  const { ApiId, ApiEndpoint } = made;
  const { IntegrationId } = await gateway.createIntegration({ ApiId, IntegrationType: "AWS_PROXY", IntegrationUri, PayloadFormatVersion: "2.0", TimeoutInMillis: 5000 });
  const { RouteId } = await gateway.createRoute({ ApiId, RouteKey: "GET /things/{id}", Target: "integrations/" + IntegrationId });
  const stage = await gateway.createStage({ ApiId, StageName: "$default", AutoDeploy: true, StageVariables: { colour: "red" } });
  isRecent(stage.LastUpdatedDate);
  const [status, { got }] = await ask(ApiEndpoint + "/things/7?a=b");
  assert.deepEqual([status, got.routeKey, got.pathParameters, got.queryStringParameters, got.stageVariables], [200, "GET /things/{id}", { id: "7" }, { a: "b" }, { colour: "red" }]);
  assert.deepEqual(await ask(ApiEndpoint + "/none"), [404, { message: "Not Found" }]);
  await gateway.updateRoute({ ApiId, RouteId, RouteKey: "ANY /{proxy+}" });
  assert.equal((await ask(ApiEndpoint + "/things/7", { method: "PUT", body: "x" }))[1].got.body, "x");
  assert.deepEqual((await gateway.getRoutes({ ApiId })).Items.map((r) => [r.RouteKey, r.Target]), [["ANY /{proxy+}", "integrations/" + IntegrationId]]);
  const deployment = await gateway.createDeployment({ ApiId, Description: "kept" });
  isRecent(deployment.CreatedDate);
  assert.equal((await gateway.getDeployment({ ApiId, DeploymentId: deployment.DeploymentId })).Description, "kept");
  const updated = await gateway.updateApi({ ApiId, Name: "renamed" });
  assert.deepEqual([updated.Name, updated.CorsConfiguration.MaxAge, updated.Tags], ["renamed", 5, { t: "1" }]);
  await refused(gateway.deleteIntegration({ ApiId, IntegrationId }), "ConflictException");
  await gateway.deleteRoute({ ApiId, RouteId });
  await gateway.deleteIntegration({ ApiId, IntegrationId });
  await gateway.deleteApi({ ApiId });
  await refused(gateway.getApi({ ApiId }), "NotFoundException");
}

export async function quickCreateImportAndPages() {
  const Target = await echo("js-http-quick");
  const quick = await gateway.createApi({ Name: "js-quick", ProtocolType: "HTTP", Target });
  assert.equal((await ask(quick.ApiEndpoint + "/any"))[1].got.rawPath, "/any");
  const paths = { "/p": { get: { "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri: Target, payloadFormatVersion: "1.0" } } } };
  const imported = await gateway.importApi({ Body: JSON.stringify({ openapi: "3.0.1", info: { title: "js-imported", version: "1" }, paths }) });
  assert.deepEqual((await gateway.getIntegrations({ ApiId: imported.ApiId })).Items.map((i) => [i.IntegrationUri, i.PayloadFormatVersion]), [[Target, "1.0"]]);
  const names = (await pages((NextToken) => gateway.getApis({ MaxResults: "1", NextToken }), "NextToken", "Items")).map((a) => a.Name);
  assert.deepEqual(names.filter((name) => name.startsWith("js-")).sort(), ["js-imported", "js-quick"]);
  await refused(gateway.createApi({ Name: "w", ProtocolType: "WEBSOCKET", RouteSelectionExpression: "$request.body.a" }), "BadRequestException");
  await refused(gateway.createRoute({ ApiId: quick.ApiId, RouteKey: "nonsense" }), "BadRequestException");
}
