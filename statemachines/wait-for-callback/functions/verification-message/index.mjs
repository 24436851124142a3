import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

const sns = new SNSClient();

// Opening the link answers the task: Signalbox serves /verification itself.
function verificationLink({ requestId, timestamp }, token) {
  return `${process.env.SIGNALBOX_PUBLIC_URL}/verification?${new URLSearchParams({ requestId, timestamp, token })}`;
}

export const handler = async ({ Records }) => {
  for (const record of Records) {
    const { Payload, TaskToken } = JSON.parse(record.body);
    await sns.send(
      new PublishCommand({
        TopicArn: process.env.TOPIC_ARN,
        Subject: "Verification Request",
        Message: `Please verify request ${Payload.requestId}:\n\n${verificationLink(Payload, TaskToken)}\n`,
      }),
    );
  }
};
