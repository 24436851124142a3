import assert from "node:assert/strict";
import { account, client, generation, isRecent, pages, refused, region, role } from "../sdk.mjs";

// The oldest client does not know that a schedule may end with its last firing.
const afterwards = generation === "aws-sdk-2-query" ? {} : { ActionAfterCompletion: "DELETE" };
const scheduler = client("Scheduler"), sqs = client("SQS");
const target = { Arn: `arn:aws:sqs:${region}:${account}:js-scheduled`, RoleArn: role, Input: '{"a": 1}' };
const make = (Name, more = {}) => scheduler.createSchedule({ Name, ScheduleExpression: "rate(1 hour)", FlexibleTimeWindow: { Mode: "OFF" }, Target: target, ...more });

export async function schedules() {
  const { QueueUrl } = await sqs.createQueue({ QueueName: "js-scheduled" });
  const { ScheduleArn } = await make("js-hourly", { Description: "d", StartDate: new Date(Date.now() + 3_600_000), ScheduleExpressionTimezone: "Europe/Berlin" });
  assert.equal(ScheduleArn, `arn:aws:scheduler:${region}:${account}:schedule/default/js-hourly`);
  const found = await scheduler.getSchedule({ Name: "js-hourly" });
  isRecent(found.CreationDate);
  assert.ok(found.StartDate > new Date());
  assert.deepEqual([found.State, found.ScheduleExpressionTimezone, found.Target.Input, found.ActionAfterCompletion ?? "NONE"], ["ENABLED", "Europe/Berlin", '{"a": 1}', "NONE"]);
  await scheduler.updateSchedule({ Name: "js-hourly", ScheduleExpression: "cron(0 12 * * ? *)", FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 5 }, Target: target, State: "DISABLED" });
  assert.equal((await scheduler.getSchedule({ Name: "js-hourly" })).State, "DISABLED");
  await make("js-once", { ScheduleExpression: `at(${new Date(Date.now() + 1000).toISOString().slice(0, 19)})`, ...afterwards });
  const [message] = (await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 10 })).Messages;
  assert.equal(message.Body, '{"a": 1}');
  if (!afterwards.ActionAfterCompletion) await scheduler.deleteSchedule({ Name: "js-once" });
  await refused(scheduler.getSchedule({ Name: "js-once" }), "ResourceNotFoundException");
  assert.deepEqual((await pages((NextToken) => scheduler.listSchedules({ NamePrefix: "js-", MaxResults: 1, NextToken }), "NextToken", "Schedules")).map((s) => s.Name), ["js-hourly"]);
  await scheduler.deleteSchedule({ Name: "js-hourly" });
  const error = await refused(scheduler.deleteSchedule({ Name: "js-hourly" }), "ResourceNotFoundException");
  assert.equal(error.message, "Schedule js-hourly does not exist.");
}

export async function groups() {
  const { ScheduleGroupArn } = await scheduler.createScheduleGroup({ Name: "js-group", Tags: [{ Key: "k", Value: "v" }] });
  await make("js-inside", { GroupName: "js-group" });
  await refused(make("js-inside", { GroupName: "js-group" }), "ConflictException");
  isRecent((await scheduler.getScheduleGroup({ Name: "js-group" })).CreationDate);
  assert.deepEqual((await scheduler.listTagsForResource({ ResourceArn: ScheduleGroupArn })).Tags, [{ Key: "k", Value: "v" }]);
  assert.deepEqual((await scheduler.listScheduleGroups({ NamePrefix: "js-" })).ScheduleGroups.map((g) => g.Name), ["js-group"]);
  await scheduler.deleteScheduleGroup({ Name: "js-group" });
  await refused(scheduler.getSchedule({ Name: "js-inside", GroupName: "js-group" }), "ResourceNotFoundException");
  await refused(make("js-bad", { ScheduleExpression: "rate(banana)" }), "ValidationException");
  await refused(make("js-bad", { GroupName: "js-none" }), "ResourceNotFoundException");
  await refused(make("js-bad", { ScheduleExpressionTimezone: "Mars/Olympus" }), "ValidationException");
}
