// The newest @aws-sdk/client-sfn against a daemon, on every operation, paginator and error class that it has: which they are is asked of the client, so one
// that learns another makes this fail. Run by tests/api/test_newest_clients.py; fails by an assertion.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.env.CLIENTS + "/");
const sdk = require("@aws-sdk/client-sfn");
const client = new sdk.SFNClient({ endpoint: process.env.ENDPOINT, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1, disableHostPrefix: true });
const called = new Set(), paginated = new Set(), refusals = new Set();
const call = (operation, input = {}) => {
  called.add(operation);
  return client.send(new sdk[operation + "Command"](input));
};
const refused = async (call, error) => {
  refusals.add(error.name);
  await assert.rejects(call, error);
};
async function pages(operation, input, items) {
  paginated.add("paginate" + operation);
  const found = [];
  for await (const page of sdk["paginate" + operation]({ client, pageSize: 2 }, input)) found.push(page[items]);
  return found;
}
const roleArn = "arn:aws:iam::000000000000:role/any";
const definition = (result) => JSON.stringify({ StartAt: "A", States: { A: { Type: "Pass", Result: result, End: true } } });
const waiting = JSON.stringify({ StartAt: "W", States: { W: { Type: "Wait", Seconds: 3600, End: true } } });
const failing = JSON.stringify({ StartAt: "F", States: { F: { Type: "Fail", Error: "E", Cause: "C" } } });

async function versionsAndAliases() {
  const made = await call("CreateStateMachine", { name: "js", definition: definition(1), roleArn, publish: true, versionDescription: "first", tags: [{ key: "k", value: "v" }] });
  const { stateMachineArn, stateMachineVersionArn: first } = made;
  assert.ok(made.creationDate instanceof Date);
  assert.equal(first, stateMachineArn + ":1");
  const updated = await call("UpdateStateMachine", { stateMachineArn, definition: definition(2) });
  const { stateMachineVersionArn: second } = await call("PublishStateMachineVersion", { stateMachineArn, revisionId: updated.revisionId });
  assert.equal(second, stateMachineArn + ":2");
  await refused(call("PublishStateMachineVersion", { stateMachineArn, revisionId: "other" }), sdk.ConflictException);
  const { stateMachineAliasArn } = await call("CreateStateMachineAlias", { name: "prod", routingConfiguration: [{ stateMachineVersionArn: first, weight: 100 }] });
  const { executionArn } = await call("StartExecution", { stateMachineArn: stateMachineAliasArn });
  const described = await call("DescribeExecution", { executionArn });
  assert.deepEqual([described.output, described.stateMachineVersionArn, described.stateMachineAliasArn], ["1", first, stateMachineAliasArn]);
  assert.equal((await call("DescribeStateMachineForExecution", { executionArn })).definition, definition(1));
  await call("UpdateStateMachineAlias", { stateMachineAliasArn, routingConfiguration: [{ stateMachineVersionArn: first, weight: 40 }, { stateMachineVersionArn: second, weight: 60 }] });
  const alias = await call("DescribeStateMachineAlias", { stateMachineAliasArn });
  assert.deepEqual(alias.routingConfiguration.map((route) => route.weight), [40, 60]);
  assert.ok(alias.updateDate instanceof Date);
  assert.equal((await call("ListStateMachineAliases", { stateMachineArn })).stateMachineAliases.length, 1);
  assert.equal((await call("ListStateMachineVersions", { stateMachineArn, maxResults: 1 })).stateMachineVersions[0].stateMachineVersionArn, second);
  await refused(call("DeleteStateMachineVersion", { stateMachineVersionArn: first }), sdk.ConflictException);
  await call("DeleteStateMachineAlias", { stateMachineAliasArn });
  await call("DeleteStateMachineVersion", { stateMachineVersionArn: first });
  await refused(call("DescribeStateMachineAlias", { stateMachineAliasArn }), sdk.ResourceNotFound);

  assert.deepEqual((await call("ListTagsForResource", { resourceArn: stateMachineArn })).tags, [{ key: "k", value: "v" }]);
  await call("TagResource", { resourceArn: stateMachineArn, tags: [{ key: "l", value: "" }] });
  await call("UntagResource", { resourceArn: stateMachineArn, tagKeys: ["k"] });
  assert.deepEqual((await call("ListTagsForResource", { resourceArn: stateMachineArn })).tags, [{ key: "l", value: "" }]);
  await call("DeleteStateMachine", { stateMachineArn });
  await refused(call("DescribeStateMachine", { stateMachineArn }), sdk.StateMachineDoesNotExist);
}

