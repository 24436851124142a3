import assert from "node:assert/strict";
import { aws3, client, eventually, pages, refused, role, text, v3 } from "../sdk.mjs";

const lambda = client("Lambda"), sqs = client("SQS");
// Archives made by the test that runs this: handlers that echo, raise, and report batches.
const archives = JSON.parse(process.env.ARCHIVES);
const zip = (name) => Buffer.from(archives[name], "base64");
const make = (FunctionName, archive = "echo", more = {}) => lambda.createFunction({ FunctionName, Runtime: "python3.12", Handler: "app.handler", Role: role, Code: { ZipFile: zip(archive) }, ...more });
const invoke = async (FunctionName, payload, more = {}) => {
  const answer = await lambda.invoke({ FunctionName, Payload: Buffer.from(JSON.stringify(payload)), ...more });
  return { ...answer, Payload: answer.Payload && text(answer.Payload) !== "" ? JSON.parse(text(answer.Payload)) : undefined };
};
const waitFor = (name, FunctionName) => v3 ? aws3("@aws-sdk/client-lambda")["waitUntil" + name + "V2"]({ client: lambda, maxWaitTime: 20 }, { FunctionName })
                                           : lambda.waitFor(name[0].toLowerCase() + name.slice(1) + "V2", { FunctionName }).promise();

