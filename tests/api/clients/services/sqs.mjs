import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { account, client, pages, refused, region, v3 } from "../sdk.mjs";

const sqs = client("SQS");
const md5 = (text) => createHash("md5").update(text).digest("hex");
const make = async (name, Attributes) => (await sqs.createQueue({ QueueName: name, Attributes })).QueueUrl;
const noQueue = ["AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"];

export async function queues() {
  const url = await make("js-queues", { VisibilityTimeout: "45" });
  assert.ok(url.endsWith(`/${account}/js-queues`));
  assert.equal((await sqs.getQueueUrl({ QueueName: "js-queues" })).QueueUrl, url);
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ["All"] });
  assert.equal(Attributes.VisibilityTimeout, "45");
  assert.equal(Attributes.QueueArn, `arn:aws:sqs:${region}:${account}:js-queues`);
  assert.ok(Math.abs(Number(Attributes.CreatedTimestamp) - Date.now() / 1000) < 60);
  await sqs.setQueueAttributes({ QueueUrl: url, Attributes: { DelaySeconds: "1" } });
  assert.deepEqual((await sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ["DelaySeconds"] })).Attributes, { DelaySeconds: "1" });
  await refused(make("js-queues", { VisibilityTimeout: "46" }), "QueueAlreadyExists", "QueueNameExists");
  await refused(sqs.getQueueUrl({ QueueName: "js-none" }), ...noQueue);
  await refused(sqs.setQueueAttributes({ QueueUrl: url, Attributes: { VisibilityTimeout: "x" } }), "InvalidAttributeValue");
  await refused(sqs.setQueueAttributes({ QueueUrl: url, Attributes: { Nonsense: "1" } }), "InvalidAttributeName");
  await sqs.deleteQueue({ QueueUrl: url });
  await refused(sqs.sendMessage({ QueueUrl: url, MessageBody: "x" }), ...noQueue);
}

export async function messages() {
  const url = await make("js-messages");
  const MessageAttributes = { n: { DataType: "Number", StringValue: "1" }, b: { DataType: "Binary", BinaryValue: Buffer.from([1, 2, 255]) }, s: { DataType: "String", StringValue: "ü<&>" } };
  // Both versions check the digests themselves.
  const sent = await sqs.sendMessage({ QueueUrl: url, MessageBody: "Grüße & <more>", MessageAttributes });
  assert.equal(sent.MD5OfMessageBody, md5("Grüße & <more>"));
  assert.match(sent.MD5OfMessageAttributes, /^[0-9a-f]{32}$/);
  const got = (await sqs.receiveMessage({ QueueUrl: url, AttributeNames: ["All"], MessageAttributeNames: ["All"], WaitTimeSeconds: 1 })).Messages[0];
  assert.equal(got.Body, "Grüße & <more>");
  assert.equal(got.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
  assert.equal(Buffer.from(got.MessageAttributes.b.BinaryValue).toString("hex"), "0102ff");
  assert.equal(got.MessageAttributes.s.StringValue, "ü<&>");
  assert.deepEqual(Object.keys(got.Attributes).sort(), ["ApproximateFirstReceiveTimestamp", "ApproximateReceiveCount", "SenderId", "SentTimestamp"]);
  await sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle: got.ReceiptHandle, VisibilityTimeout: 0 });
  const again = (await sqs.receiveMessage({ QueueUrl: url, AttributeNames: ["ApproximateReceiveCount"], WaitTimeSeconds: 1 })).Messages[0];
  assert.deepEqual([again.MessageId, again.Attributes], [got.MessageId, { ApproximateReceiveCount: "2" }]);
  await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: again.ReceiptHandle });
  await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: again.ReceiptHandle });
  assert.equal((await sqs.receiveMessage({ QueueUrl: url })).Messages?.length ?? 0, 0);
  await refused(sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: "rubbish" }), "ReceiptHandleIsInvalid");
  await refused(sqs.receiveMessage({ QueueUrl: url, MaxNumberOfMessages: 11 }), "InvalidParameterValue");
  if (v3) await refused(sqs.sendMessage({ QueueUrl: url }), "MissingParameter");   // version 2 refuses it by itself
  await refused(sqs.sendMessage({ QueueUrl: url, MessageBody: "\u0001" }), "InvalidMessageContents");
}

