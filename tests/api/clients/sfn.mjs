// The newest @aws-sdk/client-sfn against a daemon, on the operations of state machines, versions, aliases, executions, activities and tags.
// Run by tests/api/test_newest_clients.py; fails by an assertion.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.env.CLIENTS + "/");
const sdk = require("@aws-sdk/client-sfn");
const client = new sdk.SFNClient({ endpoint: process.env.ENDPOINT, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1, disableHostPrefix: true });
const call = (operation, input = {}) => client.send(new sdk[operation + "Command"](input));
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
  await assert.rejects(call("PublishStateMachineVersion", { stateMachineArn, revisionId: "other" }), sdk.ConflictException);
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
  await assert.rejects(call("DeleteStateMachineVersion", { stateMachineVersionArn: first }), sdk.ConflictException);
  await call("DeleteStateMachineAlias", { stateMachineAliasArn });
  await call("DeleteStateMachineVersion", { stateMachineVersionArn: first });
  await assert.rejects(call("DescribeStateMachineAlias", { stateMachineAliasArn }), sdk.ResourceNotFound);

  assert.deepEqual((await call("ListTagsForResource", { resourceArn: stateMachineArn })).tags, [{ key: "k", value: "v" }]);
  await call("TagResource", { resourceArn: stateMachineArn, tags: [{ key: "l", value: "" }] });
  await call("UntagResource", { resourceArn: stateMachineArn, tagKeys: ["k"] });
  assert.deepEqual((await call("ListTagsForResource", { resourceArn: stateMachineArn })).tags, [{ key: "l", value: "" }]);
  await call("DeleteStateMachine", { stateMachineArn });
  await assert.rejects(call("DescribeStateMachine", { stateMachineArn }), sdk.StateMachineDoesNotExist);
}

async function executions() {
  const { stateMachineArn } = await call("CreateStateMachine", { name: "runs", definition: waiting, roleArn });
  const { executionArn, startDate } = await call("StartExecution", { stateMachineArn, name: "one", input: "{}" });
  assert.deepEqual((await call("StartExecution", { stateMachineArn, name: "one", input: "{}" })).startDate, startDate);
  await assert.rejects(call("StartExecution", { stateMachineArn, name: "one", input: "[]" }), sdk.ExecutionAlreadyExists);
  await assert.rejects(call("StartExecution", { stateMachineArn, input: "{" }), sdk.InvalidExecutionInput);
  await assert.rejects(call("RedriveExecution", { executionArn }), sdk.ExecutionNotRedrivable);
  assert.ok((await call("StopExecution", { executionArn, error: "E", cause: "C" })).stopDate instanceof Date);
  assert.equal((await call("DescribeExecution", { executionArn })).redriveStatus, "REDRIVABLE");
  assert.ok((await call("RedriveExecution", { executionArn, clientToken: "t" })).redriveDate instanceof Date);
  const redriven = await call("DescribeExecution", { executionArn });
  assert.deepEqual([redriven.status, redriven.redriveCount], ["RUNNING", 1]);
  assert.equal((await call("ListExecutions", { stateMachineArn, redriveFilter: "REDRIVEN" })).executions.length, 1);
  const { events } = await call("GetExecutionHistory", { executionArn, reverseOrder: true });
  assert.equal(events[0].executionRedrivenEventDetails.redriveCount, 1);
  await call("StopExecution", { executionArn });

  const pages = [];
  for (let n = 0; n < 5; ++n) await call("StopExecution", { executionArn: (await call("StartExecution", { stateMachineArn, name: "p" + n })).executionArn });
  for await (const page of sdk.paginateListExecutions({ client, pageSize: 2 }, { stateMachineArn })) pages.push(page.executions.length);
  assert.deepEqual(pages, [2, 2, 2]);
  const types = [];
  for await (const page of sdk.paginateGetExecutionHistory({ client, pageSize: 1 }, { executionArn })) types.push(...page.events.map((event) => event.type));
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
    await assert.rejects(call("SendTaskSuccess", { taskToken, output: "9" }), sdk.TaskTimedOut);
  }
  await assert.rejects(call("SendTaskHeartbeat", { taskToken: "rubbish" }), sdk.InvalidToken);
  await call("DeleteActivity", { activityArn });
  await assert.rejects(call("GetActivityTask", { activityArn }), sdk.ActivityDoesNotExist);
}

async function validation() {
  assert.deepEqual((await call("ValidateStateMachineDefinition", { definition: definition(1) })).result, "OK");
  const faulty = await call("ValidateStateMachineDefinition", { definition: JSON.stringify({ StartAt: "A" }) });
  assert.deepEqual([faulty.result, faulty.diagnostics[0].code, faulty.truncated], ["FAIL", "SCHEMA_VALIDATION_FAILED", false]);
  await assert.rejects(call("ListStateMachines", { maxResults: 1001 }), sdk.ValidationException);
  await assert.rejects(call("ListStateMachines", { nextToken: "made-up" }), sdk.InvalidToken);
  await assert.rejects(call("CreateStateMachine", { name: "a b", definition: definition(1), roleArn }), sdk.InvalidName);
  await assert.rejects(call("CreateStateMachine", { name: "bad", definition: "{", roleArn }), sdk.InvalidDefinition);
  assert.ok((await call("ListStateMachines")).stateMachines.length > 0);
}

await versionsAndAliases();
await executions();
await activitiesAndTokens();
await validation();
console.log("done");