async function executions() {
  const { stateMachineArn } = await call("CreateStateMachine", { name: "runs", definition: waiting, roleArn });
  const { executionArn, startDate } = await call("StartExecution", { stateMachineArn, name: "one", input: "{}" });
  assert.deepEqual((await call("StartExecution", { stateMachineArn, name: "one", input: "{}" })).startDate, startDate);
  await refused(call("StartExecution", { stateMachineArn, name: "one", input: "[]" }), sdk.ExecutionAlreadyExists);
  await refused(call("StartExecution", { stateMachineArn, input: "{" }), sdk.InvalidExecutionInput);
  await refused(call("RedriveExecution", { executionArn }), sdk.ExecutionNotRedrivable);
  assert.ok((await call("StopExecution", { executionArn, error: "E", cause: "C" })).stopDate instanceof Date);
  assert.equal((await call("DescribeExecution", { executionArn })).redriveStatus, "REDRIVABLE");
  assert.ok((await call("RedriveExecution", { executionArn, clientToken: "t" })).redriveDate instanceof Date);
  const redriven = await call("DescribeExecution", { executionArn });
  assert.deepEqual([redriven.status, redriven.redriveCount], ["RUNNING", 1]);
  assert.equal((await call("ListExecutions", { stateMachineArn, redriveFilter: "REDRIVEN" })).executions.length, 1);
  const { events } = await call("GetExecutionHistory", { executionArn, reverseOrder: true });
  assert.equal(events[0].executionRedrivenEventDetails.redriveCount, 1);
  await call("StopExecution", { executionArn });

  for (let n = 0; n < 5; ++n) await call("StopExecution", { executionArn: (await call("StartExecution", { stateMachineArn, name: "p" + n })).executionArn });
  assert.deepEqual((await pages("ListExecutions", { stateMachineArn }, "executions")).map((page) => page.length), [2, 2, 2]);
  const types = (await pages("GetExecutionHistory", { executionArn }, "events")).flat().map((event) => event.type);
  assert.deepEqual(types, ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted", "ExecutionRedriven", "ExecutionAborted"]);

  await call("CreateStateMachine", { name: "fails", definition: failing, roleArn });
  const failed = await call("StartExecution", { stateMachineArn: stateMachineArn.replace(/runs$/, "fails") });
  const described = await call("DescribeExecution", { executionArn: failed.executionArn });
  assert.deepEqual([described.status, described.error, described.cause], ["FAILED", "E", "C"]);
}

async function activitiesAndTokens() {
  const { activityArn } = await call("CreateActivity", { name: "js-work" });
  assert.equal((await call("DescribeActivity", { activityArn })).name, "js-work");
  assert.ok((await call("ListActivities")).activities.some((each) => each.activityArn === activityArn));
  const { stateMachineArn } = await call("CreateStateMachine", { name: "works", roleArn, definition: JSON.stringify({ StartAt: "T", States: { T: { Type: "Task", Resource: activityArn, HeartbeatSeconds: 60, End: true } } }) });
  for (const answer of ["Success", "Failure"]) {
    const { executionArn } = await call("StartExecution", { stateMachineArn, input: "[7]" });
    const { taskToken, input } = await call("GetActivityTask", { activityArn, workerName: "w" });
    assert.equal(input, "[7]");
    await call("SendTaskHeartbeat", { taskToken });
    await call("SendTask" + answer, answer === "Success" ? { taskToken, output: "8" } : { taskToken, error: "Bad" });
    assert.equal((await call("DescribeExecution", { executionArn })).status, answer === "Success" ? "SUCCEEDED" : "FAILED");
    await refused(call("SendTaskSuccess", { taskToken, output: "9" }), sdk.TaskTimedOut);
  }
  await refused(call("SendTaskHeartbeat", { taskToken: "rubbish" }), sdk.InvalidToken);
  await call("DeleteActivity", { activityArn });
  await refused(call("GetActivityTask", { activityArn }), sdk.ActivityDoesNotExist);
}

async function validation() {
  assert.deepEqual((await call("ValidateStateMachineDefinition", { definition: definition(1) })).result, "OK");
  const faulty = await call("ValidateStateMachineDefinition", { definition: JSON.stringify({ StartAt: "A" }) });
  assert.deepEqual([faulty.result, faulty.diagnostics[0].code, faulty.truncated], ["FAIL", "SCHEMA_VALIDATION_FAILED", false]);
  await refused(call("ListStateMachines", { maxResults: 1001 }), sdk.ValidationException);
  await refused(call("ListStateMachines", { nextToken: "made-up" }), sdk.InvalidToken);
  await refused(call("CreateStateMachine", { name: "a b", definition: definition(1), roleArn }), sdk.InvalidName);
  await refused(call("CreateStateMachine", { name: "bad", definition: "{", roleArn }), sdk.InvalidDefinition);
  assert.ok((await call("ListStateMachines")).stateMachines.length > 0);
}

async function mapRuns() {
  const processor = { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" }, StartAt: "W", States: { W: { Type: "Wait", Seconds: 3600, End: true } } };
  const map = JSON.stringify({ StartAt: "M", States: { M: { Type: "Map", ItemProcessor: processor, End: true } } });
  const { stateMachineArn } = await call("CreateStateMachine", { name: "maps", definition: map, roleArn });
  const { executionArn } = await call("StartExecution", { stateMachineArn, input: "[1,2,3]" });
  const [[{ mapRunArn, startDate }]] = await pages("ListMapRuns", { executionArn }, "mapRuns");
  assert.equal((await call("ListMapRuns", { executionArn })).mapRuns[0].mapRunArn, mapRunArn);
  await call("UpdateMapRun", { mapRunArn, toleratedFailureCount: 2, toleratedFailurePercentage: 12.5 });
  const described = await call("DescribeMapRun", { mapRunArn });
  assert.deepEqual([described.startDate, described.toleratedFailureCount, described.toleratedFailurePercentage, described.executionCounts.running], [startDate, 2, 12.5, 3]);
  assert.equal((await call("ListExecutions", { mapRunArn })).executions.length, 3);
  await call("StopExecution", { executionArn });
  await call("RedriveExecution", { executionArn });
  const redriven = await call("DescribeMapRun", { mapRunArn });
  assert.ok(redriven.redriveDate instanceof Date);
  assert.deepEqual([redriven.status, redriven.redriveCount, redriven.executionCounts.running], ["RUNNING", 1, 3]);
  const { events } = await call("GetExecutionHistory", { executionArn, reverseOrder: true });
  assert.deepEqual(events[0].mapRunRedrivenEventDetails, { mapRunArn, redriveCount: 1 });
  await call("StopExecution", { executionArn });
  await refused(call("DescribeMapRun", { mapRunArn: mapRunArn.slice(0, -12) + "0".repeat(12) }), sdk.ResourceNotFound);
}

async function expressAndTests() {
  const { stateMachineArn } = await call("CreateStateMachine", { name: "express", definition: definition(1), roleArn, type: "EXPRESS" });
  const ended = await call("StartSyncExecution", { stateMachineArn, input: "{}" });
  assert.deepEqual([ended.status, ended.output, ended.billingDetails.billedMemoryUsedInMB], ["SUCCEEDED", "1", 64]);
  assert.ok(ended.startDate instanceof Date && ended.stopDate instanceof Date);
  await refused(call("ListExecutions", { stateMachineArn }), sdk.StateMachineTypeNotSupported);
  const state = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: "f" }, Retry: [{ ErrorEquals: ["E"], IntervalSeconds: 3 }], End: true };
  const tried = await call("TestState", { definition: JSON.stringify(state), roleArn, inspectionLevel: "DEBUG", mock: { errorOutput: { error: "E" } } });
  assert.deepEqual([tried.status, tried.inspectionData.errorDetails.retryBackoffIntervalSeconds], ["RETRIABLE", 3]);
}

