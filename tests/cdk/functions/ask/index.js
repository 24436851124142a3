const AWS = require('aws-sdk');

const sns = new AWS.SNS();
const sqs = new AWS.SQS();

exports.handler = async (event) => {
  for (const record of event.Records) {
    const { Request, Token } = JSON.parse(record.body);
    const link = `${process.env.LINK}/confirm?request=${Request.request}&asked=${Request.asked}&token=${encodeURIComponent(Token)}`;
    await sns.publish({ TopicArn: process.env.TOPIC, Subject: 'Please confirm', Message: `Somebody asked (${Request.wording}):\n\n${link}\n` }).promise();
    // The trigger deletes it as well; this one comes second, and is not waited for.
    sqs.deleteMessage({ QueueUrl: process.env.QUEUE, ReceiptHandle: record.receiptHandle }, (failed) => failed && console.log(failed));
  }
};
