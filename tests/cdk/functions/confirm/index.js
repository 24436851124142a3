const StepFunctions = require('aws-sdk/clients/stepfunctions');

exports.handler = async ({ request, asked, token }) => {
  await new StepFunctions().sendTaskSuccess({ taskToken: token, output: JSON.stringify({ request, asked }) }).promise();
  return { statusCode: 200 };
};