export async function lifeOfAFunction() {
  const made = await make("js-life", "echo", { Environment: { Variables: { MODE: "b" } }, Tags: { t: "1" }, Timeout: 5, MemorySize: 256, Description: "ü" });
  assert.match(made.LastModified, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
  assert.deepEqual([made.Version, made.Timeout, made.MemorySize, made.Environment, made.CodeSize], ["$LATEST", 5, 256, { Variables: { MODE: "b" } }, zip("echo").length]);
  await waitFor("FunctionActive", "js-life");
  const found = await lambda.getFunction({ FunctionName: "js-life" });
  assert.deepEqual([found.Configuration.Description, found.Tags, found.Configuration.CodeSha256], ["ü", { t: "1" }, made.CodeSha256]);
  await lambda.updateFunctionConfiguration({ FunctionName: "js-life", Timeout: 6 });
  await waitFor("FunctionUpdated", "js-life");
  await lambda.updateFunctionCode({ FunctionName: "js-life", ZipFile: zip("raise") });
  await waitFor("FunctionUpdated", "js-life");
  assert.equal((await lambda.getFunctionConfiguration({ FunctionName: "js-life" })).Timeout, 6);
  const failed = await invoke("js-life", {});
  assert.deepEqual([failed.StatusCode, failed.FunctionError, failed.Payload.errorMessage], [200, "Unhandled", "no"]);
  await lambda.deleteFunction({ FunctionName: "js-life" });
  const error = await refused(lambda.getFunction({ FunctionName: "js-life" }), "ResourceNotFoundException");
  if (v3) assert.equal(error.Type, "User");
}

export async function whatIsLeftOfADeletedFunction() {
  await make("js-gone");
  await lambda.addPermission({ FunctionName: "js-gone", StatementId: "s", Action: "lambda:InvokeFunction", Principal: "events.amazonaws.com" });
  await lambda.putFunctionEventInvokeConfig({ FunctionName: "js-gone", MaximumRetryAttempts: 0 });
  await lambda.putFunctionConcurrency({ FunctionName: "js-gone", ReservedConcurrentExecutions: 0 });
  await lambda.createAlias({ FunctionName: "js-gone", Name: "live", FunctionVersion: "$LATEST" });
  await lambda.deleteFunction({ FunctionName: "js-gone" });
  await make("js-gone");
  await refused(lambda.getPolicy({ FunctionName: "js-gone" }), "ResourceNotFoundException");
  await refused(lambda.getFunctionEventInvokeConfig({ FunctionName: "js-gone" }), "ResourceNotFoundException");
  await refused(lambda.getAlias({ FunctionName: "js-gone", Name: "live" }), "ResourceNotFoundException");
  assert.equal((await lambda.getFunctionConcurrency({ FunctionName: "js-gone" })).ReservedConcurrentExecutions, undefined);
}

export async function invocations() {
  await make("js-echo");
  const answer = await invoke("js-echo", { ü: [1, 2] }, { LogType: "Tail" });
  assert.deepEqual([answer.StatusCode, answer.ExecutedVersion, answer.Payload.got, answer.FunctionError], [200, "$LATEST", { ü: [1, 2] }, undefined]);
  assert.match(Buffer.from(answer.LogResult, "base64").toString(), /END RequestId: /);
  assert.equal((await lambda.invoke({ FunctionName: "js-echo", InvocationType: "DryRun" })).StatusCode, 204);
  assert.equal((await invoke("js-echo", 1, { InvocationType: "Event" })).StatusCode, 202);
  const context = Buffer.from(JSON.stringify({ custom: { k: "v" }, client: {} })).toString("base64");
  assert.deepEqual((await invoke("js-echo", 1, { ClientContext: context })).Payload.custom, { k: "v" });
  assert.equal((await lambda.invokeAsync({ FunctionName: "js-echo", InvokeArgs: "{}" })).Status, 202);
  await refused(lambda.invoke({ FunctionName: "js-echo", Payload: "{" }), "InvalidRequestContentException");
  await refused(lambda.invoke({ FunctionName: "js-echo", Payload: JSON.stringify("x".repeat(6_300_000)) }), "RequestEntityTooLargeException");
  await refused(lambda.invoke({ FunctionName: "js-none" }), "ResourceNotFoundException");
  if (v3) {
    const error = await refused(lambda.invokeWithResponseStream({ FunctionName: "js-echo" }), "UnknownOperationException");
    assert.match(error.message, /InvokeWithResponseStream/);
  }
  const error = await refused(lambda.getFunctionCodeSigningConfig({ FunctionName: "js-echo" }), "UnknownOperationException");
  assert.match(error.message, /GetFunctionCodeSigningConfig/);
}

export async function versionsAndLists() {
  await make("js-versions", "echo", { Publish: true });
  await lambda.updateFunctionCode({ FunctionName: "js-versions", ZipFile: zip("raise"), Publish: true });
  const versions = await pages((Marker) => lambda.listVersionsByFunction({ FunctionName: "js-versions", MaxItems: 1, Marker }), "NextMarker", "Versions");
  assert.deepEqual(versions.map((v) => v.Version), ["$LATEST", "1", "2"]);
  const alias = await lambda.createAlias({ FunctionName: "js-versions", Name: "live", FunctionVersion: "1", RoutingConfig: { AdditionalVersionWeights: { 2: 0.5 } } });
  assert.deepEqual(alias.RoutingConfig.AdditionalVersionWeights, { 2: 0.5 });
  assert.ok((await pages((Marker) => lambda.listFunctions({ MaxItems: 1, Marker }), "NextMarker", "Functions")).some((f) => f.FunctionName === "js-versions"));
  await refused(make("js-versions"), "ResourceConflictException");
  const { LayerVersionArn, CreatedDate } = await lambda.publishLayerVersion({ LayerName: "js-layer", Content: { ZipFile: zip("layer") }, CompatibleRuntimes: ["python3.12"] });
  assert.match(CreatedDate, /^\d{4}-.*\+0000$/);
  await lambda.updateFunctionConfiguration({ FunctionName: "js-versions", Layers: [LayerVersionArn] });
  const settings = await lambda.getAccountSettings({});
  assert.ok(settings.AccountLimit.ConcurrentExecutions > 0 && settings.AccountUsage.FunctionCount > 0);
}

export async function eventSourceMappings() {
  await make("js-worker", "batch");
  const { QueueUrl } = await sqs.createQueue({ QueueName: "js-work" });
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ["QueueArn"] });
  const made = await lambda.createEventSourceMapping({ EventSourceArn: Attributes.QueueArn, FunctionName: "js-worker", BatchSize: 1 });
  assert.ok(made.LastModified instanceof Date);
  await eventually(async () => (await lambda.getEventSourceMapping({ UUID: made.UUID })).State === "Enabled");
  await sqs.sendMessage({ QueueUrl, MessageBody: "x" });
  await eventually(async () => (await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ["All"] })).Attributes.ApproximateNumberOfMessages === "0");
  assert.equal((await lambda.listEventSourceMappings({ EventSourceArn: Attributes.QueueArn })).EventSourceMappings.length, 1);
  await lambda.deleteEventSourceMapping({ UUID: made.UUID });
  await refused(lambda.getEventSourceMapping({ UUID: made.UUID }), "ResourceNotFoundException");
}
