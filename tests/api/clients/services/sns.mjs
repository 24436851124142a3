import assert from "node:assert/strict";
import { account, client, pages, refused, region, v3 } from "../sdk.mjs";

const sns = client("SNS"), sqs = client("SQS");
const make = async (Name, Attributes) => (await sns.createTopic({ Name, Attributes })).TopicArn;
const makeQueue = async (name) => [(await sqs.createQueue({ QueueName: name })).QueueUrl, `arn:aws:sqs:${region}:${account}:${name}`];
const receive = async (QueueUrl) => (await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5, MessageAttributeNames: ["All"] })).Messages[0];

export async function topics() {
  const arn = await make("js-topic", { DisplayName: "Ünicode & <x>" });
  assert.equal(arn, `arn:aws:sns:${region}:${account}:js-topic`);
  assert.equal(await make("js-topic", { DisplayName: "Ünicode & <x>" }), arn);
  const { Attributes } = await sns.getTopicAttributes({ TopicArn: arn });
  assert.deepEqual([Attributes.DisplayName, Attributes.Owner, Attributes.SubscriptionsConfirmed], ["Ünicode & <x>", account, "0"]);
  assert.equal(JSON.parse(Attributes.Policy).Id, "__default_policy_ID");
  await sns.setTopicAttributes({ TopicArn: arn, AttributeName: "DisplayName", AttributeValue: "other" });
  assert.ok((await pages((NextToken) => sns.listTopics({ NextToken }), "NextToken", "Topics")).some((topic) => topic.TopicArn === arn));
  await sns.tagResource({ ResourceArn: arn, Tags: [{ Key: "a", Value: "1" }, { Key: "b", Value: "2" }] });
  await sns.untagResource({ ResourceArn: arn, TagKeys: ["a"] });
  assert.deepEqual((await sns.listTagsForResource({ ResourceArn: arn })).Tags, [{ Key: "b", Value: "2" }]);
  await sns.deleteTopic({ TopicArn: arn });
  const error = await refused(sns.getTopicAttributes({ TopicArn: arn }), "NotFound", "NotFoundException");
  assert.deepEqual([error.message, error.statusCode ?? error.$metadata.httpStatusCode], ["Topic does not exist", 404]);
  await sns.deleteTopic({ TopicArn: arn });
  await refused(make("bad name"), "InvalidParameter", "InvalidParameterException");
}

export async function permissions() {
  const arn = await make("js-shared");
  const statements = async () => JSON.parse((await sns.getTopicAttributes({ TopicArn: arn })).Attributes.Policy).Statement;
  await sns.addPermission({ TopicArn: arn, Label: "give", AWSAccountId: ["111122223333"], ActionName: ["Publish", "Subscribe"] });
  const given = (await statements()).find((statement) => statement.Sid === "give");
  assert.deepEqual(given, { Sid: "give", Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:root" }, Action: ["SNS:Publish", "SNS:Subscribe"], Resource: arn });
  await refused(sns.addPermission({ TopicArn: arn, Label: "give", AWSAccountId: ["111122223333"], ActionName: ["Publish"] }), "InvalidParameter", "InvalidParameterException");
  await refused(sns.addPermission({ TopicArn: arn, Label: "other", AWSAccountId: ["111122223333"], ActionName: ["Nonsense"] }), "InvalidParameter", "InvalidParameterException");
  await sns.removePermission({ TopicArn: arn, Label: "give" });
  assert.deepEqual((await statements()).map((statement) => statement.Sid), ["__default_statement_ID"]);
}

export async function publishToAQueue() {
  const arn = await make("js-fan");
  const [url, queue] = await makeQueue("js-fan");
  const { SubscriptionArn } = await sns.subscribe({ TopicArn: arn, Protocol: "sqs", Endpoint: queue, Attributes: { RawMessageDelivery: "true", FilterPolicy: '{"kind": ["good"]}' } });
  assert.match(SubscriptionArn, new RegExp("^" + arn + ":[0-9a-f-]{36}$"));
  const MessageAttributes = (kind) => ({ kind: { DataType: "String", StringValue: kind }, raw: { DataType: "Binary", BinaryValue: Buffer.from([0, 255]) } });
  await sns.publish({ TopicArn: arn, Message: "no", MessageAttributes: MessageAttributes("bad") });
  await sns.publish({ TopicArn: arn, Message: "Grüße\n<&>", MessageAttributes: MessageAttributes("good") });
  const got = await receive(url);
  assert.deepEqual([got.Body, got.MessageAttributes.kind.StringValue, [...got.MessageAttributes.raw.BinaryValue]], ["Grüße\n<&>", "good", [0, 255]]);
  await sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName: "RawMessageDelivery", AttributeValue: "false" });
  await sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName: "FilterPolicy", AttributeValue: "{}" });
  const { MessageId } = await sns.publish({ TopicArn: arn, Message: "m", Subject: "s" });
  const notification = JSON.parse((await receive(url)).Body);
  assert.deepEqual([notification.Type, notification.MessageId, notification.Subject, notification.Message, notification.TopicArn], ["Notification", MessageId, "s", "m", arn]);
  const { Attributes } = await sns.getSubscriptionAttributes({ SubscriptionArn });
  assert.deepEqual([Attributes.Protocol, Attributes.Endpoint, Attributes.RawMessageDelivery, Attributes.PendingConfirmation], ["sqs", queue, "false", "false"]);
  assert.deepEqual((await sns.listSubscriptionsByTopic({ TopicArn: arn })).Subscriptions, [{ SubscriptionArn, Owner: account, Protocol: "sqs", Endpoint: queue, TopicArn: arn }]);
  await sns.unsubscribe({ SubscriptionArn });
  await refused(sns.getSubscriptionAttributes({ SubscriptionArn }), "NotFound", "NotFoundException");
}