async function lists() {
  for (let n = 0; n < 3; ++n) await call("CreateActivity", { name: "listed" + n });
  assert.equal((await pages("ListActivities", {}, "activities")).flat().length, (await call("ListActivities")).activities.length);
  assert.equal((await pages("ListStateMachines", {}, "stateMachines")).flat().length, (await call("ListStateMachines")).stateMachines.length);
}

/// What is left of errors: the arguments' and the tasks'.
async function refusedArguments() {
  const { stateMachineArn } = await call("CreateStateMachine", { name: "refuses", definition: waiting, roleArn });
  await refused(call("CreateStateMachine", { name: "refuses", definition: failing, roleArn }), sdk.StateMachineAlreadyExists);
  await refused(call("UpdateStateMachine", { stateMachineArn }), sdk.MissingRequiredParameter);
  await refused(call("CreateStateMachine", { name: "logs", definition: waiting, roleArn, loggingConfiguration: { level: "ALL" } }), sdk.InvalidLoggingConfiguration);
  await refused(call("DescribeStateMachine", { stateMachineArn: "nonsense" }), sdk.InvalidArn);
  await refused(call("DescribeExecution", { executionArn: stateMachineArn.replace("stateMachine", "execution") + ":none" }), sdk.ExecutionDoesNotExist);
  await refused(call("TagResource", { resourceArn: stateMachineArn, tags: Array.from({ length: 51 }, (_, n) => ({ key: "k" + n, value: "" })) }), sdk.TooManyTags);
  const { activityArn } = await call("CreateActivity", { name: "refuses" });
  const work = await call("CreateStateMachine", { name: "refusing-work", definition: JSON.stringify({ StartAt: "T", States: { T: { Type: "Task", Resource: activityArn, End: true } } }), roleArn });
  await call("StartExecution", { stateMachineArn: work.stateMachineArn });
  const { taskToken } = await call("GetActivityTask", { activityArn });
  await refused(call("SendTaskSuccess", { taskToken, output: "{" }), sdk.InvalidOutput);
}

