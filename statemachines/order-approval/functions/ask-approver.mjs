import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

const sns = new SNSClient();

async function ask({ order, token }) {
  const link = `${process.env.SIGNALBOX_PUBLIC_URL}/orders/${order.orderId}/review?${new URLSearchParams({ total: order.total, token })}`;
  await sns.send(
    new PublishCommand({
      TopicArn: process.env.TOPIC_ARN,
      Subject: `Please approve order ${order.orderId}`,
      Message: `An order over ${order.total} waits for your decision:\n\n${link}\n`,
    }),
  );
}

// Messages that could not be mailed come again; the others do not.
export const handler = async ({ Records }) => {
  const outcomes = await Promise.allSettled(Records.map(({ body }) => ask(JSON.parse(body))));
  const batchItemFailures = [];
  outcomes.forEach(({ status, reason }, i) => {
    if (status === "fulfilled") return;
    console.error(reason);
    batchItemFailures.push({ itemIdentifier: Records[i].messageId });
  });
  return { batchItemFailures };
};
