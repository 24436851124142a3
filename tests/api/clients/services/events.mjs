import assert from "node:assert/strict";
import { account, client, pages, refused, region } from "../sdk.mjs";

const events = client("EventBridge"), sqs = client("SQS");
const queueArn = (name) => `arn:aws:sqs:${region}:${account}:${name}`;

export async function rulesAndTargets() {
  const { QueueUrl } = await sqs.createQueue({ QueueName: "js-events" });
  const { RuleArn } = await events.putRule({ Name: "js-rule", EventPattern: JSON.stringify({ source: ["js"] }), Description: "d", Tags: [{ Key: "k", Value: "v" }] });
  assert.equal(RuleArn, `arn:aws:events:${region}:${account}:rule/js-rule`);
  const InputTransformer = { InputPathsMap: { n: "$.detail.n" }, InputTemplate: '{"number": <n>}' };
  const put = await events.putTargets({ Rule: "js-rule", Targets: [{ Id: "q", Arn: queueArn("js-events"), InputTransformer, RetryPolicy: { MaximumRetryAttempts: 2 } }] });
  assert.deepEqual([put.FailedEntryCount, put.FailedEntries ?? []], [0, []]);
  const done = await events.putEvents({ Entries: [{ Source: "js", DetailType: "t", Detail: '{"n": 7}', Time: new Date(), Resources: ["a"] }, { Source: "js", DetailType: "t", Detail: "no json" }] });
  assert.deepEqual([done.FailedEntryCount, done.Entries[1].ErrorCode], [1, "MalformedDetail"]);
  assert.match(done.Entries[0].EventId, /^[0-9a-f-]{36}$/);
  const [message] = (await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5 })).Messages;
  assert.deepEqual(JSON.parse(message.Body), { number: 7 });
  const rule = await events.describeRule({ Name: "js-rule" });
  assert.deepEqual([rule.State, rule.Description, rule.EventBusName], ["ENABLED", "d", "default"]);
  await events.disableRule({ Name: "js-rule" });
  assert.equal((await events.listRules({ NamePrefix: "js-rule" })).Rules[0].State, "DISABLED");
  assert.deepEqual((await events.listTargetsByRule({ Rule: "js-rule" })).Targets[0].InputTransformer, InputTransformer);
  assert.deepEqual((await events.listRuleNamesByTarget({ TargetArn: queueArn("js-events") })).RuleNames, ["js-rule"]);
  assert.deepEqual((await events.listTagsForResource({ ResourceARN: RuleArn })).Tags, [{ Key: "k", Value: "v" }]);
  await refused(events.deleteRule({ Name: "js-rule" }), "ValidationException");
  await events.removeTargets({ Rule: "js-rule", Ids: ["q"] });
  await events.deleteRule({ Name: "js-rule" });
  const error = await refused(events.describeRule({ Name: "js-rule" }), "ResourceNotFoundException");
  assert.equal(error.message, "Rule js-rule does not exist on EventBus default.");
}

export async function buses() {
  const { EventBusArn } = await events.createEventBus({ Name: "js-bus" });
  assert.equal(EventBusArn, `arn:aws:events:${region}:${account}:event-bus/js-bus`);
  assert.deepEqual((await pages((NextToken) => events.listEventBuses({ Limit: 1, NextToken }), "NextToken", "EventBuses")).map((bus) => bus.Name), ["default", "js-bus"]);
  await refused(events.createEventBus({ Name: "js-bus" }), "ResourceAlreadyExistsException");
  await events.putPermission({ EventBusName: "js-bus", StatementId: "s", Principal: "111122223333", Action: "events:PutEvents" });
  assert.equal(JSON.parse((await events.describeEventBus({ Name: "js-bus" })).Policy).Statement[0].Sid, "s");
  await events.removePermission({ EventBusName: "js-bus", StatementId: "s" });
  await events.deleteEventBus({ Name: "js-bus" });
  await refused(events.describeEventBus({ Name: "js-bus" }), "ResourceNotFoundException");
}

export async function patternsAndRefusals() {
  const Event = JSON.stringify({ id: "1", source: "a", account, time: "2026-01-01T00:00:00Z", region, resources: [], "detail-type": "t", detail: { n: 5 } });
  assert.equal((await events.testEventPattern({ Event, EventPattern: '{"detail": {"n": [{"numeric": [">", 4]}]}}' })).Result, true);
  await refused(events.putRule({ Name: "js-bad", EventPattern: "{" }), "InvalidEventPatternException");
  await refused(events.putRule({ Name: "js-bad", ScheduleExpression: "rate(0 minutes)" }), "ValidationException");
  await refused(events.putTargets({ Rule: "js-none", Targets: [{ Id: "1", Arn: queueArn("x") }] }), "ResourceNotFoundException");
  const error = await refused(events.listArchives({}), "UnsupportedOperationException", "UnsupportedOperationException");
  assert.match(error.message, /ListArchives/);
}