/// What only a service with quotas, KMS keys or several accounts gives.
const never = ["ActivityAlreadyExists", "ActivityLimitExceeded", "ActivityWorkerLimitExceeded", "ExecutionLimitExceeded", "InvalidEncryptionConfiguration", "InvalidTracingConfiguration",
  "KmsAccessDeniedException", "KmsInvalidStateException", "KmsThrottlingException", "ServiceQuotaExceededException", "SFNServiceException", "StateMachineDeleting", "StateMachineLimitExceeded", "TaskDoesNotExist"];

function nothingLeftOut() {
  const names = Object.keys(sdk);
  const operations = names.filter((name) => name.endsWith("Command") && name !== "$Command").map((name) => name.slice(0, -"Command".length));
  assert.ok(operations.length >= 37);
  assert.deepEqual(operations.filter((name) => !called.has(name)), [], "operations that nobody called");
  assert.deepEqual(names.filter((name) => name.startsWith("paginate") && !paginated.has(name)), [], "paginators that nobody used");
  assert.deepEqual(names.filter((name) => name.startsWith("waitUntil")), [], "waiters that nobody used");
  const errors = names.filter((name) => typeof sdk[name] === "function" && sdk[name].prototype instanceof Error);
  assert.deepEqual(errors.filter((name) => !refusals.has(name) && !never.includes(name)), [], "errors that nothing gave");
}

await versionsAndAliases();
await executions();
await activitiesAndTokens();
await validation();
await mapRuns();
await expressAndTests();
await lists();
await refusedArguments();
nothingLeftOut();
console.log("done");