export async function batches() {
  const url = await make("js-batches");
  const sent = await sqs.sendMessageBatch({ QueueUrl: url, Entries: [{ Id: "a", MessageBody: "1" }, { Id: "b", MessageBody: "2", DelaySeconds: 901 }] });
  assert.deepEqual(sent.Successful.map((entry) => [entry.Id, entry.MD5OfMessageBody]), [["a", md5("1")]]);
  assert.deepEqual(sent.Failed.map((entry) => [entry.Id, entry.SenderFault, entry.Code]), [["b", true, "InvalidParameterValue"]]);
  const [message] = (await sqs.receiveMessage({ QueueUrl: url, WaitTimeSeconds: 1 })).Messages;
  const changed = await sqs.changeMessageVisibilityBatch({ QueueUrl: url, Entries: [{ Id: "a", ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 100 }] });
  assert.equal(changed.Successful[0].Id, "a");
  const deleted = await sqs.deleteMessageBatch({ QueueUrl: url, Entries: [{ Id: "a", ReceiptHandle: message.ReceiptHandle }, { Id: "b", ReceiptHandle: "rubbish" }] });
  assert.deepEqual([deleted.Successful[0].Id, deleted.Failed[0].Code], ["a", "ReceiptHandleIsInvalid"]);
  const twice = [{ Id: "a", MessageBody: "1" }, { Id: "a", MessageBody: "2" }];
  await refused(sqs.sendMessageBatch({ QueueUrl: url, Entries: twice }), "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "BatchEntryIdsNotDistinct");
  await refused(sqs.sendMessageBatch({ QueueUrl: url, Entries: [] }), "AWS.SimpleQueueService.EmptyBatchRequest", "EmptyBatchRequest");
  const eleven = [...Array(11).keys()].map((n) => ({ Id: "m" + n, MessageBody: "x" }));
  await refused(sqs.sendMessageBatch({ QueueUrl: url, Entries: eleven }), "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "TooManyEntriesInBatchRequest");
}

export async function fifo() {
  const url = await make("js-order.fifo", { FifoQueue: "true", ContentBasedDeduplication: "true" });
  const first = await sqs.sendMessage({ QueueUrl: url, MessageBody: "1", MessageGroupId: "g" });
  const same = await sqs.sendMessage({ QueueUrl: url, MessageBody: "1", MessageGroupId: "g" });
  assert.deepEqual([same.MessageId, same.SequenceNumber], [first.MessageId, first.SequenceNumber]);
  await sqs.sendMessage({ QueueUrl: url, MessageBody: "2", MessageGroupId: "g" });
  const got = (await sqs.receiveMessage({ QueueUrl: url, MaxNumberOfMessages: 10, AttributeNames: ["All"] })).Messages;
  assert.deepEqual(got.map((m) => [m.Body, m.Attributes.MessageGroupId]), [["1", "g"], ["2", "g"]]);
  assert.equal(got[0].Attributes.MessageDeduplicationId, createHash("sha256").update("1").digest("hex"));
  await refused(sqs.sendMessage({ QueueUrl: url, MessageBody: "1" }), "MissingParameter");
}

export async function listsTagsAndPolicies() {
  const urls = [];
  for (const n of [1, 2, 3]) urls.push(await make("js-list-" + n));
  assert.deepEqual(await pages((NextToken) => sqs.listQueues({ QueueNamePrefix: "js-list-", MaxResults: 2, NextToken }), "NextToken", "QueueUrls"), urls);
  await sqs.tagQueue({ QueueUrl: urls[0], Tags: { a: "1", b: "2" } });
  await sqs.untagQueue({ QueueUrl: urls[0], TagKeys: ["a"] });
  assert.deepEqual((await sqs.listQueueTags({ QueueUrl: urls[0] })).Tags, { b: "2" });
  assert.deepEqual((await sqs.listQueueTags({ QueueUrl: urls[1] })).Tags ?? {}, {});
  await sqs.addPermission({ QueueUrl: urls[0], Label: "all", AWSAccountIds: [account], Actions: ["SendMessage"] });
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: urls[0], AttributeNames: ["Policy"] });
  assert.equal(JSON.parse(Attributes.Policy).Statement[0].Sid, "all");
  await sqs.removePermission({ QueueUrl: urls[0], Label: "all" });
  await refused(sqs.removePermission({ QueueUrl: urls[0], Label: "all" }), "InvalidParameterValue");
}

export async function deadLetters() {
  const dead = await make("js-dead");
  const deadLetterTargetArn = `arn:aws:sqs:${region}:${account}:js-dead`;
  const url = await make("js-source", { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }), VisibilityTimeout: "0" });
  assert.deepEqual((await sqs.listDeadLetterSourceQueues({ QueueUrl: dead })).queueUrls, [url]);
  await sqs.sendMessage({ QueueUrl: url, MessageBody: "poison" });
  assert.equal((await sqs.receiveMessage({ QueueUrl: url })).Messages.length, 1);
  assert.equal((await sqs.receiveMessage({ QueueUrl: url })).Messages?.length ?? 0, 0);
  const [letter] = (await sqs.receiveMessage({ QueueUrl: dead, WaitTimeSeconds: 1, VisibilityTimeout: 0, AttributeNames: ["All"] })).Messages;
  assert.equal(letter.Attributes.DeadLetterQueueSourceArn, `arn:aws:sqs:${region}:${account}:js-source`);
  if (!sqs.startMessageMoveTask) return sqs.purgeQueue({ QueueUrl: dead });   // older than the operation
  const { TaskHandle } = await sqs.startMessageMoveTask({ SourceArn: deadLetterTargetArn });
  assert.match(TaskHandle, /\S/);
  const [task] = (await sqs.listMessageMoveTasks({ SourceArn: deadLetterTargetArn })).Results;
  assert.equal(typeof task.StartedTimestamp, "number");
  await refused(sqs.startMessageMoveTask({ SourceArn: `arn:aws:sqs:${region}:${account}:js-none` }), "ResourceNotFoundException");
  await sqs.purgeQueue({ QueueUrl: dead });
}