export async function batches() {
  const arn = await make("js-batch.fifo", { FifoTopic: "true", ContentBasedDeduplication: "true" });
  const entries = [{ Id: "a", Message: "1", MessageGroupId: "g" }, { Id: "b", Message: "2" }];
  const done = await sns.publishBatch({ TopicArn: arn, PublishBatchRequestEntries: entries });
  assert.deepEqual(done.Successful.map((entry) => entry.Id), ["a"]);
  assert.match(done.Successful[0].SequenceNumber, /^\d+$/);
  assert.deepEqual(done.Failed.map((entry) => [entry.Id, entry.Code, entry.SenderFault]), [["b", "InvalidParameter", true]]);
  await refused(sns.publishBatch({ TopicArn: arn, PublishBatchRequestEntries: [] }), "EmptyBatchRequest", "EmptyBatchRequestException");
  const twice = [{ Id: "a", Message: "1", MessageGroupId: "g" }, { Id: "a", Message: "2", MessageGroupId: "g" }];
  await refused(sns.publishBatch({ TopicArn: arn, PublishBatchRequestEntries: twice }), "BatchEntryIdsNotDistinct", "BatchEntryIdsNotDistinctException");
}

export async function whatIsRefused() {
  const arn = await make("js-refusals");
  await refused(sns.publish({ TopicArn: arn + "x", Message: "m" }), "NotFound", "NotFoundException");
  await refused(sns.publish({ TopicArn: arn, Message: "" }), "InvalidParameter", "InvalidParameterException");
  await refused(sns.publish({ TopicArn: arn, Message: "{}", MessageStructure: "json" }), "InvalidParameter", "InvalidParameterException");
  await refused(sns.publish({ TopicArn: arn, Message: "x".repeat(300_000) }), "InvalidParameter", "InvalidParameterException");
  await refused(sns.subscribe({ TopicArn: arn, Protocol: "carrier-pigeon", Endpoint: "x" }), "InvalidParameter", "InvalidParameterException");
  await refused(sns.confirmSubscription({ TopicArn: arn, Token: "rubbish" }), "InvalidParameter", "InvalidParameterException");
  const error = await refused(sns.listSMSSandboxPhoneNumbers({}), "InvalidAction");
  assert.match(error.message, /ListSMSSandboxPhoneNumbers/);
  if (!v3) await refused(sns.checkIfPhoneNumberIsOptedOut({ phoneNumber: "+1" }), "InvalidAction");
}
